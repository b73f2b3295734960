"""Whether a text is whole: nothing lost or garbled on the way, nothing hidden in it, no letters that pose as others."""

import re
import unicodedata

_HIGH = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
"""What octets 80 to BF look like when they are read as Latin-1 or Windows-1252."""
_BROKEN = re.compile(
    rf"[\ufffd\ufffe\uffff\u0080-\u0084\u0086-\u009f\ud800-\udfff]|(?<![A-ZÀ-Þ])[ÃÂ][{_HIGH}]|â€[{_HIGH}]|(?<![A-ZÀ-Þ])[ÐÑ][{_HIGH}]|ï»¿|&(?:amp|nbsp|quot|lt|gt|#\d+);"
)
"""Replacement characters, UTF-8 read as something else, entities that nobody decoded."""
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb]|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]"
)
_JOINER = re.compile(
    "(?<![\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
"""A joiner means something inside an emoji and in Arabic and Indic writing only."""
_WORD = re.compile(r"[^\W\d_]+")
_POSING = frozenset("аеорсухіјѕԁһӏАВЕЅІЈКМНОРСТУХοαινρυκΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
"""Cyrillic and Greek letters that cannot be told from Latin ones."""


def broken(text: str) -> bool:
    """Whether characters were lost or garbled (B11)."""
    return _BROKEN.search(text) is not None


def invisible(text: str) -> bool:
    """Whether something in a text is not seen, or turns its reading direction (B12)."""
    if text.isascii() and text.replace("\t", "").isprintable():
        return False
    return _INVISIBLE.search(text) is not None or _JOINER.search(text) is not None


def lookalike(text: str) -> bool:
    """Whether a Latin word holds letters of another alphabet that look the same (B12)."""
    return not text.isascii() and any(_poses(word) for word in _WORD.findall(text))


def _poses(word: str) -> bool:
    """Whether all foreign letters of a Latin word pose as Latin: brand names with foreign endings do not."""
    if word.isascii():
        return False
    foreign = [letter for letter in word if not _is_latin(letter)]
    return 0 < len(foreign) < len(word) and all(letter in _POSING for letter in foreign)


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")
