"""What of a post the model counts: numbers of its words and pairs, of their pieces, and of what others say about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from bridge.judges.tokens import has_letters

_LENGTHS = (3, 4, 5)
"""Letters of a word's pieces, its ends included."""
_PIECE = crc32(b"c")
_CONTINUED, _CONTINUING = 0xC0, 0x80
"""Which bits of an octet tell that it goes on with a letter in UTF-8, and how they stand then."""
_FIRST, _LAST = 1, 2
_MIXING, _ALL = 0x9E3779B1, 0xFFFFFFFF
"""Knuth's multiplier, and 32 bits: the order of two words counts."""
_LETTERS = 30
"""Letters of a word that are looked into."""
_KEPT = 4_000


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
    inner = [piece for token in different for piece in _remembered(token)]
    return Terms(
        words=tuple(sorted(words(tokens))),
        pieces=tuple(sorted(inner)),
        hints=tuple(sorted(number("h", hint) for hint in dict.fromkeys(hints))),
    )


def words(tokens: Sequence[str]) -> list[int]:
    """The numbers of words and of pairs of neighbours, each once."""
    numbers = {token: number("w", token) for token in dict.fromkeys(tokens)}
    return [*numbers.values(), *pairs([numbers[token] for token in tokens])]


def pairs(numbers: Sequence[int]) -> dict[int, None]:
    """The numbers of neighbours, the text's ends included, from those of its words."""
    return {
        (one * _MIXING + other) & _ALL: None for one, other in zip([_FIRST, *numbers], [*numbers, _LAST], strict=True)
    }


def pieces(token: str) -> list[int]:
    """The numbers of a word's pieces of three to five letters, its ends marked by spaces."""
    if not has_letters(token):
        return []
    whole = f" {token[:_LETTERS]} "
    if whole.isascii():
        return _pieces(whole.encode())
    return _foreign_pieces(whole.encode("utf-8", "replace"))


def _pieces(whole: bytes) -> list[int]:
    """The quick way where a letter is an octet."""
    end = len(whole) + 1
    return [crc32(whole[at : at + length], _PIECE) for length in _LENGTHS for at in range(end - length)]


def _foreign_pieces(whole: bytes) -> list[int]:
    """The same for letters of several octets, by the places where they begin."""
    starts = [at for at, octet in enumerate(whole) if octet & _CONTINUED != _CONTINUING]
    starts.append(len(whole))
    spans = (span for length in _LENGTHS for span in zip(starts, starts[length:], strict=False))
    return [crc32(whole[one:end], _PIECE) for one, end in spans]


_remembered = lru_cache(maxsize=_KEPT)(pieces)
"""The same where texts are taken apart one after the other, as in training."""


def number(kind: str, term: str) -> int:
    """The number of a term: the same on every machine, in every run."""
    return crc32(f"{kind}{term}".encode("utf-8", "replace"))
