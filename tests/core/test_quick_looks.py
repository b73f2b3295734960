"""The quick looks that spare most answers the thorough ones never say no where those say yes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import hosts, residue
from bridge.testing import mailing

WORDS = st.sampled_from([
    "acme", "shop.example", "10.0.0.7", "192.168.1.1", "server.local", "LOCALHOST", "localhoſt", "\\\\nas\\share", "\\", "https://x.test/a.b", "mailto:a@b", "ftp://host", "a.b", "Ü.de", "1.5", "e.g.", "...", "_._",
    "www.acme", ".com", "x_.y", "ok?", ":", "//", "İ.local", "\n", " ", "a", ".",
])  # fmt: skip
TEXTS = st.lists(WORDS, max_size=10).map("".join)


@given(TEXTS)
def test_hosts_are_found_as_without_the_quick_looks(text: str) -> None:
    urls = [hosts._plain(match[1]) for match in hosts._URL.finditer(text)]
    schemes = [match[0].rstrip(":").lower() for match in hosts._SCHEME_ONLY.finditer(text)]
    bare = [hosts._plain(match[1]) for match in hosts._BARE.finditer(hosts._URL.sub(" ", text)) if hosts._is_linked(match[1], has_path=bool(match[2]))]  # fmt: skip
    thorough = [*urls, *schemes, *bare] if "." in text or ":" in text else []
    assert list(hosts.linked(text)) == thorough
    internal = hosts._INTERNAL.search(text) is not None or any(map(hosts._is_office, hosts._ADDRESS.finditer(text)))
    assert hosts.internal(text) == internal


LINES = st.lists(
    st.sampled_from(["The shop is down since ten", ">", "|", "> ", "Ｔhe", "\t", " ", "\n", "\u2028", "it is number seven in our street", "ﬁne and more of it here"]),
    max_size=12,
).map("".join)  # fmt: skip


@given(LINES, st.lists(LINES, max_size=3))
def test_a_line_of_a_proxy_is_never_overlooked(text: str, proxies: list[str]) -> None:
    record = replace(mailing.RECORD, sent=tuple(replace(mailing.SENT, text=each) for each in proxies))
    keys = residue._keys(text)
    if any(key in residue._proxy_lines(record) for key in keys):
        assert residue._may_stand(keys, record)


@pytest.mark.parametrize("line", mailing.SENT.text.splitlines())
def test_the_lines_of_a_real_proxy_are_found(line: str) -> None:
    known = bool(residue._keys(line)[0])
    assert (residue.found(line, mailing.RECORD) is not None) >= known
