"""What one node at a time may use: channels and inboxes under leases, renewed while in use and given back in the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from bridge.ports import StoreLost, TemporaryProblem
from bridge.shell.bell import stopped
from bridge.shell.house import House

log = structlog.get_logger("bridge.leases")

BEATS = 3
"""How often a lease in use is renewed within its length, so that one renewal may fail."""


async def hold(house: House, what: str, *, length: timedelta) -> bool:
    """Take or renew a lease such as `inbox:replies`; False while another node holds it, which then counts as elsewhere."""
    name = what.replace(":", " ", 1)
    held = await house.store.lease(what, owner=house.owner, length=length) is not None
    if held == (name in house.elsewhere):
        log.info("lease_taken" if held else "lease_elsewhere", name=name)
    if not held:
        house.elsewhere.add(name)
    elif name in house.elsewhere:
        house.elsewhere.discard(name)
        house.read.discard(name)
    return held


@asynccontextmanager
async def kept(house: House, what: str, *, length: timedelta, stop: asyncio.Event) -> AsyncIterator[asyncio.Event]:
    """Renew a lease that we hold while the block runs; the event that it gives is set on a stop, and when the lease is lost."""
    over = asyncio.Event()
    renewing = asyncio.create_task(_renew(house, what, length=length, stop=stop, over=over))
    try:
        yield over
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


async def _renew(house: House, what: str, *, length: timedelta, stop: asyncio.Event, over: asyncio.Event) -> None:
    """Until told to stop, or until another node has it: a process that was paused for long finds out here."""
    while not await stopped(stop, length.total_seconds() / BEATS):
        with suppress(TemporaryProblem):  # a store that is out of reach may be back at the next beat
            if not await hold(house, what, length=length):
                break
    over.set()


async def give_back(house: House) -> None:
    """Let other nodes, and our own next start, go on at once instead of waiting for our leases to run out."""
    names = [f"channel:{name}" for name in house.channels] + [f"inbox:{name}" for name in house.inboxes]
    with suppress(TemporaryProblem, StoreLost):  # they run out by themselves
        for name in names:
            await house.store.lease(name, owner=house.owner, length=timedelta(0))
