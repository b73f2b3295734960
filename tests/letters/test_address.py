"""Signed addresses: only ours verify, each for one purpose, subject and desk, whatever mail servers do to their case."""

import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.letters.address import (
    BadToken,
    KeyRing,
    Purpose,
    Token,
    find,
    message_id,
    signed_address,
    verify,
)
from bridge.testing.addresses import bounce_address, reply_address

RING = KeyRing(keys={"k1": secrets.token_bytes(32), "k2": secrets.token_bytes(32)}, signing="k2")
OLD_RING = KeyRing(keys=RING.keys, signing="k1")
DESKS = ("support", "billing")
DOMAIN = "reply.example"
SUBJECTS = st.text(alphabet=string.ascii_lowercase + "234567", min_size=1, max_size=24)


@given(SUBJECTS, st.sampled_from(DESKS), st.sampled_from(Purpose))
def test_what_was_signed_is_read_back(subject: str, desk: str, purpose: Purpose) -> None:
    address = signed_address(RING, purpose, subject=subject, desk=desk, domain=DOMAIN)
    assert verify(RING, address, DESKS) == Token(purpose=purpose, subject=subject, desk=desk, kid="k2")
    assert len(address.partition("@")[0]) <= 64


@given(SUBJECTS, st.integers(0, 70), st.integers(0, 6))
def test_no_flipped_bit_verifies(subject: str, place: int, bit: int) -> None:
    """A09."""
    local, _, domain = reply_address(RING, subject, desk="support", domain=DOMAIN).partition("@")
    at = place % len(local)
    forged = local[:at] + chr(ord(local[at]) ^ (1 << bit)) + local[at + 1 :]
    if forged.lower() != local:
        assert isinstance(verify(RING, f"{forged}@{domain}", DESKS), BadToken)


@given(SUBJECTS, st.data())
def test_case_folding_by_servers_changes_nothing(subject: str, data: st.DataObject) -> None:
    address = reply_address(RING, subject, desk="support", domain=DOMAIN)
    upper = data.draw(st.lists(st.booleans(), min_size=len(address), max_size=len(address)))
    folded = "".join(c.upper() if up else c for c, up in zip(address, upper, strict=True))
    assert verify(RING, folded, DESKS) == verify(RING, address, DESKS)
    assert find([folded], DOMAIN.upper()) == (address,)


@given(SUBJECTS)
def test_purposes_cannot_be_exchanged(subject: str) -> None:
    reply = reply_address(RING, subject, desk="support", domain=DOMAIN)
    bounce = bounce_address(RING, subject, desk="support", domain=DOMAIN)
    assert verify(RING, reply.replace("reply+", "bounce+"), DESKS) == BadToken(reason="mac")
    assert verify(RING, bounce.replace("bounce+", "reply+"), DESKS) == BadToken(reason="mac")


def test_a_desk_that_is_not_asked_for_does_not_verify() -> None:
    address = reply_address(RING, "abc", desk="support", domain=DOMAIN)
    assert verify(RING, address, ("billing",)) == BadToken(reason="mac")
    assert verify(RING, address, ()) == BadToken(reason="mac")


def test_an_old_key_verifies_until_it_leaves_the_ring() -> None:
    address = reply_address(OLD_RING, "abc", desk="support", domain=DOMAIN)
    assert isinstance(verify(RING, address, DESKS), Token)
    rotated = KeyRing(keys={"k2": RING.keys["k2"]}, signing="k2")
    assert verify(rotated, address, DESKS) == BadToken(reason="key")


@pytest.mark.parametrize(
    "address", ["", "jane@reply.example", "reply+k1.abc@reply.example", "ſeply+k1.abc.x@y", "x" * 10_000]
)
def test_other_addresses_have_not_the_form(address: str) -> None:
    assert verify(RING, address, DESKS) == BadToken(reason="form")


def test_a_letter_that_folds_to_ours_is_not_ours() -> None:
    address = reply_address(RING, "abc", desk="support", domain=DOMAIN)
    assert verify(RING, address.replace("k2", "\u212a2"), DESKS) == BadToken(reason="form")


@pytest.mark.parametrize(
    ("keys", "signing"),
    [({"k1": b"x" * 32}, "k2"), ({"K1": b"x" * 32}, "K1"), ({"k1": b"short"}, "k1"), ({"k.1": b"x" * 32}, "k.1")],
)
def test_a_weak_or_unusable_ring_is_refused(keys: dict[str, bytes], signing: str) -> None:
    with pytest.raises(ValueError, match="key"):
        KeyRing(keys=keys, signing=signing)


@pytest.mark.parametrize("subject", ["", "ABC", "a.b", "a" * 25, "abc1"])
def test_a_subject_that_could_be_misread_is_refused(subject: str) -> None:
    with pytest.raises(ValueError, match="subject"):
        reply_address(RING, subject, desk="support", domain=DOMAIN)


def test_an_address_too_long_for_mail_servers_is_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        reply_address(RING, "abc", desk="support", domain="a." * 110 + "example")


def test_keys_never_show() -> None:
    assert "keys" not in repr(RING)


def test_addresses_are_found_where_a_mailbox_stands_and_nowhere_else() -> None:
    one = reply_address(RING, "abc", desk="support", domain=DOMAIN)
    two = reply_address(RING, "abd", desk="support", domain=DOMAIN)
    elsewhere = reply_address(RING, "abc", desk="support", domain="reply.example.net")
    assert find([f"Jane <{one}>, bob@example.org", one.upper()], DOMAIN) == (one,)
    assert find([f'"Doe, Jane via X" <{one}>', f"@jane via X <{two}>"], DOMAIN) == (one, two)
    assert find([f"'{one}' <{one}>"], DOMAIN) == (one,)
    assert find([f"{one}; {two}"], DOMAIN) == (one, two)
    assert (
        find([f'"{one}" <bob@example.org>', f"bob@example.org ({one})", f"bob {one}", elsewhere, "<<", '"'], DOMAIN)
        == ()
    )


@given(st.lists(st.text(max_size=80), max_size=5))
def test_searching_never_fails(values: list[str]) -> None:
    assert find(values, DOMAIN) == ()


def test_message_ids_are_fixed_short_and_their_own() -> None:
    parts = ("proxy", "x-acme", "1", "support", "3")
    assert message_id(RING, *parts, domain=DOMAIN) == message_id(RING, *parts, domain=DOMAIN)
    assert message_id(RING, *parts, domain=DOMAIN).endswith("@reply.example>")
    assert message_id(RING, "ab", "c", domain=DOMAIN) != message_id(RING, "a", "bc", domain=DOMAIN)
    assert message_id(RING, *parts, domain=DOMAIN) != message_id(OLD_RING, *parts, domain=DOMAIN)


@given(st.lists(st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=20), min_size=1, max_size=8))
def test_message_ids_stay_short_under_long_domains(labels: list[str]) -> None:
    made = message_id(RING, "x", domain=".".join(labels))
    assert len(made) < 60
    assert ".".join(labels).endswith(made.partition("@")[2].rstrip(">"))


def test_a_domain_of_one_endless_label_is_refused() -> None:
    with pytest.raises(ValueError, match="domain"):
        message_id(RING, "x", domain="a" * 63)
