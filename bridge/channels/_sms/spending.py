"""What a day's text messages have cost: a day is one of UTC's, and it is kept with the cursor."""

import math
from datetime import datetime, timedelta

import msgspec

from bridge.ports import TemporaryProblem

_MICROS = 1_000_000


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """A day's spending, in millionths of the currency."""

    day: str = ""
    micros: int = 0


class Spending:
    """Today's messages, against what they may cost together."""

    def __init__(self, *, money: float, segment: float) -> None:
        self._most = math.floor(money * _MICROS)
        self._segment = math.ceil(segment * _MICROS)
        self._spent = Spent()

    def begin(self, stored: Spent, now: datetime) -> None:
        """A poll begins: take over what earlier processes spent today."""
        today = self.today(now)
        if stored.day == today.day:
            self._spent = Spent(day=today.day, micros=max(stored.micros, today.micros))

    def today(self, now: datetime) -> Spent:
        """Today's spending so far."""
        day = now.date().isoformat()
        if self._spent.day != day:
            self._spent = Spent(day=day)
        return self._spent

    def pay(self, segments: int, now: datetime) -> None:
        """Note so many segments; raises TemporaryProblem where the day has no money left for them."""
        today = self.today(now)
        micros = today.micros + segments * self._segment
        if micros > self._most:
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            raise TemporaryProblem("today's budget for text messages is used up", (midnight - now).total_seconds())
        self._spent = Spent(day=today.day, micros=micros)

    def share(self, now: datetime) -> float:
        """What is left of the day's money, from 0 to 1."""
        return max(1 - self.today(now).micros / self._most, 0.0)

    def words(self, now: datetime) -> str:
        """The same for people to read."""
        return f"{max(self._most - self.today(now).micros, 0) / _MICROS:.2f} of {self._most / _MICROS:.2f} left today"
