"""E04, E05, E10: words and HTML of strangers become harmless plain text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels._html import text_if_html, text_of
from bridge.channels._text import MAX_TEXT, clean, line, same_words

ANY_TEXT = st.text(st.characters(), max_size=300)


@given(ANY_TEXT)
def test_cleaned_text_is_valid_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", cleaned)


@given(ANY_TEXT)
def test_lines_are_one_line(text: str) -> None:
    assert "\n" not in line(text)
    assert len(line(text, 20)) <= 20


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a\tb"),
        ("nul\x00l", "null"),
        ("esc\x1b[31m", "esc[31m"),
        ("\ud83d", "\ufffd"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 8),
        ("ด้ี", "ด้ี"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_cleaning(given: str, cleaned: str) -> None:
    assert clean(given) == cleaned


def test_a_huge_text_is_cut_and_says_so() -> None:
    cut = clean("x" * (MAX_TEXT * 3))
    assert len(cut) == MAX_TEXT
    assert cut.endswith("[…]")


def test_words_are_compared_composed_and_with_single_spaces() -> None:
    assert same_words(" e\u0301  a\n") == same_words("é a")


HTML = {
    "paragraphs": ("<p>one</p><p>two</p>", "one\n\ntwo"),
    "breaks": ("one<br>two<br/>three", "one\ntwo\nthree"),
    "list": ("<ul><li>one<li>two</ul>", "- one\n- two"),
    "table": ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
    "entities": ("AT&amp;T &lt;3 caf&eacute; &#8364;", "AT&T <3 café €"),
    "script": ("a<script>alert(1)</script><style>b{}</style>c", "ac"),
    "comment": ("a<!-- hidden -->b", "ab"),
    "handler": ('<p onclick="x()">a</p>', "a"),
    "link": ('<a href="https://example.org/x">here</a>', "here <https://example.org/x>"),
    "same link": ('<a href="https://example.org/">https://example.org/</a>', "https://example.org/"),
    "phishing": (
        '<a href="https://evil.example/">https://bank.example</a>',
        "https://bank.example <https://evil.example/>",
    ),
    "script link": ('<a href="javascript:alert(1)">x</a>', "x"),
    "mail link": ('<a href="mailto:a@example.org">a@example.org</a>', "a@example.org"),
    "picture": ('<img src="https://t.example/p.gif" alt="a > b">', "[a > b]"),
    "pixel": ('a<img src="https://t.example/p.gif">', "a"),
    "quoted tags": ("&lt;b&gt;not bold&lt;/b&gt;", "<b>not bold</b>"),
    "unclosed": ("<p>one<div>two", "one\n\ntwo"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("name", HTML)
def test_html_as_text(name: str) -> None:
    source, text = HTML[name]
    assert text_of(source) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("AT&T <3", "AT&T <3"),
        ("a < b > c", "a < b > c"),
        ("a &amp; b", "a & b"),
        ("<b>x</b>", "x"),
        ("1<2 && 3>2", "1<2 && 3>2"),
    ],
)
def test_titles_are_html_only_where_they_look_like_it(given: str, text: str) -> None:
    assert text_if_html(given) == text


@given(st.text("<>/ab=\"'&;!-p ", max_size=200))
def test_no_tag_with_a_name_that_browsers_know_survives_unescaped(source: str) -> None:
    """What looks like a tag in the text was escaped in the source."""
    if "&" not in source:
        assert not re.search(r"<(?:p|b|a)[\s>]", text_of(source))


@pytest.mark.parametrize(
    "piece", ["<div>", "<b><i>", "<table><tr><td>", '<a href="http://x.example/">', "<", "<p ", "<!--"]
)
def test_e02_deep_nesting_ends(piece: str) -> None:
    """Trees of nested tags take time by the square of their depth, so beyond a number they are not built."""
    assert len(text_of(piece * 100_000)) <= MAX_TEXT
