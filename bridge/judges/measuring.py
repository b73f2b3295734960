"""How good verdicts are: accuracy, F1 by class and over all, and how well the probabilities mean what they say."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.judges.head import likeliest

_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMeasure:
    """One class; all as shares of one."""

    rows: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How good a model is on labelled posts."""

    task: str
    model: str
    rows: int
    accuracy: float
    macro_f1: float
    brier: float
    """Mean squared distance of the truth's probability from one."""
    calibration_error: float
    """How far stated probabilities are from what came true, in the mean over ten steps of sureness."""
    classes: Mapping[str, ClassMeasure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A post's true class, the probabilities that it got, and the class that it was said to be."""

    truth: str
    found: Mapping[str, float]
    named: str
    """The class that it was said to be."""


def measured(task: str, model: str, judged: Sequence[Judged]) -> Measure:
    """The measure; every class of the truth or of the verdicts counts alike for the macro F1."""
    pairs = Counter((one.truth, one.named) for one in judged)
    names = sorted({name for pair in pairs for name in pair})
    classes = {name: _class(name, pairs) for name in names}
    total = len(judged) or 1
    return Measure(
        task=task,
        model=model,
        rows=len(judged),
        accuracy=sum(pairs[name, name] for name in names) / total,
        macro_f1=sum(one.f1 for one in classes.values()) / (len(classes) or 1),
        brier=sum((1 - one.found.get(one.truth, 0.0)) ** 2 for one in judged) / total,
        calibration_error=_calibration_error(judged),
        classes=classes,
    )


def _class(name: str, pairs: Mapping[tuple[str, str], int]) -> ClassMeasure:
    hits = pairs.get((name, name), 0)
    true = sum(count for (truth, _found), count in pairs.items() if truth == name)
    said = sum(count for (_truth, found), count in pairs.items() if found == name)
    return ClassMeasure(
        rows=true,
        precision=hits / said if said else 0.0,
        recall=hits / true if true else 0.0,
        f1=2 * hits / (true + said) if true + said else 0.0,
    )


def _calibration_error(judged: Sequence[Judged]) -> float:
    """Expected calibration error of the likeliest class (Guo et al. 2017)."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for one in judged:
        best = likeliest(one.found)
        sure = one.found[best]
        bins.setdefault(min(int(sure * _BINS), _BINS - 1), []).append((sure, best == one.truth))
    far = (abs(sum(sure for sure, _true in inside) - sum(true for _sure, true in inside)) for inside in bins.values())
    return sum(far) / (len(judged) or 1)
