"""Scores posts with several heads at once, a word at a time: what a word comes to is remembered."""

from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from math import sqrt

from bridge.judges.head import HINTS, PIECES, WORDS, Head
from bridge.judges.recent import Recent
from bridge.judges.rows import Rows
from bridge.judges.terms import number, pairs, pieces

_Row = tuple[float, ...]

_WORDS_KEPT, _HINTS_KEPT = 12_000, 2_000


_Word = tuple[int, _Row]
"""A word's number; and how many pieces it has, its weights, and those of its pieces together."""


class Scorer:
    """The same scores as each head's own, many times quicker on words that were met before."""

    def __init__(self, heads: Sequence[Head]) -> None:
        """Take the heads; their weights are laid side by side when a post first asks."""
        self._heads = tuple(heads)
        self._none: _Row = (0.0,) * sum(head.columns for head in heads)
        self._edges = [0]
        for head in heads:
            self._edges.append(self._edges[-1] + head.columns)
        self._words: Recent[str, _Word] = Recent(_WORDS_KEPT)
        self._hints: Recent[str, _Row] = Recent(_HINTS_KEPT)

    def scores(self, tokens: Sequence[str], hints: Sequence[str]) -> list[tuple[Head, _Row]]:
        """Each head with what speaks for its classes."""
        known = {token: self._words.get(token) or self._word(token) for token in dict.fromkeys(tokens)}
        neighbours = list(pairs([known[token][0] for token in tokens]))
        told = [self._hints.get(hint) or self._hint(hint) for hint in dict.fromkeys(hints)]
        count, *sums = self._sums([row for _number, row in known.values()])
        share, inner = WORDS / sqrt(len(known) + len(neighbours)), PIECES / sqrt(count or 1)
        width = len(self._none)
        parts = zip(
            sums[:width],
            self._row(neighbours),
            sums[width:],
            map(sum, zip(*told, self._none, strict=True)),
            strict=True,
        )
        total = [share * (word + pair) + inner * piece + HINTS * hint for word, pair, piece, hint in parts]
        return [
            (head, self._own(head, total[a:b])) for head, (a, b) in zip(self._heads, pairwise(self._edges), strict=True)
        ]

    def _sums(self, rows: Sequence[_Row]) -> list[float]:
        return [sum(column) for column in zip(*rows, strict=True)] if rows else [0.0, *self._none, *self._none]

    def _own(self, head: Head, total: Sequence[float]) -> _Row:
        return tuple(bias + one for bias, one in zip(head.bias, total, strict=True))

    def _word(self, token: str) -> _Word:
        return self._words.aged(token) or self._words.keep(token, self._weighed(token))

    def _weighed(self, token: str) -> _Word:
        inner, own = pieces(token), number("w", token)
        return own, (len(inner), *self._single(own), *self._row(inner))

    def _hint(self, hint: str) -> _Row:
        return self._hints.aged(hint) or self._hints.keep(hint, self._single(number("h", hint)))

    @cached_property
    def _rows(self) -> Rows:
        """Where each term's weights stand in every column."""
        return Rows(array("I", sorted({term for head in self._heads for term in head.rows})))

    @cached_property
    def _columns(self) -> list["array[float]"]:
        """The heads' columns of weights, one after the other."""
        places = {term: row for row, term in enumerate(self._rows)}
        return [column for head in self._heads for column in _columns(head, places)]

    def _single(self, term: int) -> _Row:
        """The weights of one term."""
        place = self._rows.get(term)
        return self._none if place is None else tuple([column[place] for column in self._columns])

    def _row(self, terms: Sequence[int]) -> _Row:
        """The weights of the terms together, those of all heads side by side."""
        places = self._rows.known(terms)
        if not places:
            return self._none
        if len(places) == 1:
            return tuple([column[places[0]] for column in self._columns])
        return tuple([sum([column[place] for place in places]) for column in self._columns])


def _columns(head: Head, rows: Mapping[int, int]) -> list["array[float]"]:
    """The head's columns of weights by the numbers that all heads share."""
    found = [array("f", bytes(4 * len(rows))) for _ in head.bias]
    for place, term in enumerate(head.rows):
        for at, column in enumerate(found):
            column[rows[term]] = head.weights[place * len(found) + at]
    return found
