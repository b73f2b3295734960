"""Have one letter read and decided, and the decision applied with all that deciding upon it needs.

envelope ─► the conversation's record ─► reading ─► decide ─► apply
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import structlog

from bridge.core import reviewing
from bridge.core.consent import Consent
from bridge.core.conversation import Record
from bridge.core.decide import decide
from bridge.core.decision import Decision
from bridge.core.effects import Publish, Row
from bridge.core.events import LetterRead
from bridge.core.model import Visibility
from bridge.core.policy import DeskPolicy
from bridge.core.replies import Filed, Letter, LetterOutcome, Reading
from bridge.letters import opening as letters
from bridge.letters.dkim import KeyOf
from bridge.letters.reading import Envelope
from bridge.ports import Receipt, Stale, StoreLost, TemporaryProblem
from bridge.shell import sampled
from bridge.shell.addressed import addressed
from bridge.shell.house import RETRIES, House
from bridge.shell.lastlook import newest_word
from bridge.shell.rates import Answer
from bridge.shell.sender_keys import KeyMissing, require_proof, sender_keys
from bridge.shell.shortage import LIMITS, short_of

log = structlog.get_logger("bridge.inbound")

READING = 5.0
"""Seconds that reading one letter may take (G0)."""

TURNS = 5
"""How many turns of the loop these seconds are counted in."""

HISTORY = 20
"""Earlier contacts of a customer among which private words are looked for (B03)."""


async def envelopes(house: House, some: Sequence[Letter]) -> list[Envelope | None]:
    """What the letters' headers say, read beside the loop; None for one that breaks the program, which is seen to in its turn."""
    return await asyncio.to_thread(lambda: [_envelope(house, letter) for letter in some])


def _envelope(house: House, letter: Letter) -> Envelope | None:
    try:
        return letters.envelope(letter, house.postmarks[letter.inbox])
    except Exception:  # noqa: BLE001 - it is read once more alone, and what it raises then is told
        return None


async def see_through(house: House, letter: Letter, envelope: Envelope | None) -> LetterOutcome | None:
    """The letter's outcome, stored; one that breaks the program itself is kept raw for a person (C20).

    None where it waits for what could prove its sender: nothing is stored, and nobody is told.
    """
    try:
        return await (consider(house, letter) if envelope is None else _consider(house, envelope))
    except KeyMissing:
        log.warning("letter_postponed", inbox=letter.inbox)
        return None
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
    return await _consider(house, await asyncio.to_thread(letters.envelope, letter, house.postmarks[letter.inbox]))


async def _consider(house: House, envelope: Envelope) -> LetterOutcome:
    """The same for a letter whose header was read."""
    keys = await sender_keys(house, envelope)
    if envelope.sample:
        desks = reviewing.desks(house.policy())
        said = await _read(house, envelope, record=None, desks=desks, key_of=keys.of)
        return await sampled.consider(house, envelope.letter, said, keys=keys)
    for _ in range(RETRIES):
        envelope, record, ambiguous = await addressed(house, envelope)
        said = await _read(house, envelope, record=record, desks=house.policy().desks, key_of=keys.of)
        said = replace(said, ambiguous=ambiguous)
        event = await _event(house, envelope.letter, said, record=record)
        decision = decide(record, event, at=house.moment())  # with no wait since the rates were looked at (G11)
        require_proof(house, keys, decision, now=house.clock.now())
        try:
            receipt = await _applied(house, decision)
        except Stale:
            await house.clock.sleep(0.05)
            continue
        outcome = _outcome(decision) if receipt.applied else LetterOutcome.REPLAY
        log.info("letter_decided", outcome=outcome, **_marks(decision, envelope.letter))
        return outcome
    raise Stale("the conversation kept changing while a letter was decided")


async def _read(
    house: House, envelope: Envelope, *, record: Record | None, desks: Mapping[str, DeskPolicy], key_of: KeyOf
) -> Reading:
    """Read beside the loop, one letter at a time; raises TimeoutError where that takes longer than it may.

    The time is counted in turns of the loop: one in which the process stood still counts once, however long it was.
    """
    async with house.reading:
        reading = asyncio.create_task(asyncio.to_thread(letters.reading, envelope, record, desks=desks, key_of=key_of))
        try:
            for _ in range(TURNS):
                done, _waiting = await asyncio.wait({reading}, timeout=READING / TURNS)
                if done:
                    return reading.result()
        finally:
            reading.cancel()
    raise TimeoutError("the letter could not be read in time")


async def _event(house: House, letter: Letter, said: Reading, *, record: Record | None) -> LetterRead:
    """The letter with everything that the gates may know besides; the rates last, since letters beside it change them."""
    switches = await house.store.switches()
    private_texts = await _private_texts(house, record)
    rows = await _rows(house, record)
    others = await _others(house, letter, said, record=record)
    consent = await _consent(house, record)
    desk_hour, agent_hour = house.rates.of(said.desk, said.sender, house.clock.now())
    return LetterRead(
        reading=said,
        received=letter.received,
        inbox=letter.inbox,
        raw=letter.raw,
        doubtful=letter.doubtful,
        switches=switches,
        desk_hour=desk_hour,
        agent_hour=agent_hour,
        private_texts=private_texts,
        rows=rows,
        others=others,
        consent=consent,
    )


async def _applied(house: House, decision: Decision) -> Receipt:
    """Apply it; its answers count from the moment of the decision, so that letters beside it see them, unless nothing came of it."""
    given = _given(decision, house.clock.now())
    house.rates.saw(given)
    counts = False
    try:
        receipt = await house.apply(decision)
        counts = receipt.applied
    finally:
        if not counts:
            house.rates.forget(given)
    return receipt


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


async def _consent(house: House, record: Record | None) -> Consent | None:
    """What the customer last said about text messages from us."""
    if record is None:
        return None
    return await newest_word(house, record.key.channel, thread=record.key.thread, theirs=record.key.person)


async def _others(house: House, letter: Letter, said: Reading, *, record: Record | None) -> int:
    """How many had joined the ticket when the letter came, where it is for all of them."""
    if record is None or not said.asks("all"):
        return 0
    return await house.groups.crowd(record.id, until=min(letter.received, house.clock.now()))


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


def _given(decision: Decision, now: datetime) -> tuple[Answer, ...]:
    """The answers that a decision lets go out."""
    effects = (intent.effect for intent in decision.intents)
    return tuple((now, effect.desk, effect.agent) for effect in effects if isinstance(effect, Publish))


def _outcome(decision: Decision) -> LetterOutcome:
    return decision.filed.outcome if decision.filed else LetterOutcome.HELD


def _marks(decision: Decision, letter: Letter) -> dict[str, str]:
    """What a log line may say about a letter."""
    filed = decision.filed
    conversation = filed.conversation if filed else ""
    return {"inbox": letter.inbox, "conversation": conversation, "reason": filed.reason if filed else ""}
