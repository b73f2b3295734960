"""What of a post the model counts: numbers of its words and pairs, of their pieces, and of what others say about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from bridge.judges.tokens import has_letters

SHORTEST, LONGEST = 2, 5
"""Letters of a word's pieces, its ends included."""
_FIRST, _LAST = "<begin>", "<end>"
_LETTERS = 30
"""Letters of a word that are looked into."""
_KEPT = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The numbers of everything in a post that may tell, each kind with its own weight; sorted, so that sums repeat."""

    words: tuple[int, ...]
    """Words and pairs of neighbours, each once."""
    pieces: tuple[int, ...]
    """Pieces of its different words."""
    hints: tuple[int, ...]
    """Its style, what lexicons find in it, what rules say of it."""


def terms(tokens: Sequence[str], hints: Sequence[str]) -> Terms:
    """The terms of a post."""
    different = dict.fromkeys(tokens)
    words = [number("w", token) for token in different]
    words += [number("p", pair) for pair in dict.fromkeys(pairs(tokens))]
    inner = [piece for token in different for piece in pieces(token)]
    return Terms(
        words=tuple(sorted(words)),
        pieces=tuple(sorted(inner)),
        hints=tuple(sorted(number("h", hint) for hint in dict.fromkeys(hints))),
    )


def pairs(tokens: Sequence[str]) -> list[str]:
    """Neighbours, the text's ends included."""
    return [f"{one} {other}" for one, other in zip([_FIRST, *tokens], [*tokens, _LAST], strict=True)]


@lru_cache(maxsize=_KEPT)
def pieces(token: str) -> tuple[int, ...]:
    """The numbers of a word's pieces of two to five letters, its ends marked by spaces."""
    if not has_letters(token):
        return ()
    whole = f" {token[:_LETTERS]} "
    return tuple(
        number("c", whole[at : at + length])
        for length in range(SHORTEST, LONGEST + 1)
        for at in range(len(whole) - length + 1)
    )


def number(kind: str, term: str) -> int:
    """The number of a term: the same on every machine, in every run."""
    return crc32(f"{kind}{term}".encode("utf-8", "replace"))
