"""When a small site's operator is mailed without any monitoring: one mail at a trouble's beginning, one at its end."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.core import operators
from bridge.core.effects import State
from bridge.core.moment import Moment
from bridge.core.proxies import Notice

DOUBT = timedelta(minutes=15)
"""How long a publication may be in doubt (C01)."""

WAITING = timedelta(minutes=15)
"""How long a proxy, notice or publication may wait before the operator hears of it (C25)."""

TURN = timedelta(hours=4)
"""How long a proxy may wait for its turn at a desk: agents do not keep up, or the pace is too slow."""

HELD = timedelta(hours=4)
"""How long something may be held without anybody looking."""

_DAY = timedelta(hours=24)
_GRACE = {"inject": _DAY, "publish": _DAY, "share": _DAY, "remind": timedelta(days=31)}

FREE = 0.05
"""Share of the disk below which it counts as nearly full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """Effects of one kind in one state."""

    kind: str
    state: State
    count: int
    oldest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is looked at."""

    piles: tuple[Pile, ...]
    held_letters: int
    oldest_held_letter: timedelta
    unapproved: int
    """How many of them waited too long for a lead, with nobody left to ask."""
    oldest_unapproved: timedelta
    free: float
    """Share of the state directory's disk that is free; 1 where there is none."""
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A trouble that somebody should know of."""

    reason: str
    subject: str
    detail: str


def alarms(sight: Sight) -> Iterator[Alarm]:
    """Every trouble that there is now."""
    for pile in sight.piles:
        what = f"{pile.count} {pile.kind}"
        since = f"the oldest for {_minutes(pile.oldest)}"
        if pile.state is State.UNSURE and pile.oldest >= DOUBT:
            yield Alarm(reason="in_doubt", subject=what, detail=since)
        elif pile.state is State.READY and pile.oldest >= WAITING + _grace(pile.kind):
            yield Alarm(reason="waiting_long", subject=what, detail=since)
        elif pile.state is State.PACED and pile.oldest >= TURN:
            yield Alarm(reason="turn_waiting", subject=what, detail=since)
        elif pile.state is State.HELD and pile.oldest >= HELD:
            yield Alarm(reason="held_waiting", subject=what, detail=since)
    if sight.held_letters and sight.oldest_held_letter >= HELD:
        since = f"the oldest for {_minutes(sight.oldest_held_letter)}"
        yield Alarm(reason="held_waiting", subject=f"{sight.held_letters} letter", detail=since)
    if sight.unapproved:
        since = f"the oldest for {_minutes(sight.oldest_unapproved)}"
        yield Alarm(reason="approval_waiting", subject=f"{sight.unapproved} answer", detail=since)
    if sight.free < FREE:
        yield Alarm(reason="disk_nearly_full", subject=sight.place, detail=f"{sight.free:.1%} is free")


def _grace(kind: str) -> timedelta:
    """Proxies may wait for the community, answers for their undo window, warnings for days: no trouble."""
    return _GRACE.get(kind, timedelta(0))


def _minutes(length: timedelta) -> str:
    return f"{int(length.total_seconds() // 60)} minutes"


def told(
    active: Mapping[str, datetime], found: Iterable[Alarm], *, at: Moment
) -> tuple[Mapping[str, datetime], tuple[Notice, ...]]:
    """What is active now, and the mails for what began and what ended (D10)."""
    now = {alarm.reason: alarm for alarm in found}
    notices: tuple[Notice, ...] = ()
    for reason, alarm in now.items():
        if reason not in active:
            notices += operators.condition(
                at.policy, reason, subject=alarm.subject, detail=alarm.detail, since=at.now, now=at.now
            )
    for reason, since in active.items():
        if reason not in now:
            subject = reason.replace("_", " ")
            notices += operators.condition(at.policy, "recovered", subject=subject, detail="", since=since, now=at.now)
    return {reason: active.get(reason, at.now) for reason in now}, notices
