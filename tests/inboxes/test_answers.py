"""What IMAP servers say is read in any order and quantity, and nothing that they say raises."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.inboxes import _answers as answers
from bridge.inboxes._folders import wire_name

LINES = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.binary(max_size=60).map(bytearray),
        st.sampled_from([b"1 FETCH (UID 7", b"BODY[] {3}", b")", b"2 EXISTS", b"OK [UIDVALIDITY 3] x", b"1 2 3", b'"']),
    ),
    max_size=12,
)


@given(LINES)
def test_e08_nothing_that_a_server_says_raises(lines: list[bytes | bytearray]) -> None:
    answers.items(lines)
    answers.uids(lines)
    answers.selected(lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([b"1 FETCH (UID 5 BODY[] {2}", bytearray(b"ab"), b")", b"done"], [(5, b"ab", 0)]),
        ([b"1 FETCH (BODY[] {2}", bytearray(b"ab"), b" UID 5)", b"done"], [(5, b"ab", 0)]),
        ([b'1 FETCH (UID 5 BODY[] "")', b"done"], [(5, b"", 0)]),
        ([b'1 FETCH (UID 5 BODY[HEADER] "a\\"b")', b"done"], [(5, b'a"b', 0)]),
        ([b"1 FETCH (UID 5 BODY[] NIL)", b"done"], [(5, None, 0)]),
        ([b"1 FETCH (RFC822.SIZE 9 UID 5)", b"2 FETCH (UID 6 RFC822.SIZE 8)", b"x"], [(5, None, 9), (6, None, 8)]),
        ([b"3 EXISTS", b"1 FETCH (FLAGS (\\Seen))", b"2 FETCH (UID 6 RFC822.SIZE 8)", b"x"], [(6, None, 8)]),
        ([bytearray(b"stray"), b"done"], []),
        ([], []),
    ],
)
def test_fetched_items(lines: list[bytes | bytearray], expected: list[tuple[int, bytes | None, int]]) -> None:
    assert [(item.uid, item.body, item.size) for item in answers.items(lines)] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([b"4 5 6", b"done"], [4, 5, 6]),
        ([b"6 5", b"4", b"done"], [4, 5, 6]),
        ([b"", b"done"], []),
        ([b"7 EXISTS", b"4", b"123"], [4]),
        ([b"done"], []),
    ],
)
def test_found_numbers(lines: list[bytes], expected: list[int]) -> None:
    assert answers.uids(lines) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("17-Jul-1996 02:44:25 -0700", datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (" 1-feb-2026 03:04:05 +0100", datetime(2026, 2, 1, 2, 4, 5, tzinfo=UTC)),
        ("31-Feb-2026 03:04:05 +0100", None),
        ("17-Jux-1996 02:44:25 -0700", None),
        ("01-Jan-0001 00:00:00 +1400", None),
        ("17-Jul-1996 02:44:25 +9999", None),
        ("yesterday", None),
    ],
)
def test_dates(text: str, expected: datetime | None) -> None:
    assert answers.date(text) == expected


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-720, 840))
def test_every_date_comes_back(when: datetime, minutes: int) -> None:
    local = when.replace(microsecond=0, year=1970 + when.year % 200, day=min(when.day, 28))
    sign, hours = ("-" if minutes < 0 else "+"), abs(minutes)
    shown = local + timedelta(minutes=minutes)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    text = f"{shown.day:2}-{months[shown.month - 1]}-{shown:%Y %H:%M:%S} {sign}{hours // 60:02}{hours % 60:02}"
    assert answers.date(text) == local


# --- names of folders


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("Processed", "Processed"),
        ("Entwürfe", "Entw&APw-rfe"),
        ("R&D", "R&-D"),
        ("&", "&-"),
        ("台北/日本語", "&U,BTFw-/&ZeVnLIqe-"),
        ("Hi 🦊", "Hi &2D7dig-"),
    ],
)
def test_folder_names_on_the_wire(name: str, wire: str) -> None:
    """The examples of RFC 3501 5.1.3, and beyond the basic plane."""
    assert wire_name(name) == wire


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_every_folder_name_is_printable_ascii_and_no_two_are_alike(name: str) -> None:
    wire = wire_name(name)
    assert wire.isascii()
    assert wire.isprintable()
    assert unwired(wire) == name


def unwired(wire: str) -> str:
    """The other direction, by Python's own UTF-7."""
    text = ""
    while wire:
        plain, amp, rest = wire.partition("&")
        text += plain
        if not amp:
            break
        coded, _, wire = rest.partition("-")
        text += ("+" + coded.replace(",", "/") + "-").encode().decode("utf-7") if coded else "&"
    return text


@given(st.text(alphabet=st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])))
def test_quoted_names_end_where_they_should(text: str) -> None:
    quoted = answers.quoted(text)
    inside = quoted[1:-1]
    assert quoted[0] == quoted[-1] == '"'
    assert '"' not in inside.replace("\\\\", "").replace('\\"', "")
    assert inside.replace('\\"', '"').replace("\\\\", "\\") == text or "\\" in text
