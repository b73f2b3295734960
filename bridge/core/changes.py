"""What customers and others change on the platform itself: edits, deletions, answers that agents did not give."""

from dataclasses import replace

from bridge.core import automatic, community, phases, wording
from bridge.core.conversation import Given, Phase, Record, Sent
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Intent, Judge, Settlement, State
from bridge.core.events import AnsweredByOthers, AnsweredNatively, PostDeleted, PostEdited, Sighting, Undelivered
from bridge.core.model import Post, PostKey
from bridge.core.moment import Moment
from bridge.core.phases import Step

_NATIVE = "native|"
"""Begins the keys of answers that were given past us."""

Change = PostEdited | PostDeleted | AnsweredNatively | AnsweredByOthers | Undelivered


def changed(record: Record | None, event: Change, *, at: Moment) -> Decision:
    """Decide upon a change; a ticket that carries the post is told once."""
    match event:
        case PostEdited():
            return _edited(record, event, at=at)
        case PostDeleted():
            return _deleted(record, event, at=at)
        case AnsweredNatively():
            return _answered(record, event, at=at)
        case AnsweredByOthers(answer=answer):
            return _helped(record, answer, at=at)
        case Undelivered():
            return _undelivered(record, event, at=at)


def _edited(record: Record | None, event: PostEdited, *, at: Moment) -> Decision:
    """Newer words: the ticket learns of them, and a post that no ticket carries is judged again."""
    post = event.post
    carried = record is not None and _carried(record, post.id)
    if record is not None and carried and _shows(record, post):
        return Decision(sightings=(Sighting(post=post),))
    # The version, because words that come back after others are news again (B13).
    once = f"edited|{post.key}|{post.fingerprint}|{record.version if record else 0}"
    sighting = Sighting(post=post)
    fact = Fact(key=once, kind="edited", at=at.now, conversation=post.conversation.id, channel=post.channel)
    if record is None or not carried:
        judge = Intent(effect=Judge(post=post), at=at.now)
        return Decision(once=once, sightings=(sighting,), intents=(judge,), facts=(fact,))
    return Decision(
        once=once,
        record=record.with_post(post),
        sightings=(sighting,),
        intents=at.tell(wording.edited(record, post, now=at.now)) if _told(record, post.id) else (),
        facts=(fact,),
    )


def overdue(record: Record, key: str, *, at: Moment) -> tuple[Intent, ...]:
    """What a ticket must be told as soon as its proxy is there: what changed while it waited."""
    sent = next((s for s in record.sent if s.key == key and s.waits), None)
    if sent is None:
        return ()
    record, post = record.with_sent(replace(sent, waits=False)), record.post(sent.post)
    notices = [wording.answered_natively(record, g, now=at.now) for g in record.given if _past_us(g, sent.post)]
    notices += [
        automatic.unsaid(record, g.key, "withheld", now=at.now)
        for g in record.given
        if automatic.was_promised(g, sent.post)
    ]
    if sent.tried:
        notices.append(wording.tried(record, sent, now=at.now))
    if sent.post in record.deleted:
        notices.append(wording.deleted(record, sent.post, now=at.now))
    elif post is not None and post.fingerprint != sent.fingerprint:
        notices.append(wording.edited(record, post, now=at.now))
    return at.tell(*notices)


def _past_us(given: Given, post_id: str) -> bool:
    """Whether it is an answer to the post that someone gave on the platform itself."""
    return given.post == post_id and given.key.startswith(_NATIVE)


def _deleted(record: Record | None, event: PostDeleted, *, at: Moment) -> Decision:
    """The post is gone: its words go from the record too (I03), an open ticket is told, and a proxy that waits goes nowhere."""
    once = f"deleted|{event.key}"
    conversation = record.id if record else ""
    fact = Fact(key=once, kind="deleted", at=at.now, conversation=conversation, channel=event.key.channel)
    if record is None:
        return Decision(once=once, deleted=(event.key,), facts=(fact,))
    told = record.phase is Phase.WAITING and _told(record, event.key.id)
    notices = (wording.deleted(record, event.key.id, now=at.now),) if told else ()
    decision = Decision(
        once=once,
        record=_without_words(record, event.key.id),
        deleted=(event.key,),
        intents=at.tell(*notices),
        facts=(fact,),
    )
    withdrawn = _withdrawn(decision, _unsent(record, event.key.id), "deleted", post=event.key, at=at)
    after = withdrawn.record
    if not withdrawn.settlements or after is None or after.sent:
        return withdrawn
    return replace(withdrawn, record=replace(after, phase=phases.after(after.phase, Step.SET_ASIDE)))


