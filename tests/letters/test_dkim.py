"""DKIM: the example of RFC 8463, our own signatures, and everything that must break one."""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from bridge.letters.dkim import MAX_SIGNATURES, check, dkim_verdict, key_names
from bridge.letters.dkim_fields import canonical_body, canonical_field, source, tags
from bridge.letters.mailbox import Mailbox
from bridge.letters.signing import Signer, signature

RFC_8463 = b"""\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"""
RFC_8463_KEYS = {
    "brisbane": b"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test": b"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/"
    b"byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
}
MAIL = b"From: Ann <ann@acme.example>\r\nTo: reply@bridge.example\r\nSubject: Re: hello\r\n\r\nHello Jane,\r\n\r\nall is well.\r\n"
ANN = Mailbox(name="Ann", address="ann@acme.example")
ED25519 = Ed25519PrivateKey.generate()
RSA = generate_private_key(public_exponent=65537, key_size=2048)
AT = datetime(2027, 1, 15, 8, tzinfo=UTC)
NOW = int(AT.timestamp())

KeyOf = Callable[[str, str], bytes | None]
SigningKey = RSAPrivateKey | Ed25519PrivateKey


def record(key: SigningKey, extra: str = "") -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        kind, octets = "ed25519", key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        kind, octets = "rsa", key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k={kind}; {extra}p={b64encode(octets).decode()}".encode()


def keys(key: SigningKey, extra: str = "") -> KeyOf:
    return lambda selector, domain: record(key, extra) if (selector, domain) == ("s1", "acme.example") else None


def signed(key: SigningKey, raw: bytes = MAIL) -> bytes:
    mail = source(raw)
    fields = [field.decode().removesuffix("\r\n") for _, field in mail.fields]
    field = signature(Signer(domain="acme.example", selector="s1", key=key), fields, mail.body, at=AT)
    return field.encode() + b"\r\n" + raw


def outcomes(raw: bytes, key_of: KeyOf, now: int = NOW) -> list[str]:
    return [signature.outcome for signature in check(raw, key_of=key_of, now=now)]


@pytest.mark.parametrize("raw", [RFC_8463, RFC_8463.replace(b"\n", b"\r\n")])
def test_the_example_of_the_standard_verifies(raw: bytes) -> None:
    assert outcomes(raw, lambda selector, _: RFC_8463_KEYS.get(selector)) == ["pass", "pass"]


def test_the_example_does_not_verify_with_another_word() -> None:
    raw = RFC_8463.replace(b"lost", b"won ")
    assert outcomes(raw, lambda selector, _: RFC_8463_KEYS.get(selector)) == ["body_changed", "body_changed"]


@pytest.mark.parametrize("key", [ED25519, RSA], ids=["ed25519", "rsa"])
def test_our_signature_verifies_and_proves_the_sender(key: SigningKey) -> None:
    raw = signed(key)
    assert outcomes(raw, keys(key)) == ["pass"]
    assert outcomes(raw.replace(b"\r\n", b"\n"), keys(key)) == ["pass"]
    assert dkim_verdict(raw, ANN, key_of=keys(key), now=NOW).how == "dkim"


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (b"all is well", b"all is lost", "body_changed"),
        (b"Re: hello", b"Re: hallo", "wrong"),
        (b"From: Ann <ann@", b"From: Eve <eve@", "wrong"),
        (b"\r\nFrom:", b"\r\nFrom: Eve <eve@acme.example>\r\nFrom:", "wrong"),
        (b"\r\nSubject:", b"\r\nTo: eve@evil.example\r\nSubject:", "wrong"),
        (b"d=acme.example", b"d=acme.invalid", "no_key"),
        (b"v=1", b"v=2", "malformed"),
        (b"; s=", b"; s=s1; s=", "malformed"),
        (b"a=ed25519-sha256", b"a=rsa-sha1", "algorithm"),
        (b"a=ed25519-sha256", b"a=rsa-sha256", "unfit_key"),
        (b"; d=", b"; l=5; d=", "body_partly_signed"),
        (b"; d=", b"; i=@evil.example; d=", "identity"),
        (b"; d=", b"; x=1799999999; d=", "expired"),
        (b"; d=", b"; x=soon; d=", "malformed"),
        (b"c=relaxed/relaxed", b"c=loose/relaxed", "malformed"),
        (b" h=", b" h=subject; z=", "from_unsigned"),
        (b" bh=", b" bh=%", "wrong"),
        (b"\n b=", b"\n b=\xff", "malformed"),
        (b"\r\nSubject:", b"\r\nCc: reply@bridge.example\r\nSubject:", "field_unsigned"),
        (b"\r\nSubject:", b"\r\nX-Other: a\r\rOther words.\r\nSubject:", "malformed"),
    ],
)
def test_whatever_is_changed_breaks_the_proof(before: bytes, after: bytes, outcome: str) -> None:
    raw = re.sub(rb";\r\n s=", b"; s=", signed(ED25519))
    changed = raw.replace(before, after, 1)
    assert changed != raw
    assert outcomes(changed, keys(ED25519)) == [outcome]
    assert not dkim_verdict(changed, ANN, key_of=keys(ED25519), now=NOW)


@pytest.mark.parametrize(
    ("extra", "outcome"),
    [
        ("t=s; ", "pass"),
        ("t=s:z; ", "pass"),
        ("s=email; h=sha256; ", "pass"),
        ("s=*:tlsrpt; ", "pass"),
        ("n=note; g=*; ", "pass"),
        ("t=y; ", "unfit_key"),
        ("s=tlsrpt; ", "unfit_key"),
        ("h=sha1; ", "unfit_key"),
        ("p=; x", "key_revoked"),
        ("=; ", "malformed"),
    ],
)
def test_a_key_counts_as_far_as_its_record_allows(extra: str, outcome: str) -> None:
    assert outcomes(signed(ED25519), keys(ED25519, extra)) == [outcome]


