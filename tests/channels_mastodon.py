"""What the tests of the Mastodon channel share: a small server, and an opened channel before it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bridge.channels import mastodon
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.fakes.mastodon import MastodonServer
from bridge.testing.fittings import MovableClock


@asynccontextmanager
async def mastodon_server(clock: MovableClock) -> AsyncIterator[MastodonServer]:
    """A small server, as long as it is needed."""
    server = MastodonServer(brand="acme", now=clock.now)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def opened(server: MastodonServer, fittings: Fittings, **more: object) -> AsyncIterator[mastodon.Mastodon]:
    """A channel of the brand's account with further keys, which has looked at the server."""
    keys: dict[str, object] = {
        "endpoint": server.url,
        "account": server.brand.id,
        "token": Secret(server.token),
        "allow_private": True,
        "timeout": timedelta(seconds=2),
    }
    channel = mastodon.Mastodon("mastodon", mastodon.Settings.model_validate(keys | more), fittings)
    await channel.open()
    try:
        yield channel
    finally:
        await channel.close()
