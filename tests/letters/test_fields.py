"""The header guard: values are cleaned before, what was written is read back after, and a difference stops the mail (E07)."""

from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.letters import fields
from bridge.letters.fields import Unsendable

GOOD = b"From: a@x.test\r\nTo: b@x.test\r\nSubject: hi\r\n\r\nbody\r\n"
NAMES = ["From", "To", "Subject"]
BOXES = frozenset({"a@x.test", "b@x.test"})


def test_what_was_intended_passes() -> None:
    fields.check(GOOD, NAMES, BOXES)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (GOOD.replace(b"Subject", b"Bcc: c@x.test\r\nSubject"), "other fields"),
        (GOOD.replace(b"hi\r\n", b"hi\r\n\r\n").replace(b"Subject: hi", b"\r\nSubject: hi"), "other fields"),
        (GOOD.replace(b"Subject: hi\r\n", b""), "other fields"),
        (GOOD.replace(b"hi", b"hi\rBcc: c@x.test"), "other fields|bare line end"),
        (GOOD.replace(b"hi", b"hi\nBcc: c@x.test"), "other fields"),
        (GOOD.replace(b"b@x.test", b"b@x.test, c@x.test"), "other addresses"),
        (GOOD.replace(b"b@x.test", b"c@x.test"), "other addresses"),
        (GOOD.replace(b"a@x.test", b'"x" <a@x.test> <c@x.test>'), "other addresses"),
        (GOOD.replace(b"a@x.test", b"undisclosed:;"), "other addresses"),
        (GOOD + b"x\ny\r\n", "bare line end"),
        (GOOD + b"x\ry\r\n", "bare line end"),
        (GOOD + b"x" * 999 + b"\r\n", "too long a line"),
    ],
)
def test_e07_a_difference_stops_the_mail(content, why) -> None:
    with pytest.raises(Unsendable, match=why):
        fields.check(content, NAMES, BOXES)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_a_field_decodes_to_the_cleaned_value(value) -> None:
    written = fields.text("Subject", value)
    assert written.isascii()
    assert all(len(line) <= 78 for line in written.split("\r\n")) or value.isascii()
    unfolded = written.removeprefix("Subject: ").replace("\r\n", "\n")
    assert str(make_header(decode_header(unfolded))) == fields.cleaned(value)


@given(st.text(max_size=200))
def test_cleaning_leaves_nothing_that_means_something_to_a_parser(value) -> None:
    cleaned = fields.cleaned(value)
    assert "=?" not in cleaned
    assert len(cleaned.splitlines()) <= 1
    assert fields.cleaned(cleaned) == cleaned


@pytest.mark.parametrize(
    ("display", "written"),
    [
        ("Jane Doe", '"Jane Doe" <a@x.test>'),
        ('Jane "JD" Doe', '"Jane \\"JD\\" Doe" <a@x.test>'),
        ("a\\", '"a\\\\" <a@x.test>'),
        ("Jürgen", "=?utf-8?b?SsO8cmdlbg==?=\r\n <a@x.test>"),
        ("", "a@x.test"),
    ],
)
def test_names_are_quoted_or_encoded(display, written) -> None:
    assert fields.mailbox(display, "a@x.test") == written


def test_a_name_cannot_show_another_address() -> None:
    assert "@b" not in str(make_header(decode_header(fields.mailbox("ceo@bank.test", "a@x.test"))))


@pytest.mark.parametrize(
    "box", ["", "a", "a@b.test, c@d.test", "A <a@b.test>", "a@b.test\r\nBcc: x@y.test", "ü@b.test", "a@[127.0.0.1]"]
)
def test_recipients_are_one_plain_mailbox(box) -> None:
    with pytest.raises(Unsendable):
        fields.one_mailbox(box)
    assert fields.one_mailbox(" Queue@ACD.test") == "queue@acd.test"


@pytest.mark.parametrize(
    "given", ["", "a@b.test", "<a b@c.test>", "<a@b.test>\r\nBcc: x", "<\u00e9@b.test>", f"<{'x' * 300}>", "<<a@b>>"]
)
def test_references_are_message_ids(given) -> None:
    with pytest.raises(Unsendable):
        fields.identifiers("References", ["<a@b.test>", given])
    assert fields.identifiers("References", ["<a@b.test>", "<c@d.test>"]) == "References: <a@b.test>\r\n <c@d.test>"
