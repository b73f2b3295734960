"""What operators order about effects that are not settled: to be tried once more at once, or to be given up.

ready, tried before ─► due now          refused, undeliverable ─► due now, that reason overruled
in doubt            ─► looked up as soon as that is safe, and never sent again for the order alone
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bridge.core import automatic, members, orders, phases, showing, withdrawing, wording
from bridge.core.conversation import Phase, Record
from bridge.core.decision import Decision, Fact, Judged
from bridge.core.effects import Act, Inject, Intent, Judge, Publish, Row, Settlement, State
from bridge.core.events import EffectDropped, EffectRetried
from bridge.core.model import Verdict
from bridge.core.moment import Moment
from bridge.core.notes import moment
from bridge.core.phases import Step
from bridge.core.policy import Limits, ReadBack
from bridge.core.share import Share

FAILURES = frozenset({"refused", "undeliverable", "poison", "desk_missing"})
"""Why a row is held that failed; any other reason is a question to a person, who answers it by `held release`."""

_SETTLED = frozenset({State.DONE, State.DROPPED})
_LONGEST_WHY = 200
"""Characters of an operator's reason that are kept."""


def no_retry(row: Row, *, at: Moment) -> str:
    """Why the row cannot be tried or looked up once more now; empty where it can."""
    match row.state:
        case State.READY if row.attempt == 0 and row.due > at.now:
            return f"it was not tried yet: it waits on purpose until {moment(row.due)}"
        case State.PACED:
            return "it waits for its turn, which its desk's pace decides: see bridge status"
        case State.HELD if row.reason == "unsure":
            return _no_look(row, at)
        case State.HELD if row.reason not in FAILURES:
            return f"it waits for a person and did not fail ({row.reason}): see bridge held show"
        case State.UNSURE:
            return _no_look(row, at)
        case _:
            return _out_of_reach(row)


def no_drop(row: Row) -> str:
    """Why the row cannot be given up; empty where it can."""
    return _out_of_reach(row)


def _out_of_reach(row: Row) -> str:
    """What nobody may do anything to from beside: rows in hand, and settled ones."""
    if row.state is State.RUNNING:
        return f"it is in hand just now, at the latest until {moment(row.due)}: wait for its outcome"
    return f"it is settled: {row.state}" if row.state in _SETTLED else ""


def _no_look(row: Row, at: Moment) -> str:
    """Why it cannot be looked for where it may stand."""
    limits = _limits(row, at)
    if limits is None:
        return "its channel is not configured any more"
    if limits.read_back is ReadBack.NONE:
        return "its platform cannot be asked what stands there: look yourself, then bridge held confirm or release"
    return ""


def _limits(row: Row, at: Moment) -> Limits | None:
    channel = at.policy.channels.get(row.effect.publication.channel) if isinstance(row.effect, Publish) else None
    return channel.limits if channel else None


def ordered(record: Record | None, event: EffectRetried | EffectDropped, *, at: Moment) -> Decision:
    """Decide upon an order; one that cannot be changes nothing."""
    match event:
        case EffectRetried():
            return _retried(event, at=at)
        case EffectDropped():
            return _dropped(record, event, at=at)


def _retried(event: EffectRetried, *, at: Moment) -> Decision:
    """Try or look once more; nothing where that cannot be. A row that moved on meanwhile is refused by the store."""
    row = event.row
    if no_retry(row, at=at):
        return Decision()
    fact = _fact("retried", row, by=event.by, now=at.now)
    return Decision(settlements=(_once_more(row, at),), facts=(fact,))


def _once_more(row: Row, at: Moment) -> Settlement:
    """What failed is due now; what is in doubt is looked up, and not before the platform can have finished with it."""
    if row.state is State.UNSURE or row.reason == "unsure":
        looks = 0 if row.state is State.HELD else None
        return Settlement(key=row.key, state=State.UNSURE, at=_safe(row, at), reason=row.reason, looks=looks)
    if row.state is State.HELD:
        return Settlement(
            key=row.key, state=State.READY, at=at.now, effect=orders.waived(row.effect, row.reason, at.now)
        )
    return Settlement(key=row.key, state=State.READY, at=at.now, reason=row.reason)


