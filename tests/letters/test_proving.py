"""How a desk's sender is proved: our server's word decides, and only where it says nothing do we look ourselves (G5)."""

from base64 import b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bridge.core.replies import Letter
from bridge.letters.dkim_fields import source
from bridge.letters.reading import envelope, wanted_keys
from bridge.letters.signing import Signer, signature
from bridge.testing.mailing import DESK, OTHER, OURS, POSTMARK, no_key, raw, read
from bridge.testing.making import NOW

KEY = Ed25519PrivateKey.generate()
PUBLIC = b64encode(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
SERVER = "mx.acme.test"
DESKS = {"support": DESK}


def key_of(selector: str, domain: str) -> bytes | None:
    return b"v=DKIM1; k=ed25519; p=" + PUBLIC if (selector, domain) == ("s1", "acme.test") else None


def signed(octets: bytes) -> bytes:
    """The mail under a signature of the agent's domain."""
    mail = source(octets)
    fields = [field.decode().removesuffix("\r\n") for _, field in mail.fields]
    signer = Signer(domain="acme.test", selector="s1", key=KEY)
    return signature(signer, fields, mail.body, at=NOW).encode() + b"\r\n" + octets


def asked(octets: bytes, desk: str = "support") -> tuple[tuple[str, str], ...]:
    letter = Letter(inbox="replies", uid="1", raw=octets, received=NOW)
    return wanted_keys(envelope(letter, POSTMARK), {desk: DESK})


SILENT = signed(raw(authentication_results=None))


def test_a_valid_signature_proves_the_sender_where_our_server_is_silent() -> None:
    assert asked(SILENT) == (("s1", "acme.test"),)
    assert read(SILENT, key_of=key_of).proof == "dkim"
    assert read(SILENT, key_of=no_key).proof == ""


def test_a_strangers_word_leaves_our_server_silent() -> None:
    octets = b"Authentication-Results: mx.evil.test; dkim=fail header.d=acme.test\r\n" + SILENT
    assert read(octets, key_of=key_of).proof == "dkim"


@pytest.mark.parametrize(
    "word",
    [
        f"{SERVER}; dmarc=fail header.from=acme.test",
        f"{SERVER}; dkim=fail header.d=acme.test",
        f"{SERVER}; dkim=temperror header.d=acme.test",
        f"{SERVER}; none",
        f"{SERVER}",
        f"{SERVER}; dmarc=",
        f"(a comment) {SERVER.upper()}; dkim=fail header.d=acme.test",
    ],
)
def test_a04_whatever_our_server_said_is_never_made_a_pass(word: str) -> None:
    octets = f"Authentication-Results: {word}\r\n".encode() + SILENT
    assert asked(octets) == ()
    assert read(octets, key_of=key_of).proof == ""


def test_our_servers_pass_needs_no_key() -> None:
    assert asked(signed(raw())) == ()
    assert read(signed(raw()), key_of=key_of).proof == "dmarc"
    assert read(raw(), key_of=no_key).proof == "dmarc"


def test_a_server_without_a_name_is_never_silent() -> None:
    assert read(SILENT, replace(DESK, authserv_id=""), key_of=key_of).proof == ""
    assert read(raw(), replace(DESK, authserv_id=""), key_of=key_of).proof == ""


def test_our_own_people_need_no_signature() -> None:
    octets = signed(raw(from_="inside@acme.test", authentication_results=None))
    assert asked(octets) == ()
    assert read(octets, key_of=key_of).proof == "internal"


def test_a02_a_signed_mail_to_somebody_else_proves_nothing_when_it_is_sent_anew() -> None:
    elsewhere = signed(raw(authentication_results=None, to="jane@customer.test"))
    redirected = [
        b"Delivered-To: %s\r\n" % OURS.encode() + elsewhere,
        b"To: %s\r\n" % OURS.encode() + elsewhere,
        b"Cc: %s\r\n" % OURS.encode() + elsewhere,
    ]
    for octets in redirected:
        said = read(octets, key_of=key_of)
        assert (len(said.conversations), said.proof) == (1, "")


def test_no_key_is_asked_for_where_the_letter_is_not_ours_or_not_one_persons() -> None:
    assert asked(signed(raw(authentication_results=None, to="somebody@acme.test"))) == ()
    assert asked(signed(raw(authentication_results=None, cc=OTHER))) == ()
    assert asked(signed(raw(authentication_results=None, from_="a@acme.test, b@acme.test"))) == ()
    assert asked(SILENT, desk="noc") == ()
    assert asked(b"\0") == ()


@pytest.mark.parametrize(
    "more",
    [
        "Message-ID: <two@evil.test>",
        "In-Reply-To: <p2@reply.acme.test>",
        "References: <p2@reply.acme.test>",
        "Date: Mon, 2 Mar 2026 13:00:00 +0000",
        "Subject: other words",
        "Content-Type: text/plain; charset=utf-16",
        "Content-Transfer-Encoding: base64",
        "Sender: eve@evil.test",
        "Reply-To: eve@evil.test",
    ],
)
def test_a07_a_signed_mail_is_not_proved_once_a_field_that_is_read_was_added(more: str) -> None:
    """Else it could be sent again as a new letter, to another post, or with other words made of the same octets."""
    assert read(f"{more}\n".encode() + SILENT, key_of=key_of).proof == ""


def test_a_signature_that_leaves_out_the_only_content_type_counts() -> None:
    """Large mail providers never sign it; what it could change is still the same letter by its fingerprint."""
    bare = raw(authentication_results=None, content_type=None)
    assert read(b"Content-Type: text/plain\n" + signed(bare), key_of=key_of).proof == "dkim"
    assert read(b"Content-Type: text/plain\nContent-Type: text/html\n" + signed(bare), key_of=key_of).proof == ""
