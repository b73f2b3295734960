"""Where Twilio's webhooks come in: a port on this machine behind the operator's own proxy; nothing unsigned is looked at."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

import structlog
from aiohttp import web

from bridge.channels._twilio.settings import Webhook
from bridge.channels._twilio.signature import is_signed

log = structlog.get_logger("bridge.twilio")

MOST = 64 * 1024
"""Bytes of a form; a text has at most 1,600 characters, and the other fields are short."""

_FIELDS = 200
_PATIENCE = 10.0
"""Seconds in which a form must have come whole: Twilio itself waits 15."""

_NOTHING = "<Response/>"
"""Nothing is to be sent back to the customer."""

Form = Mapping[str, Sequence[str]]


class NotKept(Exception):
    """What was told could not be kept."""


@dataclass(slots=True)
class Door:
    """One port of one channel."""

    webhook: Webhook
    hear: Callable[[Form], Awaitable[None]]
    """Takes a form that Twilio signed; raises NotKept."""
    port: int = 0
    """The one that was opened; 0 while it is closed."""
    _runner: web.AppRunner | None = None
    _refusing: bool = False

    async def open(self) -> str:
        """Listen; gives back why the port cannot be opened, empty where it is open."""
        if self._runner is not None:
            return ""
        app = web.Application(client_max_size=MOST)
        app.router.add_post("/{path:.*}", self._taken)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        host, _, port = self.webhook.listen.rpartition(":")
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except OSError as problem:
            await runner.cleanup()
            return f"{self.webhook.listen} cannot be opened: {os.strerror(problem.errno or 0).lower()}"
        self._runner, self.port = runner, int(runner.addresses[0][1])
        log.info("webhook_opened", listen=self.webhook.listen)
        return ""

    async def close(self) -> None:
        """Listen no more; may be called twice."""
        if self._runner is not None:
            runner, self._runner, self.port = self._runner, None, 0
            await runner.cleanup()

    async def _taken(self, request: web.Request) -> web.Response:
        """A form: 200 only once everything is on the disk that no listing may show."""
        try:
            async with asyncio.timeout(_PATIENCE):
                form = _read(await request.read())
        except TimeoutError:
            return web.Response(status=408)
        given = request.headers.get("X-Twilio-Signature", "")
        token = self.webhook.secret.reveal()
        if form is None or not is_signed(given, token, url=self.webhook.url, form=form):
            return self._refused()
        self._refusing = False
        try:
            await self.hear(form)
        except NotKept:
            return web.Response(status=503)
        return web.Response(text=_NOTHING, content_type="text/xml")

    def _refused(self) -> web.Response:
        """Told once until a good one comes: anybody who reaches the proxy may try."""
        if not self._refusing:
            log.warning("webhook_refused", listen=self.webhook.listen, reason="Twilio did not sign it for this address")
        self._refusing = True
        return web.Response(status=403)


def _read(body: bytes) -> Form | None:
    """The form; None for what is none."""
    try:
        text = body.decode("ascii")
        return parse_qs(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError:
        return None
