"""What the tests of the YouTube channel share: a small server, and the keys of a channel before it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bridge.channels import youtube
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.fakes.youtube import YouTubeServer
from bridge.testing.fittings import MovableClock

BRAND = "acme"


@asynccontextmanager
async def youtube_server(clock: MovableClock) -> AsyncIterator[YouTubeServer]:
    """A small server, as long as it is needed."""
    server = YouTubeServer(brand=BRAND, now=clock.now)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def settings(server: YouTubeServer, **more: object) -> youtube.Settings:
    """The keys of a channel."""
    keys: dict[str, object] = {
        "account": server.world.channel_of(server.world.brand),
        "client_id": server.access.client_id,
        "client_secret": Secret(server.access.client_secret),
        "refresh_token": Secret(server.access.refresh_token),
        "endpoint": server.url,
        "login": server.url,
        "units": 100_000,
        "allow_private": True,
        "timeout": timedelta(seconds=2),
    }
    return youtube.Settings.model_validate(keys | more)


@asynccontextmanager
async def opened(server: YouTubeServer, fittings: Fittings, **more: object) -> AsyncIterator[youtube.YouTube]:
    """A channel with further keys, which has looked at the server."""
    channel = youtube.build("youtube", settings(server, **more), fittings)
    assert isinstance(channel, youtube.YouTube)
    try:
        await channel.open()
        yield channel
    finally:
        await channel.close()
