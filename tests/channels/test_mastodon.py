"""The Mastodon channel against a server with its API."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from channels_mastodon import mastodon_server

from bridge.channels import mastodon
from bridge.channels._mastodon.said import MENTION_ROOM
from bridge.ports import Channel, Fittings
from bridge.stanza import Secret
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.mastodon import MastodonServer
from bridge.testing.fakes.mastodon_world import Toot
from bridge.testing.fittings import MovableClock


class MastodonPlatform:
    """The server as the contract sees it; room for the customer's name is kept of each post."""

    max_length = MastodonServer.max_length - MENTION_ROOM
    has_public = True
    has_private = True
    shows_edits = True
    shows_deletions = True

    def __init__(self, server: MastodonServer, clock: MovableClock, fittings: Fittings) -> None:
        self.server = server
        self.clock = clock
        self.secrets = [server.token]
        self._fittings = fittings

    def channel(self, *, backfill: timedelta) -> Channel:
        settings = mastodon.Settings.model_validate(
            {
                "endpoint": self.server.url,
                "account": self.server.brand.id,
                "token": Secret(self.server.token),
                "hashtags": ["acme"],
                "allow_private": True,
                "timeout": timedelta(seconds=2),
                "backfill": backfill,
            }
        )
        return mastodon.build("mastodon", settings, self._fittings)

    def write(self, author: str, text: str) -> str:
        return self.server.mention(author, text)

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        return self.server.mention(author, text, visibility="direct")

    def edit(self, post: str, text: str) -> None:
        self.server.edit(post, text)

    def delete(self, post: str) -> None:
        self.server.delete(post)

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=_words(toot), private=toot.draft.visibility == "direct") for toot in self.server.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.server.fail(mode, amount=amount)

    def heal(self) -> None:
        self.server.heal()

    async def vanish(self) -> None:
        await self.server.stop()


def _words(toot: Toot) -> str:
    """What was said, without the mention before it."""
    return toot.draft.text.partition(" ")[2]


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[MastodonServer]:
    async with mastodon_server(clock) as server:
        yield server


class TestMastodon(ChannelContract):
    @pytest.fixture
    def platform(self, server: MastodonServer, clock: MovableClock, fittings: Fittings) -> MastodonPlatform:
        return MastodonPlatform(server, clock, fittings)
