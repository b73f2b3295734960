"""Who may go into a desk's queue next: room, pace, turns by age and priority, and channels' shares. All pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from bridge.core.effects import Turn
from bridge.core.model import Kind, Post, Priority
from bridge.core.policy import Pace

HEAD_START: Mapping[Priority, timedelta] = {
    Priority.URGENT: timedelta(0),
    Priority.HIGH: timedelta(minutes=5),
    Priority.NORMAL: timedelta(minutes=30),
    Priority.LOW: timedelta(hours=2),
}
"""By how much an urgent proxy may be younger than another and still go before it: with age everyone gets their turn."""

MINUTE = timedelta(minutes=1)
"""Over which the pace is counted."""

REMEMBERED = 1_000
"""Proxies that went in last and among which the channels' shares are counted, at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """A proxy that waits for its turn at a desk."""

    key: str
    channel: str
    priority: Priority
    since: datetime
    """From when on it might have gone."""
    opens: bool
    """Whether it opens a ticket there; one that joins a ticket needs no room."""

    @property
    def turn(self) -> tuple[datetime, str]:
        """Its place in its channel's row: the earlier, the sooner."""
        return self.since + HEAD_START[self.priority], self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much a desk has on its hands."""

    open: int
    """Tickets that were handed over and wait for an answer."""
    entered: Mapping[str, int]
    """Proxies that went in within the last minute, by channel."""
    shares: Mapping[str, int] = field(default_factory=dict)
    """Of those that went in last, how many each waiting channel had, as `shared` counts them."""
    figure: int | None = None
    """What the operator's own figure says waits in the queue; None where nobody asks for one or it cannot be read."""

    def with_one(self, waiter: Waiter) -> "Load":
        """The same after one more went in."""
        entered, shares = _with_one(self.entered, waiter.channel), _with_one(self.shares, waiter.channel)
        return replace(self, open=self.open + waiter.opens, entered=entered, shares=shares)


def _with_one(counts: Mapping[str, int], channel: str) -> Mapping[str, int]:
    return {**counts, channel: counts.get(channel, 0) + 1}


def turn(post: Post, *, joins: bool) -> Turn:
    """How a post's proxy waits at a desk with a pace: somebody who writes in private waits for an answer right now."""
    if post.kind in {Kind.DIRECT, Kind.SMS}:
        return Turn.AT_ONCE
    return Turn.JOINS if joins else Turn.OPENS


def admitted(waiters: Iterable[Waiter], pace: Pace, load: Load) -> tuple[Waiter, ...]:
    """Those who may go in now, in order; `waiters` has at least the first ones of every channel.

    Each channel's own row goes by turn, and channels share the desk by their weights: whoever went in least of late, for
    its weight, is next.
    """
    rows = _rows(waiters)
    found: list[Waiter] = []
    while (chosen := _next(rows, pace, load)) is not None:
        rows[chosen.channel].remove(chosen)
        load = load.with_one(chosen)
        found.append(chosen)
    return tuple(found)


def shared(last: Iterable[str], waiting: Collection[str], pace: Pace) -> Mapping[str, int]:
    """How many of the proxies that went in last each waiting channel had; `last` has their channels, the newest first.

    As many are counted as all weights of the waiting channels together: one of them that had none was passed by as often
    as its weight allows, however rarely the desk has room.
    """
    most = sum(pace.weights.get(channel, 1) for channel in waiting)
    return Counter(islice((channel for channel in last if channel in waiting), most))


def _rows(waiters: Iterable[Waiter]) -> dict[str, list[Waiter]]:
    """Each channel's waiters, in the order of their turns."""
    rows: dict[str, list[Waiter]] = {}
    for waiter in sorted(waiters, key=lambda each: each.turn):
        rows.setdefault(waiter.channel, []).append(waiter)
    return rows


def _next(rows: Mapping[str, Sequence[Waiter]], pace: Pace, load: Load) -> Waiter | None:
    """The next one, None where nobody may go."""
    if pace.per_minute is not None and sum(load.entered.values()) >= pace.per_minute:
        return None
    heads = [head for row in rows.values() if (head := _head(row, pace, load)) is not None]

    def place(head: Waiter) -> tuple[float, tuple[datetime, str]]:
        return (load.shares.get(head.channel, 0) + 1) / pace.weights.get(head.channel, 1), head.turn

    return min(heads, key=place, default=None)


def _head(row: Sequence[Waiter], pace: Pace, load: Load) -> Waiter | None:
    """The first of a channel's row that has room: where the desk is full, tickets that are there may still grow."""
    full = pace.open is not None and load.open >= pace.open
    busy = pace.hold_above is not None and load.figure is not None and load.figure > pace.hold_above
    may = (w for w in row if not (full and w.opens) and not (busy and w.priority is not Priority.URGENT))
    return next(may, None)
