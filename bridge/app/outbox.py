"""What `bridge outbox list` shows: every effect that is not settled, as a person reads it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bridge.app.asking import ask
from bridge.config import Loaded
from bridge.core.effects import Act, Effect, Inject, Judge, Publish, Remind, Reread, State, Tell
from bridge.core.share import Share
from bridge.store.unsettled import Unsettled, Wanted, unsettled

KINDS = ("judge", "inject", "tell", "reread", "remind", "act", "publish", "share")
STATES = tuple(state for state in State if state not in {State.DONE, State.DROPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """An effect that is not settled."""

    key: str
    kind: str
    target: str
    """Where it goes, or what it is about."""
    state: str
    age: timedelta
    tries: int
    next: datetime | None
    """When it is tried or looked up next; of one in hand until when; None where a person must decide."""
    why: str
    channel: str
    desk: str
    conversation: str


async def outbox(
    loaded: Loaded, *, states: Collection[State], kind: str, channel: str, desk: str, most: int
) -> list[OutboxRow]:
    """The oldest effects that are not settled, of those that are wanted; an empty word wants all."""
    wanted = Wanted(states=states, kind=kind, channel=channel, desk=desk, most=most)
    found = await ask(loaded, lambda connection: unsettled(connection, wanted))
    now = datetime.now(UTC)
    return [_shown(each, now) for each in found]


def _shown(each: Unsettled, now: datetime) -> OutboxRow:
    return OutboxRow(
        key=each.key,
        kind=each.kind,
        target=_target(each.effect),
        state=str(each.state),
        age=max(now - each.since, timedelta(0)),
        tries=each.tries,
        next=each.due,
        why=_why(each),
        channel=each.channel,
        desk=each.desk,
        conversation=each.conversation,
    )


def _target(effect: Effect | None) -> str:
    """Where an effect goes, or what it is about."""
    match effect:
        case None:
            return "cannot be read"
        case Judge(post=post):
            return str(post.key)
        case Share(post=post):
            return f"all who joined the ticket of {post.key}"
        case Reread(letter=letter):
            return f"letter {letter[:12]}"
        case Remind(post=post):
            return post
        case _:
            return _place(effect)


def _place(effect: Inject | Tell | Publish | Act) -> str:
    """The desk or the platform that it goes to."""
    match effect:
        case Inject(proxy=proxy):
            return f"desk {proxy.desk}: {proxy.post.key}"
        case Tell(notice=notice):
            return f"desk {notice.desk}: {notice.to or 'its ticket'}"
        case Publish(publication=publication):
            return f"{publication.channel}/{publication.parent}"
        case Act(deed=deed, channel=channel, target=target):
            return f"{deed} {channel}/{target}"


def _why(each: Unsettled) -> str:
    """Why it is not settled, in a few words."""
    looks = f"looked {each.looks} times, not found" if each.looks and each.state is State.UNSURE else ""
    behind = "behind an earlier one of its conversation" if each.behind else ""
    waits = _WAITS.get(each.state, "") if not each.reason else ""
    return "; ".join(part for part in (each.reason or waits, looks, behind) if part)


_WAITS = {
    State.READY: "its time",
    State.PACED: "its turn",
    State.RUNNING: "in hand",
    State.UNSURE: "to be looked up",
}
"""Why an effect without a reason is not settled."""
