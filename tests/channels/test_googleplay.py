"""The Google Play channel against a server with Google's API."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from channels_reviews import google

from bridge.channels import googleplay
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.googleplay import GooglePlayServer
from bridge.testing.fittings import MovableClock


class GooglePlayPlatform:
    """The server as the contract sees it."""

    max_length = 350
    has_private = False
    shows_deletions = False

    def __init__(self, server: GooglePlayServer, clock: MovableClock, fittings: Fittings) -> None:
        self.server = server
        self.clock = clock
        self._fittings = fittings

    @property
    def secrets(self) -> Sequence[str]:
        return [self.server.account, *filter(None, [self.server.token])]

    def channel(self, *, backfill: timedelta) -> Channel:
        return googleplay.build("reviews", google(self.server, backfill=backfill), self._fittings)

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
async def server(clock: MovableClock) -> AsyncIterator[GooglePlayServer]:
    server = GooglePlayServer(now=clock.now)
    await server.start()
    yield server
    await server.stop()


class TestGooglePlay(ChannelContract):
    @pytest.fixture
    def platform(self, server: GooglePlayServer, clock: MovableClock, fittings: Fittings) -> GooglePlayPlatform:
        return GooglePlayPlatform(server, clock, fittings)
