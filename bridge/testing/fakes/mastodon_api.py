"""The paths of Mastodon's API that the bridge uses, over a world; what it does not know it refuses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Middleware

from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.mastodon_access import Access, nothing, refused
from bridge.testing.fakes.mastodon_saying import PER_LINK, Saying
from bridge.testing.fakes.mastodon_shapes import account_json, notification_json, status_json
from bridge.testing.fakes.mastodon_world import HOST, Person, Toot, World

T = TypeVar("T")
_BOUNDS = frozenset({"limit", "min_id", "max_id", "since_id"})
_TYPES = ("image/png", "image/jpeg", "video/mp4")

_REVOKED = b'{"error":"The access token is invalid"}'
_REFUSALS = {
    Mode.REVOKED: (401, _REVOKED),
    Mode.RATE_LIMIT: (429, b'{"error":"Too many requests"}'),
    Mode.DUPLICATE: (422, b'{"error":"Duplicate record"}'),
    Mode.REFUSE: (422, b'{"error":"Validation failed: Text is not wanted here"}'),
    Mode.FORBID: (403, b'{"error":"This action is not allowed"}'),
    Mode.TOO_LARGE: (413, b'{"error":"too large"}'),
    Mode.ERROR: (500, b'{"error":"We are sorry, but something went wrong on our end."}'),
}


@dataclass(slots=True, kw_only=True)
class MastodonApi:
    """What can be read, and where everything is."""

    world: World
    faults: Faults
    access: Access
    saying: Saying
    brand: Person
    stranger: Person
    newer: bool = True
    """Whether the server has the second version of the instance's answer, and knows quotes."""
    spoil: Callable[[dict[str, object]], object] = nothing
    """What becomes of each entry of a list on its way out."""
    hides_direct: bool = False
    """Some servers leave direct posts out of an account's own."""
    knows_threads: bool = True
    """Whether it tells what stands around a post."""

    def middlewares(self) -> Sequence[Middleware]:
        """Headers on every answer, and failures where they are switched on."""
        return [self.access.middleware(), failing(self.faults, _REFUSALS, _sort)]

    def add_routes(self, app: web.Application) -> None:
        """Put the API into an application."""
        app.add_routes(
            [
                web.get("/api/v1/accounts/verify_credentials", self.me),
                web.get("/api/v1/instance", self.instance),
                web.get("/api/v2/instance", self.instance),
                web.get("/api/v1/notifications", self.notifications),
                web.get("/api/v1/accounts/{account}/statuses", self.statuses_of),
                web.get("/api/v1/timelines/tag/{tag}", self.tagged),
                web.get("/api/v2/search", self.search),
                web.get("/api/v1/statuses/{status}", self.status),
                web.get("/api/v1/statuses/{status}/context", self.context),
                web.post("/api/v1/statuses", self.saying.create),
                web.post("/api/v1/statuses/{status}/favourite", self.favourite),
                web.delete("/api/v1/statuses/{status}", self.delete),
                web.post("/api/v2/media", self.saying.upload),
                web.get("/api/v1/media/{file}", self.saying.file),
            ]
        )

    async def me(self, request: web.Request) -> web.Response:
        """Whose token it is."""
        self.access.check(request, ())
        return web.json_response(account_json(self.stranger if self.faults.take(Mode.WRONG_ACCOUNT) else self.brand))

    async def instance(self, request: web.Request) -> web.Response:
        """The server's bounds."""
        if request.path.startswith("/api/v2") and not self.newer:
            raise refused(web.HTTPNotFound, "Not found")
        bounds = {
            "statuses": {
                "max_characters": self.saying.max_length,
                "max_media_attachments": 4,
                "characters_reserved_per_url": PER_LINK,
            },
            "media_attachments": {"supported_mime_types": list(_TYPES), "description_limit": 1500},
        }
        named: dict[str, object] = {"domain": HOST, "api_versions": {"mastodon": 7}} if self.newer else {"uri": HOST}
        return web.json_response({**named, "title": "A server", "configuration": bounds})

    async def notifications(self, request: web.Request) -> web.Response:
        """What the account is told, newest first."""
        self.access.check(request, _BOUNDS | {"types[]", "include_filtered"})
        types = request.query.getall("types[]", [])
        told = [told for told in self.world.told if not types or told.type in types]
        shown = self._listed(told, {each.id: each.at for each in told})
        page = _page(request, [each.id for each in shown], most=80)
        by_id = {each.id: each for each in told}
        rendered = [notification_json(self.world, by_id[name]) for name in page]
        if rendered and page[0] == shown[-1].id and self.faults.take(Mode.BROKEN_ITEM):
            rendered[0]["status"] = {"id": by_id[page[0]].toot, "content": ["no", "text"]}
        return web.json_response(self._rendered(rendered))

    async def statuses_of(self, request: web.Request) -> web.Response:
        """The posts of an account; all of them only where it is the token's own."""
        self.access.check(request, _BOUNDS | {"exclude_reblogs"})
        if request.match_info["account"] != self.brand.id:
            raise refused(web.HTTPNotFound, "Record not found")
        boosts = "exclude_reblogs" not in request.query
        everything = [toot for toot in self.world.toots.values() if toot.draft.author == self.brand.id]
        own = [toot for toot in everything if (boosts or not toot.draft.boosted) and not self._hides(toot)]
        return self._statuses(request, own)

    def _hides(self, toot: Toot) -> bool:
        return self.hides_direct and toot.draft.visibility == "direct"

    async def tagged(self, request: web.Request) -> web.Response:
        """Public posts with a hashtag."""
        self.access.check(request, _BOUNDS)
        tag = request.match_info["tag"].lower()
        public = [t for t in self.world.toots.values() if t.draft.visibility == "public" and tag in t.tags]
        return self._statuses(request, self._listed(public, {toot.id: toot.at for toot in public}))

    async def search(self, request: web.Request) -> web.Response:
        """Public posts with some words, of which a page is always the newest within its bounds."""
        self.access.check(request, _BOUNDS - {"since_id"} | {"q", "type"})
        text = request.query["q"].lower()
        found = [
            t for t in self.world.toots.values() if t.draft.visibility == "public" and text in t.draft.text.lower()
        ]
        names = [toot.id for toot in found if _above(toot.id, request.query.get("min_id"))]
        page = _page(request, names, most=40, forward=False)
        statuses = [status_json(self.world, self.world.toots[name]) for name in page]
        return web.json_response({"accounts": [], "statuses": statuses, "hashtags": []})

    def _statuses(self, request: web.Request, toots: Sequence[Toot]) -> web.Response:
        page = _page(request, [toot.id for toot in toots], most=40)
        return web.json_response(self._rendered([status_json(self.world, self.world.toots[name]) for name in page]))

    def _rendered(self, entries: list[dict[str, object]]) -> list[dict[str, object]]:
        for entry in entries:
            self.spoil(entry)
        return entries

    def _listed(self, entries: Sequence[T], times: Mapping[str, datetime]) -> Sequence[T]:
        """What a listing shows at the moment."""
        if lag := self.faults.take(Mode.LISTING_LAG):
            young = self.world.now() - timedelta(seconds=lag.amount)
            entries = [entry for entry, at in zip(entries, times.values(), strict=True) if at <= young]
        if window := self.faults.take(Mode.SHORT_WINDOW):
            entries = entries[-int(window.amount) :]
        return entries[:-1] if self.faults.take(Mode.IDS_BACK) else entries

    async def status(self, request: web.Request) -> web.Response:
        """One post."""
        self.access.check(request, ())
        return web.json_response(status_json(self.world, self._standing(request.match_info["status"])))

    async def favourite(self, request: web.Request) -> web.Response:
        """Like a post that can be read."""
        self.access.check(request, ())
        toot = self._standing(request.match_info["status"])
        self.world.liked.add(toot.id)
        return web.json_response(status_json(self.world, toot))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a post of the account's own."""
        self.access.check(request, ())
        toot = self._standing(request.match_info["status"])
        if toot.draft.author != self.brand.id:
            raise refused(web.HTTPNotFound, "Record not found")
        self.world.delete(toot.id)
        return web.json_response(status_json(self.world, toot))

    async def context(self, request: web.Request) -> web.Response:
        """What stands above and below a post, as far as the account can read it."""
        self.access.check(request, ())
        name = self._standing(request.match_info["status"]).id
        return web.json_response(
            {
                "ancestors": self._readable(self.world.above(name)),
                "descendants": self._readable(self.world.below(name)),
            }
        )

    def _readable(self, toots: Sequence[Toot]) -> list[dict[str, object]]:
        shown = [toot for toot in toots if toot.shown_to(self.brand.id) and self.knows_threads]
        return self._rendered([status_json(self.world, toot) for toot in shown])

    def _standing(self, name: str) -> Toot:
        toot = self.world.toots.get(name)
        if toot is None or not toot.shown_to(self.brand.id):
            raise refused(web.HTTPNotFound, "Record not found")
        return toot


def _page(request: web.Request, names: Sequence[str], *, most: int, forward: bool = True) -> Sequence[str]:
    """Ids of a page, newest first: next above `min_id`, else the newest below `max_id`."""
    limit = min(int(request.query.get("limit", "20")), most)
    low, high = request.query.get("min_id"), request.query.get("max_id")
    found = [name for name in names if _above(name, low) and (high is None or not _above(name, high, same=True))]
    return (found[:limit] if low is not None and forward else found[-limit:])[::-1]


def _above(name: str, bound: str | None, *, same: bool = False) -> bool:
    return bound is None or int(name) > int(bound) - same


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    if request.method == "POST":
        return Sort.SAY if request.path.startswith("/api/v1/statuses") else Sort.OTHER
    if request.method == "DELETE":
        return Sort.SAY
    if "/streaming/" in request.path:
        return Sort.OTHER
    return Sort.WHO if request.path.endswith("verify_credentials") else Sort.LIST
