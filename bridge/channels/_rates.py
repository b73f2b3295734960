"""A server's own limits as its headers tell them, obeyed before they strike (D07)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from bridge.channels._http import Answer
from bridge.channels._problems import LONGEST_WAIT
from bridge.core.pace import Allowance
from bridge.ports import TemporaryProblem

RESERVE = 0.1
"""Share of a limit that polling leaves to publishing, and to looking for doubtful answers."""

_KINDS = 8
"""Limits that are remembered: no server has more for reading."""

_FAR = 253_402_300_799
"""The last second of the year 9999."""


class Rates:
    """What is left of each limit; several run side by side, and an answer tells the scarcest of its request.

    `names` is how the headers' names begin: X-RateLimit on Mastodon, RateLimit on Bluesky.
    """

    def __init__(self, names: str) -> None:
        self._names = names
        self._left: dict[int, Allowance] = {}
        """By the size of the limit, which is all that tells one from another."""
        self._calls = 0

    def begin(self, now: datetime) -> None:
        """Before a poll; raises TemporaryProblem where only the reserve is left of a limit."""
        self._calls = 0
        for allowance in self._current(now):
            if allowance.left <= allowance.limit * RESERVE:
                wait = (allowance.resets - now).total_seconds()
                raise TemporaryProblem(
                    "the server's limit of requests is used up for the moment", min(wait, LONGEST_WAIT)
                )

    def note(self, answer: Answer) -> None:
        """Remember what an answer's headers say."""
        self._calls += 1
        allowance = _allowance(answer.headers, self._names)
        if allowance is not None:
            self._left.pop(allowance.limit, None)
            self._left[allowance.limit] = allowance
            while len(self._left) > _KINDS:
                del self._left[next(iter(self._left))]

    def interval(self, now: datetime) -> float | None:
        """Seconds between polls like the last one with which the scarcest limit lasts; None for less than one."""
        between = max((a.interval(now, reserve=RESERVE) for a in self._current(now)), default=0.0) * self._calls
        return min(between, LONGEST_WAIT) if between >= 1 else None

    def words(self, now: datetime) -> str:
        """What is left of the scarcest limit, for people to read."""
        scarce = min(self._current(now), key=lambda a: a.left / max(a.limit, 1), default=None)
        if scarce is None:
            return ""
        return f"{scarce.left:,} of {scarce.limit:,} requests until {scarce.resets:%H:%M} UTC"

    def _current(self, now: datetime) -> list[Allowance]:
        return [allowance for allowance in self._left.values() if allowance.resets > now]


def wait_of(answer: Answer, names: str, *, now: datetime) -> float | None:
    """Seconds until a limit is renewed, where a refusal says so without `Retry-After`."""
    resets = _moment(answer.headers.get(f"{names}-Reset", ""))
    return None if resets is None else min(max((resets - now).total_seconds(), 0.0), LONGEST_WAIT)


def _allowance(headers: Mapping[str, str], names: str) -> Allowance | None:
    limit, left = headers.get(f"{names}-Limit", ""), headers.get(f"{names}-Remaining", "")
    resets = _moment(headers.get(f"{names}-Reset", ""))
    if resets is None or not all(re.fullmatch(r"[0-9]{1,12}", given) for given in (limit, left)):
        return None
    return Allowance(limit=int(limit), left=int(left), resets=resets)


def _moment(given: str) -> datetime | None:
    """Mastodon writes a date, others the seconds since 1970."""
    if re.fullmatch(r"[0-9]{1,12}", given) and int(given) <= _FAR:
        return datetime.fromtimestamp(int(given), UTC)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
