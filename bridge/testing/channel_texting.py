"""What a channel must keep to whose network hands texts over once and lists none: people are numbers, and what became of an answer is said late."""

from collections.abc import AsyncIterator

import pytest

from bridge.ports import Channel
from bridge.testing.channel_platform import NEVER
from bridge.testing.text_platform import TextPlatform
from bridge.testing.text_reading import TextReading
from bridge.testing.text_saying import TextSaying


class TextAccount:
    """Who we are there, and secrets."""

    async def test_f03_the_account_is_named(self, platform: TextPlatform, channel: Channel) -> None:
        """With our numbers, so that what we write to ourselves is no customer's (D02)."""
        account = await channel.open()
        assert (bool(account.id), bool(account.own)) == (True, True)
        assert platform.secrets

    async def test_ft24_a_channel_shows_no_secret(self, platform: TextPlatform, channel: Channel) -> None:
        """However it is printed."""
        shown = f"{channel!r} {channel} {vars(channel)!r}"
        assert not any(secret in shown for secret in platform.secrets)


class TextContract(TextReading, TextSaying, TextAccount):
    """Inherit it, and give the fixture `platform`: a real server on loopback with the verbs of `TextPlatform`."""

    @pytest.fixture
    def platform(self) -> TextPlatform:
        """The far end under test."""
        raise NotImplementedError

    @pytest.fixture
    async def channel(self, platform: TextPlatform) -> AsyncIterator[Channel]:
        """A channel in front of it, logged in."""
        channel = platform.channel(backfill=NEVER)
        await channel.open()
        yield channel
        await channel.close()
