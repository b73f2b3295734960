"""Splitting: numbered parts within the limit by the platform's own counting, that join back to the same words."""

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.core import graphemes
from bridge.core.split import Unsplittable, measure, split

LINK = re.compile(r"https?://\S+")


def weighted(text: str) -> int:
    """As X counts: a link is 23, letters beyond Latin are 2."""
    links = LINK.findall(text)
    rest = LINK.sub("", text)
    return 23 * len(links) + sum(1 if ord(letter) < 0x1100 else 2 for letter in unicodedata.normalize("NFC", rest))


def octets(text: str) -> int:
    return len(text.encode())


COUNTS = {"characters": len, "octets": octets, "weighted": weighted}
NUMBER = re.compile(r" \((\d+)/(\d+)\)\Z")

words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=12),
    st.sampled_from(
        ["https://example.org/a/very/long/path?with=query", "Yes.", "Is it?", "日本語です。", "👩‍👩‍👧‍👦", "🇩🇪🇫🇷"]
    ),
)
texts = st.lists(st.tuples(words, st.sampled_from([" ", "  ", "\n", "\n\n"])), min_size=1, max_size=60).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


def unnumbered(parts: tuple[str, ...]) -> list[str]:
    return [NUMBER.sub("", part) for part in parts] if len(parts) > 1 else list(parts)


@settings(max_examples=500)
@given(text=texts, limit=st.integers(min_value=70, max_value=400), unit=st.sampled_from(sorted(COUNTS)))
@example(text="a " * 1000, limit=70, unit="characters")
def test_parts_fit_are_numbered_and_join_back_to_the_same_words(text, limit, unit) -> None:
    count = COUNTS[unit]
    parts = split(text, limit=limit, count=count)

    assert all(count(part) <= limit for part in parts)
    if len(parts) > 1:
        assert [NUMBER.search(part).groups() for part in parts] == [
            (str(n), str(len(parts))) for n in range(1, len(parts) + 1)
        ]
    assert " ".join(unnumbered(parts)).split() == text.split()


@given(text=st.text(max_size=600), limit=st.integers(min_value=20, max_value=100), unit=st.sampled_from(sorted(COUNTS)))
def test_words_too_long_for_a_part_are_broken_and_nothing_is_lost(text, limit, unit) -> None:
    count = COUNTS[unit]
    try:
        parts = split(text, limit=limit, count=count)
    except Unsplittable:
        return
    assert all(count(part) <= limit for part in parts)
    assert "".join("".join(unnumbered(parts)).split()) == "".join(text.split())


@given(text=st.text(max_size=400), limit=st.integers(min_value=1, max_value=100), unit=st.sampled_from(sorted(COUNTS)))
def test_an_overrun_says_where_the_text_breaks(text, limit, unit) -> None:
    count = COUNTS[unit]
    over = measure(text, limit=limit, count=count, unit=unit)
    if over is None:
        assert count(text) <= limit
    else:
        assert over.count == count(text) > limit
        assert count(text[: over.at]) <= limit
        assert over.at < len(text)


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("short", 10, ("short",)),
        ("One two. Three four five.", 22, ("One two. (1/2)", "Three four five. (2/2)")),
        ("Hello there\n\nsecond part is here", 28, ("Hello there (1/2)", "second part is here (2/2)")),
        ("aaaa bbbb cccc dddd", 16, ("aaaa bbbb (1/2)", "cccc dddd (2/2)")),
        ("abcdefghijklmnopqrst", 16, ("abcdefghij (1/2)", "klmnopqrst (2/2)")),
        ("これは長い文章です。次の文章もあります。", 18, ("これは長い文章です。 (1/2)", "次の文章もあります。 (2/2)")),
    ],
)
def test_parts_end_where_a_reader_would_end_them(text, limit, parts) -> None:
    assert split(text, limit=limit, count=len) == parts


def test_more_than_nine_parts_have_room_for_two_digits() -> None:
    parts = split("word " * 200, limit=30, count=len)
    assert len(parts) > 9
    assert parts[0].endswith(f" (1/{len(parts)})")
    assert all(len(part) <= 30 for part in parts)


@pytest.mark.parametrize(("text", "limit"), [("hello world", 5), ("x" * 5000, 12), ("word " * 5000, 20)])
def test_what_does_not_go_into_99_parts_is_said_to(text, limit) -> None:
    with pytest.raises(Unsplittable):
        split(text, limit=limit, count=len)


@pytest.mark.parametrize(
    "whole", ["e\u0301", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "\r\n", "각", "क्ष"[:2], "☺️", "🏴\U000e0067\U000e0062\U000e007f"]
)
def test_what_people_see_as_one_character_is_not_torn(whole) -> None:
    text = f"a{whole}b"
    assert [at for at in range(len(text) + 1) if graphemes.cut(text, at) == at] == [0, 1, 1 + len(whole), len(text)]


def test_two_flags_may_be_parted_but_not_halved() -> None:
    assert [graphemes.cut("🇩🇪🇫🇷", at) for at in range(5)] == [0, 0, 2, 2, 4]


def test_a_long_answer_is_split_in_bounded_time() -> None:
    text = "Sentence number one is here. " * 300
    counted = 0

    def count(part: str) -> int:
        nonlocal counted
        counted += 1
        return len(part)

    parts = split(text, limit=280, count=count)
    assert len(parts) > 30
    assert counted < 200 * len(parts)
