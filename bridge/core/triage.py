"""What follows from a verdict: a proxy for a desk, or a post that is left alone with its reasons."""

from dataclasses import replace
from datetime import datetime, timedelta

from bridge.core import (
    automatic,
    consent,
    fairness,
    forwarding,
    languages,
    operators,
    phases,
    phrases,
    render,
    storms,
    windows,
)
from bridge.core.automatic import Spoken
from bridge.core.consent import Texting
from bridge.core.conversation import Phase, Record
from bridge.core.decision import Decision, Fact, Judged
from bridge.core.effects import Inject, Intent, Settlement, State, Turn
from bridge.core.events import PostJudged
from bridge.core.likeness import Joined, Lead, Led
from bridge.core.model import Post, Reason, Verdict, Visibility
from bridge.core.moment import Moment
from bridge.core.phases import Step
from bridge.core.policy import DeskPolicy


def judged(record: Record | None, event: PostJudged, *, at: Moment) -> Decision:
    """Decide upon a verdict; words that changed while it was made are judged anew, so this verdict is put away."""
    if event.current != event.post.fingerprint:
        return Decision(settlements=(_settled(event, State.DROPPED, "superseded"),))
    event = replace(event, post=_in_its_language(event.post, event.verdict))
    record = (record or Record(key=event.post.conversation)).with_post(event.post)
    record = replace(record, person=at.policy.customer(event.post.channel, event.post.author.id).id)
    if consent.is_word(event.post, _texting(event.post, at), newest=event.consent):
        return _left(record, replace(event, verdict=_unrouted(event.verdict)), at.now)
    if event.verdict.desk is None or event.verdict.route is None:
        return _left(record, event, at.now)
    if event.lead is not None:
        return _folded(record, event, event.lead, now=at.now)
    if event.verdict.desk not in at.policy.desks:
        alert = operators.alert(at.policy, "desk_missing", subject=event.verdict.desk, now=at.now)
        return Decision(settlements=(_settled(event, State.HELD, "desk_missing"),), intents=at.tell(*alert))
    return _forwarded(record, event, at=at)


def _texting(post: Post, at: Moment) -> Texting | None:
    channel = at.policy.channels.get(post.channel)
    return channel.limits.texting if channel else None


def _unrouted(verdict: Verdict) -> Verdict:
    """The verdict of a message that only ends or begins the messages: it is done already, and goes to nobody."""
    reason = Reason(rule="consent", hit=True, detail="it only ends or begins the text messages")
    return replace(verdict, route=None, desk=None, why=(*verdict.why, reason))


def _in_its_language(post: Post, verdict: Verdict) -> Post:
    """The post with the language that was found where its platform does not say: standard responses follow it."""
    return post if post.lang or not languages.name(verdict.lang) else replace(post, lang=verdict.lang)


def _left(record: Record, event: PostJudged, now: datetime) -> Decision:
    """Leave the post alone; the verdict and its reasons are kept with it."""
    return Decision(
        record=replace(record, phase=phases.after(record.phase, Step.LEFT)),
        judged=(Judged(post=event.post.key, verdict=event.verdict),),
        settlements=(_settled(event, State.DONE),),
        facts=(_fact("left", event, now=now),),
    )


def _folded(record: Record, event: PostJudged, lead: Lead, *, now: datetime) -> Decision:
    """The post joins a ticket that is there: counted and listed with it, its author and its verdict kept."""
    return Decision(
        record=replace(record, phase=phases.after(record.phase, Step.FOLDED), group=lead.conversation),
        judged=(Judged(post=event.post.key, verdict=event.verdict),),
        settlements=(_settled(event, State.DONE),),
        facts=(_fact("folded", event, now=now, group=lead.conversation),),
        joined=Joined(group=lead.conversation, post=event.post, at=now),
    )


def _forwarded(record: Record, event: PostJudged, *, at: Moment) -> Decision:
    """Make the proxy, render it once, and intend to inject it."""
    verdict, desk = event.verdict, at.policy.desks[event.verdict.desk or ""]
    said = _automatic(record, event, desk, at=at)
    inject = forwarding.proxied(
        record,
        event.post,
        verdict,
        desk=desk,
        delimiter=event.delimiter,
        at=at,
        contacts=event.contacts,
        gap=event.gap,
        remarks=(*((said.remark,) if said else ()), *_stopped(event)),
    )
    intent = _intended(record, event, inject, desk=desk, at=at)
    after = _waiting(record, event, inject, intent=intent, at=at)
    decision = Decision(
        record=after,
        judged=(Judged(post=event.post.key, verdict=verdict),),
        settlements=(_settled(event, State.DONE),),
        intents=(intent, *windows.reminders(event.post, conversation=record.id, now=at.now)),
        facts=(_fact("forwarded", event, now=at.now, **_stormy(event, at)),),
        led=Led(post=event.post, marks=event.marks, at=at.now) if event.marks else None,
    )
    return _answered(decision, event, said, now=at.now) if said else decision


