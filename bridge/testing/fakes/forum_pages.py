"""The forum's side for people: JSON for a web page, the customers' writing, and an Atom feed of the topics."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TypeVar
from xml.etree import ElementTree as ET

import msgspec
from aiohttp import web

from bridge.testing.fakes.board import Board, Draft, Item

T = TypeVar("T")

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ATOM = "http://www.w3.org/2005/Atom"
_THREAD = "http://purl.org/syndication/thread/1.0"
_FEED_LENGTH = 50
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class CustomerPost(msgspec.Struct, forbid_unknown_fields=True):
    """What a customer writes on the page."""

    author: str
    text: str
    title: str = ""
    topic: int | None = None
    parent: int | None = None
    private: bool = False


class Correction(msgspec.Struct, forbid_unknown_fields=True):
    """New words for a post."""

    text: str


class ForumPages:
    """Anybody may read and write here, as on a forum without a door: it is served on loopback only.

    Only JSON bodies are taken, so that no form of a foreign web page can write.
    """

    def __init__(self, board: Board, *, brand: str, files: Mapping[str, tuple[str, bytes]]) -> None:
        self._board = board
        self._brand = brand
        self._files = files

    def add_routes(self, app: web.Application) -> None:
        """Put the pages into an application."""
        app.add_routes(
            [
                web.get("/topics.json", self.topics),
                web.get("/messages/{name}.json", self.messages),
                web.get("/feed.atom", self.feed),
                web.get("/uploads/{name:\\d+}", self.file),
                web.post("/customers/posts", self.write),
                web.put("/customers/posts/{post:\\d+}", self.edit),
                web.delete("/customers/posts/{post:\\d+}", self.delete),
            ]
        )

    async def topics(self, _request: web.Request) -> web.Response:
        """Every topic with its posts, newest topic first."""
        topics = [self._topic(first) for first in reversed(self._board.topics())]
        return web.json_response({"brand": self._brand, "topics": topics})

    async def messages(self, request: web.Request) -> web.Response:
        """The direct messages between a customer and the brand."""
        customer = self._board.member(request.match_info["name"][:60])
        items = self._board.between(self._brand, customer.id)
        return web.json_response({"messages": [self._shown(item) for item in items]})

    async def write(self, request: web.Request) -> web.Response:
        """A customer writes: a topic, an answer in one, or a message to the brand."""
        post = await _body(request, CustomerPost)
        author = " ".join(post.author.split())[:60]
        if not author or not post.text.strip() or author == self._name(self._brand):
            raise web.HTTPUnprocessableEntity(text="a post needs an author of its own and a text")
        draft = Draft(
            author=self._board.member(author).id,
            text=post.text[:20_000],
            title=post.title[:200],
            topic=None if post.private else post.topic,
            parent=None if post.private else post.parent or post.topic,
            to=self._brand if post.private else "",
        )
        try:
            return web.json_response(self._shown(self._board.write(draft)), status=201)
        except LookupError:
            raise web.HTTPNotFound(text="there is no such topic or post") from None

    async def edit(self, request: web.Request) -> web.Response:
        """A customer corrects a post."""
        correction = await _body(request, Correction)
        item = self._customers_own(request)
        return web.json_response(self._shown(self._board.edit(item.id, correction.text[:20_000])))

    async def delete(self, request: web.Request) -> web.Response:
        """A customer takes a post away."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise web.HTTPForbidden(text="only the forum's own page may delete")
        self._board.delete(self._customers_own(request).id)
        return web.Response(status=204)

    async def file(self, request: web.Request) -> web.Response:
        """An uploaded file, never as a page of this origin."""
        kind, content = self._files.get(request.match_info["name"], ("", b""))
        if not kind:
            raise web.HTTPNotFound
        safe = kind if kind in {"image/png", "image/jpeg", "image/gif", "image/webp"} else "application/octet-stream"
        return web.Response(body=content, content_type=safe, headers={"X-Content-Type-Options": "nosniff"})

    async def feed(self, request: web.Request) -> web.Response:
        """The newest public posts as Atom (RFC 4287) with threads (RFC 4685)."""
        items = [item for item in self._board.shown_to("") if not item.private and not item.deleted]
        base = str(request.url.with_query(None)).removesuffix("/feed.atom")
        body = self._atom(base, items[-_FEED_LENGTH:])
        etag = hashlib.sha256(body).hexdigest()[:24]
        if request.headers.get("If-None-Match") == f'"{etag}"':
            return web.Response(status=304, headers={"ETag": f'"{etag}"'})
        headers = {"ETag": f'"{etag}"'}
        if items:
            headers["Last-Modified"] = format_datetime(max(item.edited or item.at for item in items), usegmt=True)
        return web.Response(body=body, content_type="application/atom+xml", charset="utf-8", headers=headers)

    def _customers_own(self, request: web.Request) -> Item:
        """The post of the address, unless it is the brand's."""
        try:
            item = self._board.item(int(request.match_info["post"]))
        except LookupError:
            raise web.HTTPNotFound(text="there is no such post") from None
        if item.author.id == self._brand:
            raise web.HTTPForbidden(text="the brand's answers belong to the brand")
        return item

    def _name(self, member: str) -> str:
        known = self._board.by_id(member)
        return known.name if known else ""

    def _topic(self, first: Item) -> dict[str, object]:
        posts = [self._shown(item) for item in self._board.topic(first.id)]
        return {"id": first.id, "title": first.title, "posts": posts}

    def _shown(self, item: Item) -> dict[str, object]:
        """A post as the page needs it."""
        return {
            "id": item.id,
            "topic": item.topic,
            "parent": item.parent,
            "author": item.author.name,
            "brand": item.author.id == self._brand,
            "private": item.private,
            "text": "" if item.deleted else item.text,
            "media": [] if item.deleted else list(item.media),
            "at": item.at.isoformat(),
            "edited": item.version > 1 and not item.deleted,
            "deleted": item.deleted,
        }

    def _atom(self, base: str, items: Sequence[Item]) -> bytes:
        ET.register_namespace("", _ATOM)
        ET.register_namespace("thr", _THREAD)
        feed = ET.Element(f"{{{_ATOM}}}feed")
        _leaf(feed, "id", f"{base}/feed.atom")
        _leaf(feed, "title", "Forum")
        _leaf(feed, "updated", max((i.edited or i.at for i in items), default=_EPOCH).isoformat())
        for item in reversed(items):
            self._entry(feed, base, item)
        return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))

    def _entry(self, feed: ET.Element, base: str, item: Item) -> None:
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        link = f"{base}/topics/{item.topic}#p{item.id}"
        _leaf(entry, "id", f"urn:forum:post:{item.id}")
        _leaf(entry, "title", item.title or f"Re: {self._board.item(item.topic).title}")
        _leaf(entry, "published", item.at.isoformat())
        _leaf(entry, "updated", (item.edited or item.at).isoformat())
        ET.SubElement(entry, f"{{{_ATOM}}}link", {"href": link})
        _leaf(ET.SubElement(entry, f"{{{_ATOM}}}author"), "name", item.author.name)
        _leaf(entry, "content", item.text)
        if item.parent is not None:
            ET.SubElement(entry, f"{{{_THREAD}}}in-reply-to", {"ref": f"urn:forum:post:{item.parent}"})


def _leaf(parent: ET.Element, name: str, text: str) -> None:
    """An Atom element with a text, less the characters that XML cannot hold."""
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = _NOT_XML.sub("", text)


async def _body(request: web.Request, shape: type[T]) -> T:
    """The JSON body in its expected shape."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="only JSON is taken here")
    try:
        return msgspec.json.decode(await request.read(), type=shape)
    except msgspec.DecodeError:
        raise web.HTTPUnprocessableEntity(text="the body has another shape") from None
