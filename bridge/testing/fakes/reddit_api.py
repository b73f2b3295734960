"""The paths of Reddit's API that the bridge reads, over a world; what it does not know it refuses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.reddit_access import Access, nothing, refused
from bridge.testing.fakes.reddit_listing import found, in_subreddit, shown
from bridge.testing.fakes.reddit_shapes import Json, listing_json, thing_json
from bridge.testing.fakes.reddit_world import Thing, World

_MOST = 100
_DEEP = 1000
"""Entries of a listing that can be reached at all."""

_PAGED = frozenset({"limit", "after", "before", "count"})


@dataclass(slots=True, kw_only=True)
class RedditApi:
    """What can be read."""

    world: World
    faults: Faults
    access: Access
    spoil: Callable[[Json], object] = nothing
    """What becomes of each entry of a listing on its way out."""
    barred: dict[str, str] = field(default_factory=dict)
    """Subreddits that cannot be read, with the reason."""
    unlisted: set[str] = field(default_factory=set)
    """Names that the account's own listings do not show."""
    between: Callable[[str], object] = nothing
    """What happens after a page of a path."""

    def add_routes(self, app: web.Application) -> None:
        """Put the API into an application."""
        reading = {
            "/api/v1/me": self.access.me,
            "/api/info": self.info,
            "/message/inbox": self.inbox,
            "/message/sent": self.sent,
            "/user/{name}/comments": self.own,
            "/r/{name}/new": self.posts,
            "/r/{name}/comments": self.comments,
            "/search": self.search,
            "/comments/{link}": self.thread,
        }
        app.add_routes([web.get(path, to) for path, to in reading.items()])
        app.router.add_post("/api/v1/access_token", self.access.token)

    async def info(self, request: web.Request) -> web.Response:
        """Things by their full names, also those that were taken away."""
        self.access.check(request, {"id"}, scope="read")
        names = request.query["id"].split(",")
        if len(names) > _MOST or any(name[:3] not in {"t1_", "t3_"} for name in names):
            raise refused(web.HTTPBadRequest)
        things = [self.world.things[name] for name in names if name in self.world.things]
        return web.json_response(listing_json([self._json(thing) for thing in things]))

    async def inbox(self, request: web.Request) -> web.Response:
        """Replies, mentions and messages."""
        things = [t for t in self.world.things.values() if t.told or t.to == self.world.brand]
        return self._page(request, (), things, scope="privatemessages")

    async def sent(self, request: web.Request) -> web.Response:
        """Messages of ours."""
        return self._page(request, (), self._listed(self.world.own("t4")), scope="privatemessages")

    async def own(self, request: web.Request) -> web.Response:
        """Comments of ours."""
        if request.match_info["name"] != self.world.brand:
            raise refused(web.HTTPNotFound)
        return self._page(request, {"sort"}, self._listed(self.world.own("t1")), scope="history")

    async def posts(self, request: web.Request) -> web.Response:
        """Of a subreddit."""
        return self._subreddit(request, "t3")

    async def comments(self, request: web.Request) -> web.Response:
        """Of a subreddit."""
        return self._subreddit(request, "t1")

    async def search(self, request: web.Request) -> web.Response:
        """Of all posts."""
        if request.query.get("sort") != "new" or request.query.get("type") != "link":
            raise refused(web.HTTPBadRequest)
        return self._page(request, {"q", "sort", "type"}, found(self.world, request.query["q"]), scope="read")

    async def thread(self, request: web.Request) -> web.Response:
        """A post and its comments: two listings."""
        self.access.check(request, {"comment", "depth", "limit", "sort"}, scope="read")
        top = self.world.things.get(f"t3_{request.match_info['link']}")
        if top is None:
            raise refused(web.HTTPNotFound)
        comment = self.world.things.get(f"t1_{request.query.get('comment', '')}")
        shown_below = [comment] if comment else self._below(top)
        entries = [self._json(thing, [self._json(each) for each in self._below(thing)]) for thing in shown_below]
        more: Json = {"kind": "more", "data": {"count": 0, "name": "t1__", "id": "_", "children": []}}
        return web.json_response([listing_json([self._json(top)]), listing_json([*entries, more])])

    def _below(self, thing: Thing) -> Sequence[Thing]:
        return [each for each in self.world.things.values() if each.kind == "t1" and each.parent == thing.name]

    def _listed(self, things: Sequence[Thing]) -> Sequence[Thing]:
        return [thing for thing in things if thing.name not in self.unlisted]

    def _subreddit(self, request: web.Request, kind: str) -> web.Response:
        """One that does not exist is looked for elsewhere."""
        name = request.match_info["name"]
        if reason := self.barred.get(name):
            raise refused(web.HTTPNotFound if reason == "banned" else web.HTTPForbidden, reason)
        if not any(thing.subreddit == name for thing in self.world.things.values()) and name != "acme":
            raise web.HTTPFound(f"/subreddits/search?q={name}")
        things = shown(self.world, self.faults, in_subreddit(self.world, name, kind))[::-1] if kind == "t3" else None
        listed = things if things is not None else in_subreddit(self.world, name, kind)
        return self._page(request, (), listed, scope="read", can_break=kind == "t3")

    def _page(
        self,
        request: web.Request,
        names: Sequence[str] | set[str],
        things: Sequence[Thing],
        *,
        scope: str,
        can_break: bool = False,
    ) -> web.Response:
        """The newest first, below the name that was given; below one that is not there nothing is."""
        self.access.check(request, {*names, *_PAGED}, scope=scope)
        limit = int(request.query.get("limit", "25"))
        if not 1 <= limit <= _MOST:
            raise refused(web.HTTPBadRequest)
        newest_first = list(things)[::-1][:_DEEP]
        page, more = _below_name(newest_first, request.query, limit)
        entries = [self._json(thing) for thing in page]
        if entries and can_break and page[0] is newest_first[0] and self.faults.take(Mode.BROKEN_ITEM):
            entries[0]["data"]["created_utc"] = "soon"  # type: ignore[index] # a dictionary
        self.between(request.path)
        return web.json_response(listing_json(entries, after=page[-1].name if more else None))

    def _json(self, thing: Thing, replies: Sequence[Json] = ()) -> Json:
        told = thing_json(self.world, thing, replies=replies)
        self.spoil(told)
        return told


def _below_name(things: Sequence[Thing], query: Mapping[str, str], limit: int) -> tuple[Sequence[Thing], bool]:
    """A page, and whether there is more below it."""
    start, after = 0, query.get("after")
    if after:
        names = [thing.name for thing in things]
        start = names.index(after) + 1 if after in names else len(names)
    return things[start : start + limit], start + limit < len(things)
