"""A site like Reddit as far as the bridge talks to it, after its documentation and what clients expect."""

from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.reddit_access import Access
from bridge.testing.fakes.reddit_api import RedditApi
from bridge.testing.fakes.reddit_feeds import Feeds
from bridge.testing.fakes.reddit_saying import Saying
from bridge.testing.fakes.reddit_world import DELETED, REMOVED, Thing, World
from bridge.testing.fakes.server import Loopback

_REFUSALS = {
    Mode.REVOKED: (401, b'{"message": "Unauthorized", "error": 401}'),
    Mode.RATE_LIMIT: (429, b'{"message": "Too Many Requests", "error": 429}'),
    Mode.DUPLICATE: (409, b'{"message": "Conflict", "error": 409}'),
    Mode.REFUSE: (200, b'{"json": {"errors": [["SUBREDDIT_NOTALLOWED", "you may not post there", "sr"]]}}'),
    Mode.FORBID: (403, b'{"message": "Forbidden", "error": 403}'),
    Mode.TOO_LARGE: (413, b'{"message": "Request Entity Too Large", "error": 413}'),
    Mode.ERROR: (503, b"<!doctype html><html><body>Our CDN was unable to reach our servers</body></html>"),
}


class RedditServer:
    """The server with its verbs."""

    def __init__(self, *, brand: str, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(None, now)
        self.world = World(journal=self.journal, now=now, brand=brand)
        self.feeds = Feeds(world=self.world, faults=self.faults)
        self.access = Access(world=self.world, faults=self.faults, now=now, stranger="somebody_else")
        self.saying = Saying(world=self.world, access=self.access)
        self.api = RedditApi(world=self.world, faults=self.faults, access=self.access)
        self._server: Loopback | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[self.access.middleware(), failing(self.faults, _REFUSALS, _sort)])
        for part in (self.feeds, self.api, self.saying):
            part.add_routes(app)
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

    def message(self, author: str, text: str, *, parent: str = "") -> str:
        """Somebody sends the brand a message; gives back its full name."""
        above = self.world.things.get(parent)
        more = {"link": above.link or above.name, "parent": above.name} if above else {}
        return self.world.add("t4", author, text, to=self.world.brand, title="Hello", **more).name

    def said(self) -> Sequence[Thing]:
        """Every comment that was accepted as the brand's, oldest first."""
        return self.world.own("t1")

    def sent(self) -> Sequence[Thing]:
        """Every message that was accepted as the brand's, oldest first."""
        return self.world.own("t4")

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


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    if request.path == "/api/v1/access_token":
        return Sort.OTHER
    if request.method == "POST":
        return Sort.SAY
    return Sort.WHO if request.path == "/api/v1/me" else Sort.LIST
