"""What the tests of the Reddit channel share: a small server, and the keys of channels before it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bridge.channels import reddit
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
