"""The house for commands that work beside the daemon, or without one: the same ports and decisions, no loops."""

import asyncio
import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bridge.app import compose
from bridge.app.compose import Current, WallClock
from bridge.app.place import database
from bridge.config import Loaded
from bridge.core import acting, unsettled
from bridge.core.consent import Consent
from bridge.core.conversation import Phase
from bridge.core.decision import Decision, Fact, Switch
from bridge.core.deeds import Deed
from bridge.core.effects import Inject, Row, State
from bridge.core.events import (
    DeedOrdered,
    EffectDropped,
    EffectRetried,
    HeldConfirmed,
    HeldReleased,
    LetterDropped,
    LetterReleased,
)
from bridge.core.publications import Posted
from bridge.core.replies import Filed
from bridge.core.share_events import LeftBehind
from bridge.ports import Stale
from bridge.shell.house import House
from bridge.store.open import open_beside
from bridge.store.store import SqlStore


class NotHeld(Exception):
    """What was named is not held; the text says what it is."""


class NotPossible(Exception):
    """What was ordered about an effect cannot be; the text says why, and what can."""


@asynccontextmanager
async def beside(loaded: Loaded) -> AsyncIterator[tuple[House, SqlStore]]:
    """The house over the store that a daemon may be using; raises CannotOpen where there is none yet."""
    clock = WallClock()
    platforms = compose.platforms(loaded)
    store = await asyncio.to_thread(open_beside, database(loaded), clock=clock, platforms=platforms)
    try:
        house = compose.house(Current(loaded), store, clock)
        try:
            yield house, store
        finally:
            await compose.close(house)
    finally:
        await asyncio.to_thread(store.close)


_EVER = datetime.fromtimestamp(0, UTC)


def who() -> str:
    """The person at the command line, for the record."""
    return f"operator {getpass.getuser()}"


async def release(house: House, key: str) -> str:
    """Let what is held go on; gives back what will happen. Raises NotHeld."""
    kept = await _held(house, key)
    if isinstance(kept, Filed):
        if not kept.conversation or await house.store.conversation(kept.conversation) is None:
            raise NotHeld("this letter belongs to no conversation, so there is nothing that it could answer: drop it")
        event = LetterReleased(letter=kept.fingerprint, by=who(), operator=True)
        await house.happened(kept.conversation, event)
        return "the letter is read anew, without the reason that held it"
    await _applied(house, kept, HeldReleased(row=kept, by=who()))
    return "it is tried again"


async def drop(house: House, key: str) -> str:
    """Never do what is held. Raises NotHeld."""
    kept = await _held(house, key)
    if isinstance(kept, Filed):
        await house.happened(kept.conversation, LetterDropped(filed=kept, by=who()))
        return "the letter will never be published"
    await _applied(house, kept, EffectDropped(row=kept, by=who(), why=""))
    await _leave_nobody_behind(house, kept)
    return "it will never be done"


async def confirm(house: House, key: str, posted: Posted) -> str:
    """Say that a doubtful publication stands on the platform. Raises NotHeld."""
    kept = await _held(house, key)
    if isinstance(kept, Filed):
        raise NotHeld("this is a letter and not a publication: release or drop it")
    await _applied(house, kept, HeldConfirmed(row=kept, posted=posted, by=who()))
    return "it is on record as published"


async def retry(house: House, key: str) -> str:
    """Try an effect once more, or look it up where it is in doubt; gives back what will happen. Raises NotPossible."""
    row = await _effect(house, key)
    if row.state is State.READY and row.due <= house.clock.now():
        return "it is due already"
    await _ordered(house, EffectRetried(row=row, by=who()), unsettled.no_retry(row, at=house.moment()))
    after = await _effect(house, key)
    return f"it is looked up at {after.due:%H:%M:%S} UTC" if after.state is State.UNSURE else "it is tried at once"


async def give_up(house: House, key: str, why: str) -> str:
    """Never do an effect; gives back what it was. Raises NotPossible."""
    row = await _effect(house, key)
    await _ordered(house, EffectDropped(row=row, by=who(), why=why), unsettled.no_drop(row))
    await _leave_nobody_behind(house, row)
    return f"it will never be done (it was {row.state})"


async def _leave_nobody_behind(house: House, row: Row) -> None:
    """Have those judged anew who joined a ticket that never comes."""
    lead = row.effect.conversation
    record = await house.store.conversation(lead)
    if not isinstance(row.effect, Inject) or record is None or record.phase is not Phase.LEFT:
        return
    for member in await house.groups.late_members(lead, since=_EVER):
        await house.happened(member.conversation, LeftBehind(group=lead, order=row.key, post=member.post))


async def _effect(house: House, key: str) -> Row:
    kept = await house.store.kept(key)
    if kept is None or isinstance(kept, Consent):
        raise NotPossible("there is no such effect: see bridge outbox list")
    if isinstance(kept, Filed):
        raise NotPossible("this is a letter and no effect: see bridge held list")
    return kept


async def _ordered(house: House, event: EffectRetried | EffectDropped, hindrance: str) -> None:
    if hindrance:
        raise NotPossible(hindrance)
    try:
        await house.happened(event.row.effect.conversation, event)
    except Stale:
        raise NotPossible("it moved on in this moment: see bridge outbox list") from None


async def act(house: House, conversation: str, deed: Deed) -> str:
    """Order something to be done on the platform; gives back why it cannot be, empty where the daemon will do it."""
    record = await house.store.conversation(conversation)
    if record is None:
        return "there is no such conversation: see bridge conversation list"
    why = acting.impossible(record, house.policy(), deed)
    if not why:
        await house.happened(conversation, DeedOrdered(deed=deed, by=who()))
    return why


async def switch(house: House, name: str, value: str) -> None:
    """Set a switch, or take it away with an empty value; it counts at once and survives restarts."""
    now, by = house.clock.now(), who()
    fact = Fact(
        key=f"switch|{name}|{now.isoformat()}", kind="switched", at=now, actor=by, detail={"name": name, "value": value}
    )
    await house.apply(Decision(switches=(Switch(name=name, value=value, by=by),), facts=(fact,)))


async def _held(house: House, key: str) -> Row | Filed:
    kept = await house.store.kept(key)
    if kept is None or isinstance(kept, Consent):
        raise NotHeld(f"nothing is kept under {key!r}: see bridge held list")
    state = kept.outcome if isinstance(kept, Filed) else kept.state
    if state != "held":
        raise NotHeld(f"it is not held: it is {state}")
    return kept


async def _applied(house: House, row: Row, event: HeldReleased | EffectDropped | HeldConfirmed) -> None:
    try:
        await house.happened(row.effect.conversation, event)
    except Stale:
        raise NotHeld("it is not held any more") from None