@pytest.mark.parametrize("text", [b"", b"\xff", b"v=DKIM2; p=x", b"v=DKIM1; k=ed25519; p=AAAA", b"k=ed25519; p=!"])
def test_a_broken_record_proves_nothing(text: bytes) -> None:
    assert outcomes(signed(ED25519), lambda *_: text)[0] != "pass"


def test_a_strict_key_does_not_vouch_for_names_below_its_domain() -> None:
    below = signed(ED25519).replace(b"; d=", b"; i=@mail.acme.example; d=", 1)
    assert outcomes(below, keys(ED25519)) == ["wrong"]
    assert outcomes(below, keys(ED25519, "t=s; ")) == ["identity"]


def test_short_rsa_keys_prove_nothing() -> None:
    weak = generate_private_key(public_exponent=65537, key_size=1024)
    assert outcomes(signed(weak), keys(weak)) == ["pass"]
    weaker = record(weak).replace(
        b"p=",
        b"p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==; n=",
    )
    assert outcomes(signed(weak), lambda *_: weaker) == ["unfit_key"]


def test_a_valid_signature_of_somebody_else_is_no_proof() -> None:
    proof = dkim_verdict(signed(ED25519), Mailbox(name="", address="ann@other.example"), key_of=keys(ED25519), now=NOW)
    assert (proof.how, proof.trouble) == ("", "not_aligned")


def test_an_unsigned_mail_is_unproved() -> None:
    assert dkim_verdict(MAIL, ANN, key_of=keys(ED25519), now=NOW).trouble == "no_results"


def test_only_keys_of_the_senders_own_domain_are_asked_for() -> None:
    strangers = signed(ED25519).partition(b"From:")[0].replace(b"acme.example", b"evil.example")
    raw = b"DKIM-Signature: broken\r\n" + strangers + signed(ED25519, signed(ED25519))
    assert key_names(raw, ANN) == (("s1", "acme.example"),)
    assert key_names(raw, Mailbox(name="", address="ann@other.example")) == ()
    assert key_names(signed(ED25519).replace(b"s=s1", b"s=s/1"), ANN) == ()


def test_only_a_few_signatures_are_looked_at() -> None:
    field = signed(ED25519).partition(b"From:")[0]
    asked: list[str] = []
    check(field * 50 + MAIL, key_of=lambda selector, _: asked.append(selector), now=NOW)
    assert len(asked) == MAX_SIGNATURES


@pytest.mark.parametrize(
    ("body", "form", "canonical"),
    [
        (b" C \r\nD \t E\r\n\r\n\r\n", "relaxed", b" C\r\nD E\r\n"),
        (b" C \r\nD \t E\r\n\r\n\r\n", "simple", b" C \r\nD \t E\r\n"),
        (b"", "relaxed", b""),
        (b"", "simple", b"\r\n"),
        (b"\r\n\r\n", "relaxed", b""),
        (b"\r\n\r\n", "simple", b"\r\n"),
        (b"a", "relaxed", b"a\r\n"),
        (b"a ", "relaxed", b"a\r\n"),
        (b"a", "simple", b"a\r\n"),
        (b" \r\n", "relaxed", b""),
    ],
)
def test_bodies_take_their_canonical_form(body: bytes, form: str, canonical: bytes) -> None:
    """RFC 6376 3.4.3 to 3.4.5."""
    assert canonical_body(body, form) == canonical


@pytest.mark.parametrize(
    ("field", "form", "canonical"),
    [
        (b"A: X\r\n", "relaxed", b"a:X\r\n"),
        (b"B : Y\t\r\n\tZ  \r\n", "relaxed", b"b:Y Z\r\n"),
        (b"B : Y\t\r\n\tZ  \r\n", "simple", b"B : Y\t\r\n\tZ  \r\n"),
    ],
)
def test_fields_take_their_canonical_form(field: bytes, form: str, canonical: bytes) -> None:
    """RFC 6376 3.4.5."""
    assert canonical_field(field, form) == canonical


@given(st.binary(max_size=200))
def test_checking_never_fails(junk: bytes) -> None:
    check(b"DKIM-Signature: " + junk + b"\r\n" + MAIL, key_of=lambda *_: junk, now=NOW)


@given(st.text(alphabet="ab=; \n1", max_size=40))
def test_tag_lists_are_read_or_refused(text: str) -> None:
    try:
        found = tags(text)
    except ValueError:
        return
    assert all("=" not in name for name in found)


@given(st.text(alphabet="ab \t\n", max_size=60))
def test_bodies_keep_their_signature_through_white_space(text: str) -> None:
    raw = signed(ED25519, MAIL + text.encode() + b"\n")
    assert outcomes(raw.replace(b" ", b"   "), keys(ED25519)) == ["pass"]
    assert outcomes(raw + b"\r\n\r\n", keys(ED25519)) == ["pass"]


@pytest.mark.timeout(20)
def test_endless_blank_lines_cost_linear_time() -> None:
    for unit in (b"\r\n", b" ", b" \r\n", b"\t", b"\n"):
        canonical_body(unit * 1_000_000, "relaxed")
        check(signed(ED25519) + unit * 1_000_000, key_of=keys(ED25519), now=NOW)