def _safe(row: Row, at: Moment) -> datetime:
    """From when on a look says something: the request and the settle time since the last change are over (law 5)."""
    limits = _limits(row, at)
    wait = limits.request_timeout + limits.settle if limits else timedelta(0)
    return max(at.now, row.changed + wait)


def _dropped(record: Record | None, event: EffectDropped, *, at: Moment) -> Decision:
    """Never do it: on record with who and why, and told to the agent whose answer or order it was."""
    row = event.row
    if no_drop(row):
        return Decision()
    if record and isinstance(row.effect, Share) and not row.effect.taking:
        return _stopped(record, event, row.effect, at=at)
    given = record.answer(row.key) if record else None
    after = record.without_waiting(row.key) if record else None
    after = after.with_given(replace(given, dropped=True)) if after and given else after
    return Decision(
        record=_without_ticket(after, row),
        settlements=(Settlement(key=row.key, state=State.DROPPED, reason="operator"),),
        intents=_told(record, event, at) if record else (),
        judged=_left(row),
        facts=(
            _fact("dropped", row, by=event.by, now=at.now, why=showing.line(event.why, _LONGEST_WHY)),
            *_not_shared(row, at.now),
        ),
    )


def _without_ticket(record: Record | None, row: Row) -> Record | None:
    """Set aside what has no other ticket, so that nobody joins one that never comes."""
    only = record is not None and all(sent.key == row.key for sent in record.sent)
    if record is None or not only or not isinstance(row.effect, Inject) or record.phase is not Phase.WAITING:
        return record
    return replace(record, phase=phases.after(record.phase, Step.SET_ASIDE))


def _not_shared(row: Row, now: datetime) -> tuple[Fact, ...]:
    """One of many who was to get an answer to all is counted among those who have none."""
    publish = row.effect
    return (
        (members.passed_over(publish, "operator", now=now),) if isinstance(publish, Publish) and publish.group else ()
    )


def _stopped(record: Record, event: EffectDropped, share: Share, *, at: Moment) -> Decision:
    """Give nobody else an answer to all: its row ends by itself, and tells the ticket who has it already."""
    entry = record.shared(share.letter)
    after = record.with_shared(replace(entry, stopped="operator")) if entry else record
    settlement = Settlement(key=event.row.key, state=State.READY, at=at.now, reason=event.row.reason)
    fact = _fact("dropped", event.row, by=event.by, now=at.now, why=showing.line(event.why, _LONGEST_WHY))
    return Decision(record=after, settlements=(settlement,), facts=(fact,))


def _told(record: Record, event: EffectDropped, at: Moment) -> tuple[Intent, ...]:
    """What the agent hears who wrote the answer, or ordered the deed."""
    match event.row.effect:
        case Publish() as publish:
            channel = at.policy.channels.get(publish.publication.channel)
            unsent = channel is not None and withdrawing.is_unsent(event.row, channel)
            reason = "dropped" if unsent else "dropped_in_doubt"
            if publish.agent == automatic.AGENT:
                unsaid = automatic.unsaid(record, event.row.key, "operator" if unsent else reason, now=at.now)
                return at.tell(unsaid) if record.there else ()
            return at.tell(wording.given_up(record, publish, reason, detail=event.why, now=at.now))
        case Act() as act:
            detail = event.why or "An operator took the order back"
            return at.tell(wording.acted(record, act, "not_done", detail=detail, now=at.now))
        case _:
            return ()


def _left(row: Row) -> tuple[Judged, ...]:
    """A post that shall not be judged is left alone: no post stays without a verdict (P1)."""
    verdict = Verdict(route=None, desk=None, rules="operator")
    return (Judged(post=row.effect.post.key, verdict=verdict),) if isinstance(row.effect, Judge) else ()


def _fact(kind: str, row: Row, *, by: str, now: datetime, **more: str) -> Fact:
    return Fact(
        key=f"{kind}|{row.key}|{now.isoformat()}",
        kind=kind,
        at=now,
        conversation=row.effect.conversation,
        actor=by,
        detail={"key": row.key, "reason": row.reason, **{name: text for name, text in more.items() if text}},
    )
