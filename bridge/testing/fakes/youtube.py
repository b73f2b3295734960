"""A site like YouTube as far as the bridge talks to it, after its discovery document and its documented errors."""

from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.server import Loopback
from bridge.testing.fakes.youtube_access import Access, error_json
from bridge.testing.fakes.youtube_api import YouTubeApi
from bridge.testing.fakes.youtube_world import PUBLISHED, Comment, World

_REFUSALS = {
    Mode.REVOKED: (401, error_json(401, "authError")),
    Mode.RATE_LIMIT: (429, error_json(429, "rateLimitExceeded")),
    Mode.DUPLICATE: (409, error_json(409, "conflict")),
    Mode.REFUSE: (403, error_json(403, "commentsDisabled")),
    Mode.FORBID: (403, error_json(403, "forbidden")),
    Mode.TOO_LARGE: (413, error_json(413, "uploadTooLarge")),
    Mode.ERROR: (503, b"<!DOCTYPE html><html lang=en><title>Error 503 (Server Error)!!1</title></html>"),
}


class YouTubeServer:
    """The server with its verbs."""

    def __init__(self, *, brand: str, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(None, now)
        self.world = World(journal=self.journal, now=now, brand=brand)
        self.access = Access(world=self.world, faults=self.faults, now=now)
        self.api = YouTubeApi(world=self.world, faults=self.faults, access=self.access)
        self._server: Loopback | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, _sort)])
        self.api.add_routes(app)
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()

    def write(self, author: str, text: str, *, thread: str = "", status: str = PUBLISHED) -> str:
        """Somebody writes below a video, or below a comment; gives back the id."""
        return self.world.add(author, text, thread=thread, status=status).id

    def said(self) -> Sequence[Comment]:
        """Every reply that was accepted as the brand's, oldest first."""
        return self.world.own()

    def edit(self, key: str, text: str) -> None:
        """The author changes the words."""
        self.world.change(key, text=text, edited=self.world.now())

    def delete(self, key: str) -> None:
        """The author takes it away."""
        self.world.remove(key)

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=times, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    if request.path == "/token":
        return Sort.OTHER
    if request.method != "GET":
        return Sort.SAY
    return Sort.WHO if request.path.endswith("/channels") else Sort.LIST
