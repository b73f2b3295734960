"""The paths of YouTube's API that the bridge uses, over a world; what it does not know it refuses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
from aiohttp import web

from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.youtube_access import Access, refused
from bridge.testing.fakes.youtube_shapes import Json, comment_json, page_json, thread_json
from bridge.testing.fakes.youtube_world import PUBLISHED, Comment, World

_MOST, _IDS, _LONGEST = 100, 50, 10_000
_STATES = {PUBLISHED, "heldForReview", "rejected"}
_THREADS = frozenset(
    {"part", "allThreadsRelatedToChannelId", "order", "maxResults", "moderationStatus", "pageToken", "textFormat"}
)


def _as_it_is(_given: Json) -> None:
    """Nothing is spoilt."""


@dataclass(slots=True, kw_only=True)
class YouTubeApi:
    """Reading and writing."""

    world: World
    faults: Faults
    access: Access
    spoil: Callable[[Json], object] = _as_it_is
    """What becomes of each entry of a page on its way out."""
    refusals: list[tuple[int, str]] = field(default_factory=list)
    """Status and reason of refusals that come next, one with each request that writes."""
    keeps: str = ""
    """The state in which our next answers begin, where YouTube takes them for spam."""
    is_silent: bool = False
    """Whether that is not told in the answer to the request."""
    barred: str = ""
    """A state whose comments may not be read."""

    odd_looks: str = ""
    """What is odd about requests by id: the `request`, which fails, or the `id` of what it shows."""

    def add_routes(self, app: web.Application) -> None:
        """Put the API into an application."""
        root = "/youtube/v3"
        app.router.add_post("/token", self.access.token)
        app.router.add_get(f"{root}/channels", self.access.mine)
        app.router.add_get(f"{root}/commentThreads", self.threads)
        app.router.add_get(f"{root}/comments", self.comments)
        app.router.add_post(f"{root}/comments", self.reply)
        app.router.add_delete(f"{root}/comments", self.delete)
        app.router.add_post(f"{root}/comments/setModerationStatus", self.moderate)

    async def threads(self, request: web.Request) -> web.Response:
        """commentThreads.list: by ids, or of all of a channel's videos."""
        if "id" in request.query:
            self.access.check(request, {"part", "id", "textFormat"}, units=1)
            known = [self.world.comments.get(key) for key in self._ids(request)]
            tops = [each for each in known if each and each.id == each.thread and each.status != "rejected"]
            return self._page(request, "commentThread", tops, following="")
        self.access.check(request, _THREADS, units=1)
        if request.query.get("allThreadsRelatedToChannelId") != self.world.channel_of(self.world.brand):
            raise refused(404, "channelNotFound")
        if request.query.get("order") != "time" or request.query.get("part") != "snippet,replies":
            raise refused(400, "invalidParameter")
        status = request.query.get("moderationStatus", PUBLISHED)
        if status == self.barred:
            raise refused(403, "forbidden")
        listed = self._shown(status)
        page, following = _paged(listed, request.query)
        can_break = status == PUBLISHED and bool(page) and page[0] is listed[0]
        return self._page(request, "commentThread", page, following=following, can_break=can_break)

    def _shown(self, status: str) -> Sequence[Comment]:
        """Threads in a state, newest first, without what a fault hides."""
        listed = list(self.world.threads(status))
        if lag := self.faults.take(Mode.LISTING_LAG):
            listed = [each for each in listed if each.at <= self.world.now() - timedelta(seconds=lag.amount)]
        if window := self.faults.take(Mode.SHORT_WINDOW):
            listed = listed[-int(window.amount) :]
        if self.faults.take(Mode.IDS_BACK):
            listed = listed[:-1]
        return listed[::-1]

    async def comments(self, request: web.Request) -> web.Response:
        """comments.list: by ids, or below a comment."""
        if "id" in request.query:
            self.access.check(request, {"part", "id", "textFormat"}, units=1)
            known = [self.world.comments.get(key) for key in self._ids(request)]
            found = [each for each in known if each and each.status != "rejected"]
            return self._page(request, "comment", found, following="")
        self.access.check(request, {"part", "parentId", "maxResults", "pageToken", "textFormat"}, units=1)
        thread = request.query.get("parentId", "")
        if thread not in self.world.comments or "." in thread:
            raise refused(404, "commentNotFound")
        page, following = _paged(self.world.below(thread), request.query)
        return self._page(request, "comment", page, following=following)

    def _ids(self, request: web.Request) -> Sequence[str]:
        if self.odd_looks == "request":
            raise refused(400, "processingFailure")
        ids = request.query["id"].split(",")
        if len(ids) > _IDS:
            raise refused(400, "invalidParameter")
        return ids

    def _page(
        self, request: web.Request, kind: str, page: Sequence[Comment], *, following: str, can_break: bool = False
    ) -> web.Response:
        plain = request.query.get("textFormat") == "plainText"
        told, status = "id" not in request.query, request.query.get("moderationStatus", PUBLISHED)
        if kind == "commentThread":
            items = [thread_json(self.world, each, plain=plain, told=told, status=status) for each in page]
        else:
            items = [comment_json(self.world, each, plain=plain, told=told) for each in page]
        for item in items:
            self.spoil(item)
            if self.odd_looks == "id" and "id" in request.query:
                item["id"] = 7
                item["snippet"] = None
        if can_break and self.faults.take(Mode.BROKEN_ITEM):
            items[0]["snippet"]["topLevelComment"]["snippet"]["publishedAt"] = "soon"  # type: ignore[index] # dictionaries
        return web.json_response(page_json(kind, items, following=following))

    async def reply(self, request: web.Request) -> web.Response:
        """comments.insert."""
        self._writing(request, {"part"})
        told = msgspec.json.decode(await request.read())
        if request.query.get("part") != "snippet" or set(told) != {"snippet"}:
            raise refused(400, "invalidCommentMetadata")
        snippet = told["snippet"]
        if set(snippet) != {"parentId", "textOriginal"}:
            raise refused(400, "invalidCommentMetadata")
        made = self._made(self.world.comments.get(snippet["parentId"]), snippet["textOriginal"])
        return web.json_response(comment_json(self.world, made, plain=False, told=not self.is_silent))

    def _made(self, top: Comment | None, text: str) -> Comment:
        if top is None or top.id != top.thread:
            raise refused(404, "parentCommentNotFound")
        if not text.strip():
            raise refused(400, "commentTextRequired")
        if len(text) > _LONGEST:
            raise refused(400, "commentTextTooLong")
        if top.closed:
            raise refused(403, "commentsDisabled")
        status = self.keeps or PUBLISHED
        return self.world.add(self.world.brand, text, thread=top.id, status=status, video=top.video)

    async def moderate(self, request: web.Request) -> web.Response:
        """comments.setModerationStatus."""
        self._writing(request, {"id", "moderationStatus", "banAuthor"})
        comment = self.world.comments.get(request.query.get("id", ""))
        if comment is None:
            raise refused(404, "commentNotFound")
        if request.query.get("moderationStatus") not in _STATES:
            raise refused(400, "invalidParameter")
        self.world.change(comment.id, status=request.query["moderationStatus"])
        return web.Response(status=204)

    async def delete(self, request: web.Request) -> web.Response:
        """comments.delete."""
        self._writing(request, {"id"})
        comment = self.world.comments.get(request.query.get("id", ""))
        if comment is None:
            raise refused(404, "commentNotFound")
        if comment.author != self.world.brand:
            raise refused(403, "forbidden")
        self.world.remove(comment.id)
        return web.Response(status=204)

    def _writing(self, request: web.Request, names: set[str]) -> None:
        self.access.check(request, names, units=50)
        if self.refusals:
            raise refused(*self.refusals.pop(0))


def _paged(listed: Sequence[Comment], query: Mapping[str, str]) -> tuple[Sequence[Comment], str]:
    """A page, and the token of what is below it; a token names where the next page begins."""
    size = int(query.get("maxResults", "20"))
    token = query.get("pageToken", "")
    if not 1 <= size <= _MOST:
        raise refused(400, "invalidParameter")
    keys = [each.id for each in listed]
    start = keys.index(token[3:]) + 1 if token[3:] in keys else 0
    page = listed[start : start + size]
    return page, f"QUR{page[-1].id}" if start + size < len(listed) else ""
