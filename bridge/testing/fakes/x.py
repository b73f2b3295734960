"""X as far as the bridge talks to it, after its own documentation: strict, with a journal, and failing on demand."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from aiohttp import web

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.server import Loopback
from bridge.testing.fakes.x_access import Access
from bridge.testing.fakes.x_activity import Activity
from bridge.testing.fakes.x_asked import Windows
from bridge.testing.fakes.x_reading import Reading
from bridge.testing.fakes.x_shapes import problem
from bridge.testing.fakes.x_world import Told, Whispered, World
from bridge.testing.fakes.x_writing import MAX_WEIGHT, Writing

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_NOT_MENTIONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)


def _body(status: int, title: str, detail: str, kind: str = "about:blank") -> tuple[int, bytes]:
    return status, msgspec.json.encode(problem(status, title, detail, kind))


REFUSALS = {
    Mode.REVOKED: _body(401, "Unauthorized", "Unauthorized"),
    Mode.RATE_LIMIT: _body(429, "Too Many Requests", "Too Many Requests"),
    Mode.DUPLICATE: _body(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."),
    Mode.REFUSE: _body(
        400, "Invalid Request", "One or more parameters to your request was invalid.", "invalid-request"
    ),
    Mode.FORBID: _body(403, "Forbidden", _NOT_MENTIONED),
    Mode.TOO_LARGE: (403, b'{"errors":[{"code":186,"message":"Tweet needs to be a bit shorter."}]}'),
    Mode.ERROR: _body(503, "Service Unavailable", "Service Unavailable"),
}
"""How X words its refusals."""


class XPlace:
    """A small X with its verbs."""

    max_length = MAX_WEIGHT

    def __init__(self, *, brand: str, now: Callable[[], datetime] = utc_now, journal: Path | None = None) -> None:
        self.faults = Faults()
        self.journal = Journal(journal, now)
        self.world = World(self.journal, now)
        self.brand = self.world.person(brand)
        self.access = Access(now=now, until=now() + timedelta(hours=2))
        self.windows = Windows(now)
        self.reading = Reading(self.world, self.faults, account=self.brand.id, now=now)
        self.reading.stranger = self.world.person("somebody_else").id
        self.writing = Writing(self.world, account=self.brand.id)
        self.activity = Activity(self.world, self.access, account=self.brand.id)
        self.scripted: dict[str, tuple[int, bytes, Mapping[str, str]]] = {}
        """Status, body and headers that are given to requests that begin so, method first."""
        self.asked: list[str] = []
        """Method and path with query of every request, in order."""
        self._server: Loopback | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        fails = failing(self.faults, REFUSALS, _sort)
        app = web.Application(middlewares=[self._enter, fails], client_max_size=32 * 1024 * 1024)
        app.add_routes(self._routes())
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    def _routes(self) -> list[web.RouteDef]:
        reading, writing, activity = self.reading, self.writing, self.activity
        return [
            web.post("/2/oauth2/token", self.access.give),
            web.get("/2/users/me", reading.me),
            web.get("/2/users/{account:\\d+}/mentions", reading.mentions),
            web.get("/2/users/{account:\\d+}/tweets", reading.own),
            web.get("/2/tweets/search/recent", reading.search),
            web.get("/2/tweets", reading.lookup),
            web.get("/2/dm_events", reading.messages),
            web.get("/2/dm_conversations/with/{person:\\d+}/dm_events", reading.messages_with),
            web.post("/2/dm_conversations/with/{person:\\d+}/messages", writing.message),
            web.post("/2/tweets", writing.create),
            web.delete("/2/tweets/{post:\\d+}", writing.delete),
            web.put("/2/tweets/{post:\\d+}/hidden", writing.hide),
            web.post("/2/media/upload", writing.upload),
            web.get("/2/media/upload", writing.status),
            web.post("/2/media/upload/initialize", writing.initialize),
            web.post("/2/media/upload/{media:\\d+}/append", writing.append),
            web.post("/2/media/upload/{media:\\d+}/finalize", writing.finalize),
            web.post("/2/media/metadata", writing.describe),
            web.post("/2/activity/subscriptions", activity.subscribe),
            web.get("/2/activity/subscriptions", activity.list),
            web.get("/2/activity/stream", activity.stream),
        ]

    @web.middleware
    async def _enter(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note the request, check who asks, and count it against its limit."""
        line = f"{request.method} {request.path_qs}"
        self.asked.append(line)
        for begin, (status, body, headers) in self.scripted.items():
            if line.startswith(begin):
                return web.Response(status=status, body=body, headers=headers)
        if request.path == "/2/oauth2/token":
            self.access.revoked = self.faults.take(Mode.REVOKED) is not None
            return await handler(request)
        app_only = request.path.startswith("/2/activity") and self.access.is_app(request)
        if not app_only and not self.access.admits(request):
            return web.json_response(problem(401, "Unauthorized", "Unauthorized", "about:blank"), status=401)
        headers = self.windows.take(request)
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update({name: value for name, value in headers.items() if name not in answer.headers})
        return answer

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        self.activity.cut()
        if self._server is not None:
            await self._server.stop()
        self.journal.close()

    def write(self, author: str, text: str) -> int:
        """A customer writes to the brand in public."""
        return self.world.post(self.world.person(author).id, f"@{self.brand.username} {text}").id

    def post(self, author: str, text: str, *, reply_to: int | None = None, quotes: int | None = None) -> Told:
        """Anybody writes anything."""
        return self.world.post(self.world.person(author).id, text, reply_to=reply_to, quotes=quotes)

    def repost(self, author: str, post: int) -> Told:
        """Anybody shows a post again."""
        told = self.world.posts[post]
        text = f"RT @{self.world.people[told.author].username}: {told.text}"
        return self.world.post(self.world.person(author).id, text, reposts=post)

    def write_private(self, author: str, text: str) -> int:
        """A customer writes to the brand alone."""
        return self.world.whisper(self.world.person(author).id, self.brand.id, text).id

    def edit(self, post: int, text: str) -> None:
        """The author changes the words, which go to the brand as before."""
        self.world.edit(post, f"@{self.brand.username} {text}")

    def delete(self, post: int) -> None:
        """The author takes the post away."""
        self.world.delete(post)

    def said(self) -> Sequence[Told | Whispered]:
        """Everything that was accepted as the brand's, in order."""
        own = [told for told in self.world.posts.values() if told.author == self.brand.id]
        whispered = [message for message in self.world.messages if message.sender == self.brand.id]
        return sorted([*own, *whispered], key=lambda thing: thing.id)

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=times, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    path = request.path
    if request.method == "POST" and (path == "/2/tweets" or path.endswith("/messages")):
        return Sort.SAY
    if request.method != "GET" or path.startswith("/2/media"):
        return Sort.OTHER
    return Sort.WHO if path == "/2/users/me" else Sort.LIST
