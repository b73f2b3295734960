"""The stores keep the contract: SQLite in memory and in a file, PostgreSQL on a server of our own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bridge.core.effects import State
from bridge.ports import Store
from bridge.store.open import open_store
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.store import DurableStoreContract, StoreContract
from bridge.testing.store_claiming import claim, intend, soon

Reopen = Callable[[], Awaitable[Store]]


class Opened:
    """A store that can be closed and opened again."""

    def __init__(self, place: str | Path, clock: MovableClock) -> None:
        self._place, self._clock = place, clock
        self.store = self._open()

    def _open(self) -> Store:
        self._last = open_store(self._place, clock=self._clock, create=True, platforms={})
        return self._last

    async def reopen(self) -> Store:
        self.close()
        return self._open()

    def close(self) -> None:
        self._last.close()


class TestMemory(StoreContract):
    """SQLite in memory."""

    @pytest.fixture
    async def store(self, clock: MovableClock) -> AsyncIterator[Store]:
        opened = Opened(":memory:", clock)
        yield opened.store
        opened.close()


class _Durable(DurableStoreContract):
    @pytest.fixture
    def opened(self) -> Opened:
        raise NotImplementedError

    @pytest.fixture
    async def store(self, opened: Opened) -> AsyncIterator[Store]:
        yield opened.store
        opened.close()

    @pytest.fixture
    def reopen(self, opened: Opened) -> Reopen:
        return opened.reopen


class TestFile(_Durable):
    """SQLite in a file."""

    @pytest.fixture
    def opened(self, clock: MovableClock, tmp_path: Path) -> Opened:
        return Opened(tmp_path / "state" / "bridge.db", clock)

    async def test_the_only_owner_finds_what_a_dead_one_left_running(self, store: Store, reopen: Reopen) -> None:
        """delivery.md 8: the lock on the directory proves that the former process is gone."""
        await intend(store, soon(making.publish()))
        (row,) = await claim(store)
        (again,) = await claim(await reopen())
        assert (again.was, again.epoch) == (State.RUNNING, row.epoch + 1)


class TestPostgreSQL(_Durable):
    """One database on a server of our own."""

    @pytest.fixture
    def opened(self, clock: MovableClock, emptied: str) -> Opened:
        return Opened(emptied, clock)

    async def test_another_node_waits_for_the_lease(self, store: Store, reopen: Reopen) -> None:
        """C14: the former one may be paused, not dead."""
        await intend(store, soon(making.publish()))
        assert await claim(store)
        assert not await claim(await reopen())
