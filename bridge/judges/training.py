"""Trains a head: logistic regression, one post at a time, every weight with its own pace (AdaGrad; Duchi et al. 2011)."""

import random
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log, sqrt

from bridge.judges.calibration import calibrated
from bridge.judges.deciding import lifted
from bridge.judges.head import Head, shares, sigmoid, softmax
from bridge.judges.terms import Terms

EPOCHS = 7
PACES = (0.05, 0.15)
"""Noisy tasks want small steps and few rounds, clear ones large steps and many: tried out before the real training."""
TRIED = 4000
"""Posts that the trial uses at most."""
SURE = 0.02
"""Posts whose error is smaller teach nothing more."""
SEEN = 2
"""Posts that a word or piece must stand in to get a weight."""
FOLDS = 3
"""Parts for calibration: each is judged by a head that did not learn from it."""
_SLIGHT = 0.004
"""Weights that are not worth their place."""
_START = 1e-3
"""Keeps the first step of a weight from being the longest possible one."""

Progress = Callable[[float], None]
"""Told the share of the work that is done."""


class TooLittle(Exception):
    """There is not enough to learn from; the text says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A post's terms and the class that people gave it."""

    terms: Terms
    label: str


@dataclass(slots=True)
class _Growing:
    """A head while it learns: dense numbers of its terms, and for each column weights and squared steps."""

    places: dict[int, int]
    weights: list["array[float]"]
    steps: list["array[float]"]
    bias: list[float]


def train(task: str, lessons: Sequence[Lesson], *, progress: Progress) -> Head:
    """The head of a task, calibrated on parts that it did not learn from; the same for the same lessons in any order."""
    classes = _classes(task, lessons)
    ordered = sorted(lessons, key=lambda lesson: (lesson.terms.words, lesson.terms.hints, lesson.label))
    random.Random(len(ordered)).shuffle(ordered)  # noqa: S311 - a repeatable order, no secret
    pace, rounds = _tried(task, classes, ordered[:TRIED], progress=_part(progress, 0))
    unseen = []
    for fold in range(FOLDS):
        rest = [lesson for at, lesson in enumerate(ordered) if at % FOLDS != fold]
        part = _fitted(task, classes, rest, pace=pace, rounds=rounds)
        unseen += [(part.score(lesson.terms), classes.index(lesson.label)) for lesson in ordered[fold::FOLDS]]
        progress((fold + 2) / (FOLDS + 2))
    head = _fitted(task, classes, ordered, pace=pace, rounds=rounds)
    progress(1.0)
    return lifted(calibrated(head, unseen), unseen)


def _tried(task: str, classes: tuple[str, ...], lessons: Sequence[Lesson], *, progress: Progress) -> tuple[float, int]:
    """The pace and the number of rounds that do best on a part that was not learned from."""
    seen = [lesson for at, lesson in enumerate(lessons) if at % FOLDS]
    unseen = [(lesson.terms, lesson.label) for lesson in lessons[::FOLDS]]
    losses: dict[tuple[float, int], float] = {}
    for pace in PACES:
        for rounds, head in enumerate(_fits(task, classes, seen, pace=pace), start=1):
            found = (head.probabilities(head.score(terms))[label] for terms, label in unseen)
            losses[pace, rounds] = -sum(log(max(one, 1e-9)) for one in found)
            progress(len(losses) / len(PACES) / EPOCHS)
    return min(losses, key=lambda tried: (losses[tried], tried))


def _part(progress: Progress, number: int) -> Progress:
    """Progress of one part of the work: the trial, the fits for calibration, the last one over everything."""
    return lambda done: progress((number + done) / (FOLDS + 2))


