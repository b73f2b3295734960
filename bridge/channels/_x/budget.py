"""What a day on X costs: calls and dollars, each a purse of its own (D07)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bridge.channels._budget import Purse
from bridge.channels._x.place import Spent
from bridge.channels._x.settings import Budget, Prices
from bridge.ports import TemporaryProblem

_MICROS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of today's budget."""

    calls: int
    money: float
    resets: datetime


class Ledger:
    """Today's spending; a day is one of UTC's."""

    def __init__(self, budget: Budget, prices: Prices) -> None:
        self._prices: Mapping[str, float] = prices.model_dump()
        self._calls = Purse(budget.calls, reserve=budget.reserve, zone=UTC)
        self._money = Purse(math.floor(budget.money * _MICROS), reserve=budget.reserve, zone=UTC)

    def begin(self, stored: Spent, now: datetime) -> None:
        """A poll begins: take over what earlier processes spent today."""
        self._calls.begin(stored.day, stored.calls, now)
        self._money.begin(stored.day, stored.micros, now)

    def spent(self, now: datetime) -> Spent:
        """Today's spending so far."""
        return Spent(day=self._calls.day(now), calls=self._calls.spent(now), micros=self._money.spent(now))

    def pay(self, what: str, now: datetime, *, count: int) -> None:
        """Note so many things at the price of one; `what` is a name of `Prices`."""
        self._money.pay(math.ceil(self._prices[what] * _MICROS * count), now)

    def call(self, now: datetime) -> None:
        """Note a request; raises TemporaryProblem where today's are used up to the last."""
        self._calls.cover(1, "X", now)
        self._money.cover(1, "X", now)
        self._calls.pay(1, now)

    def read(self, now: datetime) -> None:
        """Raises TemporaryProblem where only the reserve is left, which belongs to answers."""
        if self._calls.is_kept(now) or self._money.is_kept(now):
            raise TemporaryProblem("today's budget for reading X is used up", self._calls.until(now))

    def interval(self, now: datetime) -> float:
        """Seconds until the next poll with which the day's budget lasts, if each poll costs what the last one did."""
        return max(self._calls.interval(now), self._money.interval(now))

    def in_time(self, now: datetime) -> bool:
        """Whether no more was spent than the day is old, so that what can wait need not; a tenth is always free."""
        return self._money.in_time(now)

    def left(self, now: datetime) -> Left:
        """What is left of today's budget."""
        return Left(calls=self._calls.left(now), money=self._money.left(now) / _MICROS, resets=self._calls.resets(now))

    def shares(self, now: datetime) -> Mapping[str, float]:
        """What is left of it as shares from 0 to 1."""
        return {"money": self._money.share(now), "requests": self._calls.share(now)}
