"""Words of strangers made fit to be stored, matched and shown (E10)."""

import re
import unicodedata

MAX_TEXT = 100_000
"""Characters of a post that are kept."""

CUT = "\n[…]"
"""Marks a text that was cut at the limit."""

_MAX_MARKS = 8
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc\u0e31-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{9,}"
)


def clean(text: str) -> str:
    """The text as valid Unicode without control characters, with at most eight marks on a letter and within the cap."""
    text = _NEWLINES.sub("\n", text[: MAX_TEXT + 1])
    text = _UNWANTED.sub(lambda found: "\ufffd" if "\ud800" <= found[0] <= "\udfff" else "", text)
    text = _MARKS.sub(lambda found: found[0][:_MAX_MARKS], text)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - len(CUT)] + CUT


def line(text: str, limit: int = 300) -> str:
    """A title or name: one cleaned line, no longer than the limit."""
    text = " ".join(clean(text[: 4 * limit]).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def same_words(text: str) -> str:
    """The form in which two texts are compared: composed, and with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())
