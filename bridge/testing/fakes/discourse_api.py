"""The paths of Discourse's API that the bridge uses, over a board."""

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from bridge.testing.fakes.board import NEW, Board, Draft, Item, Member
from bridge.testing.fakes.discourse_shapes import post_json, topic_json, user_number
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing

MAX_LENGTH = 32_000
MIN_LENGTH = 20
_PAGE = 50

_INVALID = b'{"errors":["You are not permitted to view the requested resource."],"error_type":"invalid_access"}'
_LIMITED = (
    b'{"errors":["Too many times."],"error_type":"rate_limit","extras":{"wait_seconds":9,"time_left":"9 seconds"}}'
)
_SIMILAR = b'{"action":"create_post","errors":["Body is too similar to what you recently posted"]}'
_REFUSALS = {
    Mode.REVOKED: (403, _INVALID),
    Mode.RATE_LIMIT: (429, _LIMITED),
    Mode.DUPLICATE: (422, _SIMILAR),
    Mode.REFUSE: (422, b'{"action":"create_post","errors":["Body seems unclear, is it a complete sentence?"]}'),
    Mode.FORBID: (403, _INVALID),
    Mode.TOO_LARGE: (413, b'{"errors":["too large"]}'),
    Mode.ERROR: (500, b'{"errors":["internal"]}'),
}


class NewPost(msgspec.Struct):
    """The body of POST /posts.json."""

    raw: str
    topic_id: int | None = None
    reply_to_post_number: int | None = None
    archetype: str = "regular"
    target_recipients: str = ""
    title: str = ""
    external_id: str = ""


