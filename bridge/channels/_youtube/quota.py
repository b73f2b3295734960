"""The day's quota: units up to midnight Pacific time, of which reading leaves a share to answers."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bridge.channels._budget import Purse
from bridge.channels._youtube.place import Spent
from bridge.ports import TemporaryProblem

READ, WRITE = 1, 50
"""Units of a request (developers.google.com/youtube/v3/determine_quota_cost); one that is refused costs as much."""

_PACIFIC = "America/Los_Angeles"
_WHAT = "YouTube"


class Quota:
    """Today's units."""

    def __init__(self, units: int, reserve: float) -> None:
        self._purse = Purse(units, reserve=reserve, zone=ZoneInfo(_PACIFIC))

    def begin(self, stored: Spent, now: datetime) -> None:
        """A poll begins; raises TemporaryProblem where only the share of answers is left."""
        self._purse.begin(stored.day, stored.units, now)
        if self._purse.is_kept(now):
            raise TemporaryProblem("today's quota for reading YouTube is used up", self._purse.until(now))

    def spent(self, now: datetime) -> Spent:
        """Today's units so far."""
        return Spent(day=self._purse.day(now), units=self._purse.spent(now))

    def pay(self, units: int, now: datetime) -> None:
        """Before a request; raises TemporaryProblem where the day has not so much left."""
        self._purse.cover(units, _WHAT, now)
        self._purse.pay(units, now)

    def suffice(self, units: int, now: datetime) -> None:
        """Raises TemporaryProblem where the day has not so much left."""
        self._purse.cover(units, _WHAT, now)

    def drained(self, now: datetime) -> float:
        """YouTube says that nothing is left, whoever spent it; gives back the seconds until midnight."""
        self._purse.pay(max(self._purse.left(now), 0), now)
        return self._purse.until(now)

    def in_time(self, now: datetime) -> bool:
        """Whether what can wait need not."""
        return self._purse.in_time(now)

    def interval(self, now: datetime) -> float | None:
        """Seconds until the next poll with which the day lasts; None for less than one."""
        wait = self._purse.interval(now)
        return wait if wait >= 1 else None

    def share(self, now: datetime) -> float:
        """What is left, from 0 to 1."""
        return self._purse.share(now)

    def words(self, now: datetime) -> str:
        """The same for people to read."""
        left, resets = max(self._purse.left(now), 0), self._purse.resets(now)
        return f"{left:,} of {self._purse.limit:,} units until {resets:%H:%M} UTC, about {left // (WRITE + READ):,} answers"
