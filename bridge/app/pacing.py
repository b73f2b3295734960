"""Let proxies into their queues as the desks have room: all that waits are rows of the store, so a restart loses none."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bridge.app.figures import Figures
from bridge.core.decision import Decision
from bridge.core.effects import Settlement, State
from bridge.core.fairness import Load, Waiter, admitted
from bridge.core.policy import Pace
from bridge.ports import Stale, TemporaryProblem
from bridge.shell.house import House
from bridge.store import turns
from bridge.store.store import SqlStore

log = structlog.get_logger("bridge.pacing")

TICK = 1.0
"""Seconds between two looks at what waits; a look at nothing costs one read of an empty index."""

LEASE = timedelta(seconds=10)
"""How long one node alone lets proxies in."""

MOST = 50
"""Proxies of one channel and priority that one look lets in at the most."""

FREE = Pace()
"""Of desks that have no pace any more: what still waits there goes in."""


async def serve(house: House, store: SqlStore, figures: Figures, *, stop: asyncio.Event) -> None:
    """Look again and again, until told to stop."""
    while not stop.is_set():
        try:
            await figures.renew(house.clock.now())
            await admit(house, store, figures.known)
        except TemporaryProblem:
            pass  # the store is out of reach, which has its own line in the log
        try:
            await asyncio.wait_for(stop.wait(), TICK)
        except TimeoutError:
            continue


async def admit(house: House, store: SqlStore, figures: Mapping[str, int]) -> int:
    """Let in whoever has room by now; returns how many. `figures` are those of the desks' own queues."""
    rows = await store.read(turns.rows)
    if not rows or await house.store.lease("turns", owner=house.owner, length=LEASE) is None:
        return 0
    now, desks = house.clock.now(), house.policy().desks
    count = 0
    for name in sorted({row.desk for row in rows}):
        pace = desks[name].pace if name in desks else None
        here = tuple(row for row in rows if row.desk == name)
        chosen = await _chosen(store, here, pace or FREE, figure=figures.get(name), now=now)
        count += await _enter(house, chosen)
        if chosen:
            log.info("proxies_admitted", desk=name, admitted=len(chosen), waiting=sum(row.count for row in here))
    return count


async def _chosen(
    store: SqlStore, rows: tuple[turns.Row, ...], pace: Pace, *, figure: int | None, now: datetime
) -> tuple[Waiter, ...]:
    """Whose turn it is at one desk, by one view of it."""

    def look(connection: Connection) -> tuple[tuple[Waiter, ...], Load]:
        time = turns.now_of(connection, now)
        waiters = tuple(w for row in rows for w in turns.heads(connection, row, now=time, most=MOST))
        waiting = {row.channel for row in rows}
        return waiters, turns.load(connection, rows[0].desk, now=time, pace=pace, waiting=waiting)

    waiters, load = await store.read(look)
    return admitted(waiters, pace, replace(load, figure=figure))


async def _enter(house: House, chosen: tuple[Waiter, ...]) -> int:
    """Make their rows ready, each by a decision of its own; who was erased meanwhile is left out."""
    decisions = (Decision(settlements=(Settlement(key=each.key, state=State.READY),)) for each in chosen)
    outcomes = await asyncio.gather(*(house.apply(decision) for decision in decisions), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Stale):
            raise outcome
    return sum(not isinstance(outcome, BaseException) for outcome in outcomes)
