"""Keep an eye on every connection: one line when a failure starts, one when it ends, and the operator's mail."""

import structlog

from bridge.core.health import FAILING, Condition, Health, Seen, after, changed
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem
from bridge.shell.house import House

log = structlog.get_logger("bridge.health")


class Watch:
    """The conditions of all connections of this process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._healths: dict[str, Health] = {}

    def of(self, name: str) -> Health:
        """The condition of one connection, for example `channel forum`."""
        fresh = Health(name=name, condition=Condition.NEW, since=self._house.clock.now())
        return self._healths.get(name, fresh)

    async def well(self, name: str) -> None:
        """It worked."""
        await self._saw(name, Seen(condition=Condition.WELL))

    async def failed(self, name: str, problem: Exception) -> Health:
        """It did not; the condition follows from the problem's kind."""
        return await self._saw(name, Seen(condition=condition(problem), detail=str(problem)))

    async def _saw(self, name: str, seen: Seen) -> Health:
        at = self._house.moment()
        before = self.of(name)
        now, decision = changed(before, after(before, seen, at.now), at=at)
        self._healths[name] = now
        if before.condition is not now.condition:
            _say(before, now)
        if decision is not None:
            await self._house.apply(decision)
        return now


def condition(problem: Exception) -> Condition:
    """What a problem says about the connection."""
    match problem:
        case LoginProblem():
            return Condition.LOGIN
        case PermanentProblem():
            return Condition.REFUSED
        case TemporaryProblem(after=float() | int()):
            return Condition.WAITING
        case _:
            return Condition.DOWN


def _say(before: Health, now: Health) -> None:
    if now.condition in FAILING and before.condition not in FAILING:
        log.warning("connection_failing", name=now.name, condition=now.condition, detail=now.detail)
    elif before.condition in FAILING and now.condition not in FAILING:
        log.info("connection_recovered", name=now.name, since=before.since.isoformat())
    else:
        log.info("connection_condition_changed", name=now.name, condition=now.condition, detail=now.detail)
