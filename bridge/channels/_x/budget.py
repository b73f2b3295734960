"""What a day costs: calls and dollars, reading slowed down first, answers possible to the last (D07)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.channels._x.place import Spent
from bridge.channels._x.settings import Budget, Prices
from bridge.core.pace import Allowance
from bridge.ports import TemporaryProblem

_MICROS = 1_000_000
_FREE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of today's budget."""

    calls: int
    money: float
    resets: datetime


class Ledger:
    """Today's spending; it is kept with the cursor, so a restart forgets nothing that a poll has stored."""

    def __init__(self, budget: Budget, prices: Prices) -> None:
        self._budget = budget
        self._prices: Mapping[str, float] = prices.model_dump()
        self._spent = Spent()
        self._before = Spent()

    def begin(self, stored: Spent, now: datetime) -> None:
        """A poll begins: take over what earlier processes spent today."""
        today = self.spent(now)
        if stored.day == today.day:
            most = max(stored.calls, today.calls), max(stored.micros, today.micros)
            self._spent = Spent(day=today.day, calls=most[0], micros=most[1])
        self._before = self._spent

    def spent(self, now: datetime) -> Spent:
        """Today's spending so far."""
        day = now.date().isoformat()
        if self._spent.day != day:
            self._spent = self._before = Spent(day=day)
        return self._spent

    def pay(self, what: str, now: datetime, *, count: int) -> None:
        """Note so many things at the price of one; `what` is a name of `Prices`."""
        self._add(now, calls=0, micros=math.ceil(self._prices[what] * _MICROS * count))

    def call(self, now: datetime) -> None:
        """Note a request; raises TemporaryProblem where today's are used up to the last."""
        left = self.left(now)
        if left.calls < 1 or left.money <= 0:
            raise TemporaryProblem("today's budget for X is used up", _until(left.resets, now))
        self._add(now, calls=1, micros=0)

    def read(self, now: datetime) -> None:
        """Raises TemporaryProblem where only the reserve is left, which belongs to answers."""
        left, share = self.left(now), self._budget.reserve
        if left.calls <= self._budget.calls * share or left.money <= self._budget.money * share:
            raise TemporaryProblem("today's budget for reading X is used up", _until(left.resets, now))

    def interval(self, now: datetime) -> float:
        """Seconds until the next poll with which the day's budget lasts, if each poll costs what the last one did."""
        left, spent = self.left(now), self.spent(now)
        calls = spent.calls - self._before.calls
        micros = spent.micros - self._before.micros
        share = self._budget.reserve
        by_calls = Allowance(limit=self._budget.calls, left=left.calls, resets=left.resets)
        limit = int(self._budget.money * _MICROS)
        by_money = Allowance(limit=limit, left=int(left.money * _MICROS), resets=left.resets)
        return max(
            by_calls.interval(now, reserve=share) * calls if calls else 0.0,
            by_money.interval(now, reserve=share) * micros if micros else 0.0,
        )

    def in_time(self, now: datetime) -> bool:
        """Whether no more was spent than the day is old, so that what can wait need not; a tenth is always free."""
        left = self.left(now)
        gone = 1 - (left.resets - now) / timedelta(days=1)
        return left.money >= self._budget.money * (1 - max(gone, _FREE) * (1 - self._budget.reserve))

    def left(self, now: datetime) -> Left:
        """What is left of today's budget."""
        spent = self.spent(now)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return Left(
            calls=self._budget.calls - spent.calls,
            money=self._budget.money - spent.micros / _MICROS,
            resets=midnight,
        )

    def shares(self, now: datetime) -> Mapping[str, float]:
        """What is left of it as shares from 0 to 1."""
        left = self.left(now)
        money, calls = left.money / self._budget.money, left.calls / self._budget.calls
        return {"money": max(money, 0.0), "requests": max(calls, 0.0)}

    def _add(self, now: datetime, *, calls: int, micros: int) -> None:
        spent = self.spent(now)
        self._spent = Spent(day=spent.day, calls=spent.calls + calls, micros=spent.micros + micros)


def _until(resets: datetime, now: datetime) -> float:
    return max((resets - now).total_seconds(), 1.0)
