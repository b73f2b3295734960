"""Bounces: reports and notices to recipient, status and the mail that came back (A13)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.replies import Bounce
from bridge.letters.bounces import read_bounce
from bridge.letters.mime import Unparsable, read

ID = "<p.1.2@bridge.example>"


def report(
    fields: str, returned: str = f"Message-ID: {ID}\r\nSubject: hello", kind: str = "text/rfc822-headers"
) -> Bounce | None:
    parts = [
        ("text/plain", "It failed."),
        ("message/delivery-status", f"Reporting-MTA: dns; mx.example\r\n\r\n{fields}"),
        (kind, returned),
    ]
    body = "".join(f"--b\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in parts)
    head = 'From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    return read_bounce(read(f"{head}{body}--b--\r\n".encode()))


def notice(text: str, *fields: str) -> Bounce | None:
    head = ["From: MAILER-DAEMON@mx.example", "To: bounce+x@bridge.example", "Subject: failure notice", *fields]
    return read_bounce(read("\r\n".join([*head, "", text]).encode()))


REPORTS = [
    (
        "Final-Recipient: rfc822; Queue@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown",
        Bounce(recipient="queue@acme.example", action="failed", status="5.1.1", permanent=True, message_id=ID),
    ),
    (
        "Original-Recipient: rfc822;queue@acme.example\r\nFinal-Recipient: rfc822;box@inner.example\r\nAction: delayed\r\nStatus: 4.4.1\r\nWill-Retry-Until: Mon",
        Bounce(recipient="queue@acme.example", action="delayed", status="4.4.1", permanent=False, message_id=ID),
    ),
    (
        "Final-Recipient: rfc822; <queue@acme.example>\r\nAction: failed (expired)\r\nStatus: 4.4.7 (delivery time expired)",
        Bounce(recipient="queue@acme.example", action="failed", status="4.4.7", permanent=False, message_id=ID),
    ),
    (
        "Final-Recipient: rfc822; queue@acme.example\r\nAction: failed\r\nDiagnostic-Code: smtp;\r\n 452 mailbox full",
        Bounce(recipient="queue@acme.example", action="failed", status="", permanent=False, message_id=ID),
    ),
    (
        "Final-Recipient: x400; /G=Queue/S=Acme/\r\nDiagnostic-Code: x400; 1\r\nStatus: 5.0.0",
        Bounce(recipient="", action="failed", status="5.0.0", permanent=True, message_id=ID),
    ),
    (
        (
            "Final-Recipient: rfc822; a@acme.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\nFinal-Recipient: rfc822; b@acme.example\r\nAction: delayed\r\nStatus: 4.0.0"
            "\r\n\r\nFinal-Recipient: rfc822; c@acme.example\r\nAction: failed\r\nStatus: 5.7.1"
        ),
        Bounce(recipient="c@acme.example", action="failed", status="5.7.1", permanent=True, message_id=ID),
    ),
]


@pytest.mark.parametrize(("fields", "bounce"), REPORTS)
def test_reports_are_read(fields: str, bounce: Bounce) -> None:
    assert report(fields) == bounce


@pytest.mark.parametrize("action", ["delivered", "Relayed", "expanded"])
def test_success_is_no_bounce(action: str) -> None:
    assert report(f"Final-Recipient: rfc822; queue@acme.example\r\nAction: {action}\r\nStatus: 2.0.0") is None


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers", "message/global-headers"])
def test_the_mail_that_came_back_is_found_in_each_form(kind: str) -> None:
    found = report("Final-Recipient: rfc822; q@acme.example\r\nAction: failed\r\nStatus: 5.1.1", kind=kind)
    assert found is not None
    assert found.message_id == ID


def test_a_folded_message_id_is_found() -> None:
    found = report(
        "Final-Recipient: rfc822; q@acme.example\r\nAction: failed", returned=f"Subject: x\r\nMessage-Id:\r\n {ID}"
    )
    assert found is not None
    assert found.message_id == ID


NOTICES = [
    (
        (
            f"Hi. This is the qmail-send program at mx.example.\r\n\r\n<queue@acme.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
            f"--- Below this line is a copy of the message.\r\n\r\nReturn-Path: <bounce+x@bridge.example>\r\nMessage-ID: {ID}\r\n"
        ),
        Bounce(recipient="queue@acme.example", action="failed", status="5.1.1", permanent=True, message_id=ID),
    ),
    (
        (
            f"A message that you sent could not be delivered to one or more of its recipients.\r\n\r\n  queue@acme.example\r\n    SMTP error from remote mail server: "
            f"450 try later: retry timeout exceeded\r\n\r\n------ This is a copy of the message, including all the headers. ------\r\n\r\nMessage-ID: {ID}\r\n"
        ),
        Bounce(recipient="queue@acme.example", action="failed", status="", permanent=False, message_id=ID),
    ),
    (
        (
            f"This message was created automatically by mail delivery software.\r\nA message that you sent has not yet been delivered to\r\n  queue@acme.example\r\n"
            f"No action is required on your part. Delivery attempts will continue.\r\n> Message-ID: {ID}"
        ),
        Bounce(recipient="queue@acme.example", action="delayed", status="", permanent=False, message_id=ID),
    ),
    (
        "Your message could not be delivered, see http://support@mx.example for help from postmaster@mx.example",
        Bounce(recipient="", action="failed", status="", permanent=True, message_id=""),
    ),
]


@pytest.mark.parametrize(("text", "bounce"), NOTICES)
def test_notices_in_a_servers_own_words_are_read(text: str, bounce: Bounce) -> None:
    assert notice(text) == bounce


def test_header_fields_help_out() -> None:
    found = notice("It failed.", "X-Failed-Recipients: queue@acme.example", f"References: {ID}")
    assert found == Bounce(recipient="queue@acme.example", action="failed", status="", permanent=True, message_id=ID)


def test_an_answer_is_no_bounce() -> None:
    assert (
        read_bounce(
            read(
                b"From: ann@acme.example\r\nSubject: Re: hello\r\nIn-Reply-To: <a@b>\r\n\r\nWrite to bob@acme.example, 550 is the room."
            )
        )
        is None
    )


@given(st.binary(max_size=300))
def test_nothing_is_raised(junk: bytes) -> None:
    read_bounce(read(b"From: MAILER-DAEMON\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: " + junk))
    read_bounce(read(b"From: MAILER-DAEMON\r\nSubject: failure notice\r\n\r\n" + junk))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit", ["a@", "@", "a.", "<", "5.1.", "550", "Message-ID:", "x: y\n", " z\n", "\n\n", "to:a@b\n", ";"]
)
def test_hostile_notices_cost_linear_time(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    notice(text, f"X-Failed-Recipients: {text[:50_000].replace(chr(10), '')}")
    with suppress(Unparsable):
        report(text)
    with suppress(Unparsable):
        report(f"Final-Recipient: rfc822; {text}")
