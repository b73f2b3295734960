"""An answer to all who joined a ticket: accepted as one letter, given to one after the other, told once.

letter with #all ─► gates ─► answer to the first customer ─► it stands ─► next member ─► gates ─► answer ─► …
Every member has a conversation of their own, so each of them is a decision of its own; the row that goes through the
group stays in the ticket's conversation, where an order to stop finds it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from bridge.core import gates, likeness, render, responses, rights, share_wording, wording
from bridge.core.case import Case, Counts, Waiver
from bridge.core.conversation import Phase, PublicConversation, Record
from bridge.core.decision import Decision, Fact
from bridge.core.effects import OPEN, Intent, Judge, Publish, Row, Settlement, State
from bridge.core.events import LetterRead
from bridge.core.model import Post, Priority, Visibility
from bridge.core.moment import Moment
from bridge.core.policy import ChannelPolicy, DeskPolicy
from bridge.core.replies import Command, Finding, Reading
from bridge.core.share import Share, ToAll, left_out
from bridge.core.share_events import FollowedUp, LeftBehind, Reached, ShareEnded, ShareStepped, Sharing
from bridge.core.split import Overrun

MISSES = 3
"""Refusals in a row after which the platform is taken at its word, and nobody else gets the answer."""

_LISTED = 20
"""Customers who wrote again of whom a ticket sees the links."""

_LASTING = frozenset({"content", "names_one", "extract_doubt"})
"""What a person released the letter from and what is true of its words for everybody."""


class Standing(StrEnum):
    """Whether the next member may have their turn."""

    GO = "go"
    WAIT = "wait"
    """The first customer's answer does not stand yet."""
    OVER = "over"


def accepted(decision: Decision, event: LetterRead, post: Post, *, passed: gates.Passed, at: Moment) -> Decision:
    """The decision with the intent to give the answer to all who had joined when the letter came; its sender is told."""
    record, reading = decision.record, event.reading
    desk = at.policy.desks[reading.desk]
    assert record is not None
    entry = ToAll(letter=reading.fingerprint, agent=reading.sender, at=at.now, others=event.others)
    record = stopped(record, "replaced").with_shared(entry)
    share = _share(record, event, post, passed=passed, desk=desk, at=at)
    intent = Intent(effect=share, at=at.now + desk.undo, priority=Priority.LOW)
    notice = share_wording.accepted(record, share, event.others, now=at.now)
    fact = _fact("to_all", record, share, at=at, key=share.key, others=str(event.others))
    return replace(
        decision,
        record=record,
        intents=(*decision.intents, intent, *at.tell(notice)),
        facts=(*decision.facts, fact),
    )


def _share(
    record: Record, event: LetterRead, post: Post, *, passed: gates.Passed, desk: DeskPolicy, at: Moment
) -> Share:
    reading = event.reading
    return Share(
        letter=reading.fingerprint,
        conversation=record.id,
        post=post,
        agent=reading.sender,
        desk=desk.name,
        text=reading.text.strip(),
        uses=tuple(command.argument for command in reading.commands if command.name == "use"),
        gates=passed.gates,
        waived=passed.waived,
        publish_by=at.now + desk.publish_by,
        until=min(event.received, at.now),
    )


def stopped(record: Record, why: str) -> Record:
    """The record once nobody else shall get any answer to all that is on its way."""
    for entry in record.to_all:
        if not entry.stopped and not entry.over:
            record = record.with_shared(replace(entry, stopped=why))
    return record


def going(record: Record) -> tuple[ToAll, ...]:
    """Answers to all that somebody may still get."""
    return tuple(entry for entry in record.to_all if not entry.stopped and not entry.over)


def standing(record: Record | None, share: Share, *, switches: Mapping[str, str], at: Moment) -> tuple[Standing, str]:
    """Whether to go on, and why not: the first customer's answer goes first, and what stops that stops all."""
    entry = record.shared(share.letter) if record else None
    if record is None or entry is None:
        return Standing.OVER, "gone"
    if reason := entry.stopped or _silenced(record, share, switches, at=at):
        return Standing.OVER, reason
    if share.misses >= MISSES:
        return Standing.OVER, "refused"
    first = [given for given in record.given if given.letter == share.letter]
    if all(given.dropped for given in first):
        return Standing.OVER, "taken_back"
    if at.now > share.publish_by:
        return Standing.OVER, "late"
    return (Standing.GO if all(given.published for given in first) else Standing.WAIT), ""


def _silenced(record: Record, share: Share, switches: Mapping[str, str], *, at: Moment) -> str:
    """Why its writer, its desk or its ticket may not speak any more; empty where they may."""
    desk = at.policy.desks.get(share.desk)
    if desk is None or not desk.live:
        return "desk_missing" if desk is None else "rehearsal"
    asked = Reached(share=share, post=share.post.id, switches=switches)
    barred = rights.sender_not_allowed(_case(record, share.post, asked, text=share.text, at=at))
    return "revoked" if barred or switches.get(f"conversation:{record.id}") == "revoked" else ""


def counted(share: Share, row: Row | None) -> Share:
    """The same with the last answer counted: how many in a row the platform did not take."""
    if row is None or row.state in OPEN:
        return share
    return replace(share, misses=share.misses + 1 if row.reason == "refused" else 0)


