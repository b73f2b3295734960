"""How much of the platform's limits is used up, from the headers of its answers, and how that paces the channel (D07)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bridge.channels._problems import LONGEST_WAIT
from bridge.ports import LoginProblem, TemporaryProblem

SLOW_AT = 80.0
"""Percent of a limit at which polling slows down."""

STOP_AT = 100.0
_MOST = 1_000_000
"""No share in percent and no time in minutes is longer."""

_SLOWEST = 1800.0
"""Seconds between polls just below the limit."""

_BLOCK = timedelta(hours=6)
"""How long a blocked account is left alone: calls during a block lengthen it (D08)."""

_MAX_HEADER = 20_000
_HEADERS = ("X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage")
_SHARES = ("call_count", "total_time", "total_cputime")


def used_percent(headers: Mapping[str, str]) -> float:
    """The most that is used up of any limit; 0 where the answer says nothing."""
    shares = (_number(usage.get(share)) for usage in _usages(headers) for share in _SHARES)
    return max(shares, default=0.0)


def regain_seconds(headers: Mapping[str, str]) -> float:
    """Seconds until access is regained, which the header gives in minutes; 0 where it says nothing."""
    minutes = (_number(usage.get("estimated_time_to_regain_access")) for usage in _usages(headers))
    return min(60.0 * max(minutes, default=0.0), LONGEST_WAIT)


def _usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Every table of usage: flat ones, and those that are listed by business."""
    for name in _HEADERS:
        given = headers.get(name, "")
        if not given or len(given) > _MAX_HEADER:
            continue
        try:
            found = msgspec.json.decode(given)
        except (msgspec.DecodeError, RecursionError):
            continue
        yield from _tables(found)


def _tables(found: object) -> Iterator[Mapping[str, Any]]:
    if not isinstance(found, dict):
        return
    yield found
    for listed in found.values():
        if isinstance(listed, list):
            yield from (usage for usage in listed if isinstance(usage, dict))


def _number(given: object) -> float:
    """A share or a time; 0 for anything that is none."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        return 0.0
    return float(min(max(given, 0), _MOST))


class Pace:
    """How fast one account may be used at the moment; remembered for as long as the process lives."""

    def __init__(self) -> None:
        self._used: dict[str, float] = {}
        self._parked: datetime | None = None
        self._blocked: datetime | None = None

    def note(self, headers: Mapping[str, str]) -> None:
        """Learn from an answer's headers; each limit counts as it was last told."""
        for name in _HEADERS:
            if name in headers:
                self._used[name] = used_percent({name: headers[name]})

    def park(self, until: datetime) -> None:
        """A limit was reached: every call before that time would extend it."""
        self._parked = until

    def block(self, now: datetime) -> None:
        """The account was blocked for abuse."""
        self._blocked = now + _BLOCK

    def admit(self, now: datetime) -> None:
        """Raises LoginProblem or TemporaryProblem where no call may be made now."""
        if self._blocked is not None and now < self._blocked:
            raise LoginProblem("the platform blocks this account for abuse, so it is left alone: look at its status")
        if self._parked is not None and now < self._parked:
            left = (self._parked - now).total_seconds()
            raise TemporaryProblem("the platform's limit of calls was reached: waiting for its end", left)

    @property
    def used(self) -> float:
        """Percent of the limit that is nearest to its end."""
        return max(self._used.values(), default=0.0)

    @property
    def left(self) -> float:
        """Share of that limit that is left, from 0 to 1."""
        return max(1 - self.used / STOP_AT, 0.0)

    @property
    def wait(self) -> float | None:
        """Seconds that polling leaves the rest of a limit to answers; None while there is plenty."""
        if self.used < SLOW_AT:
            return None
        return max(60.0, _SLOWEST * min((self.used - SLOW_AT) / (STOP_AT - SLOW_AT), 1.0))
