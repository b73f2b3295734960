"""A model: the heads of several tasks under one version, and their form in a file."""

import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

from bridge.judges import modelfile
from bridge.judges.head import Head
from bridge.judges.modelfile import ModelFile, UnusableModel
from bridge.judges.rows import Rows

KIND = "labels"
SHIPPED = Path(__file__).parent / "shipped" / "labels.model"
_FINEST = 32767
"""Weights are kept as sixteen-bit shares of the largest one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What was learned: heads by task."""

    version: str
    heads: tuple[Head, ...]
    about: Mapping[str, Any]
    """How it was made: sources, counts, what was measured."""
    asks_rules: bool
    """Whether the verdict of the rules is among what it learned from."""


def content(heads: Sequence[Head], *, about: Mapping[str, Any], asks_rules: bool) -> bytes:
    """The model as a file."""
    sections: dict[str, bytes] = {}
    for at, head in enumerate(heads):
        terms = array("I", head.rows)
        largest = max(map(abs, head.weights), default=0.0) or 1.0
        weights = array("h", (round(weight / largest * _FINEST) for weight in head.weights))
        sections[f"terms {at}"], sections[f"weights {at}"] = _little(terms), _little(weights)
    described = [_described(head) for head in heads]
    return modelfile.packed(KIND, {"heads": described, "about": dict(about), "asks_rules": asks_rules}, sections)


def load(path: Path) -> Model:
    """The model in a file; raises UnusableModel for one that cannot be used, OSError for one that cannot be read."""
    return model(modelfile.read(path, KIND))


def model(file: ModelFile) -> Model:
    """The model in a file that was read; raises UnusableModel where its parts do not fit together."""
    try:
        heads = tuple(_head(told, file.sections, at) for at, told in enumerate(file.about["heads"]))
        about, asks_rules = dict(file.about["about"]), bool(file.about["asks_rules"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UnusableModel("has heads whose parts do not fit together") from None
    return Model(version=file.version, heads=heads, about=about, asks_rules=asks_rules)


@cache
def shipped() -> Model:
    """The model that comes with the package."""
    return load(SHIPPED)


def _described(head: Head) -> dict[str, Any]:
    return {
        "task": head.task,
        "classes": list(head.classes),
        "bias": list(head.bias),
        "slope": head.slope,
        "shift": head.shift,
        "lifts": list(head.lifts),
        "largest": max(map(abs, head.weights), default=0.0) or 1.0,
    }


def _head(told: Mapping[str, Any], sections: Mapping[str, bytes], at: int) -> Head:
    terms, weights = _native("I", sections[f"terms {at}"]), _native("h", sections[f"weights {at}"])
    bias, classes = tuple(map(float, told["bias"])), tuple(map(str, told["classes"]))
    if len(classes) < 2 or len(bias) != (1 if len(classes) == 2 else len(classes)):  # noqa: PLR2004 - two share a column
        raise ValueError("classes and columns differ")
    if len(weights) != len(terms) * len(bias):
        raise ValueError("terms and weights differ")
    scales = (float(told["largest"]), float(told["slope"]), float(told["shift"]))
    lifts = tuple(map(float, told["lifts"]))
    if not all(map(isfinite, (*scales, *bias, *lifts))) or len(lifts) not in {0, len(classes)}:
        raise ValueError("numbers without an end")
    unit = scales[0] / _FINEST
    return Head(
        task=str(told["task"]),
        classes=classes,
        rows=Rows(terms),
        weights=array("f", (weight * unit for weight in weights)),
        bias=bias,
        slope=scales[1],
        shift=scales[2],
        lifts=lifts,
    )


def _little(numbers: "array[int]") -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _native(code: str, octets: bytes) -> "array[int]":
    numbers: array[int] = array(code)
    numbers.frombytes(octets)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
