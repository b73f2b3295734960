"""A server of feeds in every format, with conditional requests, a journal of what it was asked, and failures."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.feed_formats import FORMATS, FeedItem
from bridge.testing.fakes.server import Loopback

_REFUSALS = {
    Mode.REVOKED: (401, b"sign in"),
    Mode.RATE_LIMIT: (429, b"slow down"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, as the server saw it."""

    feed: str
    at: float
    """The event loop's time."""
    conditional: bool
    status: int
    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A fixed answer instead of a feed: for redirects, refusals and odd documents."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class FeedServer:
    """One host with any number of feeds at `/NAME.FORMAT`."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.asked: list[Asked] = []
        """Everything that was asked, in order."""
        self.instead: dict[str, Answer] = {}
        """Fixed answers by the feed's name."""
        self.headers: dict[str, str] = {}
        """Sent with every feed."""
        self._now = now
        self._feeds: dict[str, list[FeedItem]] = defaultdict(list)
        self._count = 0
        self._server: Loopback | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, lambda _: Sort.LIST)])
        app.router.add_get("/{feed:[a-z0-9-]+}.{format:[a-z0-9]+}", self._feed)
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()

    def write(self, feed: str, author: str, text: str, *, title: str = "", answers: str = "") -> str:
        """Add an entry; gives back its id."""
        self._count += 1
        item = FeedItem(
            id=f"tag:feeds.test,2026:{self._count}",
            link=f"https://feeds.test/{feed}/{self._count}",
            title=title,
            text=text,
            author=author,
            at=self._now(),
            answers=answers,
        )
        self._feeds[feed].append(item)
        return item.id

    def edit(self, feed: str, item: str, text: str) -> None:
        """Change an entry's words."""
        self._feeds[feed] = [
            replace(known, text=text, edited=self._now()) if known.id == item else known for known in self._feeds[feed]
        ]

    def delete(self, feed: str, item: str) -> None:
        """Take an entry out."""
        self._feeds[feed] = [known for known in self._feeds[feed] if known.id != item]

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=times, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        """The feed, or 304 where the client has it already."""
        name = request.match_info["feed"]
        answer = self.instead.get(name)
        response = self._rendered(request, name) if answer is None else _fixed(answer)
        self.asked.append(
            Asked(
                feed=name,
                at=asyncio.get_running_loop().time(),
                conditional="If-None-Match" in request.headers,
                status=response.status,
                user_agent=request.headers.get("User-Agent", ""),
            )
        )
        return response

    def _rendered(self, request: web.Request, name: str) -> web.Response:
        kind, render = FORMATS[request.match_info["format"]]
        items = self._shown(name)
        body = render(items, broken=bool(items) and self.faults.take(Mode.BROKEN_ITEM) is not None)
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        headers = {"ETag": etag, **self.headers}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        if items:
            headers["Last-Modified"] = format_datetime(max(item.edited or item.at for item in items), usegmt=True)
        return web.Response(body=body, headers={**headers, "Content-Type": kind})

    def _shown(self, name: str) -> list[FeedItem]:
        """The entries at the moment, newest first."""
        items = self._feeds[name]
        if lag := self.faults.take(Mode.LISTING_LAG):
            items = [item for item in items if item.at <= self._now() - timedelta(seconds=lag.amount)]
        if window := self.faults.take(Mode.SHORT_WINDOW):
            items = items[-int(window.amount) :]
        if self.faults.take(Mode.IDS_BACK):
            items = items[:-1]
        return items[::-1]


def _fixed(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.body, headers=dict(answer.headers))
