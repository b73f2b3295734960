"""Words that two texts have in common: whether a public answer repeats what was said in private (B03)."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

RUN = 5
"""Consecutive words that are too many."""

_SIGNS_PER_WORD = 2
"""In scripts without spaces two signs are about a word."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_SIGN = re.compile(rf"[{_UNSPACED}]")

Shingle = tuple[str, ...]


def shared(text: str, secrets: Collection[str], *, allowed: Iterable[str]) -> bool:
    """Whether the text repeats five consecutive words of a secret one that stand in no allowed text."""
    said = set(_shingles(text)) if secrets else set()
    if not said:
        return False
    known = {shingle for other in allowed for shingle in _shingles(other)}
    return any(shingle in said and shingle not in known for secret in secrets for shingle in _shingles(secret))


def folded(text: str) -> str:
    """The text without differences of case and width."""
    return unicodedata.normalize("NFKC", text).casefold()


def _shingles(text: str) -> Iterator[Shingle]:
    """All runs of words that weigh five, each as the tuple of its words."""
    tokens = _TOKEN.findall(folded(text))
    weights = [1 if _SIGN.match(token) else _SIGNS_PER_WORD for token in tokens]
    end = total = 0
    for start, weight in enumerate(weights):
        while end < len(tokens) and total < RUN * _SIGNS_PER_WORD:
            total += weights[end]
            end += 1
        if total < RUN * _SIGNS_PER_WORD:
            return
        yield tuple(tokens[start:end])
        total -= weight
