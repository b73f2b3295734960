"""What follows from an effect's outcome: done, tried again, looked up, or kept for a person."""

from dataclasses import replace
from datetime import datetime, timedelta

from bridge.core import acting, automatic, changes, consent, members, operators, pace, phases, render, windows, wording
from bridge.core.conversation import Record
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Act, Claimed, Inject, Intent, Judge, Publish, Remind, Settlement, State, Tell
from bridge.core.events import Doubted, NotFound, Outcome, Performed, Postponed, Refused, Withdrawn
from bridge.core.moment import Moment
from bridge.core.phases import Step
from bridge.core.phrases import NEVER_TOLD
from bridge.core.policy import Idempotency, ReadBack
from bridge.core.publications import Posted

LIFETIME = timedelta(days=5)
"""How long a proxy or notice is tried: below every receiver's memory of Message-IDs."""

ACT_LIFETIME = timedelta(days=1)
"""How long an order is tried: what should be hidden and still stands after a day needs a person."""

LOOKS = 2
"""Fruitless looks after which a publication counts as absent (delivery.md 6.3)."""

DELAY = timedelta(seconds=5)
"""How much later than made a proxy may reach its queue before the difference matters."""

FAILED_LOOKS = 40
"""Looks that failed themselves before a person is asked: about an hour at the usual settle time of 90 s."""


def settled(record: Record | None, event: Outcome, *, at: Moment) -> Decision:
    """Decide upon the outcome of a claimed effect."""
    match event:
        case Performed():
            return _performed(record, event, at=at)
        case Postponed():
            return _postponed(record, event, at=at)
        case Refused():
            return _refused(record, event, at=at)
        case Doubted():
            return _doubted(record, event, at=at)
        case NotFound():
            return _not_found(record, event, at=at)
        case Withdrawn(claimed=claimed, reason=reason):
            return _withdrawn(record, claimed, reason, at=at)


def backoff(key: str, attempt: int) -> timedelta:
    """The pause after a failed attempt (delivery.md 4.1), the same for the same row."""
    return timedelta(seconds=pace.backoff(key, attempt))


def _withdrawn(record: Record | None, claimed: Claimed, reason: str, *, at: Moment) -> Decision:
    """It is not wanted any more; a ticket that was promised an answer which nobody wrote hears that there is none."""
    after = record.without_waiting(claimed.key) if record else None
    told: tuple[Intent, ...] = ()
    if record and after and isinstance(claimed.effect, Publish):
        given = after.answer(claimed.key)
        after = after.with_given(replace(given, dropped=True)) if given else after
        told = at.tell(automatic.unsaid(after, claimed.key, reason, now=at.now)) if after.there else ()
    return Decision(
        record=after,
        settlements=(_to(claimed, State.DROPPED, reason=reason),),
        intents=told,
        facts=(_fact("withdrawn", claimed, at.now, reason=reason),),
    )


def _performed(record: Record | None, event: Performed, *, at: Moment) -> Decision:
    """It certainly happened."""
    claimed = event.claimed
    facts: tuple[Fact, ...] = ()
    match claimed.effect:
        case Publish() as publish if record is not None and event.posted is not None:
            return _published(record, claimed, publish, posted=event.posted, at=at)
        case Inject(proxy=proxy):
            facts = (_fact("injected", claimed, at.now, desk=proxy.desk),)
            if record is not None:
                after = _injected(record, claimed, at.now)
                intents = changes.overdue(record, claimed.key, at=at)
                return Decision(record=after, settlements=(_to(claimed, State.DONE),), intents=intents, facts=facts)
        case Tell(notice=notice):
            facts = (_fact("told", claimed, at.now, reason=notice.reason),)
        case Act() as act:
            return acting.done(record, claimed, act, at=at)
        case Remind() as remind:
            intents = windows.warned(record, remind, at=at)
            return Decision(settlements=(_to(claimed, State.DONE),), intents=intents)
        case _:
            pass
    return Decision(settlements=(_to(claimed, State.DONE, posted=event.posted),), facts=facts)


def _injected(record: Record, claimed: Claimed, now: datetime) -> Record | None:
    """The record, where the proxy waited, or reached the queue later than it was made: answers are timed from there (A14)."""
    sent = next((s for s in record.sent if s.key == claimed.key), None)
    if sent is None:
        return None
    late = claimed.was is State.READY and now - sent.at > DELAY  # else an earlier copy may have been there before
    after = replace(sent, at=now if late else sent.at, waits=False, tried=())
    return record.with_sent(after) if after != sent else None


