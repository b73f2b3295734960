"""The forum's interface for accounts: what the sandbox channel talks to."""

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from bridge.testing.fakes.board import Board, Draft, Item, newest
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing

MAX_TEXT = 2000
"""Characters of a post."""

MAX_FILE = 10 * 1024 * 1024
PAGE = 50
"""Posts of a listing, unless fewer are asked for."""

_REFUSALS = {
    Mode.REVOKED: (401, b'{"error":"unauthorised"}'),
    Mode.RATE_LIMIT: (429, b'{"error":"slow_down"}'),
    Mode.DUPLICATE: (403, b'{"error":"duplicate"}'),
    Mode.REFUSE: (422, b'{"error":"refused"}'),
    Mode.FORBID: (403, b'{"error":"forbidden"}'),
    Mode.TOO_LARGE: (413, b'{"error":"too_large"}'),
    Mode.ERROR: (503, b'{"error":"internal"}'),
}


class Written(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a post that the account writes."""

    text: str
    parent: int | None = None
    media: list[str] = []


class ForumApi:
    """`/api/…` with a bearer token."""

    stranger: str = ""
    """Who a wrong account is."""

    def __init__(self, board: Board, faults: Faults, *, brand: str, token: str, now: Callable[[], datetime]) -> None:
        self._board = board
        self._faults = faults
        self._brand = brand
        self._token = token
        self._now = now
        self.files: dict[str, tuple[str, bytes]] = {}
        """Uploaded files by name: type and content."""

    def middleware(self) -> Middleware:
        """Checks nothing itself: makes requests fail where a failure is switched on."""
        return failing(self._faults, _REFUSALS, _sort)

    def add_routes(self, app: web.Application) -> None:
        """Put the interface into an application."""
        app.add_routes(
            [
                web.get("/api/me", self.me),
                web.get("/api/posts", self.posts),
                web.get("/api/topics/{topic:\\d+}/posts", self.topic),
                web.get("/api/messages/{member}/posts", self.messages),
                web.post("/api/topics/{topic:\\d+}/posts", self.answer),
                web.post("/api/messages/{member}/posts", self.message),
                web.post("/api/uploads", self.upload),
            ]
        )

    async def me(self, request: web.Request) -> web.Response:
        """Who the token belongs to."""
        self._check(request)
        member = self._board.by_id(self.stranger if self._faults.take(Mode.WRONG_ACCOUNT) else self._brand)
        assert member is not None
        return web.json_response({"id": member.id, "name": member.name})

    async def posts(self, request: web.Request) -> web.Response:
        """All that the account can read: `after` an id oldest first, or the newest ones `before` an id."""
        self._check(request)
        items = self._listed(self._board.shown_to(self._brand))
        oldest = items[0].id if items else 0
        limit = _number(request, "limit", PAGE)
        if "after" in request.query:
            after = _number(request, "after", 0)
            chosen = [item for item in items if item.id > after][:limit]
        else:
            before = _number(request, "before", 2**53)
            chosen = [item for item in items if item.id < before][-limit:]
        top = int(self._faults.take(Mode.IDS_BACK) is None) * newest(self._board.shown_to(self._brand))
        return web.json_response({"posts": self._rendered(chosen), "oldest": oldest, "newest": top})

    async def topic(self, request: web.Request) -> web.Response:
        """The posts of a topic after an id, oldest first."""
        self._check(request)
        return self._thread(request, self._board.topic(int(request.match_info["topic"])))

    async def messages(self, request: web.Request) -> web.Response:
        """The direct messages with a member after an id, oldest first."""
        self._check(request)
        return self._thread(request, self._board.between(self._brand, request.match_info["member"]))

    def _thread(self, request: web.Request, items: Sequence[Item]) -> web.Response:
        after = _number(request, "after", 0)
        shown = [item for item in self._listed(items) if item.id > after]
        limit = _number(request, "limit", PAGE)
        return web.json_response({"posts": [_post(item) for item in shown[:limit]], "more": len(shown) > limit})

    async def answer(self, request: web.Request) -> web.Response:
        """Write in a topic, for everyone."""
        self._check(request)
        written = await _written(request)
        topic = int(request.match_info["topic"])
        return self._keep(self._draft(written, topic=topic, to=""))

    async def message(self, request: web.Request) -> web.Response:
        """Write to a member alone."""
        self._check(request)
        written = await _written(request)
        return self._keep(self._draft(written, topic=None, to=request.match_info["member"]))

    def _draft(self, written: Written, *, topic: int | None, to: str) -> Draft:
        media = "\n".join(written.media)
        return Draft(author=self._brand, text=written.text, topic=topic, parent=written.parent, to=to, media=media)

    def _keep(self, draft: Draft) -> web.Response:
        if len(draft.text) > MAX_TEXT or not draft.text.strip():
            return web.json_response({"error": "bad_length"}, status=422)
        try:
            item = self._board.write(draft)
        except LookupError:
            return web.json_response({"error": "gone"}, status=404)
        return web.json_response(_post(item), status=201)

    async def upload(self, request: web.Request) -> web.Response:
        """Keep a file until a post shows it."""
        self._check(request)
        content = await request.read()
        if len(content) > MAX_FILE:
            return web.json_response({"error": "too_large"}, status=413)
        name = f"{len(self.files) + 1}"
        self.files[name] = (request.content_type, content)
        return web.json_response({"url": f"/uploads/{name}"}, status=201)

    def _check(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            raise web.HTTPUnauthorized(text='{"error":"unauthorised"}', content_type="application/json")

    def _listed(self, items: Sequence[Item]) -> Sequence[Item]:
        """What a listing shows at the moment: lagging behind, or only the end of it."""
        if lag := self._faults.take(Mode.LISTING_LAG):
            items = [item for item in items if item.at <= self._now() - timedelta(seconds=lag.amount)]
        if window := self._faults.take(Mode.SHORT_WINDOW):
            items = items[-int(window.amount) :]
        return items

    def _rendered(self, items: Sequence[Item]) -> list[dict[str, object]]:
        """The posts as they are sent; one is spoilt where that is switched on."""
        rendered = [_post(item) for item in items]
        if rendered and self._faults.take(Mode.BROKEN_ITEM):
            rendered[-1] = {"id": rendered[-1]["id"], "text": ["not", "a", "text"], "author": None}
        return rendered


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    path = request.path
    if not path.startswith("/api/"):
        return Sort.OTHER
    if request.method == "POST":
        return Sort.OTHER if path == "/api/uploads" else Sort.SAY
    return Sort.WHO if path == "/api/me" else Sort.LIST


def _number(request: web.Request, name: str, absent: int) -> int:
    """A number of the query."""
    given = request.query.get(name, "")
    return int(given) if given.isascii() and given.isdigit() else absent


async def _written(request: web.Request) -> Written:
    try:
        return msgspec.json.decode(await request.read(), type=Written)
    except msgspec.DecodeError:
        raise web.HTTPUnprocessableEntity(text='{"error":"malformed"}', content_type="application/json") from None


def _post(item: Item) -> dict[str, object]:
    """A post in the interface's own words; a deleted one keeps its place without words."""
    return {
        "id": item.id,
        "topic": item.topic,
        "parent": item.parent,
        "private": item.private,
        "author": {"id": item.author.id, "name": item.author.name, "since": item.author.since.isoformat()},
        "to": item.to.id if item.to else None,
        "title": "" if item.deleted else item.title,
        "text": "" if item.deleted else item.text,
        "media": [] if item.deleted else list(item.media),
        "at": item.at.isoformat(),
        "version": item.version,
        "deleted": item.deleted,
        "url": "" if item.private else f"/topics/{item.topic}#p{item.id}",
    }
