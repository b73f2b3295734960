"""The paths of Mastodon's API that the bridge uses, over a world; what it does not know it refuses."""

import hmac
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from bridge.testing.fakes.faults import Faults, Handler, Mode, Sort, failing
from bridge.testing.fakes.mastodon_shapes import account_json, media_json, notification_json, status_json
from bridge.testing.fakes.mastodon_world import HOST, Draft, Person, Toot, World

MAX_LENGTH = 500
PER_LINK = 23
T = TypeVar("T")
_KEY_LASTS = timedelta(hours=1)
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


class NewStatus(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /api/v1/statuses."""

    status: str
    in_reply_to_id: str
    visibility: str
    spoiler_text: str = ""
    sensitive: bool = False
    media_ids: list[str] = []


@dataclass(slots=True, kw_only=True)
class Limit:
    """What the headers say of the limit."""

    most: int = 300
    left: int = 300
    resets: str = "2000-01-01T00:00:00.000000Z"

    def headers(self) -> Mapping[str, str]:
        """As they are sent."""
        names = {"Limit": str(self.most), "Remaining": str(self.left), "Reset": self.resets}
        return {f"X-RateLimit-{name}": value for name, value in names.items()}


def _nothing(_given: object) -> None:
    """Nothing comes in between."""


@dataclass(slots=True, kw_only=True)
class MastodonApi:
    """`/api/v1/…` and `/api/v2/…` with an access token."""

    world: World
    faults: Faults
    token: str
    brand: Person
    stranger: Person
    limit: Limit = field(default_factory=Limit)
    forbidden: str = ""
    """A path for which the token lacks the scope."""
    broken: str = ""
    """Paths that end in this fail with an error of the server's own."""
    disabled: bool = False
    """A moderator has disabled the login."""
    looks: int = 0
    """How often an upload is asked for before it is ready."""
    newer: bool = True
    """Whether the server has the second version of the instance's answer, and knows quotes."""
    keys: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    """Posts by their idempotency keys, and when those were used."""
    keeps_keys: bool = True
    """Some servers of the kind take a key and forget it."""
    max_length: int = MAX_LENGTH
    instead: Callable[[web.Request], web.Response | None] = _nothing
    """An answer that comes before everything else."""
    spoil: Callable[[dict[str, object]], object] = _nothing
    """What becomes of each notification on its way out."""
    asked: list[str] = field(default_factory=list)
    """Every request's path and query."""

    def middlewares(self) -> Sequence[Middleware]:
        """Headers on every answer, and failures where they are switched on."""

        @web.middleware
        async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.asked.append(request.path_qs)
            try:
                answer: web.StreamResponse = self.instead(request) or await handler(request)
            except web.HTTPException as refusal:
                refusal.headers.update(self.limit.headers())
                raise
            if not answer.prepared:
                answer.headers.update(self.limit.headers())
            return answer

        return [measured, failing(self.faults, _REFUSALS, _sort)]

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
                web.get("/api/v1/statuses/{status}", self.status),
                web.get("/api/v1/statuses/{status}/context", self.context),
                web.post("/api/v1/statuses", self.create),
                web.post("/api/v2/media", self.upload),
                web.get("/api/v1/media/{file}", self.file),
            ]
        )

    async def me(self, request: web.Request) -> web.Response:
        """Whose token it is."""
        self._check(request, ())
        return web.json_response(account_json(self.stranger if self.faults.take(Mode.WRONG_ACCOUNT) else self.brand))

    async def instance(self, request: web.Request) -> web.Response:
        """The server's bounds."""
        if request.path.startswith("/api/v2") and not self.newer:
            raise _refused(web.HTTPNotFound, "Not found")
        bounds = {
            "statuses": {
                "max_characters": self.max_length,
                "max_media_attachments": 4,
                "characters_reserved_per_url": PER_LINK,
            },
            "media_attachments": {"supported_mime_types": list(_TYPES), "description_limit": 1500},
        }
        named: dict[str, object] = {"domain": HOST, "api_versions": {"mastodon": 7}} if self.newer else {"uri": HOST}
        return web.json_response({**named, "title": "A server", "configuration": bounds})

    async def notifications(self, request: web.Request) -> web.Response:
        """What the account is told, newest first."""
        self._check(request, _BOUNDS | {"types[]", "include_filtered"})
        types = request.query.getall("types[]", [])
        told = [told for told in self.world.told if not types or told.type in types]
        shown = self._listed(told, {each.id: each.at for each in told})
        page = _page(request, [each.id for each in shown], most=80)
        by_id = {each.id: each for each in told}
        rendered = [notification_json(self.world, by_id[name]) for name in page]
        if rendered and page[0] == shown[-1].id and self.faults.take(Mode.BROKEN_ITEM):
            rendered[0]["status"] = {"id": by_id[page[0]].toot, "content": ["no", "text"]}
        for each in rendered:
            self.spoil(each)
        return web.json_response(rendered)

    async def statuses_of(self, request: web.Request) -> web.Response:
        """The posts of an account; all of them only where it is the token's own."""
        self._check(request, _BOUNDS | {"exclude_reblogs"})
        if request.match_info["account"] != self.brand.id:
            raise _refused(web.HTTPNotFound, "Record not found")
        boosts = "exclude_reblogs" not in request.query
        own = [
            t for t in self.world.toots.values() if t.draft.author == self.brand.id and (boosts or not t.draft.boosted)
        ]
        return self._statuses(request, own)

    async def tagged(self, request: web.Request) -> web.Response:
        """Public posts with a hashtag."""
        self._check(request, _BOUNDS)
        tag = request.match_info["tag"].lower()
        public = [t for t in self.world.toots.values() if t.draft.visibility == "public" and tag in t.tags]
        return self._statuses(request, self._listed(public, {toot.id: toot.at for toot in public}))

    def _statuses(self, request: web.Request, toots: Sequence[Toot]) -> web.Response:
        page = _page(request, [toot.id for toot in toots], most=40)
        return web.json_response([status_json(self.world, self.world.toots[name]) for name in page])

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
        self._check(request, ())
        return web.json_response(status_json(self.world, self._standing(request.match_info["status"])))

    async def context(self, request: web.Request) -> web.Response:
        """What stands above and below a post, as far as the account can read it."""
        self._check(request, ())
        name = self._standing(request.match_info["status"]).id
        return web.json_response(
            {
                "ancestors": self._readable(self.world.above(name)),
                "descendants": self._readable(self.world.below(name)),
            }
        )

    def _readable(self, toots: Sequence[Toot]) -> list[dict[str, object]]:
        return [status_json(self.world, toot) for toot in toots if toot.shown_to(self.brand.id)]

    def _standing(self, name: str) -> Toot:
        toot = self.world.toots.get(name)
        if toot is None or not toot.shown_to(self.brand.id):
            raise _refused(web.HTTPNotFound, "Record not found")
        return toot

    async def create(self, request: web.Request) -> web.Response:
        """A post of the account's own."""
        self._check(request, ())
        key = request.headers["Idempotency-Key"]
        used = self.keys.get(key)
        if self.keeps_keys and used is not None and self.world.now() - used[0] < _KEY_LASTS:
            return web.json_response(status_json(self.world, self._standing(used[1])))
        new = msgspec.json.decode(await request.read(), type=NewStatus)
        self._examine(new)
        toot = self.world.write(
            Draft(
                author=self.brand.id,
                text=new.status,
                visibility=new.visibility,
                parent=new.in_reply_to_id,
                warning=new.spoiler_text,
                sensitive=new.sensitive,
                media=tuple(new.media_ids),
            )
        )
        self.keys[key] = (self.world.now(), toot.id)
        return web.json_response(status_json(self.world, toot))

    def _examine(self, new: NewStatus) -> None:
        """What Mastodon looks at before it takes a post."""
        if new.visibility not in {"public", "unlisted", "private", "direct"}:
            raise _refused(web.HTTPUnprocessableEntity, "Validation failed: Visibility is not included in the list")
        if not new.status.strip() and not new.media_ids:
            raise _refused(web.HTTPUnprocessableEntity, "Validation failed: Text can't be blank")
        if _length(new.status) + len(new.spoiler_text) > self.max_length:
            raise _refused(web.HTTPUnprocessableEntity, f"Validation failed: Text character limit of {self.max_length}")
        if any(name not in self.world.files or self.world.files[name].looks for name in new.media_ids):
            raise _refused(web.HTTPUnprocessableEntity, "Cannot attach files that have not finished processing.")
        self._standing(new.in_reply_to_id)

    async def upload(self, request: web.Request) -> web.Response:
        """A file: 200 where it is ready, 202 while the server works on it."""
        self._check(request, ())
        form = await request.post()
        file, alt = form["file"], str(form.get("description", ""))
        assert isinstance(file, web.FileField)
        kept = self.world.upload(file.content_type, alt, file.file.read(), looks=self.looks)
        return web.json_response(media_json(kept), status=202 if kept.looks else 200)

    async def file(self, request: web.Request) -> web.Response:
        """An upload: 206 while the server works on it."""
        self._check(request, ())
        kept = self.world.files.get(request.match_info["file"])
        if kept is None:
            raise _refused(web.HTTPNotFound, "Record not found")
        kept.looks = max(kept.looks - 1, 0)
        return web.json_response(media_json(kept), status=206 if kept.looks else 200)

    def _check(self, request: web.Request, names: Collection[str]) -> None:
        """The token, its scopes, and that nothing is asked that the API does not have."""
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            raise _refused(web.HTTPUnauthorized, "The access token is invalid")
        if self.disabled:
            raise _refused(web.HTTPForbidden, "Your login is currently disabled")
        if self.forbidden and request.path.startswith(self.forbidden):
            raise _refused(web.HTTPForbidden, "This action is outside the authorized scopes")
        if self.broken and request.path.endswith(self.broken):
            raise _refused(web.HTTPInternalServerError, "We are sorry, but something went wrong on our end.")
        if strange := set(request.query) - set(names):
            raise _refused(web.HTTPBadRequest, f"the API has no {sorted(strange)}")


def _page(request: web.Request, names: Sequence[str], *, most: int) -> Sequence[str]:
    """Ids of a page, newest first: next above `min_id`, else the newest below `max_id`."""
    limit = min(int(request.query.get("limit", "20")), most)
    low, high = request.query.get("min_id"), request.query.get("max_id")
    found = [name for name in names if _above(name, low) and (high is None or not _above(name, high, same=True))]
    return (found[:limit] if low is not None else found[-limit:])[::-1]


def _above(name: str, bound: str | None, *, same: bool = False) -> bool:
    return bound is None or int(name) > int(bound) - same


def _length(text: str) -> int:
    """Mastodon's own counting, for plain letters."""
    linked = re.sub(r"https?://\S+", "x" * PER_LINK, text)
    return len(re.sub(r"(?<![=/\w])(@\w+)@[\w.-]*\w", r"\1", linked))


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    if request.method == "POST":
        return Sort.SAY if request.path == "/api/v1/statuses" else Sort.OTHER
    return Sort.WHO if request.path.endswith("verify_credentials") else Sort.LIST


def _refused(kind: type[web.HTTPException], reason: str) -> web.HTTPException:
    return kind(text=msgspec.json.encode({"error": reason}).decode(), content_type="application/json")
