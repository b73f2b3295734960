"""What everyone who looks at the page sees change, by server-sent events (WHATWG HTML 9.2)."""

import asyncio
from contextlib import suppress

import msgspec
from aiohttp import web

SIGN_OF_LIFE = 15.0
"""Seconds after which something is sent, so that a connection that is gone is noticed."""


class Live:
    """The newest state of each part of the page; who comes late gets only that."""

    def __init__(self) -> None:
        self.watched = asyncio.Event()
        """Set while anybody looks."""
        self._shown: dict[str, bytes] = {}
        self._ears: set[asyncio.Event] = set()
        self._over = False

    def show(self, part: str, value: object) -> None:
        """A part as it is now; the same again is no news."""
        encoded = msgspec.json.encode(value)
        if self._shown.get(part) != encoded:
            self._shown[part] = encoded
            self._ring()

    def end(self) -> None:
        """Let everyone go."""
        self._over = True
        self._ring()

    def _ring(self) -> None:
        for ear in self._ears:
            ear.set()

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """Send each part whenever it changes, until the reader or the demo goes."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        ear = asyncio.Event()
        ear.set()
        self._ears.add(ear)
        self.watched.set()
        try:
            await self._send(stream, ear)
        except ConnectionResetError:
            pass
        finally:
            self._ears.discard(ear)
            if not self._ears:
                self.watched.clear()
                self._shown.clear()  # nobody keeps it true from now on
        return stream

    async def _send(self, stream: web.StreamResponse, ear: asyncio.Event) -> None:
        sent: dict[str, bytes] = {}
        while not self._over:
            news = {part: value for part, value in self._shown.items() if sent.get(part) is not value}
            for part, value in news.items():
                await stream.write(b"event: %s\ndata: %s\n\n" % (part.encode(), value))
            sent |= news
            ear.clear()
            if all(sent.get(part) is value for part, value in self._shown.items()):
                await self._listen(stream, ear)

    async def _listen(self, stream: web.StreamResponse, ear: asyncio.Event) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(ear.wait(), SIGN_OF_LIFE)
            return
        await stream.write(b": here\n\n")
