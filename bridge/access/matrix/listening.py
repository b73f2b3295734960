"""A port of this machine where the homeserver tells us what happens (application service API): kept first, then confirmed."""

import asyncio
import hmac
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

import structlog
from aiohttp import web

from bridge.ports import TemporaryProblem

log = structlog.get_logger("bridge.matrix")

MAX_BODY = 16 * 1024 * 1024
"""Bytes of one transaction: a hundred events of 65,536 bytes, with room for what goes along."""

_READING = 30.0
"""Seconds in which a body must be there."""

_MAX_TXN = 255
_UNREADABLE = (ValueError, KeyError, TypeError, RecursionError)

Take = Callable[[str, Sequence[object]], Awaitable[None]]
"""Keeps a transaction's events; raises TemporaryProblem where it cannot, so that the homeserver brings them again."""


class Listening:
    """Answers the homeserver and nobody else: every request must bear its token."""

    def __init__(self, listen: str, token: str, *, take: Take, knows: Callable[[str], bool]) -> None:
        """`token` is the homeserver's (`hs_token`); `knows` says whether a user of ours is there."""
        host, _, port = listen.rpartition(":")
        self._where = (host.strip("[]"), int(port))
        self._token = token.encode()
        self._take, self._knows = take, knows
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Listen; raises TemporaryProblem where the port cannot be had."""
        app = web.Application(client_max_size=MAX_BODY, middlewares=[self._guarded])
        app.router.add_put("/_matrix/app/v1/transactions/{txn}", self._transaction)
        app.router.add_get("/_matrix/app/v1/users/{user}", self._user)
        app.router.add_get("/_matrix/app/v1/rooms/{alias}", _unknown)
        app.router.add_post("/_matrix/app/v1/ping", _fine)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, *self._where).start()
        except OSError as problem:
            await runner.cleanup()
            why = os.strerror(problem.errno).lower() if problem.errno else type(problem).__name__
            raise TemporaryProblem(f"port {self._where[1]} cannot be opened: {why}") from None
        self._runner = runner
        log.info("porch_opened", listen=f"{self._where[0]}:{self._where[1]}")

    async def close(self) -> None:
        """Listen no more; may be called twice."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    @web.middleware
    async def _guarded(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Nothing is read before the token was right; how long the comparison takes says nothing of it."""
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        proven = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), self._token)
        if kind.lower() != "bearer" or not proven:
            log.warning("request_unproven", inbox="matrix", why="the token is missing or wrong")
            return _refused(HTTPStatus.FORBIDDEN, "M_FORBIDDEN")
        try:
            return await handler(request)
        except web.HTTPException as error:
            return _refused(HTTPStatus(error.status), "M_UNRECOGNIZED")

    async def _transaction(self, request: web.Request) -> web.Response:
        """Confirmed when everything in it is on the disk."""
        txn = request.match_info["txn"]
        try:
            async with asyncio.timeout(_READING):
                found = json.loads(await request.read())
            events = found["events"]
            if len(txn) > _MAX_TXN or not isinstance(events, list):
                return _refused(HTTPStatus.BAD_REQUEST, "M_BAD_JSON")
            await self._take(txn, events)
        except _UNREADABLE as error:
            log.error("transaction_unreadable", why=type(error).__name__)  # noqa: TRY400 - no trace of what people wrote
            return _refused(HTTPStatus.BAD_REQUEST, "M_NOT_JSON")
        except (TemporaryProblem, TimeoutError):
            return _refused(HTTPStatus.SERVICE_UNAVAILABLE, "M_UNKNOWN")
        return web.json_response({})

    async def _user(self, request: web.Request) -> web.Response:
        known = self._knows(request.match_info["user"])
        return web.json_response({}) if known else _refused(HTTPStatus.NOT_FOUND, "M_NOT_FOUND")


async def _unknown(_request: web.Request) -> web.Response:
    """Rooms are made when customers speak, and not when somebody asks for one."""
    return _refused(HTTPStatus.NOT_FOUND, "M_NOT_FOUND")


async def _fine(_request: web.Request) -> web.Response:
    return web.json_response({})


def _refused(status: HTTPStatus, code: str) -> web.Response:
    return web.json_response({"errcode": code, "error": status.phrase}, status=status)
