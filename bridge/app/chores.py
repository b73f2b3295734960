"""Which chores the daemon does, and how often."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from bridge.app import approving
from bridge.app.asking import ask
from bridge.app.compose import Current
from bridge.app.gathering import gather
from bridge.app.learning import Learner
from bridge.app.memory import give_back
from bridge.app.place import state
from bridge.app.sampling import Sampling
from bridge.app.storms import Watch
from bridge.core.alarms import Pile, Sight, alarms, told
from bridge.core.decision import Decision, Switch
from bridge.core.events import LetterReleased
from bridge.core.storms import Limits
from bridge.shell.house import House
from bridge.shell.janitor import Chore
from bridge.store import fsck, reports, retention
from bridge.store.codec import micros
from bridge.store.store import SqlStore

log = structlog.get_logger("bridge.janitor")

RETENTION = timedelta(hours=24)
SETTLED = timedelta(hours=1)
"""How long after the start nothing is erased: the machine's clock may be wrong until its time service has set it (C12)."""

CHECK = timedelta(hours=1)
ALARMS = timedelta(minutes=1)
_ALARM = "alarm:"
RESUMPTION = timedelta(seconds=10)
"""How soon after publishing was resumed the answers that it held are read anew."""

LEARNING = timedelta(seconds=2)
"""How soon what agents say of a post counts for the next ones, on each node."""

STORMS = timedelta(minutes=1)
"""How soon a storm is noticed."""

SAMPLE = timedelta(minutes=10)
"""How soon after a week is over its sample of what was left alone goes out."""

GROUPS = timedelta(seconds=30)
"""How soon a ticket hears of others who say the same."""

MEMORY = timedelta(minutes=1)
"""How long free memory stays ours after a busy time."""


def chores(house: House, current: Current, store: SqlStore, *, doubtful: Callable[[], bool]) -> tuple[Chore, ...]:
    """All of them; while the time is doubtful nothing is erased as too old."""

    async def retain() -> None:
        if doubtful():
            log.warning("retention_skipped", reason="clock_doubted")
            return
        erased = await retention.retain(store, _keep(current))
        if any(erased.values()):
            log.info("retention_ended", **{table: count for table, count in erased.items() if count})

    async def check() -> None:
        findings = await ask(current.loaded, partial(fsck.check, now=micros(house.clock.now())))
        for finding in findings:
            log.error("invariant_broken", invariant=finding.invariant, count=finding.count, examples=finding.examples)

    def limits() -> Limits:
        return current.loaded.bridge.storms.limits()  # of the moment: a reload may have changed them

    async def resume() -> None:
        await _resumed(house, store)

    return (
        Chore(name="retention", every=RETENTION, do=retain, first=SETTLED),
        Chore(name="check", every=CHECK, do=check),
        Chore(name="alarms", every=ALARMS, do=lambda: _alarmed(house, current, store)),
        Chore(name="approvals", every=ALARMS, do=lambda: approving.escalated(house, store)),
        Chore(name="resumption", every=RESUMPTION, do=resume),
        Chore(name="learning", every=LEARNING, do=Learner(current, store).turn, shared=False),
        Chore(name="storms", every=STORMS, do=Watch(house, store, limits).turn),
        Chore(name="sample", every=SAMPLE, do=Sampling(house, store, current.zone).turn),
        Chore(name="groups", every=GROUPS, do=lambda: gather(house, store)),
        Chore(name="memory", every=MEMORY, do=partial(asyncio.to_thread, give_back), shared=False),
    )


async def _alarmed(house: House, current: Current, store: SqlStore) -> None:
    """Tell the operator what began and what is over."""
    at = house.moment()
    raised = _raised(await house.store.switches())
    active, notices = told(raised, alarms(await _sight(house, current, store)), at=at)
    switches = _changed(raised, active)
    if notices or switches:
        await house.apply(Decision(intents=at.tell(*notices), switches=switches))


def _keep(current: Current) -> retention.Keep:
    kept = current.loaded.bridge.retention
    return retention.Keep(posts=kept.posts, letters=kept.letters, facts=kept.facts)


def _raised(switches: Mapping[str, str]) -> dict[str, datetime]:
    """Alarms that were told and are not over, with their beginnings; kept, so that a restart neither repeats nor forgets one."""
    kept = ((name.removeprefix(_ALARM), since) for name, since in switches.items() if name.startswith(_ALARM))
    return {reason: datetime.fromisoformat(since) for reason, since in kept if since}


def _changed(raised: Mapping[str, datetime], active: Mapping[str, datetime]) -> tuple[Switch, ...]:
    """What is to be kept of them now; an empty value takes one away."""
    began = {reason: since.isoformat() for reason, since in active.items() if reason not in raised}
    over = dict.fromkeys(raised.keys() - active.keys(), "")
    return tuple(Switch(name=f"{_ALARM}{reason}", value=since, by="bridge") for reason, since in (began | over).items())


async def _sight(house: House, current: Current, store: SqlStore) -> Sight:
    """What the alarms look at."""
    now = house.clock.now()
    status = await store.read(lambda connection: reports.status(connection, now))
    unapproved = await approving.left_alone(house, store)
    free, place = 1.0, state(current.loaded)
    if place.exists():
        disk = shutil.disk_usage(place)
        free = disk.free / disk.total
    return Sight(
        piles=tuple(
            Pile(kind=pile.kind, state=pile.state, count=pile.count, oldest=now - pile.oldest)
            for pile in status.waiting
        ),
        held_letters=status.held_letters,
        oldest_held_letter=now - (status.oldest_held_letter or now),
        unapproved=len(unapproved),
        oldest_unapproved=now - (unapproved[0].since if unapproved else now),
        free=free,
        place=str(place),
    )


async def _resumed(house: House, store: SqlStore) -> None:
    """Read letters anew that were held only because publishing was paused, once it goes on."""
    switches = await house.store.switches()
    if switches.get("publishing"):
        return
    for item in await store.read(lambda connection: reports.held_letters(connection, "paused")):
        if not await _still_paused(house, item, switches):
            event = LetterReleased(letter=item.key, by="resumed publishing", operator=True)
            await house.happened(item.conversation, event)


async def _still_paused(house: House, item: reports.HeldItem, switches: Mapping[str, str]) -> bool:
    """Whether the conversation's own channel is paused."""
    record = await house.store.conversation(item.conversation)
    return record is None or bool(switches.get(f"channel:{record.key.channel}"))
