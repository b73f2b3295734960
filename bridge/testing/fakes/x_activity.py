"""X's Activity stream: subscriptions of the account, and events for the app that listens."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

from bridge.testing.fakes.x_access import Access
from bridge.testing.fakes.x_shapes import NEWER, OLDER, Json, included, post, problem, user
from bridge.testing.fakes.x_world import Told, Whispered, World

KINDS = frozenset({"post.mention.create", "post.reply.create", "post.quote.create", "dm.received", "post.delete"})


class Activity:
    """What happens to the account is told at once to everybody who listens."""

    def __init__(self, world: World, access: Access, *, account: int) -> None:
        self._world = world
        self._access = access
        self._account = account
        self._listening: dict[web.StreamResponse, tuple[web.Request, asyncio.Event]] = {}
        self.newer_names = False
        self.changed = asyncio.Event()
        """Set when somebody begins or ends to listen."""

    @property
    def subscriptions(self) -> Sequence[Json]:
        """What is told."""
        return self._world.subscriptions

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listening)

    async def subscribe(self, request: web.Request) -> web.Response:
        """The account wants something of itself told; only its own OAuth 2.0 token may."""
        if request.headers.get("Authorization", "").startswith("OAuth "):
            return _forbidden("unsupported-authentication")
        body: Mapping[str, Any] = await request.json()
        unknown = set(body) - {"event_type", "filter", "tag", "webhook_id"}
        if unknown or body.get("event_type") not in KINDS or body.get("filter") != {"user_id": str(self._account)}:
            return web.json_response(problem(400, "Invalid Request", "", "invalid-request"), status=400)
        if any(one["event_type"] == body["event_type"] for one in self.subscriptions):
            return web.json_response({"errors": [{"message": "DuplicateSubscriptionFailed"}]}, status=409)
        row: Json = {"subscription_id": secrets.token_hex(8), **body}
        self._world.subscribe(row)
        return web.json_response({"data": {"subscription": row}}, status=201)

    async def list(self, request: web.Request) -> web.Response:
        """What is told; for the app's own token only."""
        if not self._access.is_app(request):
            return _forbidden("unsupported-authentication")
        return web.json_response({"data": self.subscriptions, "meta": {"result_count": len(self.subscriptions)}})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Events, a line each, for the app's own token only; an empty line says that it lives."""
        if not self._access.is_app(request):
            return _forbidden("unsupported-authentication")
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        await answer.write(b"\r\n")
        over = asyncio.Event()
        self._listening[answer] = request, over
        self._turn()
        try:
            await over.wait()
        finally:
            del self._listening[answer]
            self._turn()
        return answer

    def cut(self) -> None:
        """Break every stream."""
        for request, over in self._listening.values():
            if request.transport is not None:
                request.transport.abort()
            over.set()

    async def tell_post(self, told: Told, kind: str) -> None:
        """A post that concerns the account."""
        names = NEWER if self.newer_names else OLDER
        along = included([told], self._world, names, alts={})
        await self._tell(kind, post(told, self._world, names), along)

    async def tell_message(self, message: Whispered) -> None:
        """A direct message, in the words of version 1.1, as X still sends them."""
        event = {
            "type": "message_create",
            "id": str(message.id),
            "created_timestamp": str(int(message.at.timestamp() * 1000)),
            "message_create": {
                "target": {"recipient_id": str(message.to)},
                "sender_id": str(message.sender),
                "message_data": {"text": message.text, "entities": {"hashtags": [], "urls": []}},
            },
        }
        people = {str(number): {"data": user(self._world.people[number])} for number in (message.sender, message.to)}
        await self._tell("dm.received", {"direct_message_events": [event], "users": people}, {})

    async def tell_raw(self, line: bytes) -> None:
        """Anything at all."""
        for answer in list(self._listening):
            await answer.write(line + b"\r\n")

    async def _tell(self, kind: str, payload: Json, along: Json) -> None:
        if not any(one["event_type"] == kind for one in self.subscriptions):
            return
        data = {
            "event_uuid": str(-secrets.randbits(60)),
            "filter": {"user_id": str(self._account)},
            "event_type": kind,
            "tag": "bridge",
            "payload": payload,
            "includes": along,
        }
        await self.tell_raw(msgspec.json.encode({"data": data}))

    def _turn(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


def _forbidden(kind: str) -> web.Response:
    detail = "Authenticating with this kind of token is forbidden for this endpoint."
    return web.json_response(problem(403, "Unsupported Authentication", detail, kind), status=403)
