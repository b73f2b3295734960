"""A connector of a contact centre as docs/desks/webhook.md describes it: strict, with a journal, and failing on demand."""

import asyncio
import hmac
import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
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

WINDOW = 300
"""Seconds by which a request's time may be off."""

_AGAIN = 0.05
"""Seconds between two attempts to bring an event."""

_REFUSALS = {
    Mode.REFUSE: (422, b'{"error":"no such customer"}'),
    Mode.FORBID: (403, b'{"error":"forbidden"}'),
    Mode.TOO_LARGE: (413, b'{"error":"too large"}'),
    Mode.ERROR: (500, b'{"error":"internal"}'),
    Mode.DUPLICATE: (409, b'{"error":"known"}'),
    Mode.REVOKED: (401, b'{"error":"signature"}'),
    Mode.RATE_LIMIT: (429, b'{"error":"slow down"}'),
}
_KEYS = {"schema", "id", "made", "desk", "type", "conversation"}


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature as the documentation words it, written anew."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, "sha256").hexdigest()


class Connector:
    """Takes signed documents, and brings events until they are acknowledged."""

    def __init__(self, *, secret: str, journal: Path | None, now: Callable[[], datetime] = utc_now) -> None:
        self.secret = secret
        self.faults = Faults()
        self.journal = Journal(journal, now)
        self.url = ""
        self.inbox = ""
        """Where events go, once the bridge listens."""
        self._now = now
        self._numbers = itertools.count(1)
        self._server: Loopback | None = None

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address that a desk needs."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, lambda _request: Sort.SAY)])
        app.router.add_post("/chat", self._take)
        self._server = Loopback(app)
        self.url = f"{await self._server.start(port)}/chat"
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()

    def taken(self) -> Sequence[bytes]:
        """Every document that was accepted, with those that came again."""
        return [str(entry.fields["body"]).encode() for entry in self.journal if entry.what == "document"]

    def documents(self, kind: str = "message") -> Sequence[Mapping[str, Any]]:
        """The documents of a kind, each once by its key: what an agent sees."""
        found = {body: msgspec.json.decode(body) for body in self.taken()}
        return list({each["id"]: each for each in found.values() if each["type"] == kind}.values())

    def event(self, about: Mapping[str, Any], kind: str = "answer", **fields: Any) -> dict[str, Any]:
        """An event about a document's conversation, with an id of its own."""
        address = about["conversation"]["address"]
        made = {"schema": "bridge.chat/1", "type": kind, "id": f"e{next(self._numbers)}", "conversation": address}
        return made | {"agent": {"id": "ann@acd.test", "name": "Ann"}} | fields

    async def bring(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send an event until it is acknowledged or refused for good; the last answer, with its status."""
        body = msgspec.json.encode(event)
        async with aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError):
                    answer = await self.send(session, body)
                    if answer["status"] != HTTPStatus.SERVICE_UNAVAILABLE:
                        return answer
                await asyncio.sleep(_AGAIN)

    async def send(self, session: aiohttp.ClientSession, body: bytes, **headers: str) -> Mapping[str, Any]:
        """Send a body once, signed now unless other headers are given."""
        timestamp = str(int(self._now().timestamp()))
        signed = {"Bridge-Timestamp": timestamp, "Bridge-Signature": sign(self.secret, timestamp, body)}
        named = {"Content-Type": "application/json"} | signed | headers
        async with session.post(self.inbox, data=body, headers=named) as response:
            said: dict[str, Any] = msgspec.json.decode(await response.read())
            return {"status": response.status, **said}

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if why := self._objection(request.headers, body):
            return web.json_response({"error": why}, status=HTTPStatus.UNAUTHORIZED)
        try:
            document = msgspec.json.decode(body)
        except msgspec.DecodeError:
            return web.json_response({"error": "no JSON"}, status=HTTPStatus.BAD_REQUEST)
        if not self._is_whole(document, request.headers):
            return web.json_response({"error": "no document"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        self.journal.append("document", key=request.headers["Idempotency-Key"], body=body.decode())
        return web.json_response({}, status=HTTPStatus.ACCEPTED)

    def _objection(self, headers: Mapping[str, str], body: bytes) -> str:
        timestamp = headers.get("Bridge-Timestamp", "")
        if not timestamp.isdecimal() or abs(self._now().timestamp() - int(timestamp)) > WINDOW:
            return "timestamp"
        expected = sign(self.secret, timestamp, body)
        return "" if hmac.compare_digest(expected, headers.get("Bridge-Signature", "")) else "signature"

    def _is_whole(self, document: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
        known = document.get("schema") == "bridge.chat/1" and set(document) >= _KEYS
        same = str(document.get("id", "")).strip("<>") == headers.get("Idempotency-Key")
        return known and same and headers.get("Content-Type") == "application/json"
