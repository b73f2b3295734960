"""What monitoring asks over HTTP: /healthz, /readyz and /metrics, reading only and by default for this machine alone."""

import hmac
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bridge.app.metrics import FAMILIES, Sample
from bridge.config.bridge_stanza import Status as Settings

log = structlog.get_logger("bridge.status")

GUARDS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""Of every answer (G07)."""

Look = Callable[[], Awaitable[Iterable[Sample]]]
Ready = Callable[[], Awaitable[str]]
"""Why the daemon is not ready; empty where it is."""


@asynccontextmanager
async def served(settings: Settings, *, look: Look, ready: Ready) -> AsyncIterator[None]:
    """Serve at the configured address while the block runs."""
    assert settings.listen
    host, _, port = settings.listen.rpartition(":")
    runner = web.AppRunner(application(settings, look=look, ready=ready), access_log=None)
    await runner.setup()
    try:
        await _listen(web.TCPSite(runner, host.strip("[]"), int(port)), settings.listen)
        yield
    finally:
        await runner.cleanup()


async def _listen(site: web.TCPSite, where: str) -> None:
    """Open the page; whoever cannot is seen as down by monitoring, but posts and answers go on."""
    reason = ""
    try:
        await site.start()
    except OSError as problem:
        reason = os.strerror(problem.errno).lower() if problem.errno else type(problem).__name__
    if reason:
        log.error("status_page_unavailable", listen=where, reason=reason)
    else:
        log.info("status_page_opened", listen=where)


def application(settings: Settings, *, look: Look, ready: Ready) -> web.Application:
    """The page as an application: GET and HEAD only, for the hosts that it is meant for (G08)."""
    app = web.Application(middlewares=[_guard(settings)])
    app.on_response_prepare.append(_guarded)

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        why = await ready()
        return web.Response(text=f"{why or 'ready'}\n", status=503 if why else 200)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(text=exposition(await look()), content_type="text/plain", charset="utf-8")

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    return app


def _guard(settings: Settings) -> Middleware:
    host = (settings.listen or "").rpartition(":")[0]
    known = {host, "localhost", "127.0.0.1", "[::1]"}

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        return _refused(request, settings, known) or await handler(request)

    return guard


async def _guarded(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(GUARDS)


def _refused(request: web.Request, settings: Settings, known: set[str]) -> web.Response | None:
    """Why a request is not answered: a foreign Host (DNS rebinding), or a missing bearer."""
    if settings.bearer is None:
        return None if _name(request.host) in known else web.Response(status=421)
    given = request.headers.get("Authorization", "")
    # The server hands over bytes that are no UTF-8 as lone surrogates.
    right = hmac.compare_digest(given.encode(errors="surrogateescape"), f"Bearer {settings.bearer.reveal()}".encode())
    return None if right else web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})


def _name(host: str) -> str:
    """A Host without its port."""
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def exposition(samples: Iterable[Sample]) -> str:
    """Prometheus' text format: help, type, and the values of each metric together."""
    by_name: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_name[sample.name].append(sample)
    lines = []
    for name, (kind, labels, text) in FAMILIES.items():
        lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{_labelled(labels, sample.labels)} {float(sample.value):g}" for sample in by_name[name]]
    return "\n".join(lines) + "\n"


def _labelled(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True))
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
