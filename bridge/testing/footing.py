"""Where a loop of one process crosses into the outside world, so that a test can stop it there: to crash or to pause it."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from bridge.core.consent import Consent
from bridge.core.conversation import Record
from bridge.core.decision import Decision
from bridge.core.effects import Row
from bridge.core.proxies import Contact
from bridge.core.replies import Filed
from bridge.ports import Batch, Known, Lease, Receipt, Store

T = TypeVar("T")


class End(StrEnum):
    """How a walk came to its end."""

    DONE = "done"
    STOPPED = "stopped"


@dataclass(slots=True, kw_only=True)
class Footing:
    """Counts the crossings of one process; every port of that process is given the same footing.

    A crossing lies before and after each call that leaves the process, so a stop there is a stop at any await that
    others can tell from another.
    """

    left: int | None = None
    """Crossings that are still allowed; None for all."""
    dead: bool = False
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _on: asyncio.Event = field(default_factory=asyncio.Event)
    _walk: asyncio.Task[Any] | None = None

    async def cross(self) -> None:
        """Go on, or wait here for what the test decides."""
        if self.dead:
            raise asyncio.CancelledError
        if self.left is None:
            return
        if self.left == 0:
            self._stopped.set()
            await self._on.wait()
            await self.cross()
            return
        self.left -= 1

    @property
    def paused(self) -> bool:
        """Whether a walk stands at a crossing."""
        return self._walk is not None

    async def walk(self, steps: Coroutine[Any, Any, Any], *, crossings: int | None) -> End:
        """Run until the end, or until so many crossings are behind it; raises what the walk raises."""
        self.left = crossings
        self._stopped, self._on = asyncio.Event(), asyncio.Event()
        self._walk = asyncio.create_task(steps)
        return await self._await()

    async def resume(self) -> End:
        """Go on from where it stands, to the end."""
        self.left = None
        self._stopped = asyncio.Event()  # the former one tells of the stop that is over
        self._on.set()
        return await self._await()

    async def crash(self) -> None:
        """End the process where it stands: nothing that it would still have done is done."""
        self.dead = True
        walk, self._walk = self._walk, None
        if walk is not None:
            walk.cancel()
            await asyncio.gather(walk, return_exceptions=True)

    async def _await(self) -> End:
        walk = self._walk
        assert walk is not None
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({walk, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
        if not walk.done():
            return End.STOPPED
        self._walk = None
        await walk
        return End.DONE


class FootedStore:
    """A store whose every call is a crossing before and after: what was committed and what the caller heard differ."""

    def __init__(self, store: Store, footing: Footing) -> None:
        self._store = store
        self._footing = footing

    async def _crossing(self, call: Coroutine[Any, Any, T]) -> T:
        try:
            await self._footing.cross()
        except BaseException:
            call.close()
            raise
        answer = await call
        await self._footing.cross()
        return answer

    async def cursor(self, channel: str) -> str | None:
        """See bridge.ports.Store, here as below."""
        return await self._crossing(self._store.cursor(channel))

    async def known(self, channel: str, ids: Collection[str]) -> Mapping[str, Known]:
        """See bridge.ports.Store."""
        return await self._crossing(self._store.known(channel, ids))

    async def conversation(self, conversation_id: str) -> Record | None:
        """See bridge.ports.Store."""
        return await self._crossing(self._store.conversation(conversation_id))

    async def history(self, customer: str, *, limit: int) -> Sequence[Contact]:
        """See bridge.ports.Store."""
        return await self._crossing(self._store.history(customer, limit=limit))

    async def kept(self, key: str) -> Row | Filed | Consent | None:
        """See bridge.ports.Store."""
        return await self._crossing(self._store.kept(key))

    async def claim(self, kinds: Collection[str], limit: int, *, owner: str, lease: timedelta) -> Batch:
        """See bridge.ports.Store."""
        return await self._crossing(self._store.claim(kinds, limit, owner=owner, lease=lease))

    async def lease(self, name: str, *, owner: str, length: timedelta) -> Lease | None:
        """See bridge.ports.Store."""
        return await self._crossing(self._store.lease(name, owner=owner, length=length))

    async def switches(self) -> Mapping[str, str]:
        """See bridge.ports.Store."""
        return await self._crossing(self._store.switches())

    async def apply(self, decision: Decision) -> Receipt:
        """See bridge.ports.Store."""
        return await self._crossing(self._store.apply(decision))
