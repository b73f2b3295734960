"""The feed channel against a server of feeds: the contract in three formats, and what is special about feeds."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from bridge.channels import feed
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.feeds import FeedServer
from bridge.testing.fittings import MovableClock

SECRET = "feed-token-canary"


class FeedPlatform:
    """One feed of the server as the contract sees it; its address has a secret in its query, as private feeds have."""

    max_length = 0
    has_public = True
    has_private = False
    shows_edits = True
    shows_deletions = False
    secrets = (SECRET,)

    def __init__(self, server: FeedServer, form: str, clock: MovableClock, fittings: Fittings) -> None:
        self.server = server
        self.clock = clock
        self._form = form
        self._fittings = fittings

    def channel(self, *, backfill: timedelta) -> Channel:
        settings = feed.Settings.model_validate(
            {
                "url": f"{self.server.url}/talk.{self._form}?token={SECRET}",
                "allow_private": True,
                "timeout": timedelta(seconds=2),
                "spacing": timedelta(0),
                "backfill": backfill,
            }
        )
        return feed.build("talk", settings, self._fittings)

    def write(self, author: str, text: str) -> str:
        return self.server.write("talk", author, text, title="A question")

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        raise NotImplementedError

    def edit(self, post: str, text: str) -> None:
        self.server.edit("talk", post, text)

    def delete(self, post: str) -> None:
        self.server.delete("talk", post)

    def said(self) -> Sequence[Utterance]:
        return []

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.server.fail(mode, amount=amount)

    def heal(self) -> None:
        self.server.heal()

    async def vanish(self) -> None:
        await self.server.stop()


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[FeedServer]:
    server = FeedServer(now=clock.now)
    await server.start()
    yield server
    await server.stop()


class TestAtom(ChannelContract):
    @pytest.fixture
    def platform(self, server: FeedServer, clock: MovableClock, fittings: Fittings) -> FeedPlatform:
        return FeedPlatform(server, "atom", clock, fittings)


class TestRss(ChannelContract):
    @pytest.fixture
    def platform(self, server: FeedServer, clock: MovableClock, fittings: Fittings) -> FeedPlatform:
        return FeedPlatform(server, "rss", clock, fittings)


class TestJsonFeed(ChannelContract):
    @pytest.fixture
    def platform(self, server: FeedServer, clock: MovableClock, fittings: Fittings) -> FeedPlatform:
        return FeedPlatform(server, "json", clock, fittings)
