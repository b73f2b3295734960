"""Takes a post apart for the model: words, signs, and what stands for addresses, handles and numbers."""

import re
import unicodedata
from math import log2

LONGEST_TEXT = 2000
"""Characters of a post that the model looks at."""
_MOST = 300
"""Tokens of a post that the model looks at: a bound for hostile posts."""
_TOKEN = re.compile(r"https?://\S+|www\.\S+|@\w+|[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+(?:[.,:]\d+)*|[^\w\s]")
_STRETCHED = re.compile(r"(.)\1{2,}")
_SPOKEN = "<>"
"""Marks of tokens that stand for something else: they have no letters to look into."""
_LONG_NUMBER = 12
_SHOUTED_FROM = 3


def tokens(text: str) -> list[str]:
    """The tokens in order, in lower case, stretched letters cut to two."""
    text = text[:LONGEST_TEXT]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    found = _TOKEN.findall(text)
    return [word if word.isascii() and word.islower() and not _STRETCHED.search(word) and word[:4] not in {"http", "www."}
            else _said(word) for word in found[:_MOST]]  # fmt: skip


def _said(token: str) -> str:
    """A token as the model knows it."""
    low = token.lower()
    if low.startswith(("http://", "https://", "www.")):
        return "<link>"
    if len(low) > 1 and low[0] == "@":
        return "<handle>"
    if low[0].isdigit():
        return f"<number{min(len(low), _LONG_NUMBER)}>"
    return _STRETCHED.sub(r"\1\1", low).replace("\u2019", "'")


def has_letters(token: str) -> bool:
    """Whether pieces of the token tell something."""
    return token[0] not in _SPOKEN


def style(text: str) -> tuple[str, ...]:
    """How it is written, whatever it says: length, capitals, digits, marks."""
    text = text[:LONGEST_TEXT]
    words = text.split()
    shouted = sum(1 for word in words if len(word) >= _SHOUTED_FROM and word.isupper())
    digits = sum(map(str.isdigit, text))
    return (
        f"long {int(log2(len(text) + 1))}",
        f"shouted {min(shouted, 3)}",
        f"digits {min(digits // 3, 6)}",
        f"excited {min(text.count('!'), 3)}",
        f"asked {min(text.count('?'), 2)}",
        f"begins {text.lstrip()[:1] if text.lstrip()[:1] in '@#.' else ''}",
    )
