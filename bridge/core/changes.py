"""What customers and others change on the platform itself: edits, deletions, answers that agents did not give."""

from dataclasses import replace

from bridge.core import phases, wording
from bridge.core.conversation import Given, Phase, Record
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Intent, Judge, Settlement, State
from bridge.core.events import AnsweredByOthers, AnsweredNatively, PostDeleted, PostEdited, Sighting
from bridge.core.model import Post
from bridge.core.moment import Moment
from bridge.core.phases import Step

Change = PostEdited | PostDeleted | AnsweredNatively | AnsweredByOthers


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
        intents=at.tell(wording.edited(record, post, now=at.now)),
        facts=(fact,),
    )


def _deleted(record: Record | None, event: PostDeleted, *, at: Moment) -> Decision:
    """The post is gone: its words go from the record too (I03), and an open ticket is told."""
    once = f"deleted|{event.key}"
    conversation = record.id if record else ""
    fact = Fact(key=once, kind="deleted", at=at.now, conversation=conversation, channel=event.key.channel)
    if record is None:
        return Decision(once=once, deleted=(event.key,), facts=(fact,))
    waits = record.phase is Phase.WAITING and _carried(record, event.key.id)
    notices = (wording.deleted(record, event.key.id, now=at.now),) if waits else ()
    return Decision(
        once=once,
        record=_without_words(record, event.key.id),
        deleted=(event.key,),
        intents=at.tell(*notices),
        facts=(fact,),
    )


def _answered(record: Record | None, event: AnsweredNatively, *, at: Moment) -> Decision:
    """Someone answered as the brand by hand: recorded, and told to the ticket."""
    answer = event.answer
    if record is not None and _is_ours(record, answer):
        return Decision()
    once = f"native|{answer.key}"
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
        agent=answer.author.handle,
        post=answer.parent,
        visibility=answer.visibility,
        published=answer.id,
        url=answer.url,
    )
    told = any(sent.at <= at.now for sent in record.sent)  # else the community has still time, and there is no ticket
    notices = (wording.answered_natively(record, answer, now=at.now),) if told else ()
    after = replace(record.with_given(given), phase=phases.after(record.phase, Step.ANSWERED))
    return Decision(once=once, record=after, intents=at.tell(*notices), facts=(fact,))


def _helped(record: Record | None, answer: Post, *, at: Moment) -> Decision:
    """The community answered while it was given time for that: the post does not go to the queue any more.

    Later than that the ticket is there, or on its way, and an agent reads the thread.
    """
    sent = next((s for s in record.sent if s.post == answer.parent and s.at > at.now), None) if record else None
    if record is None or sent is None or record.key.person == answer.author.id:
        return Decision()
    after = replace(
        record,
        sent=tuple(s for s in record.sent if s.key != sent.key),
        phase=phases.after(record.phase, Step.ANSWERED),
    )
    fact = Fact(
        key=f"withdrawn|{sent.key}",
        kind="withdrawn",
        at=at.now,
        conversation=record.id,
        channel=answer.channel,
        detail={"reason": "answered_by_others", "post": str(answer.key)},
    )
    settlement = Settlement(key=sent.key, state=State.DROPPED, reason="answered_by_others")
    return Decision(record=after, settlements=(settlement,), facts=(fact,))


def _is_ours(record: Record, answer: Post) -> bool:
    """Whether it is an answer of ours: bound since the page was read, or in doubt until the courier's look (C01, C13)."""
    given = [g for g in record.given if g.letter and not g.dropped]
    waiting = [g for g in given if not g.published and g.post == answer.parent]
    bound = any(g.published == answer.id for g in given)
    return bound or any(g.text.split() == answer.text.split() for g in waiting)


def _carried(record: Record, post_id: str) -> bool:
    """Whether a proxy carried the post into a queue."""
    return any(sent.post == post_id for sent in record.sent)


def _shows(record: Record, post: Post) -> bool:
    """Whether the record holds the post in these very words."""
    known = record.post(post.id)
    return known is not None and known.fingerprint == post.fingerprint


def _without_words(record: Record, post_id: str) -> Record:
    """The record without the words of a post."""
    posts = tuple(post.without_words if post.id == post_id else post for post in record.posts)
    sent = tuple(replace(s, text="") if s.post == post_id else s for s in record.sent)
    return replace(record, posts=posts, sent=sent, deleted=(*record.deleted, post_id)[-100:])
