"""What the tests of the Reddit channel share: a small server, and the keys of channels before it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bridge.channels import reddit
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.fakes.reddit import RedditServer
from bridge.testing.fittings import MovableClock

BRAND = "acme_help"


@asynccontextmanager
async def reddit_server(clock: MovableClock) -> AsyncIterator[RedditServer]:
    """A small server, as long as it is needed."""
    server = RedditServer(brand=BRAND, now=clock.now)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def feed_settings(server: RedditServer, **more: object) -> reddit.Settings:
    """The keys of a channel that reads by feeds."""
    keys: dict[str, object] = {
        "site": server.url,
        "search": ("subreddit:acme",),
        "spacing": timedelta(0),
        "allow_private": True,
        "timeout": timedelta(seconds=2),
    }
    return reddit.Settings.model_validate(keys | more)


def settings(server: RedditServer, **more: object) -> reddit.Settings:
    """The keys of a channel that has an app; those of the app are in `app`."""
    app: dict[str, object] = {
        "account": server.world.person(server.world.brand),
        "client_id": server.access.client_id,
        "client_secret": Secret(server.access.client_secret),
        "refresh_token": Secret(server.access.refresh_token),
        "by": "acme_ops",
    }
    keys: dict[str, object] = {
        "app": app,
        "subreddits": ("acme",),
        "site": server.url,
        "endpoint": server.url,
        "per_minute": 1000,
        "allow_private": True,
        "timeout": timedelta(seconds=2),
    }
    return reddit.Settings.model_validate(keys | more)


@asynccontextmanager
async def opened(server: RedditServer, fittings: Fittings, **more: object) -> AsyncIterator[reddit.Reddit]:
    """A channel of the brand's account with further keys, which has looked at the server."""
    channel = reddit.build("reddit", settings(server, **more), fittings)
    assert isinstance(channel, reddit.Reddit)
    try:
        await channel.open()
        yield channel
    finally:
        await channel.close()
