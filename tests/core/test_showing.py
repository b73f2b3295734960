"""Text from outside on its way to people: no controls, floods, tricks of direction or disguised links (E05, E06, E10)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import languages, links, lookalikes, showing

anything = st.text(st.characters(), max_size=400)


@given(anything)
def test_a_block_holds_no_controls_and_can_be_written(text) -> None:
    shown = showing.block(text, 1000)
    shown.encode("utf-8")
    assert not any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in shown)
    assert not set(shown) & set("\u202d\u202e\ufeff\u2028\u2029")


@given(anything, st.integers(min_value=8, max_value=100))
def test_a_line_is_one_short_line(text, limit) -> None:
    shown = showing.line(text, limit)
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1
    assert shown == " ".join(shown.split())
    assert not any(
        unicodedata.bidirectional(letter) in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}
        for letter in shown
    )


@given(st.text(max_size=200), st.integers(min_value=8, max_value=60))
def test_showing_twice_changes_nothing(text, limit) -> None:
    once = showing.line(text, limit)
    assert showing.line(once, limit) == once
    assert showing.block(showing.block(text, 500), 500) == showing.block(text, 500)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words\nand more", "plain words\nand more"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("nul\x00 bell\x07 \x1b[31mred", "nul bell [31mred"),
        ("\ud800lone", "\ufffdlone"),
        ("שלום \u200fhello", "שלום \u200fhello"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("👩\u200d👩\u200d👧 ☺\ufe0f", "👩\u200d👩\u200d👧 ☺\ufe0f"),
    ],
)
def test_a_customers_words_stay_save_what_must_not_be_shown(text, shown) -> None:
    assert showing.block(text, 1000) == shown


def test_e10_floods_of_marks_are_thinned() -> None:
    assert showing.block("Z" + "\u0301" * 500 + "algo", 1000) == "Z" + "\u0301" * showing.MAX_MARKS + "algo"
    thai = "\u0e2a" + "\u0e47" * 60
    assert len(showing.block(thai, 1000)) == 1 + showing.MAX_MARKS
    assert showing.block("ก็" * 50, 1000) == "ก็" * 50


def test_long_lines_end_at_a_word_and_say_so() -> None:
    assert showing.line("one two three four five", 15) == "one two..."
    assert showing.line("eins zwei drei fünf", 15) == "eins zwei drei\u2026"


@pytest.mark.parametrize(
    ("url", "href", "host"),
    [
        ("https://forum.example/t/1?a=b&c=d#x", "https://forum.example/t/1?a=b&c=d#x", "forum.example"),
        ("https://exa\r\nmple.com", "https://example.com", "example.com"),
        ("HTTPS://Forum.Example/", "https://forum.example/", "forum.example"),
        ("https://bücher.example/ä b", "https://xn--bcher-kva.example/%C3%A4%20b", "xn--bcher-kva.example"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x", "[::1]"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E", "a.example"),
    ],
)
def test_links_are_ascii_and_name_their_real_host(url, href, host) -> None:
    assert links.link(url) == links.Link(href=href, host=host)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.example",
        "https://",
        "https://a@b.example/",
        "http://a b.example",
        "http://x:99999/",
        "http://[::1",
        "https://a.example/" + "x" * 3000,
        "https://evil\u2024example.com:x",
    ],
)
def test_what_is_no_plain_web_address_is_no_link(url) -> None:
    assert links.link(url) is None


@given(anything)
def test_no_text_breaks_the_reading_of_links(text) -> None:
    made = links.link("http://" + text)
    assert made is None or (
        made.href.isascii() and " " not in made.href and '"' not in made.href and "<" not in made.href
    )
    links.disguised(f"http://{text} www.{text}")


def test_e05_only_what_may_deceive_is_named() -> None:
    assert links.disguised("https://plain.example www.plain.example/x @me") == ()
    assert links.disguised("WWW.\u0430pple.com and https://user:pw@evil.example/") == (
        "www.xn--pple-43d.com",
        "evil.example",
    )


@given(anything, st.lists(st.text(min_size=1, max_size=12), max_size=3).map(tuple))
def test_no_name_breaks_the_comparison(name, brand) -> None:
    lookalikes.mixed(name)
    assert lookalikes.resembles(name, brand) in {"", *brand}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("de", "German"),
        ("pt-BR", "Portuguese"),
        ("zh_Hant", "Chinese"),
        ("EN", "English"),
        ("und", ""),
        ("", ""),
        ("tlh", "tlh"),
    ],
)
def test_languages_have_names(code, name) -> None:
    assert languages.name(code) == name
