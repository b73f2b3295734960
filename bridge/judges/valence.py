"""How good or bad the words of an English post are, after a lexicon that people rated (VADER; Hutto and Gilbert 2014)."""

from collections.abc import Mapping, Sequence
from functools import cache
from math import sqrt
from pathlib import Path

_FILE = Path(__file__).parent / "valence" / "en.txt"
_NEGATING = frozenset(
    "not no never none neither nor without cannot cant dont doesnt didnt isnt arent wasnt wont wouldnt couldnt aint".split()  # noqa: SIM905 - a list of words reads as one
)
_REACH = 3
"""Words before one in which a negation turns it."""
_TURNED = -0.74
"""What is left of a word's value behind a negation: VADER's own figure."""
_SPREAD = 15.0
"""VADER's normalisation: a sum of this square root's size is about two thirds of the way."""


def mood(tokens: Sequence[str]) -> float:
    """From -1 for bad to 1 for good; 0 where no word is known."""
    rated = ratings()
    values = [(at, rated[token]) for at, token in enumerate(tokens) if token in rated]
    if not values:
        return 0.0
    turning = [at for at, token in enumerate(tokens) if token in _NEGATING or token.endswith("n't")]
    total = sum(value * _turn(at, turning) for at, value in values)
    return total / sqrt(total * total + _SPREAD)


def _turn(at: int, turning: Sequence[int]) -> float:
    return _TURNED if any(0 < at - other <= _REACH for other in turning) else 1.0


@cache
def ratings() -> Mapping[str, float]:
    """The rated words."""
    found: dict[str, float] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            value, _colon, words = line.partition(":")
            found.update(dict.fromkeys(words.split(), float(value)))
    return found