class DiscourseApi:
    """`/….json` with an API key."""

    stranger: Member
    id_windows = False
    shows_all_private = False
    """Older servers show a moderator's key everybody's private posts."""
    read_only = False
    keeps_answers = False
    """Whether the forum lets nobody delete."""
    forbidden = ""
    """A path for which the key lacks the scope."""

    def __init__(self, board: Board, faults: Faults, *, brand: Member, key: str, now: Callable[[], datetime]) -> None:
        self._board = board
        self._faults = faults
        self._brand = brand
        self._key = key
        self._now = now
        self._names: dict[str, int] = {}
        """Topics by their external ids."""
        self.helped: dict[int, dict[str, object]] = {}
        """What listings say besides of posts that somebody liked or accepted."""
        self.pending: list[NewPost] = []
        """What waits for a moderator."""
        self.uploads: list[bytes] = []
        self.closed: set[int] = set()
        self.made_public: set[int] = set()
        """Private topics that a moderator turned into public ones."""

    def middleware(self) -> Middleware:
        """Makes requests fail where a failure is switched on."""
        return failing(self._faults, _REFUSALS, _sort)

    def add_routes(self, app: web.Application) -> None:
        """Put the API into an application."""
        app.add_routes(
            [
                web.get("/session/current.json", self.session),
                web.get("/site/settings.json", self.settings),
                web.get("/latest.json", self.topics),
                web.get("/posts.json", self.latest),
                web.get("/private-posts.json", self.latest_private),
                web.get("/posts/{post:\\d+}.json", self.post),
                web.delete("/posts/{post:\\d+}.json", self.destroy),
                web.get("/posts/by_number/{topic:\\d+}/{number:\\d+}.json", self.by_number),
                web.get("/posts/{username}/pending.json", self.waiting),
                web.get("/t/external_id/{name}.json", self.by_name),
                web.get("/t/{topic:\\d+}.json", self.topic),
                web.get("/t/{topic:\\d+}/posts.json", self.topic_posts),
                web.post("/posts.json", self.create),
                web.post("/uploads.json", self.upload),
            ]
        )

    async def session(self, request: web.Request) -> web.Response:
        """Who the key acts for."""
        self._check(request)
        member = self.stranger if self._faults.take(Mode.WRONG_ACCOUNT) else self._brand
        user = {"id": user_number(member), "username": member.name, "name": member.name}
        return web.json_response({"current_user": user})

    async def settings(self, request: web.Request) -> web.Response:
        """The settings that clients may know."""
        self._check(request)
        return web.json_response({"min_post_length": MIN_LENGTH, "max_post_length": MAX_LENGTH})

    async def latest(self, request: web.Request) -> web.Response:
        """Public posts, newest first."""
        self._check(request)
        items = [item for item in self._board.shown_to("") if not item.private]
        return web.json_response({"latest_posts": self._page(request, items)})

    async def topics(self, request: web.Request) -> web.Response:
        """The newest topics."""
        self._check(request)
        topics = [{"id": item.topic, "title": item.title} for item in self._board.topics() if not item.deleted]
        return web.json_response({"topic_list": {"topics": topics[::-1][:30]}})

    async def latest_private(self, request: web.Request) -> web.Response:
        """Private posts of the account, newest first."""
        self._check(request)
        everything = self._board.everything() if self.shows_all_private else self._board.shown_to(self._brand.id)
        items = [item for item in everything if item.private]
        return web.json_response({"private_posts": self._page(request, items, spoilt=False)})

    def _page(self, request: web.Request, items: Sequence[Item], *, spoilt: bool = True) -> list[dict[str, object]]:
        """A page of a listing, in the manner of newer or older servers."""
        shown = self._listed([item for item in items if not item.deleted])
        last = self._board.top()
        before = int(request.query.get("before", "0")) or None
        if self.id_windows:
            top = before or last
            page = [item for item in shown if top - _PAGE < item.id <= top]
        else:
            page = [item for item in shown if before is None or item.id < before][-_PAGE:]
        rendered = [post_json(self._board, item) | self.helped.get(item.id, {}) for item in reversed(page)]
        if spoilt and rendered and rendered[0]["id"] == max((i.id for i in shown), default=0):
            rendered[0] = self._maybe_spoilt(rendered[0])
        return rendered

    def _maybe_spoilt(self, post: dict[str, object]) -> dict[str, object]:
        spoil = self._faults.take(Mode.BROKEN_ITEM)
        return {"id": post["id"], "raw": ["no", "text"], "user_id": None} if spoil else post

    def _listed(self, items: Sequence[Item]) -> Sequence[Item]:
        """What a listing shows at the moment."""
        if lag := self._faults.take(Mode.LISTING_LAG):
            items = [item for item in items if item.at <= self._now() - timedelta(seconds=lag.amount)]
        if window := self._faults.take(Mode.SHORT_WINDOW):
            items = items[-int(window.amount) :]
        if self._faults.take(Mode.IDS_BACK):
            items = items[:-1]
        return items

    async def post(self, request: web.Request) -> web.Response:
        """One post."""
        self._check(request)
        return web.json_response(post_json(self._board, self._standing(int(request.match_info["post"]))))

    async def destroy(self, request: web.Request) -> web.Response:
        """The account takes a post of its own away."""
        self._check(request)
        item = self._standing(int(request.match_info["post"]))
        if item.author.id != self._brand.id or self.keeps_answers:
            raise web.HTTPForbidden(text=_INVALID.decode(), content_type="application/json")
        self._board.delete(item.id)
        return web.json_response(None)

    async def by_number(self, request: web.Request) -> web.Response:
        """One post by its place in a topic."""
        self._check(request)
        number = int(request.match_info["number"])
        for item in self._topic_items(int(request.match_info["topic"])):
            if item.number == number and not item.deleted:
                return web.json_response(post_json(self._board, item))
        raise _not_found()

    async def waiting(self, request: web.Request) -> web.Response:
        """What of the account waits for a moderator."""
        self._check(request)
        return web.json_response({"pending_posts": [{"raw_text": post.raw} for post in self.pending]})

    async def by_name(self, request: web.Request) -> web.Response:
        """A topic by its external id: a redirect to its own address."""
        self._check(request)
        topic = self._names.get(request.match_info["name"])
        if topic is None:
            raise _not_found()
        raise web.HTTPMovedPermanently(f"/t/a-private-topic/{topic}.json")

    async def topic(self, request: web.Request) -> web.Response:
        """A topic with its first twenty posts and the ids of all."""
        self._check(request)
        number = int(request.match_info["topic"])
        topic = topic_json(self._board, self._topic_items(number))
        topic["closed"] = number in self.closed
        if number in self.made_public:
            topic["archetype"] = "regular"
        return web.json_response(topic)

    async def topic_posts(self, request: web.Request) -> web.Response:
        """Posts of a topic by their ids; at most twenty."""
        self._check(request)
        wanted = {int(number) for number in request.query.getall("post_ids[]", [])[:20]}
        items = [i for i in self._topic_items(int(request.match_info["topic"])) if i.id in wanted and not i.deleted]
        return web.json_response({"post_stream": {"posts": [post_json(self._board, item) for item in items]}})

    async def create(self, request: web.Request) -> web.Response:
        """A reply or a private topic."""
        self._check(request)
        post = msgspec.json.decode(await request.read(), type=NewPost)
        if self.read_only:
            text = '{"errors":["The site is in read only mode."],"error_type":"read_only"}'
            raise web.HTTPServiceUnavailable(text=text, content_type="application/json")
        if len(post.raw.strip()) < MIN_LENGTH or len(post.raw) > MAX_LENGTH:
            raise _refused("Body is too short or too long")
        if post.external_id and post.external_id in self._names:
            raise _refused("External has already been taken")
        if self._faults.take(Mode.HOLD_FOR_APPROVAL):
            self.pending.append(post)
            return web.json_response({"success": True, "action": "enqueued", "pending_post": {"id": 1}})
        return web.json_response(post_json(self._board, self._keep(post)))

    def approve(self) -> None:
        """Everything that waits becomes a post."""
        for post in self.pending:
            self._keep(post)
        self.pending.clear()

    def _keep(self, post: NewPost) -> Item:
        if post.archetype == "private_message":
            reader = self._board.member(post.target_recipients)
            draft = Draft(author=self._brand.id, text=post.raw, title=post.title, to=reader.id, topic=NEW)
            item = self._board.write(draft)
            self._names[post.external_id] = item.id
            return item
        items = self._topic_items(post.topic_id or 0)
        parent = next((item for item in items if item.number == post.reply_to_post_number), items[0])
        to = self._other(items[0]) if items[0].private else ""
        return self._board.write(
            Draft(author=self._brand.id, text=post.raw, topic=post.topic_id, parent=parent.id, to=to)
        )

    def _other(self, first: Item) -> str:
        """Whom a private topic is shared with."""
        assert first.to is not None
        return first.to.id if first.author.id == self._brand.id else first.author.id

    async def upload(self, request: web.Request) -> web.Response:
        """A picture."""
        self._check(request)
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        self.uploads.append(file.file.read())
        return web.json_response({"id": 1, "short_url": f"upload://{len(self.uploads)}picture.png"})

    def _topic_items(self, topic: int) -> Sequence[Item]:
        """The posts of a topic that the account may see."""
        try:
            first = self._board.item(topic)
        except LookupError:
            raise _not_found() from None
        return self._board.private_topic(topic) if first.private else self._board.topic(topic)

    def _standing(self, number: int) -> Item:
        try:
            item = self._board.item(number)
        except LookupError:
            raise _not_found() from None
        if item.deleted or not item.shown_to(self._brand.id):
            raise _not_found()
        return item

    def _check(self, request: web.Request) -> None:
        key, user = request.headers.get("Api-Key", ""), request.headers.get("Api-Username", "")
        if request.path == self.forbidden:
            raise web.HTTPForbidden(text=_INVALID.decode(), content_type="application/json")
        if not hmac.compare_digest(key.encode(), self._key.encode()) or user != self._brand.name:
            raise web.HTTPForbidden(text=_INVALID.decode(), content_type="application/json")


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    if request.method == "DELETE":
        return Sort.SAY
    if request.method == "POST":
        return Sort.SAY if request.path == "/posts.json" else Sort.OTHER
    return Sort.WHO if request.path == "/session/current.json" else Sort.LIST


def _not_found() -> web.HTTPNotFound:
    text = '{"errors":["The requested URL or resource could not be found."],"error_type":"not_found"}'
    return web.HTTPNotFound(text=text, content_type="application/json")


def _refused(reason: str) -> web.HTTPUnprocessableEntity:
    text = msgspec.json.encode({"action": "create_post", "errors": [reason]}).decode()
    return web.HTTPUnprocessableEntity(text=text, content_type="application/json")
