"""One of those who joined a ticket, when an answer to all of it comes to them: by all gates again, or left out."""

from datetime import datetime, timedelta

from bridge.core import gates, likeness, render, responses
from bridge.core.case import Case, Counts, Waiver
from bridge.core.conversation import Phase, PublicConversation, Record
from bridge.core.decision import Decision, Fact
from bridge.core.deeds import Deed
from bridge.core.effects import Act, Intent, Judge, Publish
from bridge.core.model import Post, Priority, Visibility
from bridge.core.moment import Moment
from bridge.core.policy import ChannelPolicy
from bridge.core.replies import Command, Finding, Reading
from bridge.core.share import Share, left_out
from bridge.core.share_events import LeftBehind, Reached
from bridge.core.split import Overrun

_LASTING = frozenset({"content", "names_one", "extract_doubt"})
"""What a person released the letter from and what is true of its words for everybody."""


def reached(record: Record | None, event: Reached, *, at: Moment) -> Decision:
    """One member's turn: their own answer, once, or why they get none."""
    share = event.share
    post = record.post(event.post) if record else None
    if record is None or post is None:
        return Decision()
    if share.taking:
        return _taken(record, share, at=at)
    channel = at.policy.channels.get(record.key.channel)
    reason = _unfit(record, post, share)
    text = "" if reason or channel is None else _words(share, post, channel=channel, at=at)
    if channel is None or not text:
        return _left_out(record, share, reason or "nameless", at=at)
    passed = gates.reach(case(record, post, event, text=text, at=at))
    if isinstance(passed, Finding):
        return _left_out(record, share, passed.reason, at=at)
    return _given(record, post, share, text=text, channel=channel, at=at)


def _taken(record: Record, share: Share, *, at: Moment) -> Decision:
    """What one of them has of an answer to all is deleted on the platform; a failure is told."""
    standing = [given for given in record.given if given.letter == share.letter and given.published]
    acts = [
        Act(
            deed=Deed.DELETE,
            channel=record.key.channel,
            target=given.published,
            conversation=record.id,
            letter=share.taking,
            agent=share.agent,
            notify=share.notify,
            desk=share.desk,
            quiet=True,
        )
        for given in standing
        if not given.dropped
    ]
    once = f"taken|{share.taking}|{record.id}"
    return Decision(once=once, intents=tuple(Intent(effect=act, at=at.now) for act in acts))


def _unfit(record: Record, post: Post, share: Share) -> str:
    """Why a member is not meant any more; empty where the answer still answers them."""
    if post.id in record.deleted:
        return "target_gone"
    if record.sent or not record.is_of(share.conversation):
        return "own_ticket"
    if post.author.id == share.post.author.id:
        return "same_person"
    if any(not given.dropped and given.group != share.conversation for given in record.given):
        return "answered"
    if record.phase not in {Phase.FOLDED, Phase.ANSWERED}:
        return "own_ticket"
    if record.key.visibility is not Visibility.PUBLIC or Visibility.PUBLIC not in post.answers:
        return "visibility"
    return "" if likeness.alike(post, share.post) else "changed"


def _words(share: Share, post: Post, *, channel: ChannelPolicy, at: Moment) -> str:
    """The exact words for one of them; empty where there are none."""
    address = channel.limits.to_each(post.author) if channel.limits.to_each else None
    filled = [responses.chosen(at.policy.responses, name, post, platform=channel.platform) for name in share.uses]
    if address is None or None in filled:
        return ""
    said = "\n\n".join(part for part in (*reversed(filled), share.text) if part)
    return f"{address}{said}"


def case(record: Record, post: Post, event: Reached, *, text: str, at: Moment) -> Case:
    """What the gates may know of one member: the letter is the same, all else is their own."""
    share = event.share
    commands = (Command(name="all"), *(Command(name="use", argument=name) for name in share.uses))
    reading = Reading(
        fingerprint=share.letter,
        sender=share.agent,
        desk=share.desk,
        text=share.text,
        confident=True,
        commands=commands,
    )
    times = [given.at for given in record.given if not given.dropped]
    counts = Counts(
        conversation_hour=sum(time > at.now - timedelta(hours=1) for time in times),
        conversation_day=sum(time > at.now - timedelta(days=1) for time in times),
    )
    return Case(
        reading=reading,
        record=record,
        desk=at.policy.desks.get(share.desk),
        channel=at.policy.channels.get(record.key.channel),
        reply_domain=at.policy.reply_domain,
        now=at.now,
        received=at.now,
        words=(text,),
        switches=event.switches,
        counts=counts,
        private_texts=event.private_texts,
        approve_by=share.approve_by,
        waived={reason: Waiver.OPERATOR for reason in share.waived if reason in _LASTING},
        member=post,
    )


def _given(record: Record, post: Post, share: Share, *, text: str, channel: ChannelPolicy, at: Moment) -> Decision:
    """The member's own publication, as any answer's from here on; law 9 by type."""
    draft = render.Draft(letter=f"{share.letter}@{record.id}", part=1, text=text)
    answer = render.public_answer(PublicConversation(record), post, draft, channel=channel)
    if isinstance(answer, Overrun):
        return _left_out(record, share, "too_long", at=at)
    publish = Publish(
        publication=answer,
        conversation=record.id,
        agent=share.agent,
        gates=share.gates,
        letter=share.letter,
        publish_by=share.publish_by,
        waived=share.waived,
        desk=share.desk,
        group=share.conversation,
        said=post.fingerprint,
    )
    once = f"shared|{share.letter}|{record.id}"
    return Decision(
        once=once,
        record=record.with_given(render.given(publish, at.now)),
        intents=(Intent(effect=publish, at=at.now, priority=Priority.LOW),),
        facts=(fact("shared", record, share, at=at, key=once, post=str(post.key), group=share.conversation),),
    )


def _left_out(record: Record, share: Share, reason: str, *, at: Moment) -> Decision:
    """That one who joined does not get the answer, and why."""
    once = left_out(share.letter, record.id)
    told = fact("not_shared", record, share, at=at, key=once, reason=reason, group=share.conversation)
    return Decision(once=once, facts=(told,))


def passed_over(publish: Publish, reason: str, *, now: datetime) -> Fact:
    """The same of one whose answer was intended already and never goes out."""
    return Fact(
        key=left_out(publish.letter, publish.conversation),
        kind="not_shared",
        at=now,
        conversation=publish.conversation,
        channel=publish.publication.channel,
        actor=publish.agent,
        detail={"reason": reason, "group": publish.group},
    )


def left_behind_once(order: str, conversation: str) -> str:
    """The natural key of judging a member anew."""
    return f"left_behind|{order}|{conversation}"


def left_behind(record: Record | None, event: LeftBehind, *, at: Moment) -> Decision:
    """Judge the post anew: its ticket waits no longer, so it makes its own or joins another."""
    post = record.post(event.post) if record else None
    if record is None or post is None or record.phase is not Phase.FOLDED or not record.is_of(event.group):
        return Decision()
    once = left_behind_once(event.order, record.id)
    judge = Judge(post=post, again=event.order)
    return Decision(once=once, intents=(Intent(effect=judge, at=at.now),))


def fact(kind: str, record: Record, share: Share, *, at: Moment, key: str, **detail: str) -> Fact:
    """A step of an answer to all, for the record; what says nothing of the detail is left out."""
    return Fact(
        key=key,
        kind=kind,
        at=at.now,
        conversation=record.id,
        channel=record.key.channel,
        actor=share.agent,
        detail={name: value for name, value in detail.items() if value},
    )
