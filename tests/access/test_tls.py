"""Who trusts the same authorities shares one context, and a file that has changed is read anew."""

import ssl
from pathlib import Path

import pytest

from bridge.access.tls import tls_context
from bridge.testing.tls import Authority


def test_the_same_authorities_are_read_once(tmp_path: Path) -> None:
    file = Authority(tmp_path).file
    assert tls_context(file) is tls_context(file)
    assert tls_context(None) is tls_context(None)
    assert tls_context(file) is not tls_context(None)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    file = Authority(tmp_path).file
    before = tls_context(file)
    Authority(tmp_path)
    after = tls_context(file)
    assert before.get_ca_certs() != after.get_ca_certs()


def test_a_file_that_broke_is_told(tmp_path: Path) -> None:
    file = Authority(tmp_path).file
    tls_context(file)
    file.write_text("nothing of use", encoding="utf-8")
    with pytest.raises(ValueError, match="ca_file cannot be used"):
        tls_context(file)
    file.unlink()
    with pytest.raises(ValueError, match="ca_file cannot be used"):
        tls_context(file)


def test_every_context_checks(tmp_path: Path) -> None:
    for context in (tls_context(None), tls_context(Authority(tmp_path).file)):
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
