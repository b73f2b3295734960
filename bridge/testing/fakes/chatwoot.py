"""Chatwoot's API inbox as far as the bridge talks to it: strict, with a journal, and failing on demand."""

import hmac
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.server import Loopback

IDENTIFIER = "inbox-identifier-1"
_ROOT = f"/public/api/v1/inboxes/{IDENTIFIER}"
_CONTACT = {
    "identifier",
    "identifier_hash",
    "source_id",
    "name",
    "email",
    "phone_number",
    "avatar_url",
    "custom_attributes",
}
_REFUSALS = {
    Mode.REFUSE: (422, b'{"message":"Content is too long"}'),
    Mode.FORBID: (403, b'{"error":"forbidden"}'),
    Mode.TOO_LARGE: (413, b'{"error":"too large"}'),
    Mode.ERROR: (500, b'{"error":"internal"}'),
    Mode.DUPLICATE: (409, b'{"error":"conflict"}'),
    Mode.REVOKED: (401, b'{"error":"unauthorized"}'),
    Mode.RATE_LIMIT: (429, b'{"error":"throttled"}'),
}


@dataclass(slots=True, kw_only=True)
class Conversation:
    """One conversation of a contact."""

    id: int
    source: str
    status: str = "open"


class Chatwoot:
    """One inbox of the sort API: it merges nothing, and calls its webhook once."""

    def __init__(self, *, secret: str, journal: Path | None, now: Callable[[], datetime] = utc_now) -> None:
        self.secret = secret
        self.faults = Faults()
        self.journal = Journal(journal, now)
        self.contacts: dict[str, Mapping[str, Any]] = {}
        self.conversations: dict[int, Conversation] = {}
        self.url = ""
        self.inbox = ""
        self._now = now
        self._numbers = itertools.count(1)
        self._server: Loopback | None = None

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, _sort)])
        contact = f"{_ROOT}/contacts/{{source}}"
        app.router.add_post(f"{_ROOT}/contacts", self._know)
        app.router.add_get(f"{contact}/conversations", self._list)
        app.router.add_post(f"{contact}/conversations", self._open)
        app.router.add_get(f"{contact}/conversations/{{id}}/messages", self._messages)
        app.router.add_post(f"{contact}/conversations/{{id}}/messages", self._write)
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()

    def messages(self) -> Sequence[Mapping[str, Any]]:
        """What customers wrote, as agents see it, oldest first."""
        return [entry.fields for entry in self.journal if entry.what == "incoming"]

    def outgoing(self, conversation: int, text: str, /, **changes: object) -> dict[str, Any]:
        """What an agent writes, as the webhook is told of it."""
        at = self.conversations[conversation]
        about = {
            "id": at.id,
            "inbox_id": 2,
            "status": at.status,
            "contact_inbox": {"source_id": at.source, "inbox_id": 2},
        }
        sender = {"id": 1, "name": "Ann", "email": "ann@acd.test", "type": "user"}
        made = {"event": "message_created", "id": next(self._numbers), "content": text, "message_type": "outgoing"}
        return made | {"private": False, "content_type": "text", "sender": sender, "conversation": about} | changes

    async def call(self, body: bytes, **headers: str) -> tuple[int, Mapping[str, Any]]:
        """Call the webhook once: the status, and what it answered."""
        stamp = str(int(self._now().timestamp()))
        digest = hmac.new(self.secret.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
        signed = {
            "X-Chatwoot-Timestamp": stamp,
            "X-Chatwoot-Signature": f"sha256={digest}",
            "X-Chatwoot-Delivery": "d1",
        }
        named = {"Content-Type": "application/json"} | signed | headers
        async with aiohttp.ClientSession() as session, session.post(self.inbox, data=body, headers=named) as answer:
            said: dict[str, Any] = msgspec.json.decode(await answer.read())
            return answer.status, said

    async def _know(self, request: web.Request) -> web.Response:
        wanted = msgspec.json.decode(await request.read())
        if not set(wanted) <= _CONTACT or not wanted.get("source_id"):
            return web.json_response({"error": "parameters"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        contact = self.contacts.setdefault(wanted["source_id"], wanted)
        return web.json_response({"source_id": wanted["source_id"], "pubsub_token": "p", "name": contact.get("name")})

    async def _list(self, request: web.Request) -> web.Response:
        if request.match_info["source"] not in self.contacts:
            return _missing()
        of = [each for each in self.conversations.values() if each.source == request.match_info["source"]]
        return web.json_response([{"id": each.id, "status": each.status, "messages": []} for each in of])

    async def _open(self, request: web.Request) -> web.Response:
        if request.match_info["source"] not in self.contacts:
            return _missing()
        made = Conversation(id=next(self._numbers), source=request.match_info["source"])
        self.conversations[made.id] = made
        return web.json_response({"id": made.id, "status": made.status, "messages": []})

    def _named(self, request: web.Request) -> Conversation | None:
        found = self.conversations.get(int(request.match_info["id"]))
        return found if found and found.source == request.match_info["source"] else None

    async def _messages(self, request: web.Request) -> web.Response:
        if (conversation := self._named(request)) is None:
            return _missing()
        here = [entry.fields for entry in self.journal if entry.fields["conversation"] == conversation.id]
        return web.json_response([{"id": each["id"], "content": each["content"], "message_type": 0} for each in here])

    async def _write(self, request: web.Request) -> web.Response:
        if (conversation := self._named(request)) is None:
            return _missing()
        wanted = msgspec.json.decode(await request.read())
        if not set(wanted) <= {"content", "echo_id"} or not str(wanted.get("content", "")).strip():
            return web.json_response({"error": "parameters"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        conversation.status = "open"
        number = next(self._numbers)
        self.journal.append("incoming", id=number, conversation=conversation.id, content=wanted["content"])
        return web.json_response({"id": number, "content": wanted["content"], "message_type": 0})


def _sort(request: web.Request) -> Sort:
    if request.method == "GET":
        return Sort.LIST
    return Sort.SAY if request.path.endswith("/messages") else Sort.OTHER


def _missing() -> web.Response:
    return web.json_response({"error": "Resource could not be found"}, status=HTTPStatus.NOT_FOUND)
