"""X's own limits as its headers tell them, kept per kind of request and obeyed before they strike (D07)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bridge.core.pace import Allowance
from bridge.ports import TemporaryProblem

_NUMBERS = re.compile(r"\d+(?:-\d+)?(?=/|$)")
_SPANS = ("x-rate-limit-", "x-user-limit-24hour-", "x-app-limit-24hour-")
_FAR = 253_402_300_799
"""The last second of the year 9999."""

_LONGEST = timedelta(hours=25)
"""X's longest window is a day; an hour is left to clocks that differ."""

_POLLED = frozenset({"GET users/:id/mentions", "GET users/:id/tweets", "GET tweets/search/recent", "GET tweets"})

RESERVE = 0.1
"""Share of a limit that polling leaves to looking for doubtful answers."""


class Rates:
    """What is left of each limit."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], Allowance] = {}

    def note(self, method: str, route: str, headers: Mapping[str, str]) -> None:
        """Remember what an answer's headers say."""
        for span in _SPANS:
            allowance = _allowance(headers, span)
            if allowance is not None:
                self._left[_kind(method, route), span] = allowance

    def check(self, method: str, route: str, now: datetime) -> None:
        """Raises TemporaryProblem where a limit is used up, so that X need not refuse."""
        for span in _SPANS:
            allowance = self._left.get((_kind(method, route), span))
            if allowance is not None and allowance.left < 1 and _runs(allowance, now):
                wait = (allowance.resets - now).total_seconds()
                raise TemporaryProblem("X's limit for this kind of request is used up for the moment", wait)

    def interval(self, now: datetime) -> float:
        """Seconds between polls with which the scarcest limit of reading posts lasts until it is renewed.

        Direct messages have a rhythm of their own and slow nothing else down.
        """
        current = [a for (kind, _), a in self._left.items() if kind in _POLLED and _runs(a, now)]
        return max((allowance.interval(now, reserve=RESERVE) for allowance in current), default=0.0)

    def left(self, now: datetime) -> Mapping[str, Allowance]:
        """What is left of each limit that still runs, by the kind of request."""
        return {kind: a for (kind, span), a in self._left.items() if _runs(a, now) and span == _SPANS[0]}


def _runs(allowance: Allowance, now: datetime) -> bool:
    """Whether a limit counts now: an end beyond X's longest window is taken for a mistake."""
    return now < allowance.resets <= now + _LONGEST


def _kind(method: str, route: str) -> str:
    """The request without the numbers of accounts and posts, as X counts them."""
    return f"{method} {_NUMBERS.sub(':id', route.removeprefix('/2/'))}"


def _allowance(headers: Mapping[str, str], span: str) -> Allowance | None:
    """What the headers of one span say; None where one is missing or no number."""
    limit, left, resets = (headers.get(f"{span}{what}", "") for what in ("limit", "remaining", "reset"))
    if not all(re.fullmatch(r"\d{1,12}", given) for given in (limit, left, resets)) or int(resets) > _FAR:
        return None
    return Allowance(limit=int(limit), left=int(left), resets=datetime.fromtimestamp(int(resets), UTC))
