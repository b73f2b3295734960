"""A port of this machine where a contact centre brings what agents say: bounded, and nothing is read before it is proved."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import msgspec
import structlog
from aiohttp import web

log = structlog.get_logger("bridge.porch")

MAX_BODY = 128 * 1024
"""Bytes of a request's body."""

_READING = 10.0
"""Seconds in which a body must be there."""

_GUARDS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading a stranger's JSON may raise."""

Take = Callable[[Mapping[str, str], bytes], Awaitable[web.Response]]
"""Answers a request by its headers and its whole body; what it raises is a mistake of ours and answered with 500."""


class Unopened(Exception):
    """The port cannot be used; the text says why."""


class Porch:
    """Paths on one port; it opens once and stays open until it is closed."""

    def __init__(self, listen: str, takes: Mapping[str, Take], *, pages: Mapping[str, bytes]) -> None:
        host, _, port = listen.rpartition(":")
        self._where = (host.strip("[]"), int(port))
        self._app = web.Application(client_max_size=MAX_BODY)
        self._app.on_response_prepare.append(_guarded)
        for path, take in takes.items():
            self._app.router.add_post(path, _bounded(take))
        for path, page in pages.items():
            self._app.router.add_get(path, _shown(page), allow_head=False)
        self._runner: web.AppRunner | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Listen, where it does not yet; raises Unopened."""
        async with self._opening:
            if self._runner is None:
                runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=1.0)
                await runner.setup()
                try:
                    await web.TCPSite(runner, *self._where).start()
                except OSError as problem:
                    await runner.cleanup()
                    why = os.strerror(problem.errno).lower() if problem.errno else type(problem).__name__
                    raise Unopened(f"port {self._where[1]} cannot be opened: {why}") from None
                self._runner = runner
                log.info("porch_opened", listen=f"{self._where[0]}:{self._where[1]}")

    async def close(self) -> None:
        """Listen no more; may be called twice, and opened again."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()


def told(status: HTTPStatus, **said: object) -> web.Response:
    """An answer in JSON; one that asks to come again says when."""
    headers = {"Retry-After": "5"} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    return web.json_response(said, status=status, headers=headers)


def _bounded(take: Take) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            return told(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, error="bodies are not compressed here")
        try:
            async with asyncio.timeout(_READING):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return told(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error=f"a body has at most {MAX_BODY} bytes")
        except TimeoutError:
            return told(HTTPStatus.REQUEST_TIMEOUT, error="the body did not come in time")
        return await take(request.headers, body)

    return answer


def _shown(page: bytes) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=page, content_type="application/json")

    return answer


async def _guarded(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_GUARDS)
