"""Who sent a mail: one mailbox and our own server's word for it (A02, A04, A05)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.letters.authentication import Proof, Refused, aligned, sender, submitter, verdict
from bridge.letters.authresults import Result, read_results
from bridge.letters.mailbox import Mailbox
from bridge.letters.mime import Mail, read

ANN = Mailbox(name="", address="ann@acme.example")
OURS = "mx.bridge.example"


def mail(*fields: str) -> Mail:
    return read("\r\n".join([*fields, "", "Hello"]).encode())


def results(*fields: str) -> Mail:
    return mail(*(f"Authentication-Results: {field}" for field in fields), "From: ann@acme.example")


@pytest.mark.parametrize(
    "fields",
    [
        ["From: Ann <ann@acme.example>"],
        ["From: ANN@ACME.EXAMPLE"],
        ['From: "ann@evil.example" <ann@acme.example>'],
        ["From: =?utf-8?q?Ann=2C_Agent?= <ann@acme.example>"],
        ["From: Ann", " <ann@acme.example>"],
    ],
)
def test_one_field_with_one_mailbox_is_a_sender(fields: list[str]) -> None:
    found = sender(mail(*fields))
    assert isinstance(found, Mailbox)
    assert found.address == "ann@acme.example"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ([], "no_sender"),
        (["From:"], "no_sender"),
        (["From: ,"], "no_sender"),
        (["From: ann@acme.example", "From: eve@evil.example"], "many_senders"),
        (["From: ann@acme.example", "from: ann@acme.example"], "many_senders"),
        (["From: ann@acme.example, eve@evil.example"], "many_senders"),
        (["From: eve@evil.example (ann@acme.example)"], "malformed_sender"),
        (["From: ann@acme.example <eve@evil.example>"], "malformed_sender"),
        (["From: agents:ann@acme.example;"], "malformed_sender"),
        (["From: =?utf-8?q?ann=40acme.example?="], "malformed_sender"),
        (["From: =?utf-8?q?ann=40acme.example=0d=0a?= <>"], "malformed_sender"),
    ],
)
def test_a05_anything_but_one_mailbox_is_refused(fields: list[str], reason: str) -> None:
    assert sender(mail(*fields, "To: x@y.example")) == Refused(reason=reason)


def test_a_sender_field_is_read_as_strictly() -> None:
    assert submitter(mail("From: ann@acme.example")) is None
    assert submitter(mail("Sender: bob@acme.example")) == Mailbox(name="", address="bob@acme.example")
    assert submitter(mail("Sender: a@b.example, c@d.example")) == Refused(reason="many_senders")


PROVED = [
    (f"{OURS}; dmarc=pass (p=REJECT dis=NONE) header.from=acme.example", "dmarc"),
    (f"{OURS} 1; spf=fail smtp.mailfrom=evil.example; DMARC=Pass header.from=ACME.example", "dmarc"),
    (
        f"{OURS}; spf=pass smtp.mailfrom=prvs=12ab=ann@acme.example; dkim=pass header.d=acme.example header.b=ab/c=",
        "dkim",
    ),
    (f"{OURS};\r\n dkim=pass (2048-bit key) header.d=mail.acme.example header.s=s1", "dkim"),
    (f"{OURS}; dkim=fail header.d=acme.example; dkim=pass header.i=@acme.example", "dkim"),
    (f'{OURS}; dkim/1=pass reason="good; key" header.d = acme.example', "dkim"),
    (f'"{OURS}"; dmarc=pass header.from=acme.example', "dmarc"),
]


@pytest.mark.parametrize(("field", "how"), PROVED)
def test_our_servers_word_is_a_proof(field: str, how: str) -> None:
    assert verdict(results(field), OURS.upper(), sender=ANN).how == how


UNPROVED = [
    ([], "no_results"),
    (["mx.evil.example; dmarc=pass header.from=acme.example"], "no_results"),
    (["mx.bridge.example.evil.example; dmarc=pass header.from=acme.example"], "no_results"),
    ([f"(x) {OURS}; dmarc=pass header.from=acme.example"], "no_results"),
    ([f"{OURS}; dmarc=fail header.from=acme.example", f"{OURS}; dmarc=pass header.from=acme.example"], "not_passed"),
    ([f"{OURS}; none", f"{OURS}; dmarc=pass header.from=acme.example"], "not_passed"),
    ([OURS, f"{OURS}; dmarc=pass header.from=acme.example"], "not_passed"),
    ([f"{OURS}; dmarc=pass header.from=evil.example"], "not_aligned"),
    ([f"{OURS}; dmarc=pass"], "not_aligned"),
    ([f"{OURS}; dkim=pass header.d=evil.example"], "not_aligned"),
    ([f"{OURS}; dkim=pass header.d=example"], "not_aligned"),
    ([f"{OURS}; dkim=pass header.d=badacme.example"], "not_aligned"),
    ([f"{OURS}; spf=pass smtp.mailfrom=ann@acme.example"], "not_passed"),
    ([f"{OURS}; dmarc=none (dmarc=pass header.from=acme.example)"], "not_passed"),
    ([f"{OURS}; spf=fail (a \\) ; dmarc=pass header.from=acme.example (b)"], "unreadable"),
    ([f'{OURS}; spf=fail (a " b) ; dmarc=pass header.from=acme.example (c " d)'], "unreadable"),
    ([f'{OURS}; spf=fail smtp.mailfrom="; dmarc=pass header.from=acme.example"@evil.example'], "not_passed"),
    ([f'{OURS}; spf=fail smtp.mailfrom="; dmarc=pass header.from=acme.example'], "unreadable"),
    ([f"{OURS}; dmarc=pass header.from=evil.example header.from=acme.example"], "unreadable"),
    ([f"{OURS}; dmarc pass header.from=acme.example"], "unreadable"),
    ([f"{OURS}; dmarc=pass header.from=acme.example)"], "unreadable"),
    ([f"{OURS}; dmarc="], "unreadable"),
    ([f"{OURS}; dmarc=pass header.from= ; dkim=pass"], "unreadable"),
    ([f"{OURS}; {'x=y ' * 9000}"], "unreadable"),
]


@pytest.mark.parametrize(("fields", "trouble"), UNPROVED)
def test_a04_nothing_else_is(fields: list[str], trouble: str) -> None:
    proof = verdict(results(*fields), OURS, sender=ANN)
    assert not proof
    assert proof == Proof(trouble=trouble)


def test_a_field_of_our_server_below_foreign_ones_is_found() -> None:
    fields = ("mx.other.example; dmarc=fail header.from=acme.example", f"{OURS}; dmarc=pass header.from=acme.example")
    assert verdict(results(*fields), OURS, sender=ANN).how == "dmarc"


@pytest.mark.parametrize(
    ("signing", "sending", "is_aligned"),
    [
        ("acme.example", "acme.example", True),
        ("ACME.example.", "acme.example", True),
        ("mail.acme.example", "acme.example", True),
        ("acme.example", "support.acme.example", True),
        ("example", "acme.example", False),
        ("acme.example", "example", False),
        ("badacme.example", "acme.example", False),
        ("a.acme.example", "b.acme.example", False),
        ("", "acme.example", False),
    ],
)
def test_alignment(signing: str, sending: str, is_aligned: bool) -> None:  # noqa: FBT001 - a table's column
    assert aligned(signing, sending) is is_aligned


def test_a_field_is_taken_apart_by_the_letter() -> None:
    read_field = read_results(f"{OURS} 1; dkim=pass (good (very)) header.d=acme.example header.s=s1; spf=none")
    assert read_field is not None
    assert read_field.results == (
        Result(method="dkim", outcome="pass", properties={"header.d": "acme.example", "header.s": "s1"}),
        Result(method="spf", outcome="none", properties={}),
    )


def test_a_field_with_a_result_without_a_word_cannot_be_read() -> None:
    assert read_results(f'{OURS}; dmarc=""; spf=pass') is None


@given(st.text(alphabet='mx;=() "\\dkimpasr.\n', max_size=60))
def test_reading_results_never_fails(text: str) -> None:
    read_results(text)


@given(st.text(alphabet=st.characters(blacklist_characters='()"\\', blacklist_categories=["Cs"]), max_size=60))
def test_a_comment_never_becomes_a_result(text: str) -> None:
    found = read_results(f"{OURS}; dmarc=fail ({text}) header.from=acme.example")
    assert found is None or [result.outcome for result in found.results] == ["fail"]
