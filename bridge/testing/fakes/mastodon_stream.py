"""The stream of a server with Mastodon's API: server-sent events, with a comment now and then."""

import asyncio

import msgspec
from aiohttp import web

from bridge.testing.fakes.mastodon_access import Access
from bridge.testing.fakes.mastodon_shapes import notification_json
from bridge.testing.fakes.mastodon_world import Told, World


class Streams:
    """All that are open."""

    def __init__(self, world: World, access: Access) -> None:
        self._world = world
        self._access = access
        self._open: set[asyncio.Queue[bytes | None]] = set()
        self._changed = asyncio.Event()
        self.deaf = False
        """Whether events are not told, as if they were lost on the way."""
        world.ring = self._ring

    async def until(self, number: int) -> None:
        """Wait for so many to be open."""
        while len(self._open) != number:
            self._changed.clear()
            await self._changed.wait()

    def cut(self) -> None:
        """End every stream."""
        for queue in self._open:
            queue.put_nowait(None)

    def _ring(self, told: Told) -> None:
        event = b"event: notification\ndata: " + msgspec.json.encode(notification_json(self._world, told)) + b"\n\n"
        for queue in () if self.deaf else self._open:
            queue.put_nowait(event)

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """Until it is cut or nobody listens."""
        self._access.check(request, ())
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", **self._access.limit.headers()})
        await answer.prepare(request)
        await answer.write(b":)\n")
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._open.add(queue)
        self._changed.set()
        try:
            while (event := await queue.get()) is not None:
                await answer.write(event)
        finally:
            self._open.discard(queue)
            self._changed.set()
        return answer
