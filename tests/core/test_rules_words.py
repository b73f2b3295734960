"""Words as rules see them: folding, boundaries by script, hashtags, handles and emoji."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.rules.questions import is_question
from bridge.core.rules.words import needle, spaced, tokens

FOLDED = [
    ("Can't LOG in!", ["cant", "log", "in"]),
    ("cant log in", ["cant", "log", "in"]),
    ("It’s we're they'll", ["its", "were", "theyll"]),
    ("L'application d’hier", ["l", "application", "d", "hier"]),
    ("Störung, STÖRUNG, Sto\u0308rung", ["storung"] * 3),
    ("Straße STRASSE", ["strasse", "strasse"]),
    ("ＦＵＬＬ　ｗｉｄｔｈ", ["full", "width"]),
    ("İstanbul ısı", ["istanbul", "isi"]),
    ("Łódź Øre", ["lodz", "ore"]),
    ("ёлка й", ["елка", "и"]),
    ("Ὀδυσσεύς", ["οδυσσευσ"]),
    ("التَّطبيقُ أحمد مدرسة", ["التطبيق", "احمد", "مدرسه"]),
    ("שָׁלוֹם", ["שלום"]),
    ("सेवा बंद है।", ["सेवा", "बंद", "है"]),
    ("iPhone坏了，怎么办", ["iphone", "坏了", "怎么办"]),
    ("ログインできない", ["ログインできない"]),
    ("ﾛｸﾞｲﾝ", ["ログイン"]),
    ("เว็บล่มแล้ว", ["เว็บล่มแล้ว"]),
    ("서버가 다운", ["서버가", "다운"]),
    ("#Fail @acme_care", ["#", "fail", "@", "acme", "care"]),
    ("so 😡😡🏽 5€ $3", ["so", "😡", "😡", "5", "€", "$", "3"]),
    ("zero\u200bwidth\u00ad joiner", ["zerowidth", "joiner"]),
    ("see https://example.com/down now", ["see", "now"]),
    ("wi-fi 24/7", ["wi", "fi", "24", "7"]),
    ("\ud83dx", ["x"]),
]


@pytest.mark.parametrize(
    ("text", "words"), FOLDED, ids=[text.encode("utf-8", "replace").decode() for text, _ in FOLDED]
)
def test_folding(text: str, words: list[str]) -> None:
    assert spaced(text).split() == words


FINDS = [
    ("down", "is it DOWN?", True),
    ("down", "download", False),
    ("down*", "download", True),
    ("*load", "download", True),
    ("own", "down", False),
    ("坏了", "我的手机坏了", True),
    ("ล่ม", "เว็บล่มแล้ว", True),
    ("서버", "서버가 다운", True),
    ("iphone", "iPhone坏了", True),
    ("log in", "I can't log   in", True),
    ("log in", "log-in", True),
    ("login", "log in", False),
    ("#fail", "what a #FAIL", True),
    ("#fail", "fail", False),
    ("fail", "#fail", True),
    ("@acme", "hey @Acme!", True),
    ("😡", "so 😡😡", True),
    ("👍", "👍🏽", True),
    ("$5", "only $5", True),
]


@pytest.mark.parametrize(("word", "text", "found"), FINDS)
def test_words_are_found_as_people_read_them(word: str, text: str, *, found: bool) -> None:
    assert (needle(word) in spaced(text)) is found


@pytest.mark.parametrize("word", ["", "!!!", "  ", "*", "…", "\u200b", "https://example.com"])
def test_nothing_is_found_of_a_word_without_letters(word: str) -> None:
    assert needle(word).strip() == "" or word.startswith("http")


@given(text=st.text(alphabet=[chr(code) for code in range(128)]))
def test_plain_texts_take_the_quick_way_to_the_same_words(text: str) -> None:
    """The table for ASCII and the way for all scripts agree."""
    assert tokens(text) == tokens(f"{text} \u00e9")[:-1]


@given(text=st.text(max_size=50))
def test_a_text_is_found_in_itself_whatever_its_form(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert (
            needle(text) in spaced(f"x {unicodedata.normalize(form, text)} y")
            or not needle(text).strip()
            or "://" in text
        )


QUESTIONS = [
    ("is it down", True),
    ("@acme @other how do I reset it", True),
    ("It broke. Where can I return it", True),
    ("Wann kommt mein Paket", True),
    ("什么时候修好", True),
    ("いつ届きますか", True),
    ("متى يصل طلبي؟", True),
    ("why not?", True),
    ("What a joke", False),
    ("It is down", False),
    ("see https://example.com/?q=1", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "asks"), QUESTIONS)
def test_questions(text: str, *, asks: bool) -> None:
    assert is_question(text) is asks
