"""What people order about what is held and about conversations."""

from dataclasses import replace
from datetime import datetime, timedelta

from bridge.core import phases
from bridge.core.conversation import Given, Record
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Effect, Publish, Settlement, State
from bridge.core.events import ConversationClosed, ConversationReopened, HeldConfirmed, HeldDropped, HeldReleased
from bridge.core.phases import Step

SECOND_CHANCE = timedelta(hours=24)
"""How long a released publication may try again."""

Order = HeldReleased | HeldDropped | HeldConfirmed | ConversationClosed | ConversationReopened


def ordered(record: Record | None, event: Order, *, now: datetime) -> Decision:
    """Decide upon an order; one that does not fit the row's state is refused by the store as stale."""
    match event:
        case HeldReleased():
            return _released(event, now)
        case HeldDropped():
            return _dropped(record, event, now)
        case HeldConfirmed():
            return _confirmed(record, event, now)
        case ConversationClosed(by=by):
            return _stepped(record, Step.CLOSED, by, now)
        case ConversationReopened(by=by):
            return _stepped(record, Step.REOPENED, by, now)


def _released(event: HeldReleased, now: datetime) -> Decision:
    """Do it after all; the reason that held it is overruled, every other gate of the last moment still stands."""
    row = event.row
    settlement = Settlement(key=row.key, state=State.READY, at=now, effect=_waived(row.effect, row.reason, now))
    return Decision(settlements=(settlement,), facts=(_fact("released", event, now),))


def _waived(effect: Effect, reason: str, now: datetime) -> Effect:
    if not isinstance(effect, Publish):
        return effect
    return replace(effect, waived=(*effect.waived, reason), publish_by=max(effect.publish_by, now + SECOND_CHANCE))


def _dropped(record: Record | None, event: HeldDropped, now: datetime) -> Decision:
    """Never do it; an answer stays on record as dropped."""
    settlement = Settlement(key=event.row.key, state=State.DROPPED, reason=event.row.reason)
    given = _given(record, event.row.key)
    after = record.with_given(replace(given, dropped=True)) if record and given else None
    return Decision(record=after, settlements=(settlement,), facts=(_fact("dropped", event, now),))


def _confirmed(record: Record | None, event: HeldConfirmed, now: datetime) -> Decision:
    """A person found it on the platform: it is done."""
    settlement = Settlement(key=event.row.key, state=State.DONE, posted=event.posted)
    given = _given(record, event.row.key)
    after = None
    if record and given:
        published = replace(given, published=event.posted.id, url=event.posted.url)
        after = replace(record.with_given(published), phase=phases.after(record.phase, Step.ANSWERED))
    return Decision(record=after, settlements=(settlement,), facts=(_fact("confirmed", event, now),))


def _stepped(record: Record | None, step: Step, by: str, now: datetime) -> Decision:
    """Move the conversation by hand."""
    if record is None:
        return Decision()
    phase = phases.after(record.phase, step)
    fact = Fact(key=f"{step}|{record.id}|{record.version}", kind=str(step), at=now, conversation=record.id, actor=by)
    return Decision(record=replace(record, phase=phase), facts=(fact,)) if phase is not record.phase else Decision()


def _given(record: Record | None, key: str) -> Given | None:
    return next((given for given in record.given if given.key == key), None) if record else None


def _fact(kind: str, event: HeldReleased | HeldDropped | HeldConfirmed, now: datetime) -> Fact:
    row = event.row
    return Fact(
        key=f"{kind}|{row.key}|{now.isoformat()}",
        kind=kind,
        at=now,
        conversation=row.effect.conversation,
        actor=event.by,
        detail={"key": row.key, "reason": row.reason},
    )
