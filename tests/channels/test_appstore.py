"""The App Store channel against a server with Apple's API."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from channels_reviews import apple

from bridge.channels import appstore
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.appstore import AppStoreServer
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import MovableClock


class AppStorePlatform:
    """The server as the contract sees it."""

    max_length = 5970
    has_private = False
    shows_deletions = True

    def __init__(self, server: AppStoreServer, clock: MovableClock, fittings: Fittings) -> None:
        self.server = server
        self.clock = clock
        self.secrets = [server.pem, server.pem.splitlines()[1]]
        self._fittings = fittings

    def channel(self, *, backfill: timedelta) -> Channel:
        return appstore.build("reviews", apple(self.server, backfill=backfill), self._fittings)

    def write(self, author: str, text: str) -> str:
        return self.server.reviews.write(author, text)

    def write_private(self, author: str, text: str) -> str:
        raise NotImplementedError

    def edit(self, post: str, text: str) -> None:
        self.server.reviews.edit(post, text)

    def delete(self, post: str) -> None:
        self.server.reviews.delete(post)

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=text, private=False) for text in self.server.reviews.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.server.faults.set(mode, times=None, amount=amount)

    def heal(self) -> None:
        self.server.faults.heal()

    async def vanish(self) -> None:
        await self.server.stop()


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[AppStoreServer]:
    server = AppStoreServer(now=clock.now)
    await server.start()
    yield server
    await server.stop()


class TestAppStore(ChannelContract):
    @pytest.fixture
    def platform(self, server: AppStoreServer, clock: MovableClock, fittings: Fittings) -> AppStorePlatform:
        return AppStorePlatform(server, clock, fittings)
