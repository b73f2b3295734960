"""Where Meta's webhooks come in: a port on this machine behind the operator's own proxy, opened once for all accounts that share it."""

import asyncio
import hashlib
import hmac
import os
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from bridge.channels._graph.told import Unclear, addressed
from bridge.stanza import Secret

log = structlog.get_logger("bridge.graph")

MOST = 1024 * 1024
"""Bytes of a payload; Meta's hold at most a thousand changes."""

_PATIENCE = 10.0
"""Seconds in which a payload must have come whole."""

_CHALLENGE = re.compile(r"[A-Za-z0-9_.-]{1,200}")


class NotKept(Exception):
    """What was told could not be kept: it must be told again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Member:
    """One account that listens."""

    sort: str
    """Meta's word for its kind: page or instagram."""
    account: str
    app_secret: Secret
    verify: Secret
    hear: Callable[[bytes], Awaitable[None]]
    """Takes an entry of the account's; raises NotKept."""
    puzzle: Callable[[bytes, str], None]
    """Takes a signed payload that cannot be read, and why."""


@dataclass(slots=True)
class Door:
    """One port; it is open while anybody listens."""

    listen: str
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    members: list[Member] = field(default_factory=list)
    port: int = 0
    """The one that was opened; 0 while it is closed."""
    _runner: web.AppRunner | None = None
    _refusing: bool = False

    async def join(self, member: Member) -> str:
        """Listen too; gives back why the port cannot be opened, empty where it is open."""
        if member not in self.members:
            self.members.append(member)
        if self._runner is not None:
            return ""
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        self._runner = runner
        await runner.setup()
        host, _, port = self.listen.rpartition(":")
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except OSError as problem:
            self._runner = None
            await runner.cleanup()
            return f"{self.listen} cannot be opened: {os.strerror(problem.errno or 0).lower()}"
        self.port = int(runner.addresses[0][1])
        log.info("webhook_opened", listen=self.listen)
        return ""

    async def leave(self, member: Member) -> None:
        """Listen no more; the last one closes the port. May be called twice."""
        if member in self.members:
            self.members.remove(member)
        if not self.members and self._runner is not None:
            runner, self._runner, self.port = self._runner, None, 0
            await runner.cleanup()

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=MOST)
        app.router.add_get("/{path:.*}", self._verified, allow_head=False)
        app.router.add_post("/{path:.*}", self._taken)
        return app

    async def _verified(self, request: web.Request) -> web.Response:
        """Meta asks whether the address is ours: the challenge goes back to whoever knows the verify token."""
        query = request.query
        given, challenge = query.get("hub.verify_token", ""), query.get("hub.challenge", "")
        known = any(_same(given, member.verify.reveal()) for member in self.members)
        if query.get("hub.mode") != "subscribe" or not known or not _CHALLENGE.fullmatch(challenge):
            return web.Response(status=403)
        return web.Response(text=challenge)

    async def _taken(self, request: web.Request) -> web.Response:
        """A payload: 200 only once everything that nothing else would show is on the disk."""
        try:
            async with asyncio.timeout(_PATIENCE):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        signed = self._signers(body, request.headers.get("X-Hub-Signature-256", ""))
        if not signed:
            return self._refused()
        self._refusing = False
        try:
            await _hand_on(body, signed)
        except NotKept:
            return web.Response(status=503)
        return web.Response(text="ok")

    def _signers(self, body: bytes, signature: str) -> Sequence[Member]:
        """Those whose app signed it: HMAC-SHA256 of the very bytes (Graph API, webhooks)."""
        name, _, given = signature.partition("=")
        if name != "sha256":
            return ()
        return [member for member in self.members if _same(given, signed_with(member.app_secret.reveal(), body))]

    def _refused(self) -> web.Response:
        """Told once until a good one comes: anybody who reaches the proxy may try."""
        if not self._refusing:
            log.warning("webhook_refused", listen=self.listen, reason="no app of ours signed it")
        self._refusing = True
        return web.Response(status=403)


async def _hand_on(body: bytes, signed: Sequence[Member]) -> None:
    """Each entry to the account that it concerns; one of no account of ours is nobody's."""
    try:
        entries = addressed(body)
    except Unclear as problem:
        signed[0].puzzle(body, str(problem))
        return
    for sort, account, raw in entries:
        for member in signed:
            if (member.sort, member.account) == (sort, account):
                await member.hear(raw)


def signed_with(app_secret: str, body: bytes) -> str:
    """The signature of a payload, in hexadecimal digits."""
    return hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def _same(given: str, wanted: str) -> bool:
    """Compared in the same time, whatever is given."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


_OPEN: dict[str, Door] = {}
"""Doors by their addresses: a port belongs to the whole process."""


def door(listen: str) -> Door:
    """The one door at that address; a port that the system chooses is nobody else's."""
    if listen.endswith(":0"):
        return Door(listen)
    known = _OPEN.get(listen)
    if known is None or not known.members or known.loop is not asyncio.get_running_loop():
        known = _OPEN[listen] = Door(listen)
    return known
