"""The daemon's clock: steady when the machine's is set anew, which it follows once everything that waits has moved along (C12)."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection

from bridge.core import operators
from bridge.core.decision import Decision
from bridge.ports import TemporaryProblem
from bridge.shell.bell import stopped
from bridge.shell.house import House
from bridge.store import claims
from bridge.store.codec import span
from bridge.store.store import SqlStore

log = structlog.get_logger("bridge.app")

LOOK = 1.0
"""Seconds between two looks at the machine's clock."""

STEP = timedelta(seconds=60)
"""A difference from which on the machine's clock was set and not merely corrected."""


DOUBTFUL = timedelta(hours=12)
"""A difference from which on it is not followed: with it answers would be too late and records too old at once."""

NAME = "the clock of this machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How a steady clock stands to the machine's."""

    followed: datetime
    """The machine's time when it was last followed."""
    at: float
    """The steady time at that moment."""
    ahead: timedelta = timedelta(0)
    """By how much the machine's clock is known to be ahead since then."""


class SteadyClock:
    """The machine's time when it was last followed, carried on by the clock that nobody can set; implements ports.Clock."""

    def __init__(self) -> None:
        self.followers: list[Callable[[timedelta], object]] = []
        """Told how far the machine's clock was set, whether or not we follow it."""
        self.place = _here()

    def now(self) -> datetime:
        """The time in UTC."""
        place = self.place  # the writer's thread may follow meanwhile
        return place.followed + timedelta(seconds=_elapsed() - place.at)

    def machine(self) -> datetime:
        """The machine's time as far as its jumps were noticed: for those who go by it and are told of each."""
        place = self.place
        return place.followed + place.ahead + timedelta(seconds=_elapsed() - place.at)

    async def sleep(self, seconds: float) -> None:
        """Wait for real."""
        await asyncio.sleep(seconds)

    def step(self) -> timedelta:
        """How far the machine's clock is ahead."""
        return datetime.now(UTC) - self.now()

    def doubtful(self) -> bool:
        """Whether the machine's clock is too far from ours to be followed, so that one of both is wrong."""
        return abs(self.step()) >= DOUBTFUL

    def notice(self, step: timedelta) -> None:
        """Tell the followers where the machine's clock was set since the last look."""
        change = step - self.place.ahead
        if abs(change) >= STEP:
            self.place = replace(self.place, ahead=step)
            for follower in self.followers:
                follower(change)

    def follow(self) -> None:
        """Take up the machine's time."""
        self.place = _here()


def _elapsed() -> float:
    """Seconds by the clock that nobody can set and that goes on while the machine sleeps: waking up is no jump (clock_gettime(2))."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _here() -> Place:
    return Place(followed=datetime.now(UTC), at=_elapsed())


async def watch(clock: SteadyClock, house: House, store: SqlStore, *, stop: asyncio.Event) -> None:
    """Follow the machine's clock, until told to stop; while the store is out of reach the old time goes on."""
    doubted: datetime | None = None
    while not await stopped(stop, LOOK):
        step = clock.step()
        clock.notice(step)
        with suppress(TemporaryProblem):
            if (abs(step) >= DOUBTFUL) != (doubted is not None):
                doubted = await _turned(house, step, doubted)
            if abs(step) < STEP:
                clock.follow()
            elif abs(step) < DOUBTFUL:
                await jump(clock, store, step)


async def _turned(house: House, step: timedelta, doubted: datetime | None) -> datetime | None:
    """Tell log and operator that the machine's time became doubtful, or is so no more; since when it is."""
    at, seconds = house.moment(), round(step.total_seconds())
    reason = "recovered" if doubted else "clock_doubted"
    detail = f"it was set {abs(step.days)} days {'ahead' if seconds > 0 else 'back'}"
    told = operators.condition(at.policy, reason, subject=NAME, detail=detail, since=doubted or at.now, now=at.now)
    await house.apply(Decision(intents=at.tell(*told)))
    if doubted:
        log.info("clock_trusted")
        return None
    log.error("clock_doubted", seconds=seconds)
    return at.now


async def jump(clock: SteadyClock, store: SqlStore, step: timedelta) -> None:
    """Move what waits and every lease along in one transaction, the last one of the old time: no pause is cut short or drawn out."""
    before = clock.place

    def move(connection: Connection, now: int, _around: object) -> None:
        claims.move(connection, now, span(step))
        clock.follow()

    try:
        await store.chore(move)
    except TemporaryProblem:
        clock.place = before
        raise
    log.warning("clock_jumped", seconds=round(step.total_seconds()))
