"""The Google Play channel against a server with Google's API."""

from collections.abc import AsyncIterator

import pytest
from channels_reviews import StorePlatform, google

from bridge.channels import googleplay
from bridge.ports import Fittings
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.googleplay import GooglePlayServer
from bridge.testing.fittings import MovableClock


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[GooglePlayServer]:
    server = GooglePlayServer(now=clock.now)
    await server.start()
    yield server
    await server.stop()


class TestGooglePlay(ChannelContract):
    @pytest.fixture
    def platform(self, server: GooglePlayServer, clock: MovableClock, fittings: Fittings) -> StorePlatform:
        return StorePlatform(
            server=server,
            clock=clock,
            build=lambda backfill: googleplay.build("reviews", google(server, backfill=backfill), fittings),
            hidden=lambda: [server.account, *filter(None, [server.token])],
            max_length=350,
            shows_deletions=False,
        )
