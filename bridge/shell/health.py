"""Keep an eye on every connection: one line when a failure starts, one when it ends, and the operator's mail."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

import msgspec
import structlog

from bridge.core import operators
from bridge.core.decision import Decision, Fact, Switch
from bridge.core.health import Health, StoredHealth, Turn, Watch, failed, succeeded
from bridge.core.moment import Moment
from bridge.core.proxies import Notice
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem
from bridge.shell.house import House

log = structlog.get_logger("bridge.health")

ALLOWANCE = timedelta(minutes=5)
"""How old an allowance may be that commands beside the daemon read."""


_NOTHING: Mapping[str, float] = MappingProxyType({})
_HEALTH = "health:"


class Lookout:
    """The health of all connections of this process, by names such as `channel forum`."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._watches = house.watches
        self._kept_at: dict[str, datetime] = {}

    @property
    def watches(self) -> dict[str, Watch]:
        """Every connection that was tried."""
        return dict(self._watches)

    async def well(self, name: str, *, allowance: str = "", left: Mapping[str, float] = _NOTHING) -> None:
        """It worked; `allowance` and `left` are what the platform leaves us, for people and for monitoring."""
        before = self._watches.get(name, Watch())
        after, turn = succeeded(before, now=self._house.clock.now())
        await self._turned(name, before, replace(after, allowance=allowance, left=left), turn)

    async def failed(self, name: str, problem: Exception) -> Watch:
        """It did not; its state follows from the problem's kind."""
        before = self._watches.get(name, Watch())
        now = self._house.clock.now()
        await self._turned(name, before, *failed(before, _state(problem), str(problem), now=now))
        return self._watches[name]

    def _changed_allowance(self, name: str, watch: Watch, now: datetime) -> bool:
        """Whether commands beside the daemon should read a newer allowance; it changes with every call."""
        return bool(watch.allowance) and now - self._kept_at.get(name, now - ALLOWANCE) >= ALLOWANCE

    async def _turned(self, name: str, before: Watch, after: Watch, turn: Turn | None) -> None:
        """Record a change of state, say it in the log, and tell the operator where a turn is due."""
        self._watches[name] = after
        at = self._house.moment()
        facts = (_fact(name, after, at.now),) if before.state is not after.state else ()
        notices = _notices(name, before, after, turn=turn, at=at)
        if facts or notices or self._changed_allowance(name, after, at.now):
            switches = (_kept(name, after, at.now),)
            try:
                await self._house.apply(Decision(facts=facts, intents=at.tell(*notices), switches=switches))
            except TemporaryProblem:  # a store that is out of reach must not end the one who tells of it
                self._watches[name] = _untold(before, after, turn)
            else:
                self._kept_at[name] = at.now
        if before.state is not after.state and self._watches[name] is not before:
            _say(name, before, after)


async def remembered(house: House) -> dict[str, Watch]:
    """The troubles that people were told of before the last end of this program, by the connections that are still there."""
    switches = await house.store.switches()
    kept = {name.removeprefix(_HEALTH): value for name, value in switches.items() if name.startswith(_HEALTH) and value}
    known = {
        name: msgspec.json.decode(value, type=StoredHealth) for name, value in kept.items() if _is_here(house, name)
    }
    return {
        name: Watch(state=health.state, since=health.since, reason=health.reason, told=True)
        for name, health in known.items()
        if health.told
    }


def _is_here(house: House, name: str) -> bool:
    """Whether a name such as `channel forum` or `part news/feed` is one of ours."""
    which = name.partition(" ")[2].partition("/")[0]
    return which in {*house.channels, *house.inboxes, *house.desks}


def _untold(before: Watch, after: Watch, turn: Turn | None) -> Watch:
    """What is remembered where nobody could be told, so that the next try tells it: a recovery has yet to come."""
    return before if turn is Turn.RECOVERED else replace(after, told=before.told)


def _state(problem: Exception) -> Health:
    """What a problem says about the connection."""
    match problem:
        case LoginProblem():
            return Health.LOGIN
        case PermanentProblem():
            return Health.REFUSED
        case TemporaryProblem(after=float() | int()):
            return Health.WAITING
        case _:
            return Health.FAILING


def _notices(name: str, before: Watch, after: Watch, *, turn: Turn | None, at: Moment) -> tuple[Notice, ...]:
    """The operator's mail: one at the trouble's beginning, one at its end."""
    if turn is None:
        return ()
    trouble = after if turn is Turn.FAILED else before
    reason = "recovered" if turn is Turn.RECOVERED else "login" if after.state is Health.LOGIN else "down"
    since = trouble.since or at.now
    return operators.condition(at.policy, reason, subject=name, detail=trouble.reason, since=since, now=at.now)


def _kept(name: str, watch: Watch, now: datetime) -> Switch:
    """The state for commands beside the daemon."""
    health = StoredHealth(
        state=watch.state, since=watch.since or now, reason=watch.reason, allowance=watch.allowance, told=watch.told
    )
    return Switch(name=f"{_HEALTH}{name}", value=msgspec.json.encode(health).decode(), by="bridge")


def _fact(name: str, watch: Watch, now: datetime) -> Fact:
    kind, _, which = name.partition(" ")
    return Fact(
        key=f"health|{name}|{watch.state}|{now.isoformat()}",
        kind="health",
        at=now,
        channel=which if kind == "channel" else "",
        detail={"name": name, "state": str(watch.state), "reason": watch.reason},
    )


_TROUBLE = frozenset({Health.FAILING, Health.LOGIN, Health.REFUSED})


def _say(name: str, before: Watch, after: Watch) -> None:
    if after.state in _TROUBLE and before.state not in _TROUBLE:
        log.warning("connection_failing", name=name, state=after.state, reason=after.reason)
    elif before.state in _TROUBLE and after.state is Health.WELL:
        log.info("connection_recovered", name=name, since=str(before.since))
    else:
        log.info("connection_changed", name=name, state=after.state, reason=after.reason)
