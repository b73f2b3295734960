"""Questions to a NodeBB, within our own limit of requests."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from bridge.channels._api import Api, Query
from bridge.core.pace import Bucket
from bridge.ports import Clock, TemporaryProblem

T = TypeVar("T")

_PATIENCE = 5.0
"""Seconds that a poll waits for its own limit before it gives up until later."""


@dataclass(slots=True, kw_only=True)
class Calls:
    """Asks as the account; a fifth of the limit is left to publishing (D07)."""

    api: Api = field(repr=False)
    clock: Clock
    per_minute: int
    _bucket: Bucket = field(init=False)

    def __post_init__(self) -> None:
        self._bucket = Bucket.full(float(self.per_minute), timedelta(minutes=1), self.clock.now())

    def spend(self, requests: int) -> None:
        """What publishing takes, without waiting."""
        self._bucket = self._bucket.taken(self.clock.now(), float(requests))

    async def ask(self, path: str, query: Query, shape: type[T]) -> T:
        """Read something; raises TemporaryProblem, PermanentProblem or LoginProblem."""
        await self._spare()
        return await self.api.ask(path, query, shape)

    async def seek(self, path: str, shape: type[T]) -> T | None:
        """Read something that may not be there. Raises as `ask` does."""
        await self._spare()
        return await self.api.seek(path, {}, shape)

    async def _spare(self) -> None:
        wait = self._bucket.wait(self.clock.now(), reserve=self.per_minute / 5)
        if wait > _PATIENCE:
            raise TemporaryProblem("our own limit of requests is used up for the moment", wait)
        if wait:
            await self.clock.sleep(wait)
        self._bucket = self._bucket.taken(self.clock.now())
