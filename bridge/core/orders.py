"""What people order about what is held and about conversations."""

from dataclasses import replace
from datetime import datetime, timedelta

from bridge.core import phases
from bridge.core.conversation import HeldLetter, Record, Waived
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Effect, Intent, Publish, Reread, Row, Settlement, State
from bridge.core.events import (
    ConversationClosed,
    ConversationReopened,
    HeldConfirmed,
    HeldReleased,
    LetterDropped,
    LetterReleased,
)
from bridge.core.phases import Step
from bridge.core.replies import LetterOutcome

SENDER_MAY_RELEASE = frozenset({
    "late", "target_changed", "refused", "undeliverable", "unsure", "window_closed", "part_missing",
})  # fmt: skip
"""Why publications were held at the last moment that their own sender may overrule."""

SECOND_CHANCE = timedelta(hours=24)
"""How long a released publication may try again."""

Order = HeldReleased | HeldConfirmed | LetterReleased | LetterDropped | ConversationClosed | ConversationReopened


def ordered(record: Record | None, event: Order, *, now: datetime) -> Decision:
    """Decide upon an order; one that does not fit the row's state is refused by the store as stale."""
    match event:
        case HeldReleased():
            return _released(event, now)
        case HeldConfirmed():
            return _confirmed(record, event, now)
        case LetterReleased():
            return _letter_released(record, event, now)
        case LetterDropped():
            return _letter_dropped(record, event, now)
        case ConversationClosed(by=by):
            return _stepped(record, Step.CLOSED, by, now)
        case ConversationReopened(by=by):
            return _stepped(record, Step.REOPENED, by, now)


def _released(event: HeldReleased, now: datetime) -> Decision:
    """Do it after all; the reason that held it is overruled, every other gate of the last moment still stands."""
    row = event.row
    settlement = Settlement(key=row.key, state=State.READY, at=now, effect=waived(row.effect, row.reason, now))
    return Decision(settlements=(settlement,), facts=(_fact("released", event, now),))


def waived(effect: Effect, reason: str, now: datetime) -> Effect:
    """The effect with one reason overruled, and with time to happen."""
    if not isinstance(effect, Publish):
        return effect
    return replace(effect, waived=(*effect.waived, reason), publish_by=max(effect.publish_by, now + SECOND_CHANCE))


def may_release(row: Row, sender: str) -> bool:
    """Whether it is a publication of the sender's own, held for a reason that they may overrule."""
    own = isinstance(row.effect, Publish) and row.effect.agent == sender
    return own and row.state is State.HELD and row.reason in SENDER_MAY_RELEASE


def _confirmed(record: Record | None, event: HeldConfirmed, now: datetime) -> Decision:
    """A person found it on the platform: it is done."""
    settlement = Settlement(key=event.row.key, state=State.DONE, posted=event.posted)
    given = record.answer(event.row.key) if record else None
    after = record.without_waiting(event.row.key) if record else None
    if after and given:
        published = replace(given, published=event.posted.id, url=event.posted.url)
        after = replace(after.with_given(published), phase=phases.after(after.phase, Step.ANSWERED))
    return Decision(record=after, settlements=(settlement,), facts=(_fact("confirmed", event, now),))


def _letter_released(record: Record | None, event: LetterReleased, now: datetime) -> Decision:
    """Read the letter anew, without the reason that held it; every other gate is asked again."""
    held = record.letter(event.letter) if record else None
    if record is None or held is None:
        return Decision()
    more = waiver(held, by=event.by, operator=event.operator)
    return reread(record, replace(held, waived=(*held.waived, more)), by=event.by, now=now)


def waiver(held: HeldLetter, *, by: str, operator: bool) -> Waived:
    """That a person overruled what holds the letter."""
    return Waived(reason=held.reason, by=by, operator=operator)


def _letter_dropped(record: Record | None, event: LetterDropped, now: datetime) -> Decision:
    """The letter shall never be published: told to its sender where it belongs to a conversation, else only filed."""
    held = record.letter(event.filed.fingerprint) if record else None
    if record is not None and held is not None:
        return reread(record, replace(held, rejected="an operator dropped it"), by=event.by, now=now)
    fact = Fact(key=f"dropped|{event.filed.fingerprint}", kind="dropped", at=now, actor=event.by)
    filed = replace(event.filed, outcome=LetterOutcome.REFUSED, reason="dropped")
    return Decision(once=fact.key, facts=(fact,), filed=filed)


def reread(record: Record, held: HeldLetter, *, by: str, now: datetime) -> Decision:
    """Keep what was said about a held letter, and have it read anew."""
    effect = Reread(letter=held.fingerprint, conversation=record.id, turn=held.turns)
    fact = Fact(
        key=f"spoken|{held.fingerprint}|{held.turns}",
        kind="spoken",
        at=now,
        conversation=record.id,
        actor=by,
        detail={"reason": held.reason},
    )
    return Decision(record=record.with_held(held), intents=(Intent(effect=effect, at=now),), facts=(fact,))


def joined(decision: Decision, more: Decision) -> Decision:
    """Both decisions in one; the second was made on the first one's record."""
    return replace(
        decision,
        record=more.record,
        intents=(*decision.intents, *more.intents),
        settlements=(*decision.settlements, *more.settlements),
        facts=(*decision.facts, *more.facts),
    )


def _stepped(record: Record | None, step: Step, by: str, now: datetime) -> Decision:
    """Move the conversation by hand."""
    if record is None:
        return Decision()
    phase = phases.after(record.phase, step)
    fact = Fact(key=f"{step}|{record.id}|{record.version}", kind=str(step), at=now, conversation=record.id, actor=by)
    return Decision(record=replace(record, phase=phase), facts=(fact,)) if phase is not record.phase else Decision()


def _fact(kind: str, event: HeldReleased | HeldConfirmed, now: datetime) -> Fact:
    row = event.row
    return Fact(
        key=f"{kind}|{row.key}|{now.isoformat()}",
        kind=kind,
        at=now,
        conversation=row.effect.conversation,
        actor=event.by,
        detail={"key": row.key, "reason": row.reason},
    )
