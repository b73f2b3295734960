"""The Reddit channel against a server with its API and its feeds."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from channels_reddit import feed_settings, reddit_server, settings

from bridge.channels import reddit
from bridge.channels._reddit.said import LONGEST
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.reddit import RedditServer
from bridge.testing.fittings import MovableClock


class FeedsPlatform:
    """The server's feeds as the contract sees them: they have no pages, so here they are long."""

    max_length = 0
    has_public = True
    has_private = False
    shows_edits = True
    shows_deletions = False
    secrets = ()

    def __init__(self, server: RedditServer, clock: MovableClock, fittings: Fittings) -> None:
        self.server = server
        self.server.feeds.most = 1000
        self.clock = clock
        self._fittings = fittings

    def channel(self, *, backfill: timedelta) -> Channel:
        return reddit.build("reddit", feed_settings(self.server, backfill=backfill), self._fittings)

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
        return []

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.server.fail(mode, amount=amount)

    def heal(self) -> None:
        self.server.heal()

    async def vanish(self) -> None:
        await self.server.stop()


class ApiPlatform:
    """The server's API as the contract sees it."""

    max_length = LONGEST
    has_public = True
    has_private = True
    shows_edits = True
    shows_deletions = True

    def __init__(self, server: RedditServer, clock: MovableClock, fittings: Fittings) -> None:
        self.server = server
        self.clock = clock
        self._fittings = fittings

    @property
    def secrets(self) -> Sequence[str]:
        access = self.server.access
        return [access.client_secret, access.refresh_token, access.password, *access.tokens]

    def channel(self, *, backfill: timedelta) -> Channel:
        return reddit.build("reddit", settings(self.server, backfill=backfill), self._fittings)

    def write(self, author: str, text: str) -> str:
        return self.server.write(author, text)

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        return self.server.message(author, text)

    def edit(self, post: str, text: str) -> None:
        self.server.edit(post, text)

    def delete(self, post: str) -> None:
        self.server.delete(post)

    def said(self) -> Sequence[Utterance]:
        public = [Utterance(text=comment.text, private=False) for comment in self.server.said()]
        return [*public, *(Utterance(text=message.text, private=True) for message in self.server.sent())]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.server.fail(mode, amount=amount)

    def heal(self) -> None:
        self.server.heal()

    async def vanish(self) -> None:
        await self.server.stop()


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[RedditServer]:
    async with reddit_server(clock) as server:
        yield server


class TestByFeed(ChannelContract):
    @pytest.fixture
    def platform(self, server: RedditServer, clock: MovableClock, fittings: Fittings) -> FeedsPlatform:
        return FeedsPlatform(server, clock, fittings)


class TestByApp(ChannelContract):
    @pytest.fixture
    def platform(self, server: RedditServer, clock: MovableClock, fittings: Fittings) -> ApiPlatform:
        return ApiPlatform(server, clock, fittings)
