"""Which class a head names where it must name one: rarer classes are lifted as far as it does good on unseen posts.

The likeliest class is the best guess for each single post; yet with it a rare class is hardly ever named.
Probabilities stay as they are: only the name that is drawn from them changes.
"""

from collections.abc import Sequence
from dataclasses import replace

from bridge.judges.calibration import Unseen
from bridge.judges.head import Head

ENOUGH = 300
"""Unseen posts without which nothing is lifted: fewer say too little."""
MOST = 8
"""Classes of a head above which nothing is lifted: each would have too few posts."""
_STEP = 1.15
_REACH = 12
"""Steps up and down that are tried: to a fifth, and to five times."""
_ROUNDS = 2

_Found = Sequence[tuple[tuple[float, ...], int]]
"""Probabilities, each with the number of the true class."""


def lifted(head: Head, unseen: Unseen) -> Head:
    """The head with what lifts its classes to the best mean of accuracy and macro F1 on unseen posts."""
    if len(unseen) < ENOUGH or len(head.classes) > MOST:
        return head
    found = [(tuple(head.probabilities(score).values()), label) for score, label in unseen]
    none = [1.0] * len(head.classes)
    lifts = list(none)
    for column in list(range(1, len(lifts))) * _ROUNDS:
        lifts[column] = _STEP ** _best(found, lifts, column)
    does_good = _worth(found, lifts) > _worth(found, none)  # its neighbours may have, and not it itself
    return replace(head, lifts=tuple(lifts if does_good else none))


def _best(found: _Found, lifts: Sequence[float], column: int) -> int:
    """The number of steps that is worth most together with its neighbours; the one nearest to none among equals."""
    steps = range(-_REACH - 1, _REACH + 2)
    worths = [_worth(found, [*lifts[:column], _STEP**step, *lifts[column + 1 :]]) for step in steps]
    smooth = {step: sum(worths[at - 1 : at + 2]) for at, step in list(enumerate(steps))[1:-1]}
    return max(smooth, key=lambda step: (round(smooth[step], 9), -abs(step)))


def _worth(found: _Found, lifts: Sequence[float]) -> float:
    """The mean of accuracy and macro F1."""
    hits, named, true = [0] * len(lifts), [0] * len(lifts), [0] * len(lifts)
    for chances, label in found:
        weighed = [chance * lift for chance, lift in zip(chances, lifts, strict=True)]
        best = weighed.index(max(weighed))
        named[best] += 1
        true[label] += 1
        hits[label] += best == label
    scores = [2 * hit / ((one + other) or 1) for hit, one, other in zip(hits, named, true, strict=True)]
    return (sum(hits) / len(found) + sum(scores) / len(scores)) / 2
