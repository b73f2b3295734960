"""A running demo for the tests of a module, and a spectator of its page."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from bridge.testing.spectator import Running, Spectator, running


@pytest.fixture(scope="module")
def demo() -> Iterator[Running]:
    with running("--port", "0") as shown:
        yield shown


@pytest.fixture
async def watcher(demo: Running) -> AsyncIterator[Spectator]:
    async with aiohttp.ClientSession() as session:
        yield Spectator(session=session, demo=demo)


@pytest.fixture
async def time_to_think(watcher: Spectator) -> AsyncIterator[None]:
    """An undo window that no busy machine can miss."""
    await watcher.configure('undo = "5s"', 'undo = "10m"')
    yield
    await watcher.configure('undo = "10m"', 'undo = "5s"')
