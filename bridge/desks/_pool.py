"""A few connections to one mail server, shared by everybody who sends, opened when needed and closed when idle."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bridge.desks._line import Line

_FRESH = 1.0
"""Seconds of rest after which a line is asked whether it still lives, before it is trusted with a mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resting:
    """A line that nobody uses, since when, and the timer that will end it."""

    line: Line
    since: float
    timer: asyncio.TimerHandle


class Pool:
    """Lends at most `size` lines at a time; the one that rested shortest goes first, so that spare ones close."""

    def __init__(self, call: Callable[[], Awaitable[Line]], *, size: int, idle: float) -> None:
        self._call = call
        self._idle = idle
        self._slots = asyncio.Semaphore(size)
        self._resting: list[_Resting] = []
        self._leaving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """A line for one mail; it comes back for the next one only where it is left clean."""
        async with self._slots:
            line = await self._rested() or await self._call()
            try:
                yield line
            finally:
                self._take_back(line)

    async def close(self) -> None:
        """Take leave on all lines that rest."""
        resting, self._resting = self._resting, []
        for each in resting:
            each.timer.cancel()
        await asyncio.gather(*(each.line.hang_up() for each in resting), *self._leaving)

    async def _rested(self) -> Line | None:
        """A line from earlier that still works."""
        while self._resting:
            last = self._resting.pop()
            last.timer.cancel()
            if last.line.is_clean and (_now() - last.since < _FRESH or await last.line.is_alive()):
                return last.line
            last.line.cut()
        return None

    def _take_back(self, line: Line) -> None:
        if not line.is_clean:
            line.cut()
            return
        timer = asyncio.get_running_loop().call_later(self._idle, self._retire, line)
        self._resting.append(_Resting(line=line, since=_now(), timer=timer))

    def _retire(self, line: Line) -> None:
        """A line rested too long."""
        self._resting = [each for each in self._resting if each.line is not line]
        task = asyncio.get_running_loop().create_task(line.hang_up())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)


def _now() -> float:
    return asyncio.get_running_loop().time()
