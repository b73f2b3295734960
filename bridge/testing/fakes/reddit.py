"""A site like Reddit as far as the bridge talks to it, after its documentation and what clients expect."""

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.reddit_feeds import Feeds
from bridge.testing.fakes.reddit_world import DELETED, REMOVED, World
from bridge.testing.fakes.server import Loopback

_REFUSALS = {
    Mode.REVOKED: (401, b'{"message": "Unauthorized", "error": 401}'),
    Mode.RATE_LIMIT: (429, b'{"message": "Too Many Requests", "error": 429}'),
}


class RedditServer:
    """The server with its verbs."""

    def __init__(self, *, brand: str, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(None, now)
        self.world = World(journal=self.journal, now=now, brand=brand)
        self.feeds = Feeds(world=self.world, faults=self.faults)
        self._server: Loopback | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, lambda _: Sort.LIST)])
        self.feeds.add_routes(app)
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()

    def write(self, author: str, text: str, **more: str) -> str:
        """Somebody writes a post; gives back its full name."""
        return self.world.add("t3", author, text, **{"title": "A question", **more}).name

    def comment(self, author: str, text: str, *, parent: str, told: str = "") -> str:
        """Somebody writes below something; `told` is why it stands in the brand's inbox."""
        above = self.world.things[parent]
        link = above.link or above.name
        return self.world.add("t1", author, text, link=link, parent=parent, subreddit=above.subreddit, told=told).name

    def edit(self, name: str, text: str) -> None:
        """The author changes the words."""
        self.world.change(name, text=text, edited=self.world.now())

    def delete(self, name: str) -> None:
        """The author takes it away."""
        self.world.change(name, gone=DELETED)

    def remove(self, name: str) -> None:
        """A moderator takes it away."""
        self.world.change(name, gone=REMOVED)

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=times, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()
