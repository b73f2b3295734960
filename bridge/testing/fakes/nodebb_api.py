"""The paths of NodeBB's read and write API that the bridge uses, over a board."""

import hmac
import html
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from bridge.testing.fakes.board import Board, Draft, Item, Member
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.nodebb_chats import MAX_MESSAGE, Chatting
from bridge.testing.fakes.nodebb_errors import body, refused, sentence
from bridge.testing.fakes.nodebb_shapes import (
    detail_json,
    rendered,
    summary_json,
    topic_json,
    user_json,
    user_number,
)

MAX_LENGTH = 32_767
MIN_LENGTH = 8
_PAGE = 20

_REFUSALS = {
    Mode.REVOKED: (401, b'"not-authorized"'),
    Mode.RATE_LIMIT: (429, b'{"status":{"code":"too-many-requests","message":"Too many requests"},"response":{}}'),
    Mode.DUPLICATE: (400, body(400, sentence("already-posting"))),
    Mode.REFUSE: (400, body(400, sentence("content-too-short", MIN_LENGTH))),
    Mode.FORBID: (403, body(403, sentence("no-privileges"))),
    Mode.TOO_LARGE: (413, b"{}"),
    Mode.ERROR: (400, body(400, "Cannot read properties of undefined (reading 'pid')")),
}


class _NewPost(msgspec.Struct, forbid_unknown_fields=True):
    content: str
    toPid: int | None = None  # noqa: N815 - NodeBB's own name


