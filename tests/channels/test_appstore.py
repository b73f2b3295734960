"""The App Store channel against a server with Apple's API."""

from collections.abc import AsyncIterator

import pytest
from channels_reviews import StorePlatform, apple

from bridge.channels import appstore
from bridge.ports import Fittings
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.appstore import AppStoreServer
from bridge.testing.fittings import MovableClock


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[AppStoreServer]:
    server = AppStoreServer(now=clock.now)
    await server.start()
    yield server
    await server.stop()


class TestAppStore(ChannelContract):
    @pytest.fixture
    def platform(self, server: AppStoreServer, clock: MovableClock, fittings: Fittings) -> StorePlatform:
        return StorePlatform(
            server=server,
            clock=clock,
            build=lambda backfill: appstore.build("reviews", apple(server, backfill=backfill), fittings),
            hidden=lambda: [server.pem, server.pem.splitlines()[1]],
            max_length=5970,
            shows_deletions=True,
        )
