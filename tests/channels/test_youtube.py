"""The YouTube channel against a server with its API."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from channels_youtube import settings, youtube_server

from bridge.channels import youtube
from bridge.channels._youtube.found import LONGEST
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.youtube import YouTubeServer
from bridge.testing.fittings import MovableClock


class YouTubePlatform:
    """The server as the contract sees it."""

    max_length = LONGEST
    has_public = True
    has_private = False
    shows_edits = True
    shows_deletions = True

    def __init__(self, server: YouTubeServer, clock: MovableClock, fittings: Fittings) -> None:
        self.server = server
        self.clock = clock
        self._fittings = fittings

    @property
    def secrets(self) -> Sequence[str]:
        access = self.server.access
        return [access.client_secret, access.refresh_token, *access.tokens]

    def channel(self, *, backfill: timedelta) -> Channel:
        return youtube.build("youtube", settings(self.server, backfill=backfill), self._fittings)

    def write(self, author: str, text: str) -> str:
        return self.server.write(author, text)

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        raise NotImplementedError

    def edit(self, post: str, text: str) -> None:
        self.server.edit(post, text)

    def delete(self, post: str) -> None:
        self.server.delete(post)

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=comment.text, private=False) for comment in self.server.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.server.fail(mode, amount=amount)

    def heal(self) -> None:
        self.server.heal()

    async def vanish(self) -> None:
        await self.server.stop()


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[YouTubeServer]:
    async with youtube_server(clock) as server:
        yield server


class TestYouTube(ChannelContract):
    @pytest.fixture
    def platform(self, server: YouTubeServer, clock: MovableClock, fittings: Fittings) -> YouTubePlatform:
        return YouTubePlatform(server, clock, fittings)
