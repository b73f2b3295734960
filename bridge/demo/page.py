"""The page's server: its files, the boards behind it, and the agent's mailbox."""

from importlib import resources
from typing import TypeVar

import aiosmtplib
import msgspec
from aiohttp import web

from bridge.app.explaining import explained
from bridge.demo import guard
from bridge.demo.pen import WRITERS, send
from bridge.demo.postbox import REPLIED, SEEN, NoSuchMail
from bridge.demo.scene import Scene
from bridge.demo.story import reasons
from bridge.testing.correspondence import plain, quoted
from bridge.testing.fakes.forum import Forum

T = TypeVar("T")

LONGEST = 20_000
"""Characters of an answer that is written on the page."""

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """What is written into the page's answer box."""

    text: str
    writer: str


def application(scene: Scene) -> web.Application:
    """Everything under one address; the forum and the other board keep interfaces of their own below it."""
    app = web.Application(middlewares=[guard.guard])
    app.on_response_prepare.append(guard.dress)
    Page(scene).add_routes(app)
    app.add_subapp("/forum/", _board(scene.forum, "forum"))
    app.add_subapp("/talk/", _board(scene.talk, "talk"))
    return app


def _board(forum: Forum, name: str) -> web.Application:
    """A board's own application; links to its topics lead to the page, which shows them."""

    async def topic(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/?board={name}&topic={request.match_info['topic']}")

    app = forum.app()
    app.router.add_get("/topics/{topic:\\d+}", topic)
    return app


class Page:
    """The routes of the page."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._files = resources.files(__package__) / "page"

    def add_routes(self, app: web.Application) -> None:
        """Put them into an application."""
        app.add_routes(
            [
                web.get("/", self.index),
                web.get("/page/{name:[a-z]+\\.(?:css|js|svg)}", self.file),
                web.get("/about.json", self.about),
                web.get("/live", self._scene.live.follow),
                web.get("/why/{channel:[a-z]+}/{post}", self.why),
                web.get("/mails/{mail}", self.mail),
                web.get("/mails/{mail}/page", self.mail_page),
                web.post("/mails/{mail}/answer", self.answer),
            ]
        )

    async def index(self, _request: web.Request) -> web.Response:
        """The page itself."""
        return web.Response(text=self._files.joinpath("index.html").read_text("utf-8"), content_type="text/html")

    async def file(self, request: web.Request) -> web.Response:
        """Its style and its scripts."""
        name = request.match_info["name"]
        file = self._files.joinpath(name)
        if not file.is_file():
            raise web.HTTPNotFound(text="there is no such file")
        return web.Response(text=file.read_text("utf-8"), content_type=_TYPES[name.rpartition(".")[2]], charset="utf-8")

    async def about(self, _request: web.Request) -> web.Response:
        """What the page says about itself: where things lie and how to use them from outside."""
        return web.json_response(self._scene.about())

    async def why(self, request: web.Request) -> web.Response:
        """A verdict anew, with the rules and routes that nearly took the post."""
        if self._scene.configuration is None:
            raise web.HTTPServiceUnavailable(text="the demo is still starting")
        named = f"{request.match_info['channel']}/{request.match_info['post']}"
        verdict = await explained(self._scene.configuration, named)
        if verdict is None:
            raise web.HTTPNotFound(text="this post is not known to the bridge yet")
        return web.json_response(reasons(verdict))

    async def mail(self, request: web.Request) -> web.Response:
        """A mail as a client shows it; opening it marks it as seen."""
        key = request.match_info["mail"]
        try:
            mail = self._scene.postbox.mail(key)
            self._scene.postbox.mark(key, SEEN)
        except NoSuchMail as problem:
            raise web.HTTPNotFound(text=str(problem)) from None
        return web.json_response(
            {
                "id": key,
                "message_id": str(mail["Message-ID"]),
                "from": str(mail["From"]),
                "to": str(mail["To"]),
                "answer_to": str(mail["Reply-To"] or mail["From"]),
                "subject": str(mail["Subject"]),
                "date": str(mail["Date"]),
                "text": plain(mail),
                "quoted": quoted(mail),
                "headers": [[name, str(value)] for name, value in mail.items()],
                "has_page": mail.get_body(("html",)) is not None,
            }
        )

    async def mail_page(self, request: web.Request) -> web.Response:
        """The HTML part of a mail, for a frame in which nothing runs; its links open beside the page."""
        try:
            part = self._scene.postbox.mail(request.match_info["mail"]).get_body(("html",))
        except NoSuchMail as problem:
            raise web.HTTPNotFound(text=str(problem)) from None
        if part is None:
            raise web.HTTPNotFound(text="this mail has no HTML part")
        text = str(part.get_content()).replace("<head>", '<head><base target="_blank">', 1)
        headers = {"Content-Security-Policy": guard.MAIL}
        return web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a mail by a mail, over SMTP."""
        key, written = request.match_info["mail"], await _body(request, Answer)
        if not written.text.strip() or len(written.text) > LONGEST or written.writer not in WRITERS:
            raise web.HTTPUnprocessableEntity(text=f"an answer has words, and at most {LONGEST:,} characters")
        writer = WRITERS[written.writer]
        try:
            mail = self._scene.postbox.mail(key)
            sent = await send(mail, written.text, writer, port=self._scene.smtp_port)
            self._scene.postbox.mark(key, REPLIED)
        except NoSuchMail as problem:
            raise web.HTTPNotFound(text=str(problem)) from None
        except aiosmtplib.SMTPException as problem:
            raise web.HTTPBadGateway(text=f"the mail was not taken: {problem}") from None
        return web.json_response({"message_id": sent}, status=201)


async def _body(request: web.Request, shape: type[T]) -> T:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="only JSON is taken here")
    try:
        return msgspec.json.decode(await request.read(), type=shape)
    except msgspec.DecodeError:
        raise web.HTTPUnprocessableEntity(text="the body has another shape") from None
