"""When a channel is in a storm: far more posts than it usually has, until they are few again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.core import operators
from bridge.core.authors import author_keys
from bridge.core.decision import Decision, Fact, Switch
from bridge.core.model import Post, Verdict, Visibility
from bridge.core.moment import Moment
from bridge.core.policy import Protection

WINDOW = timedelta(minutes=10)
"""Over which posts are counted."""

_SWITCH = "storm:"

HISTORY = timedelta(days=1)
"""What must be known of a channel before anything counts as unusual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From when on a rise is a storm."""

    factor: float
    """How many times the usual."""
    least: int
    """Posts within the window below which nothing is a storm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """How many posts a channel has, within the window."""

    channel: str
    now: int
    usual: float


def stormy(traffic: Traffic, limits: Limits, *, already: bool) -> bool:
    """Whether it is one; one that began lasts until half of its limit, so that it does not flicker."""
    limit = max(float(limits.least), limits.factor * traffic.usual)
    return traffic.now >= (limit / 2 if already else limit)


def name(channel: str) -> str:
    """The switch that says since when a channel is in a storm."""
    return f"{_SWITCH}{channel}"


def begun(switches: Mapping[str, str]) -> dict[str, datetime]:
    """The channels that are in a storm, and since when."""
    found = {key.removeprefix(_SWITCH): since for key, since in switches.items() if key.startswith(_SWITCH) and since}
    return {channel: datetime.fromisoformat(since) for channel, since in found.items()}


def turned(traffic: Traffic, since: datetime | None, limits: Limits, *, at: Moment) -> Decision | None:
    """A storm's beginning or its end, each told once; None where nothing changed."""
    already = since is not None
    if stormy(traffic, limits, already=already) is already:
        return None
    began = since or at.now
    detail = f"{traffic.now} posts within ten minutes, usually {traffic.usual:.0f}"
    reason = "storm_over" if already else "storm"
    subject = f"channel {traffic.channel}"
    once = f"{reason}|{traffic.channel}|{began.isoformat()}"
    notices = operators.condition(at.policy, reason, subject=subject, detail=detail, since=began, now=at.now)
    return Decision(
        once=once,
        facts=(Fact(key=once, kind=reason, at=at.now, channel=traffic.channel, detail={"posts": str(traffic.now)}),),
        switches=(Switch(name=name(traffic.channel), value="" if already else at.now.isoformat(), by="bridge"),),
        intents=at.tell(*notices),
    )


def protected(post: Post, verdict: Verdict, protection: Protection) -> str:
    """Why the post never waits because of a storm, in a word; empty where it may."""
    if post.visibility is Visibility.PRIVATE:
        return "private"
    if not author_keys(post).isdisjoint(protection.authors):
        return "author"
    tags = [tag for tag in verdict.tags if tag in protection.tags]
    labels = [name for name, least in protection.labels.items() if verdict.labels.get(name, 0.0) >= least]
    return next((f"tag {tag}" for tag in tags), "") or next((f"label {name}" for name in labels), "")


def wait(post: Post, verdict: Verdict, protection: Protection) -> timedelta:
    """How long the post waits while its channel is in a storm."""
    return timedelta(0) if protected(post, verdict, protection) else verdict.defer_in_storm or timedelta(0)
