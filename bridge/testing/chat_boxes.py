"""Far ends that bring turns to an inbox of a chat until each is acknowledged, and the loop that stores them."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Protocol

import aiohttp

from bridge.core.replies import Letter, LetterOutcome
from bridge.ports import Inbox

_AGAIN = 0.05


class OpenInbox(Inbox, Protocol):
    """An inbox that listens on a port."""

    @property
    def waiting(self) -> int:
        """How many turns were brought and have no outcome yet."""
        ...

    async def open(self) -> None:
        """Listen."""
        ...


async def until(what: Callable[[], bool]) -> None:
    """Wait until a request has come in, of which nobody else is told; raises TimeoutError where it never does."""
    async with asyncio.timeout(5):
        while not what():  # noqa: ASYNC110 - only the inbox knows, and it tells nobody
            await asyncio.sleep(0.001)


async def serving(inbox: OpenInbox, outcome: LetterOutcome = LetterOutcome.ANSWER) -> list[Letter]:
    """Take letters and store them, as the loop does, until cancelled; gives back what came."""
    taken: list[Letter] = []
    with suppress(asyncio.CancelledError):
        while True:
            for letter in await inbox.fetch(timedelta(seconds=5)):
                taken.append(letter)
                await inbox.file(letter, outcome)
    return taken


class Brought:
    """The far end of `InboxContract`: give `made` and `once`."""

    def made(self) -> OpenInbox:
        """Another inbox object, as after a restart."""
        raise NotImplementedError

    async def once(self, raw: bytes) -> int:
        """Bring it once; the status."""
        raise NotImplementedError

    @property
    def inboxes(self) -> list[OpenInbox]:
        """Those that were made."""
        found: list[OpenInbox] = self.__dict__.setdefault("_inboxes", [])
        return found

    @property
    def bringing(self) -> "list[asyncio.Task[None]]":
        """What is under way."""
        found: list[asyncio.Task[None]] = self.__dict__.setdefault("_bringing", [])
        return found

    def inbox(self) -> OpenInbox:
        """Another inbox object."""
        self.inboxes.append(self.made())
        return self.inboxes[-1]

    async def opened(self) -> OpenInbox:
        """One that listens."""
        inbox = self.inbox()
        await inbox.open()
        return inbox

    async def deliver(self, raw: bytes) -> None:
        """Let a turn arrive, and bring it again until it is acknowledged."""
        inbox = self.inboxes[-1]
        await inbox.open()
        waiting = inbox.waiting
        self.bringing.append(asyncio.create_task(self._until_taken(raw)))
        await until(lambda: inbox.waiting > waiting)

    async def lose(self, letter: Letter) -> None:  # noqa: ARG002 - as the suite asks
        """Whoever brought it goes away."""
        for task in self.bringing:
            task.cancel()

    async def close(self) -> None:
        """End everything."""
        for task in self.bringing:
            task.cancel()
        await asyncio.gather(*self.bringing, return_exceptions=True)
        for inbox in self.inboxes:
            await inbox.close()

    async def _until_taken(self, raw: bytes) -> None:
        while True:
            with suppress(aiohttp.ClientError):
                if await self.once(raw) != HTTPStatus.SERVICE_UNAVAILABLE:
                    return
            await asyncio.sleep(_AGAIN)
