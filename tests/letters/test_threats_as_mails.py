"""The A- and B-cases of the threat model as mails: read, walked through all gates, and none ever published (FT23)."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from bridge.core.policy import Agent, DeskPolicy
from bridge.core.replies import LetterKind
from bridge.testing.mailing import (
    BOUNCES,
    DESK,
    OURS,
    RECORD,
    SENT,
    SYSTEM,
    WORDS,
    judged,
    raw,
    read,
)
from bridge.testing.making import AGENT, NOW
from bridge.testing.threats import NEVER, WORDLESS
from bridge.testing.threats_at_work import SMUGGLING_ENDS, STOLEN, TAKING_BACK, THREATS, repeats

ROOT = Path(__file__).resolve().parents[2]
CASES = [f"{part}{number:02}" for part, count in (("A", 21), ("B", 19)) for number in range(1, count + 1)]
ELSEWHERE = {
    "A06": len(STOLEN),
    "A07": len(repeats(raw(), b"<answer1@")),
    "A16": len(SMUGGLING_ENDS),
    "B15": len(TAKING_BACK),
}
"""Variants that are more than one mail, with their own parts in the tests through real servers and through the loop."""
NO_MAIL = {
    "A18": ("tests/servers/test_xmpp.py", "test_only_listed_agents_are_heard_whatever_nick_they_choose"),
    "A20": ("tests/servers/test_imap.py", "test_a20_an_unknown_authority_is_named"),
    "B19": ("tests/shell/test_stopping.py", "test_stop_at_any_moment_before_the_last_question_keeps_the_answer"),
}
"""Cases of chats, of connections and of text messages, and a test of each."""

PASS = [
    ("no thread headers at all", raw(in_reply_to=None, references=None)),
    ("token in Cc", raw(to="Team <team@acme.test>", cc=OURS)),
    ("token in upper case", raw(to=OURS.upper())),
    ("token in the store's own field", raw(to="undisclosed-recipients:;", top=f"Delivered-To: {OURS}")),
    ("the same token twice", raw(cc=f"{OURS}, {OURS.upper()}")),
    ("DKIM of the sender's domain", raw(authentication_results="mx.acme.test; dkim=pass header.d=acme.test")),
    ("an internal mailbox", raw(from_="inside@acme.test", authentication_results=None)),
    ("Precedence: bulk alone", raw(precedence="bulk")),
    ("control fields of ticket systems", raw(x_priority="1", x_zammad_ticket_owner="root", x_otrs_queue="Junk")),
    ("Emacs' comment in In-Reply-To", raw(in_reply_to=f'{SENT.message_id} ("Jane\'s message of \\"Mon, 2 Mar\\"")')),
    ("signed by Sender too", raw(sender=f"Ann <{AGENT}>")),
    ("no quotation", raw(quote=False)),
]  # fmt: skip


@pytest.mark.parametrize("octets", [octets for _, octets in PASS], ids=[name for name, _ in PASS])
def test_genuine_variants_are_published(octets: bytes) -> None:
    desk = replace(DESK, agents=(*DESK.agents, Agent(mailbox="inside@acme.test")))
    assert judged(octets, desk) == WORDS


@pytest.mark.parametrize(
    ("threat", "reason", "octets"), NEVER, ids=[f"{n[0]}-{number}" for number, n in enumerate(NEVER)]
)
def test_no_case_of_the_threat_model_is_published(threat: str, reason: str, octets: bytes) -> None:
    reasons = {f"! {reason}"} | ({"! extract_doubt", "! empty"} if threat in WORDLESS else set())
    assert judged(octets) in reasons, threat


@pytest.mark.parametrize("case", [case for case in CASES if case not in NO_MAIL])
def test_every_case_has_three_variants(case: str) -> None:
    assert sum(each.id == case for each in THREATS) + ELSEWHERE.get(case, 0) >= 3


@pytest.mark.parametrize("case", NO_MAIL)
def test_a_case_that_is_no_mail_is_tested_as_what_it_is(case: str) -> None:
    file, name = NO_MAIL[case]
    assert f"def {name}(" in (ROOT / file).read_text()


def test_the_threat_model_names_these_cases() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text()
    assert [line[2:5] for line in page.splitlines() if re.match(r"\| [AB]\d\d \|", line)] == CASES


def test_b01_a_forwarded_note_is_cut_off() -> None:
    note = (
        "-------- Weitergeleitete Nachricht --------\nVon: Chef <chef@acme.test>\nBetreff: intern\n\nNicht kulant sein!"
    )
    assert judged(raw(f"{WORDS}\n\n{note}", quote=False)) == WORDS


BOUNCE = f"""\
From: MAILER-DAEMON@mx.acme.test (Mail Delivery System)
To: {BOUNCES}
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mx.acme.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.test

