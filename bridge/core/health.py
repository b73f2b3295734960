"""How the connections to the outside are: named conditions, what a person must do, and when somebody is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bridge.core import wording
from bridge.core.decision import Decision, Fact
from bridge.core.model import Notice
from bridge.core.moment import Moment

ALARM = timedelta(minutes=15)
"""How long something may be out of reach before the operator is told."""


class Condition(StrEnum):
    """How a connection is."""

    NEW = "new"
    """Not tried since the start."""
    WELL = "well"
    WAITING = "waiting"
    """The other side asked for a pause."""
    DOWN = "down"
    """Out of reach; tried again and again."""
    LOGIN = "login"
    """The login is not accepted any more; only a person can renew it."""
    REFUSED = "refused"
    """The other side says that asking again won't help."""


ACTIONS: Mapping[Condition, str] = {
    Condition.NEW: "",
    Condition.WELL: "",
    Condition.WAITING: "nothing: it goes on by itself",
    Condition.DOWN: "nothing yet: it is tried again; look at the other side if it lasts",
    Condition.LOGIN: "renew the credential and reload the bridge",
    Condition.REFUSED: "read the detail and correct the stanza or the account",
}
"""What a person must do."""

FAILING = frozenset({Condition.DOWN, Condition.LOGIN, Condition.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One connection's condition, since when, and what was told about it."""

    name: str
    """`channel forum`, `inbox replies`, `desk support`."""
    condition: Condition
    since: datetime
    detail: str = ""
    failures: int = 0
    told: str = ""
    """The reason code under which the operator was told; empty where nobody was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the last try showed."""

    condition: Condition
    detail: str = ""


def after(health: Health, seen: Seen, now: datetime) -> Health:
    """The condition after one try more; a first failure starts a new one and a first success ends it."""
    if seen.condition is health.condition:
        return replace(health, detail=seen.detail, failures=health.failures + (seen.condition in FAILING))
    failures = 1 if seen.condition in FAILING else 0
    since = health.since if _goes_on(health.condition, seen.condition) else now
    return replace(health, condition=seen.condition, since=since, detail=seen.detail, failures=failures)


def _goes_on(before: Condition, now: Condition) -> bool:
    """Whether the trouble only changed its name."""
    return before in FAILING and now in FAILING


def changed(before: Health, now: Health, *, at: Moment) -> tuple[Health, Decision | None]:
    """What is recorded and told: each beginning and each end once; None where neither happened (D10)."""
    reason = _due(now, at.now)
    facts = (_fact(now, at.now),) if before.condition is not now.condition else ()
    notices: tuple[Notice, ...] = ()
    told = now.told
    if now.condition not in FAILING and now.told:
        notices, told = _told(before, "recovered", at), ""
    elif reason and reason != now.told:
        notices, told = _told(now, reason, at), reason
    after_telling = replace(now, told=told)
    if not facts and not notices:
        return after_telling, None
    return after_telling, Decision(facts=facts, intents=at.tell(*notices))


def _due(health: Health, now: datetime) -> str:
    """Under which reason the operator must hear of it now."""
    if health.condition is Condition.LOGIN:
        return "login"
    lasts = health.condition in FAILING and now - health.since >= ALARM
    return "down" if lasts else ""


def _told(health: Health, reason: str, at: Moment) -> tuple[Notice, ...]:
    return wording.condition(
        at.policy, reason, subject=health.name, detail=health.detail, since=health.since, now=at.now
    )


def _fact(health: Health, now: datetime) -> Fact:
    kind, _, name = health.name.partition(" ")
    return Fact(
        key=f"condition|{health.name}|{health.condition}|{now.isoformat()}",
        kind="condition",
        at=now,
        channel=name if kind == "channel" else "",
        detail={"name": health.name, "condition": str(health.condition), "detail": health.detail},
    )
