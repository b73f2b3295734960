"""A Matrix homeserver as far as the bridge talks to it: strict, with a journal, and failing on demand."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.homeserver_rooms import BOT, PREFIX, SERVER, No, Rooms
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.server import Loopback

AS_TOKEN = "as-token-of-tests-1"  # noqa: S105 - of a server that lives for one test
HS_TOKEN = "hs-token-of-tests-1"  # noqa: S105 - the same

_AGAIN = 0.02
"""Seconds between two attempts to bring a transaction."""

_REFUSALS = {
    Mode.REFUSE: (400, b'{"errcode":"M_BAD_JSON","error":"no"}'),
    Mode.FORBID: (403, b'{"errcode":"M_FORBIDDEN","error":"no"}'),
    Mode.TOO_LARGE: (413, b'{"errcode":"M_TOO_LARGE","error":"no"}'),
    Mode.ERROR: (500, b'{"errcode":"M_UNKNOWN","error":"internal"}'),
    Mode.DUPLICATE: (409, b'{"errcode":"M_UNKNOWN","error":"conflict"}'),
    Mode.REVOKED: (401, b'{"errcode":"M_UNKNOWN_TOKEN","error":"no"}'),
    Mode.RATE_LIMIT: (429, b'{"errcode":"M_LIMIT_EXCEEDED","error":"slow","retry_after_ms":7000}'),
}


class FakeHomeserver:
    """One homeserver with one application service, to which it brings what happens until that confirms it."""

    def __init__(self, *, journal: Path | None) -> None:
        self.faults = Faults()
        self.journal = Journal(journal, utc_now)
        self.rooms = Rooms(self.journal)
        self.service = ""
        """Where the application service listens."""
        self.statuses: list[int] = []
        """What the service answered to transactions."""
        self._txns: dict[tuple[str, str, str], str] = {}
        self._files: dict[str, tuple[bytes, str]] = {}
        self._count = 0
        self._server: Loopback | None = None

    async def start(self) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, _sort), _worded], client_max_size=2**25)
        client = "/_matrix/client/v3"
        app.router.add_post(f"{client}/register", self._register)
        app.router.add_put(f"{client}/profile/{{user}}/{{field}}", self._profile)
        app.router.add_post(f"{client}/createRoom", self._create)
        app.router.add_get(f"{client}/directory/room/{{alias}}", self._alias)
        app.router.add_delete(f"{client}/directory/room/{{alias}}", self._no_alias)
        app.router.add_post(f"{client}/join/{{room}}", self._join)
        app.router.add_post(f"{client}/rooms/{{room}}/{{move:invite|kick}}", self._move)
        app.router.add_get(f"{client}/rooms/{{room}}/state/{{kind}}", self._state)
        app.router.add_get(f"{client}/rooms/{{room}}/messages", self._messages)
        app.router.add_put(f"{client}/rooms/{{room}}/send/m.room.message/{{txn}}", self._send)
        app.router.add_post("/_matrix/media/v3/upload", self._upload)
        app.router.add_get("/_matrix/client/v1/media/download/{server}/{file}", self._download)
        self._server = Loopback(app)
        return await self._server.start(0)

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()
        self.journal.close()

    def forget_transactions(self) -> None:
        """What a restart, or half an hour, does to the ids of messages that were sent."""
        self._txns.clear()

    def keep_file(self, content: bytes) -> str:
        """What somebody else uploads: its address."""
        name = f"file{len(self._files)}"
        self._files[name] = content, "application/octet-stream"
        return f"mxc://{SERVER}/{name}"

    async def bring(self, *events: dict[str, Any]) -> str:
        """Bring events in one transaction, again and again until it is confirmed; its id."""
        self._count += 1
        txn = f"t{self._count}"
        while True:
            with suppress(aiohttp.ClientError):
                if await self.bring_once(txn, list(events), token=HS_TOKEN) == HTTPStatus.OK:
                    return txn
            await asyncio.sleep(_AGAIN)

    async def bring_once(self, txn: str, events: Sequence[object], *, token: str) -> int:
        """One attempt; the status."""
        url, headers = f"{self.service}/_matrix/app/v1/transactions/{txn}", {"Authorization": f"Bearer {token}"}
        body = json.dumps({"events": events, "ephemeral": []})
        async with aiohttp.ClientSession() as session, session.put(url, data=body, headers=headers) as answer:
            self.statuses.append(answer.status)
            return answer.status

    async def _register(self, request: web.Request) -> web.Response:
        wanted = await _body(request)
        if set(wanted) != {"type", "username", "inhibit_login"} or wanted["type"] != "m.login.application_service":
            raise No("M_BAD_JSON")
        self.rooms.register(wanted["username"])
        return web.json_response({"user_id": f"@{wanted['username']}:{SERVER}"})

    async def _profile(self, request: web.Request) -> web.Response:
        user, field, wanted = self._who(request), request.match_info["field"], await _body(request)
        if request.match_info["user"] != user or set(wanted) != {field}:
            raise No("M_FORBIDDEN")
        self.rooms.users[user][field] = wanted[field]
        return web.json_response({})

    async def _create(self, request: web.Request) -> web.Response:
        return web.json_response({"room_id": self.rooms.make(self._who(request), await _body(request))})

    async def _alias(self, request: web.Request) -> web.Response:
        return web.json_response({"room_id": self.rooms.by_alias(request.match_info["alias"]), "servers": [SERVER]})

    async def _no_alias(self, request: web.Request) -> web.Response:
        del self.rooms.aliases[request.match_info["alias"]]
        return web.json_response({})

    async def _join(self, request: web.Request) -> web.Response:
        self.rooms.join(request.match_info["room"], self._who(request))
        return web.json_response({"room_id": request.match_info["room"]})

    async def _move(self, request: web.Request) -> web.Response:
        wanted, who = await _body(request), self._who(request)
        move = self.rooms.invite if request.match_info["move"] == "invite" else self.rooms.kick
        move(request.match_info["room"], who, wanted["user_id"])
        return web.json_response({})

    async def _state(self, request: web.Request) -> web.Response:
        room = self.rooms.entered(request.match_info["room"], self._who(request))
        if request.match_info["kind"] != "m.room.encryption" or not room.encrypted:
            raise No("M_NOT_FOUND")
        return web.json_response({"algorithm": "m.megolm.v1.aes-sha2"})

    async def _messages(self, request: web.Request) -> web.Response:
        room = self.rooms.entered(request.match_info["room"], self._who(request))
        newest = list(reversed(room.events))[: int(request.query["limit"])]
        return web.json_response({"start": "t1", "chunk": newest if request.query["dir"] == "b" else []})

    async def _send(self, request: web.Request) -> web.Response:
        """Once for the same user, room and id, as long as that is remembered."""
        who, room, txn = self._who(request), request.match_info["room"], request.match_info["txn"]
        content = await _body(request)
        if (who, room, txn) not in self._txns:
            self._txns[who, room, txn] = self.rooms.say(room, who, content)
        return web.json_response({"event_id": self._txns[who, room, txn]})

    async def _upload(self, request: web.Request) -> web.Response:
        self._who(request)
        name = f"file{len(self._files)}"
        self._files[name] = await request.read(), request.content_type
        return web.json_response({"content_uri": f"mxc://{SERVER}/{name}"})

    async def _download(self, request: web.Request) -> web.Response:
        self._who(request)
        if request.match_info["server"] != SERVER or request.match_info["file"] not in self._files:
            raise No("M_NOT_FOUND")
        content, kind = self._files[request.match_info["file"]]
        return web.Response(body=content, content_type=kind)

    def _who(self, request: web.Request) -> str:
        """The user who acts: one of the service's own, and there."""
        if request.headers.get("Authorization") != f"Bearer {AS_TOKEN}":
            raise No("M_UNKNOWN_TOKEN")
        user = request.query.get("user_id", BOT)
        if not user.startswith(f"@{PREFIX}") or user not in self.rooms.users:
            raise No("M_FORBIDDEN")
        return user


@web.middleware
async def _worded(request: web.Request, handler: Any) -> web.StreamResponse:
    """Refusals as a homeserver words them."""
    try:
        found: web.StreamResponse = await handler(request)
    except No as no:
        status = {"M_UNKNOWN_TOKEN": 401, "M_FORBIDDEN": 403, "M_NOT_FOUND": 404, "M_TOO_LARGE": 413}.get(no.code, 400)
        return web.json_response({"errcode": no.code, "error": "no"}, status=status)
    else:
        return found


async def _body(request: web.Request) -> dict[str, Any]:
    found = json.loads(await request.read())
    if not isinstance(found, dict):
        raise No("M_BAD_JSON")
    return found


def _sort(request: web.Request) -> Sort:
    if "/send/" in request.path:
        return Sort.SAY
    return Sort.LIST if request.method == "GET" and "/messages" in request.path else Sort.OTHER