Final-Recipient: rfc822; queue@acme.test
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {SENT.message_id}
--b--
"""


@pytest.mark.parametrize("to", [BOUNCES, OURS], ids=["bounce address", "reply address"])
def test_a13_a_bounce_is_tied_to_its_conversation_and_proxy(to: str) -> None:
    octets = BOUNCE.replace(BOUNCES, to).encode()
    said = read(octets)
    assert said.kind is LetterKind.BOUNCE
    assert said.conversations == (RECORD.id,)
    assert said.bounce is not None
    assert (said.bounce.recipient, said.bounce.status, said.bounce.message_id) == (
        "queue@acme.test",
        "5.1.1",
        SENT.message_id,
    )
    assert judged(octets) == "! bounce"


@pytest.mark.parametrize(
    ("auto_submitted", "desk", "reason"),
    [
        (None, SYSTEM, "! automatic"),
        (None, replace(SYSTEM, acknowledgements=()), "! extract_doubt"),
        (None, replace(SYSTEM, acknowledgements=(), first_answer_confirmed=False), "! first_answer"),
        ("auto-generated", replace(SYSTEM, acknowledgements=()), "! automatic"),
        (
            "auto-generated",
            replace(SYSTEM, human_despite_header=("support@acme.test",)),
            "! automatic",
        ),
    ],
)
def test_a14_the_acknowledgement_of_the_acd(auto_submitted: str | None, desk: DeskPolicy, reason: str) -> None:
    text = "Your request (no. 5) has been received and will be reviewed."
    octets = raw(text, from_="Acme <support@acme.test>", auto_submitted=auto_submitted)
    assert judged(octets, desk)[:12] == reason[:12]


def test_a14_what_comes_within_seconds_is_held_for_the_agent_to_confirm() -> None:
    assert judged(raw(), received=NOW + timedelta(seconds=9)) == "! too_soon"


def test_a_sender_whose_system_marks_everything_is_excused_where_the_acknowledgements_are_known() -> None:
    octets = raw(from_="support@acme.test", auto_submitted="auto-generated")
    excused = replace(SYSTEM, human_despite_header=("Support@acme.test",))
    assert judged(octets, excused) == WORDS
    assert judged(octets, replace(excused, acknowledgements=())) == "! automatic"
    assert judged(octets, replace(excused, first_answer_confirmed=False)) == "! first_answer"


def html(page: str, text: str = WORDS) -> bytes:
    """A mail with a plain and an HTML part."""
    message = EmailMessage()
    message.set_content(text)
    message.add_alternative(page, subtype="html")
    parts = message.as_bytes().partition(b"\n\n")[2]
    return (
        raw(
            "",
            quote=False,
            content_type=f'multipart/alternative; boundary="{message.get_boundary()}"',
            content_transfer_encoding="7bit",
        )
        + parts
    )


def test_b07_an_html_part_that_says_something_else_is_held() -> None:
    assert judged(html(f"<p>{WORDS}</p>")) == WORDS
    assert judged(html("<p>We will never pay, and you know why, dear customer.</p>")) == "! extract_doubt"
    assert judged(html(f"<p>{WORDS}</p><p>PS: and here is one more promise from us.</p>")) == "! extract_doubt"


def test_b12_invisible_characters_do_not_reach_the_words() -> None:
    said = read(raw("The shop\u202e is\u200b open\ufeff again."))
    assert said.text == "The shop is open again."


def test_b06_files_go_out_only_on_demand_and_by_what_they_are() -> None:
    message = EmailMessage()
    message.set_content(f"#media\n{WORDS}\n")
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    message.add_attachment(picture, maintype="image", subtype="jpeg", filename="../../etc/passwd.jpg")
    message.add_attachment(b"MZ\x90", maintype="image", subtype="png", filename="x.png")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="prices.pdf")
    parts = message.as_bytes().partition(b"\n\n")[2]
    octets = raw("", quote=False, content_type=f'multipart/mixed; boundary="{message.get_boundary()}"') + parts
    said = read(octets)
    assert [(a.name, a.type, a.content) for a in said.attachments] == [("file-1.png", "image/png", picture)]
    assert read(octets.replace(b"#media\n", b"")).attachments == ()


def test_b06_pictures_that_the_html_shows_in_place_are_no_files() -> None:
    message = EmailMessage()
    message.set_content(f"#media\n{WORDS}\n")
    message.add_alternative(f"<p>#media</p><p>{WORDS}</p><img src='cid:logo@acme'>", subtype="html")
    message.add_attachment(
        b"\x89PNG\r\n\x1a\nlogo", maintype="image", subtype="png", cid="<logo@acme>", disposition="inline"
    )
    octets = raw("", quote=False, content_type=f'multipart/mixed; boundary="{message.get_boundary()}"')
    assert read(octets + message.as_bytes().partition(b"\n\n")[2]).attachments == ()
