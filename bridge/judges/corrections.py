"""What people corrected since the model was trained: it holds at once for the same words, and moves what is like them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from bridge.judges.head import sigmoid
from bridge.judges.terms import words

SURE = 0.8
"""The least probability that a corrected label gets for the same words, and what is left of a wrong one's complement."""
_FARTHEST = 2.0
"""Log-odds that one correction moves its like by."""
MOST = 2000
"""Corrections that are kept; the oldest go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A person's word that a label holds for a post, or that it does not."""

    text: str
    label: str
    holds: bool


class Corrections:
    """Corrections in the order in which they came; the same ones in the same order say the same."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, ...], dict[str, bool]] = {}
        self._moved: dict[str, dict[int, float]] = {}

    def add(self, tokens: Sequence[str], correction: Correction, *, before: float) -> None:
        """Learn one; `before` is the probability that the label had (passive-aggressive; Crammer et al. 2006)."""
        key = tuple(tokens)
        self._exact[key] = {**self._exact.pop(key, {}), correction.label: correction.holds}
        if len(self._exact) > MOST:
            del self._exact[next(iter(self._exact))]
        wanted = SURE if correction.holds else 1 - SURE
        far = _odds(wanted) - _odds(before)
        if (far > 0) is not correction.holds:
            return
        step = max(-_FARTHEST, min(_FARTHEST, far))
        moved = self._moved.setdefault(correction.label, {})
        terms = words(tokens)
        for term in terms:
            moved[term] = moved.get(term, 0.0) + step / sqrt(len(terms))

    def applied(self, tokens: Sequence[str], labels: Mapping[str, float]) -> dict[str, float]:
        """The labels as they are with what was corrected."""
        found = dict(labels)
        if not self._exact:
            return found
        terms = words(tokens)
        for label, moved in self._moved.items():
            step = sum(moved.get(term, 0.0) for term in terms) / sqrt(len(terms) or 1)
            if step:
                found[label] = sigmoid(_odds(found.get(label, 0.5)) + step)
        for label, holds in self._exact.get(tuple(tokens), {}).items():
            found[label] = max(found.get(label, 0.5), SURE) if holds else min(found.get(label, 0.5), 1 - SURE)
        return found


def _odds(probability: float) -> float:
    held = min(max(probability, 1e-6), 1 - 1e-6)
    return log(held / (1 - held))
