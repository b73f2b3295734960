"""Answers of platforms with one value that is odd: each place of a sample, with everything that may stand there, or nothing."""

import copy
from collections.abc import Iterator
from typing import Any

import msgspec

ODD: tuple[object, ...] = (
    None, True, 0, -1, 1.5, 1e300, 2**63, 10**25, -(10**25), "", "x", "\x00", "-5", "1e5", "9" * 20, "9" * 30,
    "2026-01-15T12:02:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-23:59", [], {}, [None], [{}], {"a": 1},
)  # fmt: skip


def oddities(sample: object) -> Iterator[tuple[str, bytes]]:
    """The sample with one place spoilt, for each place and oddity; each with a name for people."""
    for place in _places(sample):
        for value in ODD:
            yield f"{place} is {value!r:.40}", _spoilt(sample, place, value)
        if place and isinstance(place[-1], str):
            yield f"{place} is missing", _without(sample, place)


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield above
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from _places(part, (*above, key))


def _spoilt(sample: object, place: tuple[Any, ...], value: object) -> bytes:
    whole, at, last = _copied(sample, place)
    at[last] = value
    return msgspec.json.encode(whole["whole"])


def _without(sample: object, place: tuple[Any, ...]) -> bytes:
    whole, at, last = _copied(sample, place)
    del at[last]
    return msgspec.json.encode(whole["whole"])


def _copied(sample: object, place: tuple[Any, ...]) -> tuple[dict[str, Any], Any, Any]:
    whole: dict[str, Any] = {"whole": copy.deepcopy(sample)}
    *above, last = ("whole", *place)
    at: Any = whole
    for key in above:
        at = at[key]
    return whole, at, last