def _answered(record: Record | None, event: AnsweredNatively, *, at: Moment) -> Decision:
    """Someone answered as the brand by hand: recorded, and told to the ticket."""
    answer = event.answer
    if record is not None and _is_ours(record, answer):
        return Decision()
    once = f"{_NATIVE}{answer.key}"
    conversation = record.id if record else ""
    fact = Fact(
        key=once,
        kind="answered_natively",
        at=at.now,
        conversation=conversation,
        channel=answer.channel,
        detail={"post": answer.parent},
    )
    if record is None:
        return Decision(once=once, facts=(fact,))
    given = Given(
        key=once,
        text=answer.text,
        at=answer.at,
        agent=answer.author.handle or answer.author.name,
        post=answer.parent,
        visibility=answer.visibility,
        published=answer.id,
        url=answer.url,
    )
    told = any(sent.at <= at.now for sent in record.there)  # else there is no ticket yet
    notices = (wording.answered_natively(record, given, now=at.now),) if told else ()
    after = replace(record.with_given(given), phase=phases.after(record.phase, Step.ANSWERED))
    decision = Decision(once=once, record=after, intents=at.tell(*notices), facts=(fact,))
    return _withdrawn(decision, _unsent(record, answer.parent), "answered_natively", post=answer.key, at=at)


def _helped(record: Record | None, answer: Post, *, at: Moment) -> Decision:
    """The community answered while it was given time for that: the post does not go to the queue any more.

    Where nobody vouches for the answer the post goes there all the same, with what was tried. Later than that the
    ticket is there, or on its way, and an agent reads the thread.
    """
    sent = next((s for s in record.sent if s.post == answer.parent and s.at > at.now), None) if record else None
    if record is None or sent is None or record.key.person == answer.author.id:
        return Decision()
    if not community.helps(answer, sent.helped_by):
        after = community.tried(sent, answer)
        return Decision(record=record.with_sent(after)) if after != sent else Decision()
    decision = Decision(record=replace(record, phase=phases.after(record.phase, Step.ANSWERED)))
    return _withdrawn(decision, (sent,), "answered_by_others", post=answer.key, at=at)


def _undelivered(record: Record | None, event: Undelivered, *, at: Moment) -> Decision:
    """An answer did not arrive: the ticket is told, and the customer waits again unless a later answer stands there."""
    if record is None:
        return Decision()
    once = f"undelivered|{record.key.channel}/{event.id}"
    fact = Fact(
        key=once,
        kind="undelivered",
        at=at.now,
        conversation=record.id,
        channel=record.key.channel,
        detail={"id": event.id, "why": event.why},
    )
    given = next((g for g in record.given if g.published == event.id), None)
    if given is None:
        return Decision(once=once, facts=(fact,))
    after = record.with_given(replace(given, dropped=True))
    later = any(g.at > given.at and g.published and not g.dropped for g in after.given)
    if after.phase is Phase.ANSWERED and not later:
        after = replace(after, phase=phases.after(after.phase, Step.REOPENED))
    notices = (wording.undelivered(after, given, why=event.why, now=at.now),) if record.desk else ()
    return Decision(once=once, record=after, intents=at.tell(*notices), facts=(fact,))


def _withdrawn(decision: Decision, gone: tuple[Sent, ...], reason: str, *, post: PostKey, at: Moment) -> Decision:
    """The decision with proxies dropped that wait and that nobody needs any more; stale where one is just being sent."""
    record = decision.record
    if record is None or not gone:
        return decision
    keys = [sent.key for sent in gone]
    facts = [
        Fact(
            key=f"withdrawn|{key}",
            kind="withdrawn",
            at=at.now,
            conversation=record.id,
            channel=post.channel,
            detail={"reason": reason, "post": str(post)},
        )
        for key in keys
    ]
    return replace(
        decision,
        record=replace(record, sent=tuple(sent for sent in record.sent if sent.key not in keys)),
        settlements=tuple(Settlement(key=key, state=State.DROPPED, reason=reason) for key in keys),
        facts=(*decision.facts, *facts),
    )


def _is_ours(record: Record, answer: Post) -> bool:
    """Whether it is an answer of ours: bound since the page was read, or in doubt until the courier's look (C01, C13)."""
    given = [g for g in record.given if g.letter and not g.dropped]
    waiting = [g for g in given if not g.published and g.post == answer.parent]
    bound = any(g.published == answer.id for g in given)
    return bound or any(g.text.split() == answer.text.split() for g in waiting)


def _carried(record: Record, post_id: str) -> bool:
    """Whether a proxy carried the post into a queue."""
    return any(sent.post == post_id for sent in record.sent)


def _told(record: Record, post_id: str) -> bool:
    """Whether a ticket shows the post by now, so that it must learn of changes."""
    return any(sent.post == post_id for sent in record.there)


def _unsent(record: Record, post_id: str) -> tuple[Sent, ...]:
    """Proxies that wait and carry this post alone."""
    return tuple(sent for sent in record.sent if sent.waits and sent.post == post_id and not sent.leads)


def _shows(record: Record, post: Post) -> bool:
    """Whether the record holds the post in these very words."""
    known = record.post(post.id)
    return known is not None and known.fingerprint == post.fingerprint


def _without_words(record: Record, post_id: str) -> Record:
    """The record without the words of a post."""
    posts = tuple(post.without_words if post.id == post_id else post for post in record.posts)
    sent = tuple(replace(s, text="") if s.post == post_id else s for s in record.sent)
    return replace(record, posts=posts, sent=sent, deleted=(*record.deleted, post_id)[-100:])
