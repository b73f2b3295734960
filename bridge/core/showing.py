"""Text from outside made fit to be shown: no controls, no floods of marks, nothing that turns the reading direction."""

import re
import unicodedata

from bridge.core import graphemes

MAX_TEXT = 100_000
"""Characters of a post that are shown; the rest is behind its link (E10)."""

MAX_MARKS = 8
"""Combining marks on one base (E10)."""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ufeff\ufff9-\ufffb]")
"""Controls, and the two overrides of the reading direction, which no honest text needs."""
_STEERING = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
"""What is not seen and steers: soft hyphens, zero widths, all marks of direction; joiners stay for emoji and Persian."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_TROUBLE = re.compile(f"{_LINE_ENDS.pattern}|{_UNSEEN.pattern}|{_SURROGATES.pattern}")
_RUNS = re.compile(rf"[^\w\s\x00-\x7f]{{{MAX_MARKS + 1},}}")
"""Where a flood of marks can be: marks are neither letters nor white space."""


def block(text: str, limit: int) -> str:
    """A text of several lines; the customer's words stay as they are, save what cannot or must not be shown."""
    if len(text) > limit:
        text = text[: graphemes.cut(text, limit)]
    if text.isascii() and "\r" not in text and text.replace("\n", "").isprintable():
        return text
    if _TROUBLE.search(text):
        text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", _SURROGATES.sub("\ufffd", text)))
    return _RUNS.sub(_thin, text)


def marked(text: str) -> str:
    """Words of a person, each line that holds any marked, so that none can pass for ours (E19)."""
    return "\n".join(f"| {line}" if line.strip() else "" for line in text.split("\n"))


def line(text: str, limit: int) -> str:
    """A name, title or excerpt on one line of at most `limit` characters, cut at a word where it is longer."""
    if text.isascii() and text.isprintable():
        text = " ".join(text.split())
        return text if len(text) <= limit else _shortened(text, limit)
    text = unicodedata.normalize("NFC", block(text, 4 * limit))
    text = " ".join(_STEERING.sub("", text).split())
    return text if len(text) <= limit else _shortened(text, limit)


def _shortened(text: str, limit: int) -> str:
    """The beginning of a line, with an ellipsis for the rest; ASCII stays ASCII."""
    ellipsis = "..." if text.isascii() else "\u2026"
    at = graphemes.cut(text, limit - len(ellipsis))
    space = text.rfind(" ", at // 2, at + 1)
    return text[: at if space < 0 else space].rstrip(" ,;:-\u2013\u2014") + ellipsis


def _thin(run: re.Match[str]) -> str:
    """At most eight marks on one base."""
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
