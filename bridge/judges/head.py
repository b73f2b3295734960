"""One thing that a model can tell of a post: the classes of a task, a weight for each term, and what scores mean."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, sqrt, tanh
from typing import Any

from bridge.judges.terms import Terms

WORDS, PIECES, HINTS = 1.0, 1.0, 0.3
"""How much the three kinds of terms count beside each other; words and pieces share theirs among all that a post has."""


_HINTED = (1 << 18) - 1
"""The last bits of a term."""


class Rows(Mapping[int, int]):
    """At which row each of many thousand terms stands: in arrays, which take a tenth of a dictionary's memory.

    Nearly all terms that are asked for are unknown, and a map of their last bits tells so as soon as a dictionary would.
    """

    def __init__(self, terms: "array[int]") -> None:
        """Take the terms, row by row; they are put in order when one is first asked for."""
        self._terms = terms

    def get(self, term: int, default: Any = None) -> Any:
        """The row, or the default where the term is unknown."""
        if not self._hints[term & _HINTED]:
            return default
        ordered, places = self._ordered
        at = bisect_left(ordered, term)
        return places[at] if at < len(ordered) and ordered[at] == term else default

    @cached_property
    def _ordered(self) -> "tuple[array[int], array[int]]":
        order = array("I", sorted(range(len(self._terms)), key=self._terms.__getitem__))
        return array(self._terms.typecode, map(self._terms.__getitem__, order)), order

    @cached_property
    def _hints(self) -> bytearray:
        hints = bytearray(_HINTED + 1)
        for term in self._terms:
            hints[term & _HINTED] = 1
        return hints

    def __getitem__(self, term: int) -> int:
        found = self.get(term)
        if found is None:
            raise KeyError(term)
        return int(found)

    def __iter__(self) -> Iterator[int]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A linear model of one task: two classes share one column of weights, more have one each."""

    task: str
    classes: tuple[str, ...]
    """Of two, the second is the one that a high score speaks for."""
    rows: Mapping[int, int]
    """At which row a term's weights stand."""
    weights: "array[float]"
    """Row by row, a column a class."""
    bias: tuple[float, ...]
    slope: float = 1.0
    """Platt's scaling, or the inverse temperature where there are more than two classes."""
    shift: float = 0.0
    lifts: tuple[float, ...] = ()
    """How much each class's probability counts where one class must be named; alike where it is empty."""

    @property
    def columns(self) -> int:
        """Of weights."""
        return len(self.bias)

    @property
    def told(self) -> tuple[str, ...]:
        """The labels that rules see: the class that bears the task's name alone, or all classes where none does."""
        return (self.task,) if self.task in self.classes else self.classes

    def total(self, terms: Sequence[int]) -> list[float]:
        """The weights of the terms, added up column by column."""
        rows, weights, columns = self.rows, self.weights, len(self.bias)
        places = [place for term in terms if (place := rows.get(term)) is not None]
        if columns == 1:
            return [sum([weights[place] for place in places])]
        return [sum([weights[place * columns + column] for place in places]) for column in range(columns)]

    def score(self, terms: Terms) -> tuple[float, ...]:
        """What speaks for each class, before it is calibrated."""
        total = list(self.bias)
        for found, share in shares(terms):
            total = [one + share * other for one, other in zip(total, self.total(found), strict=True)]
        return tuple(total)

    def probabilities(self, score: Sequence[float]) -> dict[str, float]:
        """How likely each class is; they sum to one."""
        if len(self.classes) > len(score):
            second = sigmoid(self.slope * score[0] + self.shift)
            return {self.classes[0]: 1 - second, self.classes[1]: second}
        return dict(zip(self.classes, softmax([self.slope * one for one in score]), strict=True))

    def named(self, found: Mapping[str, float]) -> str:
        """The class that is named where one must be: the likeliest, after rarer ones were lifted."""
        lifts = dict(zip(self.classes, self.lifts, strict=True)) if self.lifts else {}
        return likeliest({name: chance * lifts.get(name, 1.0) for name, chance in found.items()})

    def labels(self, score: Sequence[float]) -> dict[str, float]:
        """What rules see."""
        found = self.probabilities(score)
        return {name: found[name] for name in self.told}


def shares(terms: Terms) -> tuple[tuple[tuple[int, ...], float], ...]:
    """The terms of each kind with what one of them counts."""
    return (
        (terms.words, WORDS / sqrt(len(terms.words) or 1)),
        (terms.pieces, PIECES / sqrt(len(terms.pieces) or 1)),
        (terms.hints, HINTS),
    )


def likeliest(found: Mapping[str, float]) -> str:
    """The class with the highest probability, the first by name among equals."""
    return min(found, key=lambda name: (-found[name], name))


def sigmoid(score: float) -> float:
    """The probability that log-odds stand for."""
    return 0.5 + 0.5 * tanh(0.5 * score)


def softmax(scores: Sequence[float]) -> list[float]:
    """Probabilities of several classes."""
    most = max(scores)
    found = [exp(score - most) for score in scores]
    return [one / sum(found) for one in found]
