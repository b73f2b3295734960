"""The Twilio channel against a small server: the contract, and what the contract does not ask."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from channels_twilio import number, settings, twilio_server

from bridge.channels import twilio
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.twilio import TwilioServer
from bridge.testing.fittings import MovableClock


class TwilioPlatform:
    """The server as the contract sees it."""

    max_length = 6
    has_public = False
    has_private = True
    shows_edits = False
    shows_deletions = False

    def __init__(self, server: TwilioServer, clock: MovableClock, fittings: Fittings) -> None:
        self.server = server
        self.clock = clock
        self._fittings = fittings

    @property
    def secrets(self) -> Sequence[str]:
        return [self.server.token]

    def channel(self, *, backfill: timedelta) -> Channel:
        return twilio.build("twilio", settings(self.server, backfill=backfill), self._fittings)

    def write(self, author: str, text: str) -> str:
        return self.server.write(number(author), text)

    def shown(self, author: str) -> str:
        return number(author)

    def write_private(self, author: str, text: str) -> str:
        return self.server.write(number(author), text)

    def edit(self, post: str, text: str) -> None:
        raise NotImplementedError

    def delete(self, post: str) -> None:
        """Nobody can."""

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=text.body, private=True) for text in self.server.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.server.fail(mode, amount=amount)

    def heal(self) -> None:
        self.server.heal()

    async def vanish(self) -> None:
        await self.server.stop()


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[TwilioServer]:
    async with twilio_server(clock) as server:
        yield server


class TestTwilio(ChannelContract):
    @pytest.fixture
    def platform(self, server: TwilioServer, clock: MovableClock, fittings: Fittings) -> TwilioPlatform:
        return TwilioPlatform(server, clock, fittings)
