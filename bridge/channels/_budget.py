"""What a day may cost on a platform that counts or charges: reading slows down first, answers stay possible to the last (D07)."""

from datetime import UTC, datetime, time, timedelta, tzinfo

from bridge.core.pace import Allowance
from bridge.ports import TemporaryProblem

_FREE = 0.1


class Purse:
    """A day's limit of one thing: calls, units, or millionths of a currency.

    What was spent is kept with the cursor, so a restart forgets nothing that a poll has stored.
    """

    def __init__(self, limit: int, *, reserve: float, zone: tzinfo) -> None:
        self.limit = limit
        self._reserve = reserve
        self._zone = zone
        self._day = ""
        self._spent = 0
        self._before = 0

    def begin(self, day: str, spent: int, now: datetime) -> None:
        """A poll begins: take over what earlier processes spent, if it was today."""
        today = self.spent(now)
        self._before = self._spent = max(today, spent) if day == self.day(now) else today

    def day(self, now: datetime) -> str:
        """The day that counts, in the zone of whoever counts it."""
        return now.astimezone(self._zone).date().isoformat()

    def spent(self, now: datetime) -> int:
        """Today's spending so far."""
        day = self.day(now)
        if self._day != day:
            self._day, self._spent, self._before = day, 0, 0
        return self._spent

    def left(self, now: datetime) -> int:
        """What is left of today; below nothing where something cost more than that."""
        return self.limit - self.spent(now)

    def pay(self, amount: int, now: datetime) -> None:
        """Note what was spent."""
        self._spent = self.spent(now) + amount

    def resets(self, now: datetime) -> datetime:
        """When the next day begins."""
        day = now.astimezone(self._zone).date() + timedelta(days=1)
        return datetime.combine(day, time(), self._zone).astimezone(UTC)

    def until(self, now: datetime) -> float:
        """Seconds until then."""
        return max((self.resets(now) - now).total_seconds(), 1.0)

    def is_kept(self, now: datetime) -> bool:
        """Whether only the reserve is left, which belongs to answers."""
        return self.left(now) <= self.limit * self._reserve

    def cover(self, amount: int, what: str, now: datetime) -> None:
        """Raises TemporaryProblem where so much is not there any more; it is for `what`."""
        if self.left(now) < amount:
            raise TemporaryProblem(f"today's budget for {what} is used up", self.until(now))

    def interval(self, now: datetime) -> float:
        """Seconds until the next poll with which the day lasts, if each poll costs what the last one did."""
        cost = self.spent(now) - self._before
        left = Allowance(limit=self.limit, left=self.left(now), resets=self.resets(now))
        return left.interval(now, reserve=self._reserve) * cost if cost else 0.0

    def in_time(self, now: datetime) -> bool:
        """Whether no more was spent than the day is old, so that what can wait need not; a tenth is always free."""
        gone = 1 - (self.resets(now) - now) / timedelta(days=1)
        return self.left(now) >= self.limit * (1 - max(gone, _FREE) * (1 - self._reserve))

    def share(self, now: datetime) -> float:
        """What is left, from 0 to 1."""
        return max(self.left(now) / self.limit, 0.0)
