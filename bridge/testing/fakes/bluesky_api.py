"""The names of Bluesky's protocol that the bridge asks for, over a world; what it does not know it refuses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from aiohttp.typedefs import Middleware

from bridge.testing.fakes.bluesky_access import Access, nothing, refused
from bridge.testing.fakes.bluesky_saying import Saying
from bridge.testing.fakes.bluesky_shapes import convo_json, message_json, notification_json, post_json
from bridge.testing.fakes.bluesky_world import Skeet, World
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing

_REVOKED = b'{"error":"InvalidToken","message":"Token could not be verified"}'
_REFUSALS = {
    Mode.REVOKED: (401, _REVOKED),
    Mode.RATE_LIMIT: (429, b'{"error":"RateLimitExceeded","message":"Rate Limit Exceeded"}'),
    Mode.DUPLICATE: (409, b'{"error":"RecordAlreadyExists","message":"Record already exists"}'),
    Mode.REFUSE: (400, b'{"error":"InvalidRequest","message":"Text is not wanted here"}'),
    Mode.FORBID: (403, b'{"error":"Forbidden","message":"Not allowed"}'),
    Mode.TOO_LARGE: (413, b'{"error":"PayloadTooLarge","message":"request entity too large"}'),
    Mode.ERROR: (500, b'{"error":"InternalServerError","message":"Internal Server Error"}'),
}
_SPEAKING = frozenset({"com.atproto.repo.createRecord", "com.atproto.repo.deleteRecord", "chat.bsky.convo.sendMessage"})
_SESSIONS = frozenset({"createSession", "refreshSession", "uploadBlob"})


@dataclass(slots=True, kw_only=True)
class BlueskyApi:
    """What can be read, and where everything is."""

    world: World
    faults: Faults
    access: Access
    saying: Saying
    spoil: Callable[[dict[str, object]], object] = nothing
    """What becomes of each entry of a list on its way out."""

    def middlewares(self) -> Sequence[Middleware]:
        """Headers on every answer, and failures where they are switched on."""
        return [self.access.middleware(), failing(self.faults, _REFUSALS, _sort)]

    def add_routes(self, app: web.Application) -> None:
        """Put the API into an application."""
        reading = {
            "com.atproto.server.getSession": self.access.me,
            "com.atproto.identity.resolveHandle": self.resolve,
            "com.atproto.repo.getRecord": self.record,
            "app.bsky.notification.listNotifications": self.notifications,
            "app.bsky.feed.getAuthorFeed": self.author_feed,
            "app.bsky.feed.searchPosts": self.search,
            "app.bsky.feed.getPosts": self.posts,
            "app.bsky.feed.getPostThread": self.thread,
            "chat.bsky.convo.getLog": self.log,
            "chat.bsky.convo.getConvo": self.convo,
            "chat.bsky.convo.getConvoForMembers": self.convo_for,
            "chat.bsky.convo.getMessages": self.messages,
        }
        writing = {
            "com.atproto.server.createSession": self.access.log_in,
            "com.atproto.server.refreshSession": self.access.renew,
            "com.atproto.repo.createRecord": self.saying.create,
            "com.atproto.repo.deleteRecord": self.saying.delete,
            "com.atproto.repo.uploadBlob": self.saying.upload,
            "chat.bsky.convo.sendMessage": self.saying.send,
        }
        app.add_routes([web.get(f"/xrpc/{name}", to) for name, to in reading.items()])
        app.add_routes([web.post(f"/xrpc/{name}", to) for name, to in writing.items()])

    async def resolve(self, request: web.Request) -> web.Response:
        """The account behind a name."""
        self.access.check(request, {"handle"})
        for person in self.world.people.values():
            if person.handle == request.query["handle"]:
                return web.json_response({"did": person.did})
        raise refused("InvalidRequest", "Unable to resolve handle")

    async def record(self, request: web.Request) -> web.Response:
        """A record by its key."""
        self.access.check(request, {"repo", "collection", "rkey", "cid"})
        uri = f"at://{request.query['repo']}/{request.query['collection']}/{request.query['rkey']}"
        skeet = self.world.skeets.get(uri)
        if skeet is None:
            raise refused("RecordNotFound", f"Could not locate record: {uri}")
        return web.json_response({"uri": uri, "cid": skeet.cid, "value": skeet.record})

    async def notifications(self, request: web.Request) -> web.Response:
        """What the account is told, newest first."""
        self.access.check(request, {"limit", "cursor", "reasons", "priority", "seenAt"})
        reasons = request.query.getall("reasons", [])
        told = [each for each in self.world.told if not reasons or each.reason in reasons]
        by_uri = {each.uri: each.reason for each in told}
        skeets = self._listed([self.world.skeets[uri] for uri in by_uri])
        page, cursor = _page(request, skeets)
        entries = [notification_json(self.world, each, by_uri[each.uri]) for each in page]
        if entries and page[0] is skeets[-1] and self.faults.take(Mode.BROKEN_ITEM):
            entries[0]["record"] = {"text": ["no", "text"]}
        return web.json_response({"notifications": self._rendered(entries), "cursor": cursor, "priority": False})

    async def author_feed(self, request: web.Request) -> web.Response:
        """The posts of an account, newest first."""
        self.access.check(request, {"actor", "filter", "limit", "cursor", "includePins"})
        own = [each for each in self.world.skeets.values() if each.did == request.query["actor"]]
        page, cursor = _page(request, own)
        return web.json_response({"feed": [{"post": post_json(self.world, each)} for each in page], "cursor": cursor})

    async def search(self, request: web.Request) -> web.Response:
        """Posts with words in them, newest first."""
        self.access.check(request, {"q", "sort", "since", "until", "limit", "cursor"})
        words = request.query["q"].lower()
        found = self._listed([each for each in self.world.skeets.values() if words in each.text.lower()])
        page, cursor = _page(request, found)
        return web.json_response({"posts": self._posts(page), "cursor": cursor})

    async def posts(self, request: web.Request) -> web.Response:
        """Posts by their addresses; those that are gone are left out."""
        self.access.check(request, {"uris"})
        uris = request.query.getall("uris", [])
        if len(uris) > 25:
            raise refused("InvalidRequest", "Error: uris must not have more than 25 elements")
        return web.json_response({"posts": self._posts([self.world.skeets[u] for u in uris if u in self.world.skeets])})

    async def thread(self, request: web.Request) -> web.Response:
        """A post and what answers it."""
        self.access.check(request, {"uri", "depth", "parentHeight"})
        skeet = self.world.skeets.get(request.query["uri"])
        if skeet is None:
            raise refused("NotFound", "Post not found")
        below = [each for each in self.world.skeets.values() if each.answers(skeet.uri)]
        branch = "app.bsky.feed.defs#threadViewPost"
        replies = [{"$type": branch, "post": post} for post in self._posts(below)]
        return web.json_response(
            {"thread": {"$type": branch, "post": post_json(self.world, skeet), "replies": replies}}
        )

    async def log(self, request: web.Request) -> web.Response:
        """What happened in conversations after a cursor; without one, where the log ends."""
        self.access.check(request, {"cursor"})
        cursor = request.query.get("cursor")
        last = str(self.world.logs[-1]["rev"]) if self.world.logs else self.world.next_key()
        after = [log for log in self.world.logs if cursor is not None and str(log["rev"]) > cursor][:50]
        logs = [_log_json(log) for log in after]
        return web.json_response(
            {"logs": self._rendered(logs), "cursor": str(after[-1]["rev"]) if after else cursor or last}
        )

    async def convo(self, request: web.Request) -> web.Response:
        """A conversation."""
        self.access.check(request, {"convoId"})
        name = request.query["convoId"]
        if name not in self.world.convos:
            raise refused("InvalidConvo", "Convo not found")
        return web.json_response({"convo": convo_json(self.world, name)})

    async def convo_for(self, request: web.Request) -> web.Response:
        """The conversation with these, where they take messages."""
        self.access.check(request, {"members"})
        members = request.query.getall("members")
        if any(self.world.people[did].incoming == "none" for did in members):
            raise refused("MessagesDisabled", "recipient has disabled incoming messages")
        return web.json_response({"convo": convo_json(self.world, self.world.convo(members))})

    async def messages(self, request: web.Request) -> web.Response:
        """The messages of a conversation, newest first."""
        self.access.check(request, {"convoId", "limit", "cursor"})
        name = request.query["convoId"]
        own = [each for each in self.world.messages if each.convo == name]
        ordered = own[::-1]
        start = int(request.query.get("cursor", "0"))
        limit = int(request.query.get("limit", "50"))
        page = ordered[start : start + limit]
        more = {"cursor": str(start + limit)} if start + limit < len(ordered) else {}
        return web.json_response({"messages": self._rendered([message_json(each) for each in page]), **more})

    def _posts(self, skeets: Sequence[Skeet]) -> list[dict[str, object]]:
        return self._rendered([post_json(self.world, skeet) for skeet in skeets])

    def _rendered(self, entries: list[dict[str, object]]) -> list[dict[str, object]]:
        for entry in entries:
            self.spoil(entry)
        return entries

    def _listed(self, skeets: Sequence[Skeet]) -> Sequence[Skeet]:
        """What a listing shows at the moment."""
        if lag := self.faults.take(Mode.LISTING_LAG):
            young = self.world.now() - timedelta(seconds=lag.amount)
            skeets = [skeet for skeet in skeets if skeet.at <= young]
        if window := self.faults.take(Mode.SHORT_WINDOW):
            skeets = skeets[-int(window.amount) :]
        return skeets[:-1] if self.faults.take(Mode.IDS_BACK) else skeets


def _page(request: web.Request, skeets: Sequence[Skeet]) -> tuple[Sequence[Skeet], str]:
    """The newest below the cursor, newest first, and the next cursor; empty at the end."""
    limit = int(request.query.get("limit", "50"))
    if not 1 <= limit <= 100:
        raise refused("InvalidRequest", "Error: limit can not be greater than 100")
    end = int(request.query.get("cursor") or len(skeets))
    start = max(end - limit, 0)
    return skeets[start:end][::-1], str(start) if start else ""


def _log_json(log: dict[str, object]) -> dict[str, object]:
    shown = message_json(log["message"])  # type: ignore[arg-type] # the world puts messages there
    what = log["what"]
    if what == "logDeleteMessage":
        kept = {key: shown[key] for key in ("id", "rev", "sender", "sentAt")}
        shown = {"$type": "chat.bsky.convo.defs#deletedMessageView", **kept}
    convo = log["message"].convo  # type: ignore[attr-defined] # as above
    return {"$type": f"chat.bsky.convo.defs#{what}", "rev": log["rev"], "convoId": convo, "message": shown}


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    name = request.path.rpartition("/")[2]
    if name in _SPEAKING:
        return Sort.SAY
    if name.rpartition(".")[2] in _SESSIONS:
        return Sort.OTHER
    return Sort.WHO if name.endswith("getSession") else Sort.LIST
