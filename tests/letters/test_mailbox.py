"""Mailboxes: what is one, and every way to look like another (A05)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.letters.mailbox import Malformed, loose_addresses, mailboxes

ONE = [
    ("ann@acme.example", "", "ann@acme.example"),
    ("Ann@ACME.example", "", "ann@acme.example"),
    ("<ann@acme.example>", "", "ann@acme.example"),
    ("Ann Agent <ann@acme.example>", "Ann Agent", "ann@acme.example"),
    ('"Agent, Ann" <ann@acme.example>', "Agent, Ann", "ann@acme.example"),
    (r'"Ann \"A\" Agent" <ann@acme.example>', 'Ann "A" Agent', "ann@acme.example"),
    ('"ann@acme.example" <ann@acme.example>', "ann@acme.example", "ann@acme.example"),
    ("ann@acme.example (Ann Agent)", "", "ann@acme.example"),
    ("Ann\r\n A. Agent\r\n\t<ann@acme.example>", "Ann\r\n A. Agent", "ann@acme.example"),
    ("=?utf-8?q?Ann?= <ann@acme.example>", "=?utf-8?q?Ann?=", "ann@acme.example"),
    ("J\u00f6rg <joerg@acme.example>", "J\u00f6rg", "joerg@acme.example"),
]

REFUSED = [
    "=?utf-8?q?ann=40acme=2Eexample?=",
    "<=?utf-8?q?ann?=@acme.example>",
    "Agents: ann@acme.example;",
    "ann@acme.example <eve@evil.example>",
    "<ann@acme.example> <eve@evil.example>",
    "<eve@evil.example> ann@acme.example",
    "Ann <@evil.example,@b.example:ann@acme.example>",
    '"ann"@acme.example',
    "ann@[192.0.2.1]",
    "ann(comment)@acme.example",
    "ann @acme.example",
    '(")eve@evil.example, (")ann@acme.example',
    r"(\) eve@evil.example (\)ann@acme.example",
    "eve@evil.example (ann@acme.example)",
    "ann@acme.example)",
    "ann@acme.example;",
    "(ann@acme.example",
    'Ann" <ann@acme.example>',
    "ann@acme.example\x00eve@evil.example",
    "ann@\u0430cme.example",
    "\u212aann@acme.example",
    "ann@acme..example",
    "ann@-acme.example",
    "ann@",
    "ann",
    "<>",
    "Ann <ann@acme.example",
    "[Ann] <ann@acme.example>",
    "x" * 20_000,
]


@pytest.mark.parametrize(("field", "name", "address"), ONE)
def test_one_mailbox_is_read(field: str, name: str, address: str) -> None:
    (mailbox,) = mailboxes(field)
    assert (mailbox.name, mailbox.address) == (name, address)
    assert mailbox.domain == address.partition("@")[2]


def test_two_mailboxes_are_two() -> None:
    assert [m.address for m in mailboxes("Ann <ann@acme.example>,, eve@evil.example")] == [
        "ann@acme.example",
        "eve@evil.example",
    ]


@pytest.mark.parametrize("field", REFUSED)
def test_doubtful_fields_are_refused(field: str) -> None:
    with pytest.raises(Malformed):
        mailboxes(field)


@given(st.text(alphabet='ab@.<>(),;:\\"[] =?\n', max_size=40))
def test_nothing_else_is_raised_and_an_address_stands_in_the_field_as_it_is(field: str) -> None:
    try:
        read = mailboxes(field)
    except Malformed:
        return
    assert all(mailbox.address in field.lower() for mailbox in read)
    assert [m.address for m in read if m.address not in loose_addresses(field)] == []


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ['"', "(", "((", '"\\', "<", ",", "a@", "a.", "a@b,", "<a@b>,", "\\", "( "])
def test_hostile_fields_cost_little(unit: str) -> None:
    for repeat in (100, 8_000):
        loose_addresses(unit * repeat)
