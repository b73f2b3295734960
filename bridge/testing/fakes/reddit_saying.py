"""What an account writes on a site like Reddit: comments and messages, looked at as Reddit does; errors come with status 200."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bridge.testing.fakes.reddit_access import Access
from bridge.testing.fakes.reddit_shapes import thing_json
from bridge.testing.fakes.reddit_world import DELETED, Thing, World

_LONGEST = 10_000
_COMMON = {"api_type": "json", "raw_json": "1"}


@dataclass(slots=True, kw_only=True)
class Saying:
    """The writing half."""

    world: World
    access: Access
    errors: list[list[str]] = field(default_factory=list)
    """Refusals that come next, one with each request."""
    pause: float | None = None
    """Stands beside the next refusal."""
    tells: bool = True
    """Whether an answer says what was made."""

    def add_routes(self, app: web.Application) -> None:
        """Put them into an application."""
        app.router.add_post("/api/comment", self.comment)
        app.router.add_post("/api/compose", self.compose)
        app.router.add_post("/api/del", self.delete)

    async def comment(self, request: web.Request) -> web.Response:
        """A comment below a post or comment, or an answer to a message."""
        form = await self._form(request, {"thing_id", "text"}, scope="submit")
        above = self.world.things.get(form["thing_id"])
        if refusal := self._refusal(above, form["text"]):
            return refusal
        assert above is not None
        if above.kind == "t4":
            made = self._reply(above, form["text"])
        else:
            link = above.link or above.name
            more = {"link": link, "parent": above.name, "subreddit": above.subreddit}
            made = self.world.add("t1", self.world.brand, form["text"], **more)
        return _answer(things=[thing_json(self.world, made, replies=())] if self.tells else [])

    def _reply(self, above: Thing, text: str) -> Thing:
        more = {
            "link": above.link or above.name,
            "parent": above.name,
            "to": above.author,
            "title": f"re: {above.title}",
        }
        return self.world.add("t4", self.world.brand, text, **more)

    def _refusal(self, above: Thing | None, text: str) -> web.Response | None:
        """What is wrong with it; None where nothing is."""
        if self.errors:
            return _answer(errors=[self.errors.pop(0)], pause=self.pause)
        if above is None or above.gone:
            return _answer(errors=[["DELETED_COMMENT", "that comment has been deleted", "parent"]])
        top = self.world.things.get(above.link, above)
        if above.locked or top.locked:
            return _answer(errors=[["THREAD_LOCKED", "Comments are locked.", "parent"]])
        if not text.strip():
            return _answer(errors=[["NO_TEXT", "we need something here", "text"]])
        if len(text) > _LONGEST:
            return _answer(errors=[["TOO_LONG", f"this is too long (max: {_LONGEST})", "text"]])
        return None

    async def compose(self, request: web.Request) -> web.Response:
        """A new message; what it is called is not told."""
        form = await self._form(request, {"to", "subject", "text"}, scope="privatemessages")
        if self.errors:
            return _answer(errors=[self.errors.pop(0)], pause=self.pause)
        if not 1 <= len(form["subject"]) <= 100:
            return _answer(errors=[["TOO_LONG", "this is too long (max: 100)", "subject"]])
        self.world.add("t4", self.world.brand, form["text"], to=form["to"], title=form["subject"])
        return _answer()

    async def delete(self, request: web.Request) -> web.Response:
        """What is gone already is deleted; what is somebody else's stays."""
        form = await self._form(request, {"id"}, scope="edit")
        thing = self.world.things.get(form["id"])
        if thing is not None and thing.author == self.world.brand:
            self.world.change(thing.name, gone=DELETED)
        return web.json_response({})

    async def _form(self, request: web.Request, names: Collection[str], *, scope: str) -> Mapping[str, str]:
        self.access.check(request, (), scope=scope)
        form = {name: str(value) for name, value in (await request.post()).items()}
        if set(form) != {*names, *_COMMON} or any(form[name] != value for name, value in _COMMON.items()):
            raise web.HTTPBadRequest(text='{"message": "Bad Request", "error": 400}', content_type="application/json")
        return form


def _answer(
    *, errors: list[list[str]] | None = None, things: list[dict[str, object]] | None = None, pause: float | None = None
) -> web.Response:
    inner: dict[str, object] = {"errors": errors or []}
    if pause is not None:
        inner["ratelimit"] = pause
    if things:
        inner["data"] = {"things": things}
    return web.json_response({"json": inner})
