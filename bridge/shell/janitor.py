"""Chores that run beside the loops: retention, checks, reminders; one that fails is tried again at its next time."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bridge.ports import StoreLost, TemporaryProblem
from bridge.shell.bell import stopped
from bridge.shell.house import House
from bridge.shell.shortage import LIMITS, short_of

log = structlog.get_logger("bridge.janitor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something to be done again and again."""

    name: str
    every: timedelta
    do: Callable[[], Awaitable[None]]
    shared: bool = True
    """Whether one node does it for all; else each node does it for itself."""
    first: timedelta = timedelta(minutes=1)
    """How long after the start it is done for the first time, where its interval is not shorter."""


async def serve(house: House, chores: Collection[Chore], *, stop: asyncio.Event) -> None:
    """Do every chore at its times, until told to stop."""
    async with asyncio.TaskGroup() as group:
        for chore in chores:
            group.create_task(_again(house, chore, stop))


async def _again(house: House, chore: Chore, stop: asyncio.Event) -> None:
    wait = min(chore.every, chore.first)
    while not await stopped(stop, wait.total_seconds()):
        await _once(house, chore)
        wait = chore.every


async def _once(house: House, chore: Chore) -> None:
    """Do it, unless another node has just done it for all."""
    try:
        if not chore.shared or await _leased(house, chore):
            await chore.do()
    except StoreLost:
        raise
    except TemporaryProblem as problem:
        log.warning("chore_postponed", chore=chore.name, reason=str(problem))
    except Exception as problem:
        if short := short_of(problem):
            reason = f"there are too few {short}: see {LIMITS[short]}= of the unit"
            log.warning("chore_postponed", chore=chore.name, reason=reason)
        else:
            log.exception("chore_failed", chore=chore.name)


async def _leased(house: House, chore: Chore) -> bool:
    """Whether it is this node's turn."""
    return await house.store.lease(f"chore:{chore.name}", owner=house.owner, length=chore.every) is not None
