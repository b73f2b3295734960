"""Labels without any training: what groups of telling words, questions and moods speak for, weighed by hand.

No public data with a clean licence makes a good general model of these labels, so they lean on words alone;
a site's own feedback takes their place with a trained head of the same name.
"""

from collections.abc import Mapping

from bridge.judges.head import sigmoid

_SECOND = 0.5
"""What a second and third word of a group add, as a share of the first."""
_COUNTED = 3

_LEANINGS: Mapping[str, tuple[float, Mapping[str, float]]] = {
    "actionable": (-2.2, {"problem": 1.4, "outage": 1.5, "help": 1.3, "money": 0.9, "anger": 0.5, "question": 0.8, "asks": 1.0, "addressed": 0.8, "buy": 0.8, "danger": 0.8, "legal": 0.4, "urgent": 0.5, "praise": -0.7, "thanks": -0.6, "ad": -1.8, "bad": 0.4, "good": -0.4}),
    "complaint": (-2.0, {"problem": 1.2, "outage": 1.2, "anger": 2.2, "help": 0.4, "money": 0.4, "swear": 0.8, "legal": 0.5, "praise": -1.0, "thanks": -0.8, "ad": -1.2, "bad": 1.5, "good": -1.0}),
    "question": (-2.6, {"question": 1.6, "asks": 3.6, "help": 0.6}),
    "outage": (-3.6, {"outage": 3.6, "problem": 1.0, "asks": 0.4, "ad": -1.0}),
    "billing": (-3.0, {"money": 2.6, "ad": -1.0}),
    "praise": (-2.6, {"praise": 2.6, "good": 2.0, "thanks": 0.6, "problem": -1.2, "anger": -1.5, "bad": -2.0, "asks": -0.5, "ad": -0.6}),
    "purchase_intent": (-3.0, {"buy": 2.8, "asks": 0.3, "problem": -0.8, "anger": -0.8, "ad": -1.0}),
    "feature_request": (-3.4, {"wish": 2.8, "asks": 0.3, "ad": -1.0}),
    "risk": (-4.0, {"danger": 3.4, "legal": 3.4, "anger": 0.3, "ad": -1.0}),
    "thanks": (-3.2, {"thanks": 4.2, "anger": -0.8}),
    "spam": (-3.6, {"ad": 2.2, "link": 0.8, "help": -0.6, "problem": -0.8, "asks": -0.4}),
    "abusive": (-3.4, {"swear": 3.4, "anger": 0.4, "bad": 0.5}),
    "negative": (-1.4, {"problem": 0.9, "outage": 0.9, "anger": 1.7, "swear": 0.9, "bad": 2.0, "good": -1.6, "praise": -1.2, "thanks": -0.6}),
    "positive": (-1.6, {"praise": 2.0, "thanks": 1.6, "good": 2.0, "bad": -2.0, "problem": -1.2, "outage": -1.0, "anger": -1.4, "swear": -0.5}),
    "urgent": (-3.2, {"urgent": 2.2, "danger": 2.4, "outage": 1.2, "help": 0.5, "problem": 0.4, "anger": 0.3, "ad": -1.4}),
}  # fmt: skip
"""For each label its log-odds where nothing speaks for it, and what each sign adds to them."""

LABELS = tuple(_LEANINGS)
"""The labels that every post gets."""
_STARTS = tuple(start for start, _adding in _LEANINGS.values())
_SIGNS = sorted({sign for _start, adding in _LEANINGS.values() for sign in adding})
_ROWS = {
    sign: tuple((at, adding[sign]) for at, (_start, adding) in enumerate(_LEANINGS.values()) if sign in adding)
    for sign in _SIGNS
}
"""What each sign adds to which labels, by their places."""
_UNTOLD = {label: sigmoid(start) for label, (start, _adding) in _LEANINGS.items()}
"""The labels of a post that shows no sign."""


def leanings(signs: Mapping[str, float]) -> dict[str, float]:
    """The probability of each label; `signs` has counts of groups, and `asks`, `addressed`, `link`, `good`, `bad`."""
    total: dict[int, float] = {}
    for sign in sorted(signs.keys() & _ROWS.keys()):
        count = signs[sign]
        strength = min(count, 1) + _SECOND * max(0, min(count, _COUNTED) - 1)
        for at, weight in _ROWS[sign]:
            total[at] = total.get(at, _STARTS[at]) + strength * weight
    return _UNTOLD | {LABELS[at]: sigmoid(score) for at, score in total.items()}
