"""What every channel must keep to, as one suite that an adapter's test class inherits whole."""

from collections.abc import AsyncIterator

import pytest

from bridge.ports import Channel
from bridge.testing.channel_account import AccountContract
from bridge.testing.channel_platform import NEVER, Platform
from bridge.testing.channel_reading import ReadingContract
from bridge.testing.channel_saying import SayingContract


class ChannelContract(ReadingContract, SayingContract, AccountContract):
    """Inherit it, and give the fixture `platform`: a real server on loopback with the verbs of `Platform`.

    Everything runs over real sockets.
    What a platform cannot do is read from what the channel declares, so no test can be left out by an adapter's author:
    a channel that only reads must refuse to speak, a platform without private posts must never show one.
    """

    @pytest.fixture
    def platform(self) -> Platform:
        """The far end under test."""
        raise NotImplementedError

    @pytest.fixture
    async def channel(self, platform: Platform) -> AsyncIterator[Channel]:
        """A channel in front of it, logged in."""
        channel = platform.channel(backfill=NEVER)
        await channel.open()
        yield channel
        await channel.close()
