"""Genesys Cloud's Open Messaging as far as the bridge talks to it: strict, with a journal, and failing on demand."""

import base64
import hmac
import itertools
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
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

INTEGRATION = "8a1f0c52-0000-4000-8000-000000000001"
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_FROM = {"id", "idType", "nickname", "firstName", "lastName", "image"}
_CHANNEL = {"messageId", "from", "time", "metadata"}
_REFUSALS = {
    Mode.REFUSE: (400, b'{"message":"invalid value","code":"invalid.value","status":400}'),
    Mode.FORBID: (403, b'{"message":"missing permission","code":"missing.permissions","status":403}'),
    Mode.TOO_LARGE: (413, b'{"message":"too large","code":"request.too.large","status":413}'),
    Mode.ERROR: (500, b'{"message":"internal","code":"internal.server.error","status":500}'),
    Mode.DUPLICATE: (409, b'{"message":"conflict","code":"conflict","status":409}'),
    Mode.REVOKED: (401, b'{"message":"invalid token","code":"bad.credentials","status":401}'),
    Mode.RATE_LIMIT: (429, b'{"message":"rate limit","code":"too.many.requests","status":429}'),
}


class Genesys:
    """One integration: it takes inbound messages once by their id, and notifies of what agents write until it is answered."""

    def __init__(self, *, secret: str, journal: Path | None, now: Callable[[], datetime] = utc_now) -> None:
        self.secret = secret
        self.client = ("client-1", secrets.token_urlsafe(24))
        self.faults = Faults()
        self.journal = Journal(journal, now)
        self.url = ""
        self.inbox = ""
        self._now = now
        self._tokens: set[str] = set()
        self._ids: dict[str, str] = {}
        self._server: Loopback | None = None
        self._numbers = itertools.count(1)

    async def start(self, port: int = 0) -> str:
        """Serve API and login on loopback; gives back the address."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, _sort)])
        app.router.add_post("/oauth/token", self._token)
        app.router.add_post("/api/v2/conversations/messages/{integration}/inbound/open/message", self._inbound)
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()

    def end_tokens(self) -> None:
        """All tokens end at once."""
        self._tokens.clear()

    def messages(self) -> Sequence[Mapping[str, Any]]:
        """What an agent sees, oldest first."""
        return [msgspec.json.decode(str(entry.fields["body"])) for entry in self.journal if entry.what == "inbound"]

    def outbound(self, to: str, text: str, /, **changes: object) -> dict[str, Any]:
        """What an agent writes, as the integration is notified of it."""
        number = f"{next(self._numbers):032x}"
        parties = {
            "to": {"id": to, "idType": "Opaque"},
            "from": {"nickname": "Acme", "id": INTEGRATION, "idType": "Opaque"},
        }
        about = {
            "id": INTEGRATION,
            "platform": "Open",
            "type": "Private",
            "time": _stamp(self._now()),
            "messageId": number,
        }
        made = {"id": number, "channel": about | parties, "type": "Text", "text": text, "originatingEntity": "Human"}
        return made | {"direction": "Outbound", "conversationId": "c1"} | changes

    async def notify(self, body: bytes, *, signature: str | None = None) -> tuple[int, Mapping[str, Any]]:
        """Call the webhook once: the status, and what it answered."""
        digest = base64.b64encode(hmac.new(self.secret.encode(), body, "sha256").digest()).decode()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature or f"sha256={digest}"}
        async with aiohttp.ClientSession() as session, session.post(self.inbox, data=body, headers=headers) as answer:
            said: dict[str, Any] = msgspec.json.decode(await answer.read())
            return answer.status, said

    async def _token(self, request: web.Request) -> web.Response:
        login = base64.b64encode(":".join(self.client).encode()).decode()
        form = await request.post()
        if request.headers.get("Authorization") != f"Basic {login}" or form.get("grant_type") != "client_credentials":
            return web.json_response({"error": "invalid_client"}, status=HTTPStatus.BAD_REQUEST)
        token = secrets.token_urlsafe(16)
        self._tokens.add(token)
        return web.json_response({"access_token": token, "token_type": "bearer", "expires_in": 86_399})

    async def _inbound(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._tokens:
            return _refused(HTTPStatus.UNAUTHORIZED, "bad.credentials")
        if request.match_info["integration"] != INTEGRATION:
            return _refused(HTTPStatus.NOT_FOUND, "not.found")
        body = await request.read()
        message = msgspec.json.decode(body)
        if why := _objection(message):
            return _refused(HTTPStatus.BAD_REQUEST, why)
        key = message["channel"]["messageId"]
        if key not in self._ids:
            self._ids[key] = secrets.token_hex(16)
            self.journal.append("inbound", key=key, body=body.decode())
        return web.json_response({"id": self._ids[key], "channel": message["channel"], "text": message["text"]})


def _sort(request: web.Request) -> Sort:
    return Sort.OTHER if request.path.startswith("/oauth/") else Sort.SAY


def _objection(message: Mapping[str, Any]) -> str:
    """What Genesys refuses: unknown keys, other times than its own form, nobody who writes."""
    channel = message.get("channel", {})
    who = channel.get("from", {})
    if not set(message) <= {"channel", "text", "content", "metadata"} or not set(channel) <= _CHANNEL:
        return "invalid.property"
    if not channel.get("messageId") or not who.get("id") or who.get("idType") not in {"Email", "Phone", "Opaque"}:
        return "invalid.value"
    if not set(who) <= _FROM or not all(isinstance(value, str) and value for value in who.values()):
        return "invalid.value"
    attributes = channel.get("metadata", {}).get("customAttributes", {})
    if not _STAMP.fullmatch(channel.get("time", "")) or not all(isinstance(v, str) for v in attributes.values()):
        return "invalid.value"
    return "" if isinstance(message.get("text"), str) and message["text"].strip() else "invalid.value"


def _refused(status: HTTPStatus, code: str) -> web.Response:
    return web.json_response({"message": code, "code": code, "status": status}, status=status)


def _stamp(at: datetime) -> str:
    return f"{at.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
