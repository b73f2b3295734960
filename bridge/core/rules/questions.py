"""Is this a question? By its mark in any script, or by the word that it begins with."""

import re

from bridge.core.rules.words import tokens, without_links

_MARKS = "?\uff1f\u061f\u037e\u055e\u1367\u2e2e\u203d\u2047\u2048\u2049"
"""Question marks: Latin, full width, Arabic, Greek, Armenian, Ethiopic, and their combinations."""
_MARKED = re.compile(f"[{_MARKS}]")
_SENTENCE = re.compile(r"[.!\n。！।…]+")
_SENTENCES = 20
"""Sentences whose first word is looked at."""

_ASKING = frozenset(
    [
        "what",
        "when",
        "where",
        "who",
        "whom",
        "whose",
        "why",
        "how",
        "which",
        "can",
        "could",
        "would",
        "will",
        "does",
        "did",
        "is",
        "are",
        "am",
        "was",
        "were",
        "has",
        "have",
        "should",
        "shall",
        "anyone",
        "anybody",
        "was",
        "wann",
        "wo",
        "wer",
        "wem",
        "wen",
        "warum",
        "wieso",
        "weshalb",
        "wie",
        "welche",
        "welcher",
        "welches",
        "kann",
        "kannst",
        "konnt",
        "konnen",
        "ist",
        "sind",
        "hat",
        "habt",
        "gibt",
        "que",
        "quand",
        "ou",
        "qui",
        "pourquoi",
        "comment",
        "quel",
        "quelle",
        "quels",
        "quelles",
        "combien",
        "puis",
        "cuando",
        "donde",
        "quien",
        "quienes",
        "cual",
        "cuales",
        "cuanto",
        "cuanta",
        "cuantos",
        "porque",
        "como",
        "quando",
        "onde",
        "quem",
        "qual",
        "quais",
        "quanto",
        "quantos",
        "dove",
        "chi",
        "perche",
        "quale",
        "quali",
        "posso",
        "puo",
        "wanneer",
        "waar",
        "wie",
        "waarom",
        "hoe",
        "welk",
        "waarvoor",
        "kiedy",
        "gdzie",
        "kto",
        "dlaczego",
        "jak",
        "czy",
        "jaki",
        "jaka",
        "jakie",
        "ile",
        "что",
        "когда",
        "где",
        "кто",
        "почему",
        "зачем",
        "как",
        "какой",
        "какая",
        "какие",
        "сколько",
        "можно",
        "ne",
        "zaman",
        "nerede",
        "neden",
        "nicin",
        "nasil",
        "hangi",
        "kim",
        "varfor",
        "nar",
        "hvordan",
        "hvorfor",
        "hvornar",
        "miksi",
        "milloin",
        "missa",
        "kuka",
        "miten",
        "متى",
        "اين",
        "من",
        "لماذا",
        "كيف",
        "هل",
        "ماذا",
        "كم",
        "क्या",
        "कब",
        "कहां",
        "कहाँ",
        "कौन",
        "क्यों",
        "कैसे",
    ]
)
"""First words of questions, folded. A plain statement that begins with one of them is taken for a question too."""
_GLUED = (
    "什么",
    "怎么",
    "为什么",
    "吗",
    "哪里",
    "几时",
    "なぜ",
    "どう",
    "いつ",
    "どこ",
    "ですか",
    "ますか",
    "왜",
    "언제",
    "어디",
    "어떻게",
    "나요",
    "까요",
    "ทำไม",
    "อย่างไร",
    "ไหม",
    "เมื่อไหร่",
)
"""Question words of scripts without spaces; they may stand anywhere."""


def is_question(text: str) -> bool:
    """Whether somebody asks something; marks inside links do not count."""
    plain = without_links(text)
    if _MARKED.search(plain):
        return True
    if not plain.isascii() and any(word in plain for word in _GLUED):
        return True
    return any(_asks(sentence) for sentence in _SENTENCE.split(plain, _SENTENCES)[:_SENTENCES])


def _asks(sentence: str) -> bool:
    """Whether the sentence begins as a question does, after the handles that it is addressed to."""
    words = iter(tokens(sentence[:200]))
    for word in words:
        if word == "@":
            next(words, None)
        else:
            return word in _ASKING
    return False
