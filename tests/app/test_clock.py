"""The daemon's clock: steady while the machine's is set anew, and what waits moves along with it (C12)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from bridge.app import clock as module
from bridge.app.clock import SteadyClock, jump
from bridge.core.decision import Decision
from bridge.core.effects import Intent, Turn
from bridge.core.policy import Pace
from bridge.ports import TemporaryProblem
from bridge.store import turns
from bridge.store.open import open_store
from bridge.store.store import SqlStore
from bridge.testing import making

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=2)


class Machine:
    """The clock of a machine, which somebody sets."""

    ahead = timedelta(0)

    def now(self, zone: object) -> datetime:
        assert zone is UTC
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = Machine()
    monkeypatch.setattr(module, "datetime", SimpleNamespace(now=found.now))
    return found


@pytest.fixture
def clock(machine: Machine) -> SteadyClock:
    return SteadyClock()


@pytest.fixture
def store(clock: SteadyClock) -> Iterator[SqlStore]:
    opened = open_store(":memory:", clock=clock, create=True, platforms={})
    yield opened
    opened.close()


@pytest.mark.parametrize("step", [HOUR, -HOUR])
async def test_what_waits_waits_as_long_as_before(
    machine: Machine, clock: SteadyClock, store: SqlStore, step: timedelta
) -> None:
    due = clock.now() + timedelta(minutes=30)
    await store.apply(Decision(intents=(Intent(effect=making.tell(), at=due),)))
    machine.ahead = step
    await jump(clock, store, step)

    batch = await store.claim(["tell"], 1, owner="me", lease=LEASE)
    assert batch.rows == ()
    assert batch.next_due == due + step
    assert abs(clock.step()) < timedelta(seconds=5)


@pytest.mark.parametrize("step", [HOUR, -HOUR])
async def test_a_lease_lasts_as_long_as_before(
    machine: Machine, clock: SteadyClock, store: SqlStore, step: timedelta
) -> None:
    first = await store.lease("channel:forum", owner="one", length=LEASE)
    machine.ahead = step
    await jump(clock, store, step)

    assert await store.lease("channel:forum", owner="other", length=LEASE) is None
    assert first is not None
    again = await store.lease("channel:forum", owner="one", length=LEASE)
    assert again is not None
    assert again.epoch == first.epoch
    assert abs(again.until - first.until - step) < timedelta(seconds=5)


@pytest.mark.parametrize("step", [HOUR, -HOUR])
async def test_a_paced_proxy_has_its_turn_as_soon_as_before(
    machine: Machine, clock: SteadyClock, store: SqlStore, step: timedelta
) -> None:
    since = clock.now() + timedelta(minutes=30)
    await store.apply(Decision(intents=(Intent(effect=making.inject(), at=since, turn=Turn.OPENS),)))
    machine.ahead = step
    await jump(clock, store, step)

    (row,) = await store.read(turns.rows)
    assert row.oldest == since + step


@pytest.mark.parametrize("step", [HOUR, -HOUR])
async def test_what_went_in_within_a_minute_counts_as_long_as_before(
    machine: Machine, clock: SteadyClock, store: SqlStore, step: timedelta
) -> None:
    intent = Intent(effect=making.inject(), at=clock.now(), turn=Turn.AT_ONCE)
    await store.apply(Decision(intents=(intent,)))
    machine.ahead = step
    await jump(clock, store, step)

    for after, count in ((timedelta(0), {"forum": 1}), (timedelta(minutes=2), {})):
        now = clock.now() + after
        load = await store.read(partial(turns.load, desk="support", now=now, pace=Pace(), waiting=()))
        assert load.entered == count


class Full:
    """A store that fails at the end of a transaction."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def chore(self, do: Callable[..., None]) -> None:
        def failing(*given: object) -> None:
            do(*given)
            raise TemporaryProblem("the disk of the database is full")

        await self._store.chore(failing)


async def test_where_nothing_could_be_moved_the_old_time_goes_on(
    machine: Machine, clock: SteadyClock, store: SqlStore
) -> None:
    before = clock.now()
    due = before + timedelta(minutes=30)
    await store.apply(Decision(intents=(Intent(effect=making.tell(), at=due),)))
    machine.ahead = HOUR
    with pytest.raises(TemporaryProblem):
        await jump(clock, Full(store), HOUR)

    assert clock.now() - before < timedelta(minutes=1)
    assert (await store.claim(["tell"], 1, owner="me", lease=LEASE)).next_due == due


def test_who_goes_by_the_machine_is_told_of_each_jump(machine: Machine, clock: SteadyClock) -> None:
    """Also of one that is not followed, and of the way back."""
    heard: list[timedelta] = []
    clock.followers.append(heard.append)
    steady = clock.now()
    for machine.ahead in (timedelta(days=400), timedelta(days=400), timedelta(0)):
        clock.notice(clock.step())
        assert abs(clock.machine() - machine.now(UTC)) < timedelta(seconds=5)
        assert clock.doubtful() == bool(machine.ahead)

    assert [round(step / timedelta(days=1)) for step in heard] == [400, -400]
    assert clock.now() - steady < timedelta(minutes=1)
