"""The Bluesky channel against a server with its protocol."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from channels_bluesky import bluesky_server, settings

from bridge.channels import bluesky
from bridge.channels._bluesky.said import LONGEST
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.bluesky import BlueskyServer
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import MovableClock


class BlueskyPlatform:
    """The server as the contract sees it."""

    max_length = LONGEST
    has_public = True
    has_private = True
    shows_edits = True
    shows_deletions = True

    def __init__(self, server: BlueskyServer, keep: Path, fittings: Fittings, *, clock: MovableClock) -> None:
        self.server = server
        self.clock = clock
        self._keep = keep
        self._fittings = fittings

    @property
    def secrets(self) -> Sequence[str]:
        return [self.server.password, *self.server.access.tokens, *self.server.access.refreshers]

    def channel(self, *, backfill: timedelta) -> Channel:
        return bluesky.build("bluesky", settings(self.server, self._keep, backfill=backfill), self._fittings)

    def write(self, author: str, text: str) -> str:
        return self.server.mention(author, text)

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        return self.server.message(author, text)

    def edit(self, post: str, text: str) -> None:
        self.server.edit(post, text)

    def delete(self, post: str) -> None:
        self.server.delete(post)

    def said(self) -> Sequence[Utterance]:
        public = [Utterance(text=skeet.text, private=False) for skeet in self.server.said()]
        return [*public, *(Utterance(text=message.text, private=True) for message in self.server.sent())]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.server.fail(mode, amount=amount)

    def heal(self) -> None:
        self.server.heal()

    async def vanish(self) -> None:
        await self.server.stop()


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[BlueskyServer]:
    async with bluesky_server(clock) as server:
        yield server


class TestBluesky(ChannelContract):
    @pytest.fixture
    def platform(
        self, server: BlueskyServer, clock: MovableClock, fittings: Fittings, tmp_path: Path
    ) -> BlueskyPlatform:
        return BlueskyPlatform(server, tmp_path / "session", fittings, clock=clock)
