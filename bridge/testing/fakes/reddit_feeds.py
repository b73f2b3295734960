"""The public feeds of a site like Reddit: Atom, with a line below each post's words that names its author and links to it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from xml.sax.saxutils import escape as xml

from aiohttp import web

from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.reddit_listing import found, in_subreddit, shown
from bridge.testing.fakes.reddit_world import Thing, World

_SITE = "https://www.reddit.com"
_MOST = 100


@dataclass(slots=True, kw_only=True)
class Feeds:
    """What can be read without an account."""

    world: World
    faults: Faults
    most: int = _MOST
    """Entries that a feed shows: it has no pages."""

    def add_routes(self, app: web.Application) -> None:
        """Put the feeds into an application."""
        app.add_routes(
            [
                web.get("/r/{name}/new/.rss", self.posts),
                web.get("/r/{name}/comments/.rss", self.comments),
                web.get("/search.rss", self.search),
            ]
        )

    async def posts(self, request: web.Request) -> web.Response:
        """Of a subreddit."""
        return self._feed(request, {"limit"}, in_subreddit(self.world, request.match_info["name"], "t3"))

    async def comments(self, request: web.Request) -> web.Response:
        """Of a subreddit."""
        return self._feed(request, {"limit"}, in_subreddit(self.world, request.match_info["name"], "t1"))

    async def search(self, request: web.Request) -> web.Response:
        """Of all posts."""
        return self._feed(request, {"q", "sort", "limit"}, found(self.world, request.query["q"]))

    def _feed(self, request: web.Request, names: set[str], things: Sequence[Thing]) -> web.Response:
        if set(request.query) - names or "bridge" not in request.headers["User-Agent"]:
            raise web.HTTPTooManyRequests(text="<!doctype html><html><body>whoa there, pardner!</body></html>")
        entries = list(shown(self.world, self.faults, things))[: self.most]
        broken = bool(entries) and self.faults.take(Mode.BROKEN_ITEM) is not None
        body = _document(entries, broken=broken)
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, headers={"ETag": etag, "Content-Type": "application/atom+xml; charset=UTF-8"})


def _document(things: Sequence[Thing], *, broken: bool) -> bytes:
    entries = "".join(_entry(thing, lacks_key=broken and number == 0) for number, thing in enumerate(things))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:media="http://search.yahoo.com/mrss/"><category term="acme" label="r/acme"/>'
        f"<updated>2026-01-01T00:00:00+00:00</updated><id>/r/acme/new/.rss</id><title>newest</title>{entries}</feed>"
    ).encode()


def _entry(thing: Thing, *, lacks_key: bool) -> str:
    """A comment has its words alone; its title names the post's, which we always call the same."""
    key = "" if lacks_key else f'<id>{thing.name}</id><link href="{_SITE}{thing.path}"/>'
    title = f"/u/{thing.author} on A question" if thing.kind == "t1" else thing.title
    words = f'<!-- SC_OFF --><div class="md"><p>{escape(thing.text)}</p>\n</div><!-- SC_ON -->'
    return (
        f"<entry><author><name>/u/{thing.author}</name><uri>{_SITE}/user/{thing.author}</uri></author>"
        f'<category term="{thing.subreddit}" label="r/{thing.subreddit}"/>'
        f'<content type="html">{xml(words + (_below(thing) if thing.kind == "t3" else ""))}</content>{key}'
        f"<updated>{thing.at.isoformat()}</updated><published>{thing.at.isoformat()}</published>"
        f"<title>{xml(title)}</title></entry>"
    )


def _below(thing: Thing) -> str:
    """The line below a post's own words."""
    link = thing.address or f"{_SITE}{thing.path}"
    return (
        f' &#32; submitted by &#32; <a href="{_SITE}/user/{thing.author}"> /u/{thing.author} </a> <br/>'
        f' <span><a href="{link}">[link]</a></span> &#32; <span><a href="{_SITE}{thing.path}">[comments]</a></span>'
    )
