"""The daemon: every loop in one task group, from the first poll to the last settled effect.

polls (APScheduler)   couriers: judge │ inject, tell, reread, remind │ publish, act, share   turns at desks   inboxes   chores
└────────────────────────────── all write through house.apply ──────────────────────────────┘
"""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bridge.app import compose, pacing
from bridge.app.chores import chores
from bridge.app.clock import SteadyClock, watch
from bridge.app.compose import Current
from bridge.app.figures import Figures, asked, sources
from bridge.app.gathering import gather
from bridge.app.learning import Learner
from bridge.app.notify import notify, watchdog_interval
from bridge.app.place import Place, database
from bridge.app.reloading import reload
from bridge.app.sampling import Sampling
from bridge.app.storms import Watch
from bridge.app.view import View
from bridge.config import Loaded
from bridge.config.bridge_stanza import Status
from bridge.core import pace
from bridge.core.effects import Act, Inject, Judge, Publish, Remind, Reread, Tell
from bridge.core.share import Share
from bridge.ports import StoreLost
from bridge.shell import courier, inbound, intake, janitor, leases
from bridge.shell.bell import stopped
from bridge.shell.health import Lookout, remembered
from bridge.shell.house import House
from bridge.store.open import open_store
from bridge.store.store import SqlStore

log = structlog.get_logger("bridge.app")

DRAIN = 10.0
"""Seconds that a stop may take before what still runs is abandoned to its lease."""

RECONCILE = "look on the platforms for answers that this copy does not know, then: bridge resume publishing"
"""What the operator of a database that was rolled back should do (C19)."""

Loop = Coroutine[None, None, None]

COURIERS: tuple[tuple[tuple[type, ...], int], ...] = (
    ((Judge,), 50),
    ((Inject, Tell, Reread, Remind), 20),
    ((Publish, Act, Share), 10),
)
"""Which effects share a courier, and how many it performs at once: a slow platform keeps no mail waiting."""

UNHEARD = COURIERS[:-1]
"""Those that the platform does not see."""


def opened(loaded: Loaded) -> AbstractAsyncContextManager[tuple[House, Current, SqlStore]]:
    """The house over its own store; closes both in the end. Raises CannotOpen where a person must act."""
    return opened_by(SteadyClock(), loaded)


@asynccontextmanager
async def opened_by(clock: SteadyClock, loaded: Loaded) -> AsyncIterator[tuple[House, Current, SqlStore]]:
    """The same by a clock that the caller watches."""
    where = database(loaded)
    store = await asyncio.to_thread(open_store, where, clock=clock, create=True, platforms=compose.platforms(loaded))
    try:
        current = Current(loaded)
        house = compose.house(current, store, clock)
        house.watches.update(await remembered(house))
        try:
            yield house, current, store
        finally:
            await leases.give_back(house)
            await compose.close(house)
    finally:
        await asyncio.to_thread(store.close)


async def run_once(loaded: Loaded) -> bool:
    """Poll every channel once, see every letter and effect through that is due now; True where all went well."""
    async with opened(loaded) as (house, current, store):
        return await single_pass(house, current, store)


async def single_pass(house: House, current: Current, store: SqlStore) -> bool:
    """The same in a house that is open already; nothing is said before what agents wrote meanwhile was read."""
    await Learner(current, store).turn()
    lookout = Lookout(house)
    polled = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for kinds, slots in UNHEARD:  # beside the polls, so that one slow channel delays nobody's mail
            group.create_task(courier.serve(house, _kinds((kinds, slots)), slots=slots, stop=polled))
        turns = (intake.turn(house, name, timedelta(0), lookout=lookout) for name in house.channels)
        await asyncio.gather(*turns)
        polled.set()
        house.bell.ring()
    await courier.drain(house, _kinds(*UNHEARD))
    await _turns_once(house, store, _figures(current, lookout))
    for name in house.inboxes:
        await inbound.drain(house, name, lookout=lookout)
    await gather(house, store)
    await Watch(house, store, current.loaded.bridge.storms.limits).turn()
    await Sampling(house, store, current.zone).turn()
    await courier.drain(house, _kinds(*COURIERS))
    return all(watch.state == "well" for watch in lookout.watches.values())


def _figures(current: Current, lookout: Lookout) -> Figures:
    """Desks' figures, from the sources that the configuration of the moment names."""
    return Figures(lambda: sources(current.loaded), lookout, asked)


async def _turns_once(house: House, store: SqlStore, figures: Figures) -> None:
    """Let in what has room at the desks by now, and send it."""
    await figures.renew(house.clock.now())
    if await pacing.admit(house, store, figures.known):
        await courier.drain(house, _kinds(*UNHEARD))


