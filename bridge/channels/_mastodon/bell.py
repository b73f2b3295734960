"""Mastodon's stream as a bell: it says that there is something to read, and everything is read by the listings."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from yarl import URL

from bridge.channels._api import Api
from bridge.channels._http import Ask, Lost
from bridge.ports import Clock

SILENCE = 45.0
"""Seconds without a byte after which the stream is taken for dead; servers send a comment every fifteen."""

_PATH = "/api/v1/streaming/user/notification"
_EVENT = b"event:"
_SOON, _LATE = 1.0, 300.0
"""Seconds between two tries, which double from one to the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """Where the stream comes from, and how often everything is read though it is well."""

    api: Api
    clock: Clock
    net: timedelta
    open_too: bool
    """Whether the stream may come without TLS, as inside one's own network."""


@dataclass(slots=True)
class Bell:
    """Keeps the stream open; nothing that it says is kept, since it is no proof and may have holes."""

    wire: Wire
    trouble: str = ""
    """Why there is no stream at the moment; empty while there is one, or before it was tried."""
    _base: URL | None = None
    _task: asyncio.Task[None] | None = None
    _last: datetime | None = None
    """When it said anything; None while it is not open."""
    _rung: bool = True
    _handed: str = ""
    """The cursor that was read last; with another one everything is read."""
    _due: datetime | None = None

    def start(self, address: str) -> None:
        """Open it at the server's own address for it, where it names one; does nothing where it is open."""
        url = URL(address.replace("wss://", "https://", 1).replace("ws://", "http://", 1)) if address else None
        if url is not None and not (url.scheme == "https" or (self.wire.open_too and url.scheme == "http")):
            self.trouble = "the server names no address for its stream that may be used"
            return
        self._base = url
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep(), name="mastodon stream")

    async def stop(self) -> None:
        """Close it; may be called twice."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task, self._last, self._rung = None, None, True

    @property
    def is_open(self) -> bool:
        """Whether it said anything since it was opened."""
        return self._last is not None

    def is_quiet(self, cursor: str, now: datetime) -> bool:
        """Whether nothing needs to be read: all was read up to this cursor, and the stream is well and did not ring."""
        if self._last is None or self._rung or self._due is None or cursor != self._handed:
            return False
        return now < self._due and (now - self._last).total_seconds() <= SILENCE

    def answer(self) -> None:
        """Before everything is read: what rings from here on is read the next time."""
        self._rung, self._handed = False, ""

    def rest(self, cursor: str, now: datetime, *, more: bool) -> None:
        """After everything was read up to a cursor."""
        self._handed, self._due = cursor, now + self.wire.net
        self._rung = self._rung or more

    async def _keep(self) -> None:
        """Open it again whenever it breaks: soon after a broken line, later where it is refused again and again."""
        pause = _SOON
        while True:
            outcome = await self.wire.api.http.listen(self._ask(), self._hear, silence=SILENCE)
            pause = _SOON if self._last is not None else min(2 * pause, _LATE)
            self._last = None
            why = outcome.why if isinstance(outcome, Lost) else f"status {outcome.status}"
            self.trouble = f"there is no stream: {why}"
            await self.wire.clock.sleep(pause)

    def _ask(self) -> Ask:
        base = self._base or self.wire.api.endpoint
        url = base.with_path(base.path.rstrip("/") + _PATH)
        return Ask(method="GET", url=url, headers=self.wire.api.headers)

    def _hear(self, line: bytes) -> None:
        """A line: an event rings, and so does the first of all, since nobody knows what was before it."""
        self._rung = self._rung or self._last is None or line.startswith(_EVENT)
        self._last, self.trouble = self.wire.clock.now(), ""
