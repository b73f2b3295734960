"""What a day's text messages have cost: a day is one of UTC's, and it is kept with the cursor."""

import math
from datetime import UTC, datetime

import msgspec

from bridge.channels._budget import Purse
from bridge.ports import TemporaryProblem, WaitProblem

_MICROS = 1_000_000


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """A day's spending, in millionths of the currency."""

    day: str = ""
    micros: int = 0


class Spending:
    """Today's messages, against what they may cost together."""

    def __init__(self, *, money: float, segment: float) -> None:
        self._purse = Purse(math.floor(money * _MICROS), reserve=0.0, zone=UTC)
        self._segment = math.ceil(segment * _MICROS)

    def begin(self, stored: Spent, now: datetime) -> None:
        """A poll begins: take over what earlier processes spent today."""
        self._purse.begin(stored.day, stored.micros, now)

    def today(self, now: datetime) -> Spent:
        """Today's spending so far."""
        return Spent(day=self._purse.day(now), micros=self._purse.spent(now))

    def pay(self, segments: int, now: datetime) -> None:
        """Note so many segments; raises WaitProblem where the day has no money left for them."""
        price = segments * self._segment
        try:
            self._purse.cover(price, "text messages", now)
        except TemporaryProblem as problem:
            raise WaitProblem(str(problem), problem.after) from None
        self._purse.pay(price, now)

    def share(self, now: datetime) -> float:
        """What is left of the day's money, from 0 to 1."""
        return self._purse.share(now)

    def words(self, now: datetime) -> str:
        """The same for people to read."""
        return f"{max(self._purse.left(now), 0) / _MICROS:.2f} of {self._purse.limit / _MICROS:.2f} left today"
