"""Takes a post apart for the model: words, signs, and what stands for addresses, handles and numbers."""

import re
import unicodedata
from collections.abc import Sequence
from math import log2

LONGEST_TEXT = 2000
"""Characters of a post that the model looks at."""
_MOST = 300
"""Tokens of a post that the model looks at: a bound for hostile posts."""
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_TOKEN = re.compile(r"<link>|@\w+|[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,:]\d+)*|[^\w\s]")
_PLAIN_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*|<link>|@[a-z0-9_]+|[0-9]+(?:[.,:][0-9]+)*|[^a-z0-9_\s]")
"""The same for a text in ASCII and lower case, several times quicker."""
_RUN = re.compile(r"(.)\1\1")
_STRETCHED = re.compile(r"([^\d\s])\1{2,}")
_SPECIAL = frozenset("@0123456789")
"""What tokens begin with that stand for something else."""
_SHOUTED = re.compile("[A-Z\u00c0-\u00d6\u00d8-\u00de\u0410-\u042f]{3,}")
_LONGEST_NUMBER = 12


def tokens(text: str) -> list[str]:
    """The tokens in order, in lower case, stretched letters and marks cut to two."""
    low, pattern = text[:LONGEST_TEXT].lower(), _PLAIN_TOKEN
    if not low.isascii():
        low, pattern = unicodedata.normalize("NFKC", low).replace("\u2019", "'"), _TOKEN
    if "://" in low or "www." in low:
        low = _LINK.sub(" <link> ", low)
    if _RUN.search(low):  # looks for more than is cut, and quicker
        low = _STRETCHED.sub(r"\1\1", low)
    found = pattern.findall(low)
    return [_said(token) if token[0] in _SPECIAL else token for token in found[:_MOST]]


def _said(token: str) -> str:
    """What the model knows of a handle or number."""
    if token[0] != "@":
        return f"<number{min(len(token), _LONGEST_NUMBER)}>"
    return "<handle>" if len(token) > 1 else token


def has_letters(token: str) -> bool:
    """Whether pieces of the token tell something."""
    return token[0] != "<"


def style(text: str, found: Sequence[str]) -> tuple[str, ...]:
    """How it is written, whatever it says: length, capitals, numbers, marks."""
    text = text[:LONGEST_TEXT]
    numbers = len([token for token in found if token.startswith("<number")])
    return (
        f"long {int(log2(len(text) + 1))}",
        f"shouted {min(len(_SHOUTED.findall(text)), 3)}",
        f"numbers {min(numbers, 4)}",
        f"excited {min(text.count('!'), 3)}",
        f"asked {min(text.count('?'), 2)}",
        f"begins {text.lstrip()[:1] if text.lstrip()[:1] in '@#.' else ''}",
    )
