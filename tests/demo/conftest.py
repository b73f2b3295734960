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
