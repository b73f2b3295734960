"""Traffic on a real store: a day of quiet, a storm that is told once, and its end by itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bridge.app.storms import Watch
from bridge.core.decision import CursorMove, Decision
from bridge.core.events import Sighting
from bridge.core.storms import Limits
from bridge.shell.house import House
from bridge.store import reports
from bridge.store.open import open_store
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock

LIMITS = Limits(factor=5, least=50)


class Quiet:
    """A desk that only seals."""

    name = "support"
    seal = staticmethod(making.seal)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def store(tmp_path: Path, clock: MovableClock) -> Iterator[SqlStore]:
    opened = open_store(tmp_path / "bridge.db", clock=clock, create=True, platforms={})
    yield opened
    opened.close()


@pytest.fixture
def house(store: SqlStore, clock: MovableClock) -> House:
    return House(
        store=store,
        groups=store,
        clock=clock,
        channels={"forum": None},
        desks={"support": Quiet(), "noc": Quiet()},
        inboxes={},
        judge=None,
        policy=lambda: making.POLICY,
        postmarks={},
        owner="me",
    )


async def come(store: SqlStore, count: int, at: datetime, before: str | None) -> str:
    """So many posts at once."""
    after = f"{at.isoformat()}"
    posts = (making.post(f"{after}-{n}", thread=f"{after}-{n}", at=at) for n in range(count))
    cursor = CursorMove(channel="forum", before=before, after=after)
    await store.apply(Decision(sightings=tuple(Sighting(post=post) for post in posts), cursor=cursor))
    return after


async def told(store: SqlStore) -> list[str]:
    facts = await store.read(lambda connection: reports.facts(connection, 0, 99))
    return [fact.kind for fact in facts if fact.kind.startswith("storm")]


async def test_a_storm_begins_and_ends_by_itself(house: House, store: SqlStore, clock: MovableClock) -> None:
    cursor = await come(store, 20, clock.now(), None)
    await Watch(house, store, lambda: LIMITS).turn()
    assert await told(store) == []

    clock.advance(timedelta(days=2))
    cursor = await come(store, 60, clock.now(), cursor)
    clock.advance(timedelta(seconds=1))
    for _restart in range(2):
        await Watch(house, store, lambda: LIMITS).turn()
    assert await told(store) == ["storm"]
    assert "storm:forum" in await store.switches()

    clock.advance(timedelta(minutes=20))
    await Watch(house, store, lambda: LIMITS).turn()
    assert await told(store) == ["storm", "storm_over"]
    assert "storm:forum" not in await store.switches()


async def test_the_storm_of_a_channel_that_was_taken_away_ends(
    house: House, store: SqlStore, clock: MovableClock
) -> None:
    """Whatever its traffic was in the last minutes, nothing comes by it any more."""
    cursor = await come(store, 20, clock.now(), None)
    clock.advance(timedelta(days=2))
    await come(store, 60, clock.now(), cursor)
    clock.advance(timedelta(seconds=1))
    await Watch(house, store, lambda: LIMITS).turn()
    for _again in range(2):
        await Watch(replace(house, channels={}), store, lambda: LIMITS).turn()

    assert await told(store) == ["storm", "storm_over"]
    assert "storm:forum" not in await store.switches()


async def test_what_was_caught_up_is_no_storm(house: House, store: SqlStore, clock: MovableClock) -> None:
    cursor = await come(store, 1, clock.now(), None)
    clock.advance(timedelta(days=2))
    await come(store, 500, clock.now() - timedelta(hours=3), cursor)
    clock.advance(timedelta(seconds=1))
    await Watch(house, store, lambda: LIMITS).turn()

    assert await told(store) == []


async def test_in_its_first_day_nothing_is_unusual(house: House, store: SqlStore, clock: MovableClock) -> None:
    await come(store, 500, clock.now(), None)
    clock.advance(timedelta(seconds=1))
    await Watch(house, store, lambda: LIMITS).turn()

    assert await told(store) == []
