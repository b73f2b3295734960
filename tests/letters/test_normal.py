"""Text as it is published, and as it is compared (threat-model 5.3.5)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.letters.flowed import unflowed
from bridge.letters.normal import fold, key, normal, tidy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("a\u00a0b\u2009c\u202fd", "a b c d"),
        ("a\u202eb\u200bc\ufeffd\u00ade\x07f\u2066g", "abcdefg"),
        ("e\u0301", "\u00e9"),
        ("👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3", "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3"),
        ("a\u200db x\ufe0f", "ab x"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("🏴\U000e0067\U000e0062\U000e007f a\U000e0067b", "🏴\U000e0067\U000e0062\U000e007f ab"),
        ("\u3000日本", "\u3000日本"),
        ("tab\there", "tab\there"),
    ],
)
def test_normal(text: str, expected: str) -> None:
    assert normal(text) == expected


@given(st.text(max_size=80))
def test_normal_is_stable_and_shows_everything_it_holds(text: str) -> None:
    once = normal(text)
    assert normal(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.bidirectional(sign) in {"LRE", "RLE", "LRO", "RLO", "PDF"} for sign in once)


def test_tidy() -> None:
    assert tidy(["", "a  ", "", "", "", "b", " "]) == "a\n\nb"


def test_fold_and_key() -> None:
    assert fold("> *Hello*, Wörld 1!") == "hellowörld1"
    assert key("---") == ""
    assert key("👍 !") == "👍"
    assert key(" Hi there ") == "hithere"


@pytest.mark.parametrize(
    ("text", "delsp", "expected"),
    [
        ("a \nb\nc", False, "a b\nc"),
        ("a \nb\nc", True, "ab\nc"),
        ("> a \n> b\nc", False, "> a b\nc"),
        ("> a \n>> b", False, "> a \n>> b"),
        ("a\n-- \nsig \nx", False, "a\n-- \nsig x"),
        (" >not quoted", False, ">not quoted"),
        (" From here", False, "From here"),
        ("a ", False, "a "),
        ("", False, ""),
    ],
)
def test_flowed(text: str, *, delsp: bool, expected: str) -> None:
    assert unflowed(text, delsp=delsp) == expected