def _published(record: Record, claimed: Claimed, publish: Publish, *, posted: Posted, at: Moment) -> Decision:
    """The answer stands under the post."""
    given = record.answer(publish.key) or render.given(publish, at.now)
    desk = at.policy.desks.get(publish.desk)
    confirm = desk is not None and desk.confirm and bool(publish.notify)
    detail = {"id": posted.id, "post": publish.publication.parent, "gates": " ".join(publish.gates)}
    fact = Fact(
        key=f"published|{publish.key}",
        kind="published",
        at=at.now,
        conversation=record.id,
        channel=publish.publication.channel,
        actor=publish.agent,
        detail=detail,
    )
    ticket = publish.agent == automatic.AGENT and not _given_time(record, publish.publication.parent, at.now)
    ticket = ticket or publish.agent == consent.AGENT
    return Decision(
        record=replace(
            record.with_given(replace(given, published=posted.id, url=posted.url)),
            phase=record.phase if ticket else phases.after(record.phase, Step.ANSWERED),
        ),
        settlements=(_to(claimed, State.DONE, posted=posted),),
        intents=at.tell(wording.published(record, publish, posted, now=at.now)) if confirm else (),
        facts=(fact,),
    )


def _given_time(record: Record, post: str, now: datetime) -> bool:
    """Whether the post's proxy still waits for an answer that makes a ticket needless."""
    return any(sent.post == post and sent.waits and sent.at > now for sent in record.sent)


def _postponed(record: Record | None, event: Postponed, *, at: Moment) -> Decision:
    """Nothing happened: try again, unless its time is over."""
    claimed = event.claimed
    pause = timedelta(seconds=event.after) if event.after is not None else backoff(claimed.key, claimed.attempt)
    due = at.now + pause
    if claimed.was is State.UNSURE:
        return _look_again(record, claimed, event.reason, due=due, at=at)
    match claimed.effect:
        case Publish(publish_by=publish_by) if due > publish_by:
            return _hold(record, claimed, "late", at=at)
        case Publish() as publish if event.detail and record is not None and publish.agent != automatic.AGENT:
            told = at.tell(wording.waits(record, publish, why=event.detail, until=due, now=at.now))
            return replace(_again(record, claimed, event.reason, due=due, at=at), intents=told)
        case _:
            return _again(record, claimed, event.reason, due=due, at=at)


def _again(record: Record | None, claimed: Claimed, reason: str, *, due: datetime, at: Moment) -> Decision:
    """Try once more at that time, unless it is later than such a row is tried."""
    match claimed.effect:
        case Act() as act if due > claimed.begun + ACT_LIFETIME:
            why = "for a day the platform was not reached, or did not say that it was done"
            return acting.undone(record, claimed, act, why, at=at)
        case Inject() | Tell() if due > claimed.begun + LIFETIME:
            return _hold(record, claimed, "undeliverable", at=at)
        case _:
            return Decision(settlements=(_to(claimed, State.READY, due=due, reason=reason),))


def _refused(record: Record | None, event: Refused, *, at: Moment) -> Decision:
    """Nothing happened and nothing will: a person must look; a notice that nobody takes is dropped, with its fact."""
    claimed = event.claimed
    if isinstance(claimed.effect, Tell):
        settlement = _to(claimed, State.DROPPED, reason="refused")
        return Decision(settlements=(settlement,), facts=(_fact("untold", claimed, at.now),))
    if isinstance(claimed.effect, Act):
        return acting.undone(record, claimed, claimed.effect, event.detail, at=at)
    return _hold(record, claimed, event.reason or "refused", at=at, detail=event.detail)


def _doubted(record: Record | None, event: Doubted, *, at: Moment) -> Decision:
    """It may have happened: mails are sent again as they are, publications are looked up first (laws 5 and 6)."""
    claimed = event.claimed
    match claimed.effect:
        case Publish() as publish:
            return _doubted_publication(record, event, publish, at=at)
        case Judge():
            due = at.now
        case _:
            due = at.now + backoff(claimed.key, claimed.attempt)
    return _again(record, claimed, event.reason, due=due, at=at)


def _doubted_publication(record: Record | None, event: Doubted, publish: Publish, *, at: Moment) -> Decision:
    """By what the platform offers: the same key again, a look after the settle time, or a person."""
    claimed = event.claimed
    limits = at.policy.channels[publish.publication.channel].limits
    if claimed.was is State.UNSURE:
        return _look_again(record, claimed, event.reason, due=at.now + limits.settle, at=at)
    if limits.idempotency is Idempotency.NATIVE:
        due = at.now + backoff(claimed.key, claimed.attempt)
        return Decision(settlements=(_to(claimed, State.READY, due=due, reason=event.reason),))
    if limits.read_back is ReadBack.NONE:
        return _hold(record, claimed, "unsure", at=at)
    # A former owner may have been paused, not dead: its request may still be on the way (C14).
    ended = claimed.due + limits.request_timeout if claimed.was is State.RUNNING else at.now
    due = max(at.now, ended) + limits.settle
    return Decision(settlements=(_to(claimed, State.UNSURE, due=due, reason=event.reason, looks=0),))


