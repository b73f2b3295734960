"""Fetch letters, read them, decide, apply, file them away: the only way back in.

    fetch ─► envelope ─► the conversation's record ─► reading ─► decide ─► apply ─► file

The mail stays in its mailbox until its outcome is stored, so a crash anywhere brings it again (C07, C08).
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from bridge.core.conversation import Record
from bridge.core.decide import decide
from bridge.core.decision import Decision
from bridge.core.effects import Publish, Row
from bridge.core.events import LetterRead
from bridge.core.model import Visibility
from bridge.core.replies import Filed, Letter, LetterOutcome, Reading
from bridge.letters import opening as letters
from bridge.letters.dkim import KeyOf
from bridge.letters.reading import Envelope
from bridge.ports import Stale, StoreLost, TemporaryProblem
from bridge.shell import crash, leases
from bridge.shell.addressed import addressed
from bridge.shell.bell import stopped
from bridge.shell.health import Lookout
from bridge.shell.house import RETRIES, House
from bridge.shell.sender_keys import sender_keys
from bridge.shell.shortage import LIMITS, short_of

log = structlog.get_logger("bridge.inbound")

READING = 5.0
"""Seconds that reading one letter may take (G0)."""

TURNS = 5
"""How many turns of the loop these seconds are counted in."""

WAIT = timedelta(minutes=5)
"""How long one fetch may wait for letters."""

ONCE_WAIT = timedelta(seconds=1)
"""How long a single pass waits for letters."""

LEASE = timedelta(minutes=2)
"""How long an inbox stays with a node that gives no sign of life; it is renewed while the node fetches."""

ELSEWHERE = 5.0
"""Seconds until an inbox that another node uses is asked for again."""

PAUSE = 5.0
"""Seconds before an inbox that failed is asked again; it doubles up to LONGEST_PAUSE."""

LONGEST_PAUSE = 300.0

HISTORY = 20
"""Earlier contacts of a customer among which private words are looked for (B03)."""


async def serve(house: House, name: str, *, lookout: Lookout, stop: asyncio.Event) -> None:
    """Take letters from an inbox as they come, until told to stop."""
    pause = PAUSE
    while not stop.is_set():
        try:
            if await take_alone(house, name, wait=WAIT, stop=stop) is None:
                await stopped(stop, ELSEWHERE)
                continue
        except StoreLost:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever an inbox raises, its letters are still in their mailbox
            await lookout.failed(f"inbox {name}", problem)
            await stopped(stop, pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            await lookout.well(f"inbox {name}")
            pause = PAUSE


async def drain(house: House, name: str, *, lookout: Lookout) -> None:
    """Take what lies in an inbox now; raises only StoreLost, so that one that fails leaves the others their pass."""
    taken: int | None = 1
    try:
        while taken:
            taken = await take_alone(house, name, wait=ONCE_WAIT, stop=asyncio.Event())
    except StoreLost:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever an inbox raises, its letters are still in their mailbox
        await lookout.failed(f"inbox {name}", problem)
    else:
        if taken is not None:
            await lookout.well(f"inbox {name}")


async def take_alone(house: House, name: str, *, wait: timedelta, stop: asyncio.Event) -> int | None:
    """Fetch once as the only node that uses the inbox; how many letters came, None where another one does (C13)."""
    if not await leases.hold(house, f"inbox:{name}", length=LEASE):
        return None
    async with leases.kept(house, f"inbox:{name}", length=LEASE, stop=stop) as over:
        return await take(house, name, wait=wait, stop=over)


async def take(house: House, name: str, *, wait: timedelta, stop: asyncio.Event) -> int:
    """Fetch once and see every letter through; returns how many came."""
    inbox = house.inboxes[name]
    fetching = asyncio.create_task(inbox.fetch(wait))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not fetching.done():
            return 0
        found = fetching.result()
    finally:
        stopping.cancel()
        fetching.cancel()
        await asyncio.gather(stopping, fetching, return_exceptions=True)
    for letter in found:
        crash.point("letter.fetched")
        outcome = await see_through(house, letter)
        crash.point("letter.stored")
        await inbox.file(letter, outcome)
        crash.point("letter.filed")
    return len(found)


async def see_through(house: House, letter: Letter) -> LetterOutcome:
    """The letter's outcome, stored; one that breaks the program itself is kept raw for a person (C20)."""
    try:
        return await consider(house, letter)
    except (StoreLost, TemporaryProblem, Stale):
        raise
    except Exception as problem:
        if short := short_of(problem):
            raise TemporaryProblem(
                f"there are too few {short} for a letter: see {LIMITS[short]}= of the unit"
            ) from problem
        log.exception("letter_unreadable", inbox=letter.inbox, size=len(letter.raw))
        return await _kept_raw(house, letter)