def _classes(task: str, lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """The classes, the one that bears the task's name last; raises TooLittle for fewer than two of enough posts."""
    counts = Counter(lesson.label for lesson in lessons)
    if len(counts) < 2:  # noqa: PLR2004 - nothing can be told apart
        raise TooLittle("there must be at least two labels to tell apart")
    if min(counts.values()) < FOLDS:
        rarest = min(counts, key=lambda label: (counts[label], label))
        raise TooLittle(f"there must be at least {FOLDS} posts of each label, and {rarest!r} has {counts[rarest]}")
    return tuple(sorted(counts, key=lambda label: (label == task, label)))


def _fitted(task: str, classes: tuple[str, ...], lessons: Sequence[Lesson], *, pace: float, rounds: int) -> Head:
    """The head after so many rounds."""
    return next(islice(_fits(task, classes, lessons, pace=pace), rounds - 1, None))


def _fits(task: str, classes: tuple[str, ...], lessons: Sequence[Lesson], *, pace: float) -> Iterator[Head]:
    """The head after each round."""
    grown = _seed(lessons, columns=1 if len(classes) == 2 else len(classes))  # noqa: PLR2004 - two share a column
    placed = [(_placed(lesson.terms, grown.places), classes.index(lesson.label)) for lesson in lessons]
    order = random.Random(len(classes))  # noqa: S311 - a repeatable order, no secret
    for _round in range(EPOCHS):
        order.shuffle(placed)
        for terms, label in placed:
            _learn(grown, terms, label, pace=pace)
        yield _grown(task, classes, grown)


def _seed(lessons: Sequence[Lesson], *, columns: int) -> _Growing:
    """A place for every term that stands in enough posts; hints always have one."""
    counts: Counter[int] = Counter()
    hints: set[int] = set()
    for lesson in lessons:
        counts.update(lesson.terms.words)
        counts.update(set(lesson.terms.pieces))
        hints.update(lesson.terms.hints)
    kept = sorted(hints | {term for term, count in counts.items() if count >= SEEN})
    return _Growing(
        places={term: place for place, term in enumerate(kept)},
        weights=[array("d", bytes(8 * len(kept))) for _ in range(columns)],
        steps=[array("d", [_START]) * len(kept) for _ in range(columns)],
        bias=[0.0] * columns,
    )


def _placed(terms: Terms, places: dict[int, int]) -> list[tuple[list[int], float]]:
    return [([places[term] for term in found if term in places], share) for found, share in shares(terms)]


def _learn(grown: _Growing, terms: list[tuple[list[int], float]], label: int, *, pace: float) -> None:
    """One step: each weight moves against the error, the less the more it has moved before."""
    for column, error in _errors(grown, terms, label):
        if abs(error) < SURE:
            continue
        weights, steps = grown.weights[column], grown.steps[column]
        grown.bias[column] -= pace * error / 10
        for places, share in terms:
            step = error * share
            square = step * step
            for place in places:
                steps[place] += square
                weights[place] -= pace * step / sqrt(steps[place])


def _errors(grown: _Growing, terms: list[tuple[list[int], float]], label: int) -> Iterator[tuple[int, float]]:
    """How far each column is from the truth, as probabilities."""
    scores = [
        bias + sum(share * sum(map(weights.__getitem__, places)) for places, share in terms)
        for bias, weights in zip(grown.bias, grown.weights, strict=True)
    ]
    found = [sigmoid(scores[0])] if len(scores) == 1 else softmax(scores)
    wanted = [float(label)] if len(scores) == 1 else [float(label == column) for column in range(len(scores))]
    yield from enumerate(one - other for one, other in zip(found, wanted, strict=True))


def _grown(task: str, classes: tuple[str, ...], grown: _Growing) -> Head:
    """The head without what hardly counts."""
    rows: dict[int, int] = {}
    weights = array("f")
    for term, place in grown.places.items():
        row = [column[place] for column in grown.weights]
        if max(map(abs, row)) >= _SLIGHT:
            rows[term] = len(rows)
            weights.extend(row)
    return Head(task=task, classes=classes, rows=rows, weights=weights, bias=tuple(grown.bias))
