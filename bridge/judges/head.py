"""One thing that a model can tell of a post: the classes of a task, a weight for each term, and what scores mean."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt, tanh

from bridge.judges.terms import Terms

WORDS, PIECES, HINTS = 1.0, 1.0, 0.3
"""How much the three kinds of terms count beside each other; words and pieces share theirs among all that a post has."""


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
