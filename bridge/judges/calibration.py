"""Turns scores into probabilities that mean what they say, by scores of posts that a head did not learn from."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log

from bridge.judges.head import Head, sigmoid

Unseen = Sequence[tuple[tuple[float, ...], int]]
"""Scores, each with the number of the true class."""
_ROUNDS = 50
_TEMPERATURES = tuple(0.1 * 1.15**step for step in range(40))
"""Tried inverse temperatures, from 0.1 to 23."""


def calibrated(head: Head, unseen: Unseen) -> Head:
    """The head with its scaling: Platt's for two classes (Platt 1999, with his targets), one temperature for more."""
    if head.columns == 1:
        slope, shift = _platt([score[0] for score, _label in unseen], [label for _score, label in unseen])
        return replace(head, slope=slope, shift=shift)
    return replace(head, slope=min(_TEMPERATURES, key=_loss(head, unseen)))


def _loss(head: Head, unseen: Unseen) -> Callable[[float], float]:
    def loss(slope: float) -> float:
        tried = replace(head, slope=slope)
        found = (tried.probabilities(score)[head.classes[label]] for score, label in unseen)
        return -sum(log(max(one, 1e-9)) for one in found)

    return loss


def _platt(scores: Sequence[float], labels: Sequence[int]) -> tuple[float, float]:
    """Slope and shift by Newton's method; targets are held off 0 and 1 as far as the counts allow to say."""
    high = sum(labels)
    targets = [(high + 1) / (high + 2) if label else 1 / (len(labels) - high + 2) for label in labels]
    slope, shift = 1.0, 0.0
    for _ in range(_ROUNDS):
        a = b = aa = ab = bb = 0.0
        for score, target in zip(scores, targets, strict=True):
            found = sigmoid(slope * score + shift)
            error, bend = found - target, max(found * (1 - found), 1e-9)
            a, b = a + error * score, b + error
            aa, ab, bb = aa + bend * score * score, ab + bend * score, bb + bend
        aa, bb = aa + 1e-6, bb + 1e-6
        determinant = aa * bb - ab * ab
        slope = max(0.05, slope - (bb * a - ab * b) / determinant)
        shift -= (aa * b - ab * a) / determinant
    return slope, shift