async def run(loaded: Loaded, place: Place) -> None:
    """Run until told to stop by SIGTERM or SIGINT; a second signal stops at once. SIGHUP reloads."""
    clock = SteadyClock()
    async with opened_by(clock, loaded) as (house, current, store):
        stop = asyncio.Event()
        lookout = Lookout(house)
        beside = (
            watch(clock, house, store, stop=stop),
            pacing.serve(house, store, _figures(current, lookout), stop=stop),
            janitor.serve(house, chores(house, current, store, doubtful=clock.doubtful), stop=stop),
        )
        loops = asyncio.create_task(_loops(house, current, lookout, clock=clock, beside=beside, stop=stop))
        _listen(house, stop, loops, reload=partial(reload, current, place.configuration, place.credentials))
        if store.rolled_back:
            log.error("publishing_paused_after_rollback", reason=store.rolled_back, then=RECONCILE)
        gc.freeze()  # what was loaded stays: the collector need not walk through it again and again
        log.info("started", channels=len(house.channels), desks=len(house.desks), rules=current.judge.version)
        view = View(house=house, current=current, store=store, lookout=lookout)
        async with _status_page(current.loaded.bridge.status, view):
            notify("READY=1", f"STATUS={len(house.channels)} channels, {len(house.desks)} desks")
            await _ended(loops, stop)
        log.info("stopped")


@asynccontextmanager
async def _status_page(settings: Status, view: View) -> AsyncIterator[None]:
    """Served while the block runs; without an address nothing listens, and no web server is imported."""
    if settings.listen is None:
        yield
        return
    from bridge.app.statuspage import served

    async with served(settings, look=view.samples, ready=view.why_not_ready):
        yield


async def _ended(loops: asyncio.Task[None], stop: asyncio.Event) -> None:
    """Wait for the loops; once told to stop they have DRAIN seconds, and their leases keep what they abandon."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({loops, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    notify("STOPPING=1")
    _done, late = await asyncio.wait({loops}, timeout=DRAIN)
    for task in late:
        log.warning("stopped_before_all_was_done")
        task.cancel()
    try:
        await loops
    except asyncio.CancelledError:
        if not late and not loops.cancelled():
            raise
    except BaseExceptionGroup as group:
        lost = group.subgroup(StoreLost)
        if lost is None:
            raise
        # One clear problem for the one who started us, instead of a tree of tasks.
        raise _leaf(lost) from group


def _leaf(group: BaseExceptionGroup[StoreLost]) -> StoreLost:
    """The first problem inside a tree of them."""
    first = group.exceptions[0]
    return _leaf(first) if isinstance(first, BaseExceptionGroup) else first


async def _loops(
    house: House,
    current: Current,
    lookout: Lookout,
    *,
    clock: SteadyClock,
    beside: Collection[Loop],
    stop: asyncio.Event,
) -> None:
    """Everything that runs side by side; the first one that fails for good ends them all."""
    async with asyncio.TaskGroup() as group:
        for kinds, slots in COURIERS:
            group.create_task(courier.serve(house, _kinds((kinds, slots)), slots=slots, stop=stop))
        for name in house.inboxes:
            group.create_task(inbound.serve(house, name, lookout=lookout, stop=stop))
        group.create_task(_polls(house, current, lookout, clock=clock, stop=stop))
        for loop in beside:
            group.create_task(loop)
        group.create_task(_heartbeat(stop))


async def _polls(house: House, current: Current, lookout: Lookout, *, clock: SteadyClock, stop: asyncio.Event) -> None:
    """Each channel's turns, each planned at the end of the one before; the first ones start spread over a second."""
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
    scheduler.start()
    clock.followers.append(partial(_planned_anew, scheduler))
    try:
        async with asyncio.TaskGroup() as group:

            async def turn(name: str) -> None:
                wait = await intake.turn(house, name, _interval(current, name), lookout=lookout)
                if not stop.is_set():
                    plan(name, wait * (1 + pace.spread(f"{name} {house.clock.now()}") / 10))

            async def begin(name: str) -> None:  # a coroutine, since APScheduler runs anything else in a thread
                group.create_task(turn(name))

            def plan(name: str, wait: timedelta) -> None:
                due = clock.machine() + wait
                scheduler.add_job(begin, "date", args=(name,), run_date=due, id=f"poll {name}", replace_existing=True)

            for name in house.channels:
                plan(name, timedelta(seconds=pace.spread(name)))
            await stop.wait()
            scheduler.pause()
    finally:
        scheduler.shutdown(wait=False)


def _planned_anew(scheduler: AsyncIOScheduler, step: timedelta) -> None:
    """The scheduler goes by the machine's clock: its plans move along when that was set anew."""
    for job in scheduler.get_jobs():
        scheduler.reschedule_job(job.id, trigger="date", run_date=job.next_run_time + step)


def _interval(current: Current, name: str) -> timedelta:
    """As the configuration of the moment says; a channel that left it is still read until the restart."""
    part = current.loaded.channels.get(name)
    return part.common.interval if part else timedelta(minutes=1)


async def _heartbeat(stop: asyncio.Event) -> None:
    """Feed systemd's watchdog from the loop itself, so that a loop that hangs is noticed (H09)."""
    interval = watchdog_interval()
    if interval is None:
        return
    while not stop.is_set():
        notify("WATCHDOG=1")
        await stopped(stop, interval)


def _listen(house: House, stop: asyncio.Event, loops: asyncio.Task[None], *, reload: Callable[[], bool]) -> None:
    loop = asyncio.get_running_loop()

    def told() -> None:
        if stop.is_set():
            loops.cancel()
        stop.set()
        house.bell.ring()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
    loop.add_signal_handler(signal.SIGHUP, reload)


def _kinds(*couriers: tuple[tuple[type, ...], int]) -> tuple[str, ...]:
    return tuple(effect.__name__.lower() for effects, _slots in couriers for effect in effects)
