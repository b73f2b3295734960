"""How a channel or inbox is, in words that say what a person must do, and when people are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

PATIENCE = timedelta(minutes=15)
"""How long a passing problem may last before somebody is told."""


class Health(StrEnum):
    """The state of a connection to somebody else's server."""

    UNTRIED = "untried"
    WELL = "well"
    WAITING = "waiting"
    """The server asked for a pause."""
    FAILING = "failing"
    """A passing problem; it is asked again by itself."""
    LOGIN = "login"
    """The login is not accepted any more."""
    REFUSED = "refused"
    """It will not work without a change of the configuration."""
    PAUSED = "paused"


ADVICE: dict[Health, str] = {
    Health.UNTRIED: "nothing to do: it was not asked yet",
    Health.WELL: "nothing to do",
    Health.WAITING: "nothing to do: the server asked for a pause, and is asked again afterwards",
    Health.FAILING: "nothing to do at first: it is tried again by itself; look at the server and the network if it lasts",
    Health.LOGIN: "renew the login and put it into the credential; nothing is lost meanwhile, and the gap is caught up",
    Health.REFUSED: "read the reason and change the stanza; then reload",
    Health.PAUSED: "resume it when you are ready: bridge channel resume NAME",
}
"""What a person must do in each state."""

PERSON_NEEDED = frozenset({Health.LOGIN, Health.REFUSED})
"""States that do not end by themselves: somebody is told at once."""


class Turn(StrEnum):
    """A change that people are told of, once."""

    FAILED = "failed"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is remembered of a connection's health."""

    state: Health = Health.UNTRIED
    since: datetime | None = None
    """When this state began; a failing one keeps its beginning while it only changes its reason."""
    reason: str = ""
    failures: int = 0
    """In a row."""
    told: bool = False
    """Whether somebody was told of the present trouble."""
    allowance: str = ""
    """What the platform leaves us, in its adapter's words."""
    left: Mapping[str, float] = field(default_factory=dict)
    """The same as shares, by what is counted."""


def succeeded(watch: Watch, *, now: datetime) -> tuple[Watch, Turn | None]:
    """After it went well; people hear of it only if they had heard of the trouble."""
    since = watch.since if watch.state is Health.WELL else now
    return Watch(state=Health.WELL, since=since), Turn.RECOVERED if watch.told else None


def failed(watch: Watch, state: Health, reason: str, *, now: datetime) -> tuple[Watch, Turn | None]:
    """After it went wrong; people hear of it once: at once where a person is needed, else when it lasts."""
    was_well = watch.state in {Health.UNTRIED, Health.WELL, Health.PAUSED}
    since = now if was_well or watch.since is None else watch.since
    lasts = state not in PERSON_NEEDED and now - since >= PATIENCE
    tell = not watch.told and (state in PERSON_NEEDED or lasts)
    after = replace(
        watch, state=state, since=since, reason=reason, failures=watch.failures + 1, told=watch.told or tell
    )
    return after, Turn.FAILED if tell else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHealth:
    """The state of a connection as commands beside the daemon read it."""

    state: Health
    since: datetime
    reason: str = ""
    allowance: str = ""
    told: bool = False
    """Whether people were told of it, so that they hear of its end also after a restart."""