def _look_again(record: Record | None, claimed: Claimed, reason: str, *, due: datetime, at: Moment) -> Decision:
    """The look itself failed, so nothing is known: look later, and in the end ask a person."""
    if claimed.epoch - claimed.attempt - claimed.looks >= FAILED_LOOKS:
        return _hold(record, claimed, "unsure", at=at)
    return Decision(settlements=(_to(claimed, State.UNSURE, due=due, reason=reason),))


def _not_found(record: Record | None, event: NotFound, *, at: Moment) -> Decision:
    """It was not there: twice means that it never was, and it may be sent again."""
    claimed = event.claimed
    if not isinstance(claimed.effect, Publish):
        return _hold(record, claimed, "unsure", at=at)
    looks = claimed.looks + 1
    if looks < LOOKS:
        settle = at.policy.channels[claimed.effect.publication.channel].limits.settle
        return Decision(settlements=(_to(claimed, State.UNSURE, due=at.now + settle, looks=looks),))
    settlement = _to(claimed, State.READY, due=at.now, reason="absent", looks=looks)
    return Decision(settlements=(settlement,), facts=(_fact("absent", claimed, at.now),))


def _hold(record: Record | None, claimed: Claimed, reason: str, *, at: Moment, detail: str = "") -> Decision:
    """Keep it for a person, and tell the one who can do something about it; an answer that nobody wrote is not kept.

    Whether such a one stands there is a question for a person nevertheless, where nobody can tell.
    """
    if isinstance(claimed.effect, Publish) and claimed.effect.agent == automatic.AGENT and reason != "unsure":
        return _withdrawn(record, claimed, reason, at=at)
    if isinstance(claimed.effect, Publish) and claimed.effect.agent == consent.AGENT and reason != "unsure":
        return _unconfirmed(record, claimed, reason, now=at.now)
    if isinstance(claimed.effect, Publish) and claimed.effect.group and reason != "unsure":
        return _passed_over(record, claimed, claimed.effect, reason, at=at)
    intents: tuple[Intent, ...] = ()
    match claimed.effect:
        case Publish(agent=automatic.AGENT) if record is not None:
            unsaid = automatic.unsaid(record, claimed.key, reason, now=at.now)
            intents = at.tell(unsaid) if record.there else ()
        case Publish() as publish if record is not None and reason not in NEVER_TOLD:
            intents = at.tell(wording.held_publication(record, publish, reason, detail=detail, now=at.now))
        case Inject(proxy=proxy):
            intents = at.tell(*operators.alert(at.policy, "undeliverable", subject=str(proxy.post.key), now=at.now))
        case _:
            pass
    return Decision(
        settlements=(_to(claimed, State.HELD, reason=reason),),
        intents=intents,
        facts=(_fact("held", claimed, at.now, reason=reason, **({"why": detail} if detail else {})),),
    )


def _unconfirmed(record: Record | None, claimed: Claimed, reason: str, *, now: datetime) -> Decision:
    """Certainly nobody got the confirmation of a word: what it says holds all the same, and nobody waits for it."""
    given = record.answer(claimed.key) if record else None
    return Decision(
        record=record.with_given(replace(given, dropped=True)) if record and given else None,
        settlements=(_to(claimed, State.DROPPED, reason=reason),),
        facts=(_fact("withdrawn", claimed, now, reason=reason),),
    )


def _passed_over(record: Record | None, claimed: Claimed, publish: Publish, reason: str, *, at: Moment) -> Decision:
    """Certainly nothing of an answer to all stands under one of the posts: the ticket is told how many there were."""
    given = record.answer(publish.key) if record else None
    fact = members.passed_over(publish, reason, now=at.now)
    return Decision(
        record=record.with_given(replace(given, dropped=True)) if record and given else None,
        settlements=(_to(claimed, State.DROPPED, reason=reason),),
        facts=(fact,),
    )


def _to(
    claimed: Claimed,
    state: State,
    *,
    due: datetime | None = None,
    reason: str = "",
    posted: Posted | None = None,
    looks: int | None = None,
) -> Settlement:
    """The claimed row's next state."""
    return Settlement(
        key=claimed.key, epoch=claimed.epoch, state=state, at=due, reason=reason, posted=posted, looks=looks
    )


def _fact(kind: str, claimed: Claimed, now: datetime, **detail: str) -> Fact:
    """A fact about a row, once for each claim of it."""
    return Fact(
        key=f"{kind}|{claimed.key}|{claimed.epoch}",
        kind=kind,
        at=now,
        conversation=claimed.effect.conversation,
        detail=detail,
    )
