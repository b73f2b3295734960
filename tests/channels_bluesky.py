"""What the tests of the Bluesky channel share: a small server, and an opened channel before it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bridge.channels import bluesky
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.fakes.bluesky import BlueskyServer
from bridge.testing.fittings import MovableClock

BRAND = "acme.test"


@asynccontextmanager
async def bluesky_server(clock: MovableClock) -> AsyncIterator[BlueskyServer]:
    """A small server, as long as it is needed."""
    server = BlueskyServer(brand=BRAND, now=clock.now)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def settings(server: BlueskyServer, keep: Path, **more: object) -> bluesky.Settings:
    """The keys of a channel before it."""
    keys: dict[str, object] = {
        "endpoint": server.url,
        "account": server.brand.did,
        "password": Secret(server.password),
        "keep": keep,
        "allow_private": True,
        "timeout": timedelta(seconds=2),
    }
    return bluesky.Settings.model_validate(keys | more)


@asynccontextmanager
async def opened(
    server: BlueskyServer, keep: Path, fittings: Fittings, **more: object
) -> AsyncIterator[bluesky.Bluesky]:
    """A channel of the brand's account with further keys, which has looked at the server."""
    channel = bluesky.Bluesky("bluesky", settings(server, keep, **more), fittings)
    try:
        await channel.open()
        yield channel
    finally:
        await channel.close()
