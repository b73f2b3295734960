"""Scores posts with several heads at once, a word at a time: what a word comes to is remembered."""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

from bridge.judges.head import HINTS, PIECES, WORDS, Head
from bridge.judges.recent import Recent
from bridge.judges.terms import number, pairs, pieces

_Row = tuple[float, ...]

_WORDS_KEPT, _PAIRS_KEPT = 8_000, 12_000


class Scorer:
    """The same scores as each head's own, many times quicker on words that were met before."""

    def __init__(self, heads: Sequence[Head]) -> None:
        self._heads = tuple(heads)
        self._none: _Row = (0.0,) * sum(head.columns for head in heads)
        self._edges = [0]
        for head in heads:
            self._edges.append(self._edges[-1] + head.columns)
        self._words: Recent[str, tuple[_Row, _Row, int]] = Recent(_WORDS_KEPT)
        self._pairs: Recent[str, _Row] = Recent(_PAIRS_KEPT)
        self._hints: Recent[str, _Row] = Recent(_WORDS_KEPT)

    def scores(self, tokens: Sequence[str], hints: Sequence[str]) -> list[tuple[Head, _Row]]:
        """Each head with what speaks for its classes."""
        different = dict.fromkeys(tokens)
        neighbours = dict.fromkeys(pairs(tokens))
        known = [self._words.get(token) or self._word(token) for token in different]
        whole = [self._pairs.get(pair) or self._pair(pair) for pair in neighbours]
        told = [self._hints.get(hint) or self._hint(hint) for hint in dict.fromkeys(hints)]
        words = [*(word for word, _inner, _count in known), *whole]
        inner = sum(count for _word, _inner, count in known)
        total = self._total(words, WORDS / sqrt(len(words) or 1))
        for part in (
            self._total([row for _word, row, _count in known], PIECES / sqrt(inner or 1)),
            self._total(told, HINTS),
        ):
            total = [one + other for one, other in zip(total, part, strict=True)]
        return [
            (head, self._own(head, total[a:b])) for head, (a, b) in zip(self._heads, pairwise(self._edges), strict=True)
        ]

    def _own(self, head: Head, total: Sequence[float]) -> _Row:
        return tuple(bias + one for bias, one in zip(head.bias, total, strict=True))

    def _total(self, rows: list[_Row], share: float) -> list[float]:
        return [share * sum(column) for column in zip(*rows, strict=True)] if rows else list(self._none)

    def _word(self, token: str) -> tuple[_Row, _Row, int]:
        """The word's own weights, those of its pieces together, and how many pieces it has."""
        inner = pieces(token)
        rows = [self._row(piece) for piece in inner]
        value = self._words.aged(token)
        return value or self._words.keep(
            token, (self._row(number("w", token)), tuple(self._total(rows, 1.0)), len(inner))
        )

    def _pair(self, pair: str) -> _Row:
        return self._pairs.aged(pair) or self._pairs.keep(pair, self._row(number("p", pair)))

    def _hint(self, hint: str) -> _Row:
        return self._hints.aged(hint) or self._hints.keep(hint, self._row(number("h", hint)))

    def _row(self, term: int) -> _Row:
        """The weights of a term in all heads, side by side."""
        found: list[float] = []
        for head in self._heads:
            found.extend(head.row(term) or (0.0,) * head.columns)
        return tuple(found)
