"""Claim effects as they become due and have them performed, so that one that fails harms no other."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

import structlog

from bridge.core.effects import Claimed, Publish
from bridge.core.events import Postponed, Refused
from bridge.ports import Batch, Stale, StoreLost, TemporaryProblem
from bridge.shell.bell import listen
from bridge.shell.house import House
from bridge.shell.performing import name, perform
from bridge.shell.shortage import LIMITS, short_of

log = structlog.get_logger("bridge.courier")

LEASE = timedelta(seconds=120)

MAIL_LEASE = timedelta(minutes=12)
"""Of proxies and notices: a mail server may take ten minutes to answer the final dot (RFC 5321 4.5.3.2.6)."""

_MAILS = frozenset({"inject", "tell"})

CLOCK = 2.0
"""Seconds after which due rows are looked for without a bell."""

TOGETHER = 0.02
"""Seconds that a busy courier gathers free hands for, since a claim for each would cost more than the work (measured)."""

POISON = 3
"""Attempts after which a row that breaks the program itself is kept for a person."""


async def drain(house: House, kinds: Collection[str]) -> int:
    """Perform everything that is due now, and what becomes due by it; returns how many rows were seen through."""
    count = 0
    while batch := (await house.store.claim(kinds, 100, owner=house.owner, lease=_lease(kinds))).rows:
        await asyncio.gather(*(guarded(house, claimed) for claimed in batch))
        count += len(batch)
    return count


async def serve(house: House, kinds: Collection[str], *, slots: int, stop: asyncio.Event) -> None:
    """Perform effects of these kinds as they become due, `slots` at once, until told to stop; then finish what runs."""
    ear = house.bell.ear()
    running: set[asyncio.Task[None]] = set()
    async with asyncio.TaskGroup() as group:
        while not stop.is_set():
            batch = await _claimed(house, kinds, slots - len(running))
            for claimed in batch.rows:
                task = group.create_task(guarded(house, claimed))
                running.add(task)
                task.add_done_callback(running.discard)
            if len(running) >= slots:
                await _some_free(running)
            elif not batch.rows:
                await listen(ear, _pause(house, batch))


async def _some_free(running: Collection[asyncio.Task[None]]) -> None:
    """Wait for a free hand, and a moment longer for more."""
    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    if running:
        await asyncio.wait(running, timeout=TOGETHER)


async def _claimed(house: House, kinds: Collection[str], limit: int) -> Batch:
    """Due rows; none while the store is out of reach, which has its own line in the log (H01, H02)."""
    try:
        return await house.store.claim(kinds, limit, owner=house.owner, lease=_lease(kinds))
    except TemporaryProblem:
        return Batch(rows=(), next_due=None)


def _lease(kinds: Collection[str]) -> timedelta:
    return MAIL_LEASE if _MAILS.intersection(kinds) else LEASE


def _pause(house: House, batch: Batch) -> float:
    """Seconds until the next row is due, or until another node may have intended something."""
    if batch.next_due is None:
        return CLOCK
    return min(CLOCK, (batch.next_due - house.clock.now()).total_seconds())


async def guarded(house: House, claimed: Claimed) -> None:
    """Perform a row so that its failure harms no other; one that fails again and again is kept for a person (C20)."""
    try:
        await perform(house, claimed)
    except StoreLost:
        raise
    except (Stale, TemporaryProblem) as problem:
        reason = type(problem).__name__
        log.warning("effect_left_to_its_lease", effect=name(claimed), key=claimed.key, reason=reason)
    except Exception as problem:
        if short := short_of(problem):
            _say_short(claimed, short)
        else:
            log.exception("effect_failed", effect=name(claimed), key=claimed.key, attempt=claimed.attempt)
        await _put_off(house, claimed, poisoned=not short and claimed.attempt >= POISON)


def _say_short(claimed: Claimed, short: str) -> None:
    """The machine's trouble and not the row's: without a place in the program, and with the setting to raise."""
    log.error("resources_short", of=short, limit=LIMITS[short], effect=name(claimed), key=claimed.key)


async def _put_off(house: House, claimed: Claimed, *, poisoned: bool) -> None:
    """Try later what broke the program, and keep it for a person in the end; a publication is left to doubt.

    What breaks even this, or cannot be written, comes again when its lease ends; it must not end the loop.
    """
    if isinstance(claimed.effect, Publish):
        return
    outcome = Refused(claimed=claimed, reason="poison") if poisoned else Postponed(claimed=claimed)
    try:
        await house.happened(claimed.effect.conversation, outcome)
    except StoreLost:
        raise
    except (Stale, TemporaryProblem):
        pass  # the store has its own line in the log
    except Exception as problem:
        log.warning(
            "effect_left_to_its_lease",
            effect=name(claimed),
            key=claimed.key,
            reason=type(problem).__name__,
            exc_info=True,
        )