class NodeBBApi:
    """`/api` and `/api/v3` with a bearer token."""

    stranger: Member
    refusal: tuple[str, tuple[object, ...]] | None = None
    """An error that every reply meets: its key and its numbers."""

    def __init__(self, board: Board, faults: Faults, *, brand: Member, token: str, now: Callable[[], datetime]) -> None:
        self._board = board
        self._faults = faults
        self._brand = brand
        self._token = token
        self._now = now
        self.master = False
        self.categories: dict[int, int] = {}
        """Where topics stand, unless it is category 1."""
        self.hidden: set[int] = set()
        """Categories that the account may not read."""
        self.locked: set[int] = set()
        self.purged: set[int] = set()
        self.scheduled: set[int] = set()
        self.likes: dict[int, int] = {}
        self.guests: set[str] = set()
        """Ids of members who have no account any more: what they wrote is user 0's."""
        self.sees_deleted = False
        self.asked: list[str] = []
        self.pending: list[tuple[int, _NewPost]] = []
        """What waits for a moderator, with its topic."""
        self.chats = Chatting(board=board, brand=brand, check=self._check)

    def middleware(self) -> Middleware:
        """Makes requests fail where a failure is switched on."""
        return failing(self._faults, _REFUSALS, _sort)

    def add_routes(self, app: web.Application) -> None:
        """Put the API into an application."""
        app.add_routes(
            [
                web.get("/api/self", self.me),
                web.get("/api/config", self.config),
                web.get("/api/post-queue", self.queue),
                web.get("/api/recent/posts", self.recent),
                web.get("/api/v3/categories/{cid:\\d+}", self.category),
                web.get("/api/v3/posts/{pid:\\d+}", self.post),
                web.get("/api/v3/posts/{pid:\\d+}/summary", self.summary),
                web.get("/api/v3/posts/{pid:\\d+}/replies", self.replies),
                web.delete("/api/v3/posts/{pid:\\d+}/state", self.delete),
                web.get("/api/v3/topics/{tid:\\d+}", self.topic),
                web.post("/api/v3/topics/{tid:\\d+}", self.reply),
            ]
        )
        self.chats.add_routes(app)

    def _check(self, request: web.Request) -> None:
        self.asked.append(f"{request.method} {request.path}")
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given, f"Bearer {self._token}"):
            raise web.HTTPUnauthorized(text='"not-authorized"', content_type="application/json")
        if self.master and request.query.get("_uid") != str(user_number(self._brand)):
            raise web.HTTPInternalServerError(
                text='{"path":"/api","error":"[[error:api.master-token-no-uid]]"}', content_type="application/json"
            )

    async def me(self, request: web.Request) -> web.Response:
        """Who the token acts for."""
        self._check(request)
        return web.json_response(user_json(self.stranger if self._faults.take(Mode.WRONG_ACCOUNT) else self._brand))

    async def config(self, request: web.Request) -> web.Response:
        """What clients may know."""
        self._check(request)
        lengths = {
            "minimumPostLength": MIN_LENGTH,
            "maximumPostLength": MAX_LENGTH,
            "maximumChatMessageLength": MAX_MESSAGE,
        }
        return web.json_response({"relative_path": "", "defaultLang": "de", **lengths})

    async def queue(self, request: web.Request) -> web.Response:
        """What of the account waits for a moderator; a draft's source comes escaped."""
        self._check(request)
        shown = [
            {
                "id": f"reply-{number}",
                "type": "reply",
                "user": user_json(self._brand),
                "data": {"tid": tid, "content": rendered(new.content), "rawContent": html.escape(new.content)},
            }
            for number, (tid, new) in enumerate(self.pending)
        ]
        return web.json_response({"posts": shown, "pagination": {"pageCount": 1}})

    async def recent(self, request: web.Request) -> web.Response:
        """A page of twenty posts, newest first; what the account may not see is missing from the page."""
        self._check(request)
        page = int(request.query.get("page", "1"))
        items = self._listed(
            [item for item in self._board.everything() if not item.private and item.id not in self.purged]
        )
        shown = [item for item in items[::-1][(page - 1) * _PAGE : page * _PAGE] if self._visible(item)]
        listed = [self._summary(item, strip=True) for item in shown]
        if page == 1 and listed and self._faults.take(Mode.BROKEN_ITEM):
            listed[0] = {"pid": shown[0].id, "content": ["no", "text"], "timestamp": None}
        return web.json_response(listed)

    def _visible(self, item: Item) -> bool:
        deleted = item.deleted or self._board.item(item.topic).deleted
        return self._readable(item) and (self.sees_deleted or not deleted)

    def _readable(self, item: Item) -> bool:
        return self._cid(item.topic) not in self.hidden

    def _cid(self, topic: int) -> int:
        return self.categories.get(topic, 1)

    def _listed(self, items: Sequence[Item]) -> Sequence[Item]:
        """What a listing shows at the moment."""
        if lag := self._faults.take(Mode.LISTING_LAG):
            items = [item for item in items if item.at <= self._now() - timedelta(seconds=lag.amount)]
        if window := self._faults.take(Mode.SHORT_WINDOW):
            items = items[-int(window.amount) :]
        if self._faults.take(Mode.IDS_BACK):
            items = items[:-1]
        return items

    def _summary(self, item: Item, *, strip: bool) -> dict[str, object]:
        summary = summary_json(item, self._topic(item.topic), strip=strip) | {"upvotes": self.likes.get(item.id, 0)}
        if item.author.id in self.guests:
            guest = {"uid": 0, "username": "[[global:guest]]", "displayname": "[[global:guest]]", "userslug": ""}
            return {**summary, "uid": 0, "user": guest}
        return summary

    def _topic(self, topic: int) -> dict[str, object]:
        shown = topic_json(self._board, topic, self._cid(topic), locked=topic in self.locked)
        return {**shown, "scheduled": topic in self.scheduled}

    async def category(self, request: web.Request) -> web.Response:
        """A category; an empty answer where the account may not read it."""
        self._check(request)
        cid = int(request.match_info["cid"])
        known = cid in {1, 2, 3} and cid not in self.hidden
        return _good({"cid": cid, "name": "A category"} if known else {})

    async def post(self, request: web.Request) -> web.Response:
        """A post with its source."""
        return _good(self._detail(self._one(request)))

    def _detail(self, item: Item) -> dict[str, object]:
        detail = detail_json(item)
        if item.deleted and item.author.id != self._brand.id and not self.sees_deleted:
            detail["content"] = "[[topic:post-is-deleted]]"
        return detail

    async def summary(self, request: web.Request) -> web.Response:
        """A post with its topic and author."""
        return _good(self._summary(self._one(request), strip=False))

    async def replies(self, request: web.Request) -> web.Response:
        """The posts that answer a post directly."""
        one = self._one(request)
        items = [item for item in self._board.topic(one.topic) if item.parent == one.id and item.id not in self.purged]
        return _good([{**self._detail(item), "content": rendered(item.text)} for item in items])

    def _one(self, request: web.Request) -> Item:
        """The post of a path; what may not be read is not there."""
        self._check(request)
        try:
            item = self._board.item(int(request.match_info["pid"]))
        except LookupError:
            raise refused(request, "no-post") from None
        if item.private or item.id in self.purged or not self._readable(item):
            raise refused(request, "no-post")
        return item

    async def topic(self, request: web.Request) -> web.Response:
        """A topic."""
        self._check(request)
        tid = int(request.match_info["tid"])
        if not self._board.topic(tid) or self._cid(tid) in self.hidden:
            raise refused(request, "no-topic")
        return _good(self._topic(tid))

    async def reply(self, request: web.Request) -> web.Response:
        """A post of the account's in a topic."""
        self._check(request)
        new = msgspec.json.decode(await request.read(), type=_NewPost)
        new.content = new.content.rstrip()
        tid = int(request.match_info["tid"])
        self._refuse(request, tid, new)
        if self._faults.take(Mode.HOLD_FOR_APPROVAL):
            self.pending.append((tid, new))
            return _good({"id": "reply-1", "type": "reply", "queued": True, "message": "[[success:post-queued]]"})
        return _good(self._summary(self._keep(tid, new), strip=False))

    def _refuse(self, request: web.Request, tid: int, new: _NewPost) -> None:
        """The checks of `Topics.reply`."""
        if self.refusal is not None:
            raise refused(request, self.refusal[0], *self.refusal[1])
        if not self._board.topic(tid):
            raise refused(request, "no-topic")
        if tid in self.locked:
            raise refused(request, "topic-locked")
        if len(new.content.strip()) < MIN_LENGTH:
            raise refused(request, "content-too-short", MIN_LENGTH)
        if len(new.content) > MAX_LENGTH:
            raise refused(request, "content-too-long", MAX_LENGTH)

    def _keep(self, tid: int, new: _NewPost) -> Item:
        return self._board.write(Draft(author=self._brand.id, text=new.content, topic=tid, parent=new.toPid))

    def approve(self) -> None:
        """Everything that waits becomes a post."""
        for tid, new in self.pending:
            self._keep(tid, new)
        self.pending.clear()

    async def delete(self, request: web.Request) -> web.Response:
        """Take a post away; it stays for those who may see it."""
        item = self._one(request)
        if item.author.id != self._brand.id:
            raise refused(request, "no-privileges")
        if item.deleted:
            raise refused(request, "post-already-deleted")
        self._board.delete(item.id)
        return _good({})


def _sort(request: web.Request) -> Sort:
    """What a request is about; opening a chat says nothing yet."""
    if request.method == "POST":
        return Sort.OTHER if request.path == "/api/v3/chats" else Sort.SAY
    return Sort.WHO if request.path == "/api/self" else Sort.LIST


def _good(response: object) -> web.Response:
    return web.json_response({"status": {"code": "ok", "message": "OK"}, "response": response})
