"""What raw letters say: headers, tags, commands, wrappings, fingerprints, and that nothing makes the reader fall."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.replies import LetterKind
from bridge.letters import address, mime
from bridge.letters.address import Purpose
from bridge.testing.mailing import DOMAIN, OTHER, OURS, RECORD, RING, SENT, SYSTEM, WORDS, judged, raw, read
from bridge.testing.making import AGENT


def test_a_genuine_answer_is_read_whole() -> None:
    said = read(raw())
    assert (said.text, said.confident, said.doubts) == (WORDS, True, ())
    assert said.conversations == (RECORD.id,)
    assert (said.desk, said.forged, said.kind) == ("support", 0, LetterKind.REPLY)
    assert (said.sender, said.sender_trouble, said.proof) == (AGENT, "", "dmarc")
    assert (said.message_id, said.in_reply_to) == ("<answer1@acme.test>", (SENT.message_id,))
    assert (said.commands, said.unknown_commands, said.attachments, said.bounce) == ((), (), (), None)
    assert judged(raw()) == WORDS


# What is found in headers.


@pytest.mark.parametrize(
    ("in_reply_to", "references", "expected"),
    [
        ("<c@x>", "<a@x> <b@x> <c@x>", ("<c@x>", "<b@x>", "<a@x>")),
        (None, "<a@x>\n <b@x>", ("<b@x>", "<a@x>")),
        ("", "<RT-Ticket-5@x>", ("<RT-Ticket-5@x>",)),
        ("garbage without brackets", None, ()),
        ('<a@x> (Jane\'s message of "Sun")', None, ("<a@x>",)),
    ],
)
def test_thread_headers_come_newest_first(
    in_reply_to: str | None, references: str | None, expected: tuple[str, ...]
) -> None:
    assert read(raw(in_reply_to=in_reply_to, references=references)).in_reply_to == expected


@pytest.mark.parametrize(
    ("subject", "tag"),
    [
        ("Re: [acme #17] The shop is down", "[acme #17]"),
        ("[acme.test #5] AutoReply: The shop is down", "[acme.test #5]"),
        ("RE: [Ticket#2024010112000017] The shop", "[Ticket#2024010112000017]"),
        ("[issue12] The shop is down", "[issue12]"),
        ("[#123] Aw: The shop is down", "[#123]"),
        ("Re: [GLPI #0000123] The shop", "[GLPI #0000123]"),
        ("[Shop - Bug #7] (New) The shop is down", "[Shop - Bug #7]"),
        ("[SUP-12] The shop", "[SUP-12]"),
        ("[Forum] Jane: The shop is down", ""),
        ("[urgent] [2026] The shop is down", ""),
        ("Re: order #17 is late", ""),
    ],
)
def test_a_ticket_systems_tag_is_found_in_the_subject(subject: str, tag: str) -> None:
    assert read(raw(subject=subject)).tag == tag


def test_a_tag_that_the_customer_wrote_is_not_the_ticket_systems() -> None:
    own = replace(RECORD, subject="[Forum] jane: see [bug #4]")
    assert read(raw(subject="Re: [Forum] jane: see [bug #4]"), record=own).tag == ""
    assert read(raw(subject="Re: [acme #9] [Forum] jane: see [bug #4]"), record=own).tag == "[acme #9]"


def test_commands_are_taken_from_the_top() -> None:
    said = read(raw(f"#private #close\n{WORDS}"))
    assert [command.name for command in said.commands] == ["private", "close"]
    assert (said.text, said.confident) == (WORDS, True)
    assert read(raw("#close")).text == ""


# Ticket systems' wrapping.


ROUNDUP = f"""\

Ann Agent <{AGENT}> added the comment:

{WORDS}

It has a second paragraph.

----------
status: unread -> chatting
assignedto:  -> ann

