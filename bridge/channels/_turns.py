"""Politeness to hosts, and fairness between them: a host that hangs keeps nobody else waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 2.0
"""After so long an exchange no longer counts against the crowd: a socket that only waits costs next to nothing."""

_OVERDUE = 4
"""How many times the crowd may hang in such exchanges before healthy hosts have to wait too."""


class _Host:
    """The turns of one host."""

    __slots__ = ("free", "next_start")

    def __init__(self, at_once: int) -> None:
        self.free = asyncio.Semaphore(at_once)
        self.next_start = 0.0


class Turns:
    """Hands out turns: so many requests per host at once, so far apart, and so many hosts together."""

    def __init__(self, *, per_host: int, spacing: float, hosts: int) -> None:
        self._per_host = per_host
        self._spacing = spacing
        self._hosts: dict[str, _Host] = {}
        self._crowd = asyncio.Semaphore(hosts)
        self._all = asyncio.Semaphore(hosts * _OVERDUE)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for one's turn at a host, and have it."""
        lane = self._hosts.setdefault(host, _Host(self._per_host))
        async with lane.free:
            await self._space(lane)
            async with self._all:
                await self._crowd.acquire()
                release = _Once(self._crowd)
                timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, release)
                try:
                    yield
                finally:
                    timer.cancel()
                    release()

    async def _space(self, lane: _Host) -> None:
        """Keep the distance to the host's last request."""
        if not self._spacing:
            return
        now = asyncio.get_running_loop().time()
        start = max(now, lane.next_start)
        lane.next_start = start + self._spacing
        if start > now:
            await asyncio.sleep(start - now)


class _Once:
    """Gives a place back, however often it is called."""

    __slots__ = ("_held", "_place")

    def __init__(self, place: asyncio.Semaphore) -> None:
        self._place = place
        self._held = True

    def __call__(self) -> None:
        if self._held:
            self._held = False
            self._place.release()
