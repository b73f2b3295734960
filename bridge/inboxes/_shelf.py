"""Answers that a chat floor keeps on the disk, handed out as letters: in their order, a round at a time, with their files in hand."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Protocol

from bridge.access.chat.kept import Kept
from bridge.core.replies import Letter, Turn
from bridge.inboxes._rounds import CHUNK, Rounds
from bridge.letters.turns import read, written
from bridge.ports import Clock


class Source(Protocol):
    """What keeps the answers."""

    arrived: asyncio.Event
    """Set when one came."""

    @property
    def letters(self) -> Sequence[Kept]:
        """Those that were not filed, oldest first."""
        ...


class Shelf:
    """Hands out what a source keeps; `whole` fetches a turn's files, and leaves links where they cannot be had."""

    def __init__(self, inbox: str, source: Source, *, clock: Clock, whole: Callable[[Turn], Awaitable[Turn]]) -> None:
        self._inbox = inbox
        self._source = source
        self._clock = clock
        self._whole = whole
        self._rounds: Rounds[int] = Rounds()

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        """At most a hundred answers, oldest first; waits so long for the first."""
        found = await self._due()
        if found or not wait:
            return found
        try:
            async with asyncio.timeout(wait.total_seconds()):
                await self._source.arrived.wait()
        except TimeoutError:
            return []
        return await self._due()

    def forget(self) -> None:
        """Start over: what was handed out is handed out again."""
        self._rounds.forget()

    async def _due(self) -> list[Letter]:
        self._source.arrived.clear()
        kept = {each.uid: each for each in self._source.letters}
        now = self._clock.now()
        due = self._rounds.due(kept, now)
        self._rounds.hand_out(due[:CHUNK], now)
        if due[CHUNK:]:
            self._source.arrived.set()
        return [await self._letter(kept[uid]) for uid in due[:CHUNK]]

    async def _letter(self, kept: Kept) -> Letter:
        """The letter, with its files in hand; where they cannot be had its words are held for a person."""
        turn = read(kept.raw)
        raw = written(await self._whole(turn)) if turn and turn.links else kept.raw
        return Letter(inbox=self._inbox, uid=str(kept.uid), raw=raw, received=kept.received)