______________________________
Acme <support@acme.test>
<http://127.0.0.1:2917/issue1>
______________________________
"""


@pytest.mark.parametrize(
    "text", [ROUNDUP, ROUNDUP.replace("----------\nstatus: unread -> chatting\nassignedto:  -> ann\n\n", "")]
)
def test_roundups_wrapping_is_taken_off(text: str) -> None:
    octets = raw(text, quote=False, from_="Ann Agent <support@acme.test>", x_roundup_version="2.6.0", precedence="bulk")
    assert judged(octets, SYSTEM) == f"{WORDS}\n\nIt has a second paragraph."
    assert judged(octets.replace(f"{AGENT}> added".encode(), b"x> wrote"), SYSTEM).startswith("!")


def test_a_persons_mail_is_never_unwrapped() -> None:
    octets = raw(ROUNDUP, quote=False, x_roundup_version="2.6.0")
    assert judged(octets).startswith("!")


# Fingerprints.


def fingerprint(octets: bytes) -> str:
    return read(octets).fingerprint


def test_a07_c08_the_same_letter_has_the_same_fingerprint_wherever_it_lies() -> None:
    octets = raw()
    again = b"Return-Path: <x@y.test>\nReceived: from mx by store; later\n" + octets
    assert fingerprint(octets) == fingerprint(again)
    assert fingerprint(octets) == fingerprint(octets.replace(b"\n", b"\r\n"))
    assert fingerprint(octets) == fingerprint(raw(to=f"jane <{OURS}>"))


@pytest.mark.parametrize(
    "other",
    [
        raw("Other words."),
        raw(message_id="<answer2@acme.test>"),
        raw(date="Mon, 02 Mar 2026 10:20:01 +0000"),
        raw(from_="carl@acme.test"),
        raw(to=OTHER),
    ],
)
def test_another_letter_has_another_fingerprint(other: bytes) -> None:
    assert fingerprint(raw()) != fingerprint(other)


# Bad input.


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("line", [b"From now on see https://evil.example", b"From : x", b"no field at all"])
@pytest.mark.parametrize("more", ["", "X-More: 1"], ids=["last", "in between"])
def test_a07_a_line_that_is_no_field_never_becomes_the_agents_words(line: bytes, end: bytes, more: str) -> None:
    """A signature does not cover it, and the standard library gives such a line at a header's end back to the body."""
    head, _, body = raw().partition(b"\n\n")
    said = read(end.join([head, line, *([more.encode()] if more else [])]) + b"\n\n" + body)
    assert (said.unparsable, said.text) == ("its header breaks off", "")


def test_a_mailbox_s_own_first_line_is_no_break() -> None:
    assert read(b"From ann@acme.test Mon Mar  2 12:00:00 2026\n" + raw()).text == WORDS


@pytest.mark.parametrize("name", ["Message-ID", "Date", "In-Reply-To", "References", "Subject"])
def test_a07_a_letter_that_names_itself_twice_is_not_read(name: str) -> None:
    """Our server may have checked the lower field alone, and the upper one would make a new letter of an old one."""
    twice = raw(top=f"{name}: <two@evil.test>")
    assert "more than once" in read(twice).unparsable
    assert judged(twice) == "! unparsable"


def test_a07_the_same_field_twice_changes_nothing_and_makes_no_new_letter() -> None:
    twice = raw(top="Message-ID: <answer1@acme.test>")
    assert (judged(twice), fingerprint(twice)) == (WORDS, fingerprint(raw()))


def test_e08_a_mail_that_breaks_a_limit_still_says_whose_it_is() -> None:
    many = "".join("--b\n\nx\n" for _ in range(mime.MAX_PARTS + 10))
    octets = raw(many, quote=False, content_type='multipart/mixed; boundary="b"')
    said = read(octets)
    assert "200 MIME parts" in said.unparsable
    assert (said.conversations, said.sender, said.proof) == ((RECORD.id,), AGENT, "dmarc")
    assert judged(octets) == "! unparsable"


def test_e08_a_mail_of_which_only_the_header_was_fetched() -> None:
    said = read(raw("").partition(b"\n\n")[0], whole=False)
    assert said.unparsable == "it is larger than letters may be"
    assert said.sender == AGENT


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\n",
        b"x",
        b"\x00" * 100,
        b"From: a\r\n" * 5,
        b"To: " + OURS.encode() + b"\n\n" + b"\xff" * 1000,
        b":" * 10_000,
        b"From: " + b"<" * 100_000,
        b"To: " + b"(" * 100_000 + OURS.encode(),
        b"References: " + b"<a@b> " * 50_000 + b"\n\n",
        b"\n" * 900_000,
        (b"In-Reply-To: " + b"<a@a@" * 12_000 + b"\n") * 20 + b"\n",
        b"Subject: " + b"[a #" * 20_000 + b"\n\n",
    ],
    ids=range(13),
)
def test_e08_any_octets_are_read_without_a_fall(octets: bytes) -> None:
    said = read(octets)
    assert said.fingerprint
    assert judged(octets).startswith("!")


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=60), st.integers(min_value=0)
)
def test_a_header_that_was_tampered_with_changes_no_word(garbage: str, at: int) -> None:
    """What is put anywhere into the header either stops the mail or leaves its words as they are."""
    octets = raw()
    place = at % octets.index(b"\n\n")
    found = judged(octets[:place] + garbage.encode() + octets[place:])
    assert found == WORDS or found.startswith("! ")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_any_body_is_read_without_a_fall(body: bytes) -> None:
    said = read(raw("", quote=False) + body)
    assert (said.conversations, said.sender) == ((RECORD.id,), AGENT)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_no_address_of_ours_is_verified_for_another_desk(purpose: Purpose) -> None:
    other = address.signed_address(RING, purpose, subject=RECORD.id, desk="elsewhere", domain=DOMAIN)
    assert read(raw(to=other)).forged == 1