async def consider(house: House, letter: Letter) -> LetterOutcome:
    """Read a letter with its conversation's state, decide, and apply; anew where the state moved meanwhile."""
    envelope = await asyncio.to_thread(letters.envelope, letter, house.postmarks[letter.inbox])
    key_of = await sender_keys(house, envelope)
    for _ in range(RETRIES):
        envelope, record, ambiguous = await addressed(house, envelope)
        said = replace(await _read(house, envelope, record=record, key_of=key_of), ambiguous=ambiguous)
        event = await _event(house, letter, said, record)
        decision = decide(record, event, at=house.moment())
        try:
            receipt = await house.apply(decision)
        except Stale:
            await house.clock.sleep(0.05)
            continue
        outcome = _outcome(decision) if receipt.applied else LetterOutcome.REPLAY
        if receipt.applied:
            house.rates.saw(_given(decision, house.clock.now()))
        log.info("letter_decided", outcome=outcome, **_marks(decision, letter))
        return outcome
    raise Stale("the conversation kept changing while a letter was decided")


async def _read(house: House, envelope: Envelope, *, record: Record | None, key_of: KeyOf) -> Reading:
    """Read beside the loop; raises TimeoutError where that takes longer than it may.

    The time is counted in turns of the loop: one in which the process stood still counts once, however long it was.
    """
    desks = house.policy().desks
    reading = asyncio.create_task(asyncio.to_thread(letters.reading, envelope, record, desks=desks, key_of=key_of))
    try:
        for _ in range(TURNS):
            done, _waiting = await asyncio.wait({reading}, timeout=READING / TURNS)
            if done:
                return reading.result()
    finally:
        reading.cancel()
    raise TimeoutError("the letter could not be read in time")


async def _event(house: House, letter: Letter, said: Reading, record: Record | None) -> LetterRead:
    """The letter with everything that the gates may know besides."""
    desk_hour, agent_hour = house.rates.of(said.desk, said.sender, house.clock.now())
    return LetterRead(
        reading=said,
        received=letter.received,
        inbox=letter.inbox,
        raw=letter.raw,
        doubtful=letter.doubtful,
        switches=await house.store.switches(),
        desk_hour=desk_hour,
        agent_hour=agent_hour,
        private_texts=await _private_texts(house, record),
        rows=await _rows(house, record),
    )


async def _private_texts(house: House, record: Record | None) -> tuple[str, ...]:
    """What the same customer wrote in private, which must not turn up in public (B03)."""
    if record is None or record.key.visibility is Visibility.PRIVATE:
        return ()
    customer = house.policy().customer(record.key.channel, record.key.person)
    contacts = await house.store.history(customer.id, limit=HISTORY)
    return tuple(contact.text for contact in contacts if contact.visibility is Visibility.PRIVATE)


async def _rows(house: House, record: Record | None) -> tuple[Row, ...]:
    """The conversation's publications that are not settled."""
    if record is None:
        return ()
    keys = [given.key for given in record.given if given.letter and not given.published and not given.dropped]
    kept = [await house.store.kept(key) for key in keys]
    return tuple(row for row in kept if isinstance(row, Row))


async def _kept_raw(house: House, letter: Letter) -> LetterOutcome:
    """Keep a letter that cannot be read: nothing is lost, and the next one is not kept waiting."""
    fingerprint = sha256(letter.raw).hexdigest()
    filed = Filed(
        fingerprint=fingerprint,
        inbox=letter.inbox,
        outcome=LetterOutcome.HELD,
        reason="unparsable",
        received=letter.received,
        raw=letter.raw,
    )
    await house.apply(Decision(once=f"letter|{fingerprint}", filed=filed))
    return LetterOutcome.HELD


def _given(decision: Decision, now: datetime) -> list[tuple[datetime, str, str]]:
    """The answers that a decision lets go out."""
    effects = (intent.effect for intent in decision.intents)
    return [(now, effect.desk, effect.agent) for effect in effects if isinstance(effect, Publish)]


def _outcome(decision: Decision) -> LetterOutcome:
    return decision.filed.outcome if decision.filed else LetterOutcome.HELD


def _marks(decision: Decision, letter: Letter) -> dict[str, str]:
    """What a log line may say about a letter."""
    filed = decision.filed
    conversation = filed.conversation if filed else ""
    return {"inbox": letter.inbox, "conversation": conversation, "reason": filed.reason if filed else ""}
