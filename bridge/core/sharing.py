"""An answer to all who joined a ticket: accepted as one letter, given to one after the other, told once.

letter with #all ─► gates ─► answer to the first customer ─► it stands ─► next member ─► gates ─► answer ─► …
Every member has a conversation of their own, so each of them is a decision of its own; the row that goes through the
group stays in the ticket's conversation, where an order to stop finds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from bridge.core import gates, likeness, members, rights, share_wording
from bridge.core.conversation import Given, Record
from bridge.core.decision import Decision, Fact
from bridge.core.effects import OPEN, Intent, Row, Settlement, State
from bridge.core.events import LetterRead
from bridge.core.model import Post, Priority
from bridge.core.moment import Moment
from bridge.core.policy import DeskPolicy
from bridge.core.share import Share, ToAll
from bridge.core.share_events import FollowedUp, LeftBehind, Reached, ShareEnded, ShareStepped, Sharing

TAKING = timedelta(seconds=1)
"""Between two of them, when an answer to all is taken away again."""

MISSES = 3
"""Refusals in a row after which the platform is taken at its word, and nobody else gets the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """An order to take an answer to all away again."""

    order: str
    """The fingerprint of the letter, or another name of it."""
    by: str
    notify: str
    """Mailbox that is told what cannot be taken away; empty for an operator."""
    desk: str


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
    fact = members.fact("to_all", record, share, at=at, key=share.key, others=str(event.others))
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
        approve_by=record.approve_by,
        publish_by=at.now + desk.publish_by,
        until=min(event.received, at.now),
    )


def stopped(record: Record, why: str) -> Record:
    """The record once nobody else shall get any answer to all that is on its way."""
    for entry in record.to_all:
        if not entry.stopped and not entry.over:
            record = record.with_shared(replace(entry, stopped=why))
    return record


def taken_away(decision: Decision, given: Given, taking: Taking, *, at: Moment) -> Decision:
    """The decision with the intent to take the answer away from everybody who has it, where it went to all."""
    record = decision.record
    entry = record.shared(given.letter) if record else None
    post = record.post(given.post) if record else None
    if record is None or entry is None or post is None:
        return decision
    share = Share(
        letter=given.letter,
        conversation=record.id,
        post=post,
        agent=taking.by,
        notify=taking.notify,
        desk=taking.desk,
        text="",
        publish_by=at.now,
        until=at.now,
        taking=taking.order,
    )
    stop = record if entry.over else record.with_shared(replace(entry, stopped=entry.stopped or "deleted"))
    return replace(decision, record=stop, intents=(*decision.intents, Intent(effect=share, at=at.now)))


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
    stands = all(given.published for given in first)
    if not stands and share.post.id in record.deleted:
        return Standing.OVER, "target_gone"
    if at.now > share.publish_by:
        return Standing.OVER, "late"
    return (Standing.GO if stands else Standing.WAIT), ""


def _silenced(record: Record, share: Share, switches: Mapping[str, str], *, at: Moment) -> str:
    """Why its writer, its desk or its ticket may not speak any more; empty where they may."""
    desk = at.policy.desks.get(share.desk)
    if desk is None or not desk.live:
        return "desk_missing" if desk is None else "rehearsal"
    asked = Reached(share=share, post=share.post.id, switches=switches)
    barred = rights.sender_not_allowed(members.case(record, share.post, asked, text=share.text, at=at))
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
            return members.reached(record, event, at=at)
        case LeftBehind():
            return members.left_behind(record, event, at=at)
        case ShareStepped():
            return _stepped(event, at=at)
        case ShareEnded():
            return _ended(record, event, at=at)
        case FollowedUp():
            return _followed(record, event, at=at)


def _stepped(event: ShareStepped, *, at: Moment) -> Decision:
    """On to the next, as quickly as the channel allows."""
    claimed, share = event.claimed, event.claimed.effect
    assert isinstance(share, Share)
    channel = at.policy.channels.get(share.post.channel)
    pause = TAKING if share.taking else timedelta(minutes=1) / (channel.all_per_minute if channel else 1)
    after = replace(share, after=event.after, current=event.current, misses=event.misses)
    due = at.now + (pause if event.current or share.taking else timedelta(0))
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
    if share.taking:
        notice = share_wording.taken(record, share, tally=tally, now=at.now)
        return Decision(settlements=(settlement,), intents=at.tell(notice))
    after = record.with_shared(replace(entry, over=True, stopped=event.reason))
    quiet = event.reason in {"cancelled", "replaced", "taken_back", "deleted"} and not (
        tally.published or tally.waiting
    )
    notices = () if quiet else (share_wording.over(after, share, event.reason, tally=tally, now=at.now),)
    counts = {"published": tally.published, "waiting": tally.waiting, **tally.left_out}
    detail = {name: str(count) for name, count in counts.items()} | {"reason": event.reason}
    fact = members.fact("to_all_over", record, share, at=at, key=f"over|{share.key}", **detail)
    return Decision(record=after, settlements=(settlement,), intents=at.tell(*notices), facts=(fact,))


def _followed(record: Record | None, event: FollowedUp, *, at: Moment) -> Decision:
    """The ticket learns who wrote again, at round numbers; each has a ticket of their own."""
    if record is None:
        return Decision()
    post, count = event.post, record.follow_ups + 1
    once = f"followed|{record.id}|{post.key}"
    after = replace(record, follow_ups=count)
    fact = Fact(
        key=once,
        kind="followed",
        at=at.now,
        conversation=record.id,
        channel=record.key.channel,
        detail={"post": str(post.key), "conversation": post.conversation.id},
    )
    told = at.tell(share_wording.followed(after, post, now=at.now)) if likeness.step(count) == count else ()
    return Decision(once=once, record=after, intents=told, facts=(fact,))