def _stopped(event: PostJudged) -> tuple[str, ...]:
    """What the ticket says where nobody may answer."""
    return (phrases.STOPPED,) if event.consent is not None and event.consent.stopped else ()


def _intended(record: Record, event: PostJudged, inject: Inject, *, desk: DeskPolicy, at: Moment) -> Intent:
    """When the proxy goes in: after the community had its time, and a deferrable one after the storm's."""
    deferred = storms.wait(event.post, event.verdict, at.policy.protection) if event.storm else timedelta(0)
    return Intent(
        effect=inject,
        at=at.now + max(_held_for(event), deferred),
        priority=event.verdict.priority,
        turn=_turn(record, event.post, desk),
    )


def _waiting(record: Record, event: PostJudged, inject: Inject, *, intent: Intent, at: Moment) -> Record:
    """The conversation with its proxy, waiting for an agent."""
    verdict = event.verdict
    waits = (intent.at > at.now or intent.state is State.PACED) and inject.key not in {s.key for s in record.there}
    start = at.now + _held_for(event)
    return replace(
        record.with_sent(forwarding.sent(inject, at=start, waits=waits, leads=bool(event.marks))),
        phase=phases.after(record.phase, Step.FORWARDED),
        desk=inject.proxy.desk,
        route=verdict.route or "",
        priority=verdict.priority,
        approve_by=_approvers(record, verdict),
        subject=record.subject or inject.proxy.subject,
    )


def _automatic(record: Record, event: PostJudged, desk: DeskPolicy, *, at: Moment) -> Spoken | None:
    """What is said without an agent, or why nothing is; None where the route names no response."""
    if not event.verdict.auto_answer:
        return None
    return automatic.spoken(record, event.post, event.verdict, grant=event.grant, desk=desk, at=at)


def _answered(decision: Decision, event: PostJudged, said: Spoken, *, now: datetime) -> Decision:
    """The decision with the standard response in the same transaction, and why there is none on record."""
    record, publish = decision.record, said.publish
    detail = {"response": event.verdict.auto_answer, "outcome": said.refused or automatic.GRANTED}
    decision = replace(decision, facts=(*decision.facts, _fact("automatic", event, now=now, **detail)))
    if publish is None or record is None:
        return decision
    intent = Intent(effect=publish, at=said.due, priority=event.verdict.priority)
    return replace(decision, record=record.with_given(render.given(publish, now)), intents=(*decision.intents, intent))


def _held_for(event: PostJudged) -> timedelta:
    """How long the community has time to answer first; nobody else reads what is private."""
    private = event.post.visibility is Visibility.PRIVATE
    return timedelta(0) if private or event.verdict.hold_for is None else event.verdict.hold_for


def _stormy(event: PostJudged, at: Moment) -> dict[str, str]:
    """Of a post that may wait in a storm: whether it did, or what kept it from that."""
    if not event.storm or event.verdict.defer_in_storm is None:
        return {}
    return {"storm": storms.protected(event.post, event.verdict, at.policy.protection) or "deferred"}


def _approvers(record: Record, verdict: Verdict) -> tuple[str, ...]:
    """Who must approve from now on: a further post lifts nothing from one that still waits for its answer (G11)."""
    before = record.approve_by if record.phase is Phase.WAITING else ()
    return tuple(dict.fromkeys((*before, *verdict.approve_by)))


def _turn(record: Record, post: Post, desk: DeskPolicy) -> Turn | None:
    """How the proxy comes to its turn; None at a desk that takes everything at once."""
    if desk.pace is None:
        return None
    joins = record.phase is Phase.WAITING and any(sent.desk == desk.name for sent in record.sent)
    return fairness.turn(post, joins=joins)


def _settled(event: PostJudged, state: State, reason: str = "") -> Settlement:
    return Settlement(key=event.claimed.key, epoch=event.claimed.epoch, state=state, reason=reason)


def _fact(kind: str, event: PostJudged, *, now: datetime, **more: str) -> Fact:
    """One judgement, once for each version of the words."""
    verdict = event.verdict
    detail = {"post": str(event.post.key), "route": verdict.route or "", "rules": verdict.rules, "model": verdict.model}
    detail |= more
    return Fact(
        key=f"{kind}|{event.claimed.key}",
        kind=kind,
        at=now,
        conversation=event.post.conversation.id,
        channel=event.post.channel,
        detail=detail,
    )