def shared(record: Record | None, event: Sharing, *, at: Moment) -> Decision:
    """Decide upon a step of an answer to all."""
    match event:
        case Reached():
            return _reached(record, event, at=at)
        case LeftBehind():
            return _left_behind(record, event, at=at)
        case ShareStepped():
            return _stepped(event, at=at)
        case ShareEnded():
            return _ended(record, event, at=at)
        case FollowedUp():
            return _followed(record, event, at=at)


def _reached(record: Record | None, event: Reached, *, at: Moment) -> Decision:
    """One member's turn: their own answer, once, or why they get none."""
    share = event.share
    post = record.post(event.post) if record else None
    if record is None or post is None:
        return Decision()
    channel = at.policy.channels.get(record.key.channel)
    reason = _unfit(record, post, share)
    text = "" if reason or channel is None else _words(share, post, channel=channel, at=at)
    if channel is None or not text:
        return _left_out(record, share, reason or "nameless", at=at)
    passed = gates.reach(_case(record, post, event, text=text, at=at))
    if isinstance(passed, Finding):
        return _left_out(record, share, passed.reason, at=at)
    return _given(record, post, share, text=text, channel=channel, at=at)


def _unfit(record: Record, post: Post, share: Share) -> str:
    """Why a member is not meant any more; empty where the answer still answers them."""
    if record.sent or record.group != share.conversation:
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


def _case(record: Record, post: Post, event: Reached, *, text: str, at: Moment) -> Case:
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
        facts=(_fact("shared", record, share, at=at, key=once, post=str(post.key), group=share.conversation),),
    )


def _left_out(record: Record, share: Share, reason: str, *, at: Moment) -> Decision:
    """That one who joined does not get the answer, and why."""
    once = left_out(share.letter, record.id)
    fact = _fact("not_shared", record, share, at=at, key=once, reason=reason, group=share.conversation)
    return Decision(once=once, facts=(fact,))


def _left_behind(record: Record | None, event: LeftBehind, *, at: Moment) -> Decision:
    """Judge the post anew: its ticket waits no longer, so it makes its own or joins another."""
    share, post = event.share, record.post(event.post) if record else None
    if record is None or post is None or record.phase is not Phase.FOLDED or record.group != share.conversation:
        return Decision()
    once = f"left_behind|{share.letter}|{record.id}"
    judge = Judge(post=post, again=share.letter)
    return Decision(once=once, intents=(Intent(effect=judge, at=at.now),))


def _stepped(event: ShareStepped, *, at: Moment) -> Decision:
    """On to the next, as quickly as the channel allows."""
    claimed, share = event.claimed, event.claimed.effect
    assert isinstance(share, Share)
    channel = at.policy.channels.get(share.post.channel)
    pause = timedelta(minutes=1) / (channel.all_per_minute if channel else 1)
    after = replace(share, after=event.after, current=event.current, misses=event.misses)
    due = at.now + (pause if event.current else timedelta(0))
    settlement = Settlement(key=claimed.key, epoch=claimed.epoch, state=State.READY, at=due, effect=after)
    return Decision(settlements=(settlement,))


def _ended(record: Record | None, event: ShareEnded, *, at: Moment) -> Decision:
    """The ticket is told what became of it, once; nobody is told that nothing came of what was taken back."""
    claimed, share, tally = event.claimed, event.claimed.effect, event.tally
    assert isinstance(share, Share)
    state = State.DROPPED if event.reason else State.DONE
    settlement = Settlement(key=claimed.key, epoch=claimed.epoch, state=state, reason=event.reason)
    entry = record.shared(share.letter) if record else None
    if record is None or entry is None:
        return Decision(settlements=(settlement,))
    after = record.with_shared(replace(entry, over=True, stopped=event.reason))
    quiet = event.reason in {"cancelled", "replaced", "taken_back"} and not (tally.published or tally.waiting)
    notices = () if quiet else (share_wording.over(after, share, event.reason, tally=tally, now=at.now),)
    counts = {"published": tally.published, "waiting": tally.waiting, **tally.left_out}
    detail = {name: str(count) for name, count in counts.items()} | {"reason": event.reason}
    fact = _fact("to_all_over", record, share, at=at, key=f"over|{share.key}", **detail)
    return Decision(record=after, settlements=(settlement,), intents=at.tell(*notices), facts=(fact,))


def _followed(record: Record | None, event: FollowedUp, *, at: Moment) -> Decision:
    """The ticket learns who wrote again, at round numbers; each has a ticket of their own."""
    if record is None:
        return Decision()
    post, count = event.post, record.follow_ups + 1
    once = f"followed|{record.id}|{post.key}"
    link = wording.page(post.url) or str(post.key)
    after = replace(record, follow_ups=count, followed=(*record.followed, link)[-_LISTED:])
    fact = Fact(
        key=once,
        kind="followed",
        at=at.now,
        conversation=record.id,
        channel=record.key.channel,
        detail={"post": str(post.key), "conversation": post.conversation.id},
    )
    told = at.tell(share_wording.followed(after, now=at.now)) if likeness.step(count) == count else ()
    return Decision(once=once, record=after, intents=told, facts=(fact,))


def _fact(kind: str, record: Record, share: Share, *, at: Moment, key: str, **detail: str) -> Fact:
    return Fact(
        key=key,
        kind=kind,
        at=at.now,
        conversation=record.id,
        channel=record.key.channel,
        actor=share.agent,
        detail={name: value for name, value in detail.items() if value},
    )
