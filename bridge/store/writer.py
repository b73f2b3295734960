"""The one thread that writes: everything that waits is written in one transaction and answered after its commit."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar, cast

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bridge.core.decision import Decision
from bridge.ports import Receipt, Stale, StoreLost, TemporaryProblem
from bridge.store.answers import Outcome, answer
from bridge.store.database import Database
from bridge.store.group import Surroundings, apply_all
from bridge.store.prepared import Prepared, prepare
from bridge.store.problems import DiskFull, Raced, translated

log = structlog.get_logger()

T = TypeVar("T")

GROUP = 256
"""Most calls that share one transaction."""

RACES = 5
"""Tries of one piece of work against other nodes, before its caller is told."""


@dataclass(eq=False, kw_only=True)
class Work(Generic[T]):
    """Something to be written, and whom to tell."""

    do: Prepared | Callable[[Connection, int], T]
    future: asyncio.Future[T]
    loop: asyncio.AbstractEventLoop
    alone: bool = False
    """True for long chores: nobody's commit shall wait for them, and they for nobody's failure."""


@dataclass(eq=False)
class Writer:
    """Owns the writing connection; callers are answered only when their change is durable."""

    database: Database
    around: Surroundings
    _queue: SimpleQueue[Work[object] | None] = field(default_factory=SimpleQueue, init=False)
    _lost: StoreLost | None = field(default=None, init=False)
    _closed: bool = field(default=False, init=False)
    _door: threading.Lock = field(default_factory=threading.Lock, init=False)
    """Nothing is put behind the end."""
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    async def apply(self, decision: Decision) -> Receipt:
        """Write a decision with whatever else waits; raises ports.Store.apply's problems."""
        ready = prepare(decision, self.around.platforms)
        if ready.brings and not self.database.has_room:
            raise DiskFull(
                "the disk of the database is nearly full: nothing new is taken in until there is room", after=60.0
            )
        return cast("Receipt", await self._wait(ready, alone=False))

    async def call(self, do: Callable[[Connection, int], T]) -> T:
        """Run a short piece of writing, given the database's time, with whatever else waits."""
        return cast("T", await self._wait(do, alone=False))

    async def chore(self, do: Callable[[Connection, int], T]) -> T:
        """Run a long piece of writing in a transaction of its own."""
        return cast("T", await self._wait(do, alone=True))

    async def _wait(self, do: Prepared | Callable[[Connection, int], object], *, alone: bool) -> object:
        loop = asyncio.get_running_loop()
        work = Work[object](do=do, future=loop.create_future(), loop=loop, alone=alone)
        with self._door:
            if self._closed:
                raise StoreLost("the store was closed")
            self._queue.put(work)
        return await work.future

    def close(self) -> None:
        """Write what waits, then end; blocks until the thread is gone."""
        with self._door:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (group := self._take()) is not None:
            outcomes = self._written(group)
            if group[-1].alone:
                self._keep_house(self.database.tidy)
            answer(zip(group, outcomes, strict=True))
            self._keep_house(self.database.rest)
        self._keep_house(self.database.leave)
        self.database.close()

    def _take(self) -> list[Work[object]] | None:
        """The next group: the first that comes, and all that wait behind it."""
        first = self._queue.get()
        if first is None:
            return None
        group = [first]
        try:
            while len(group) < GROUP and not group[-1].alone:
                work = self._queue.get_nowait()
                if work is None:
                    self._queue.put(None)
                    break
                group.append(work)
        except Empty:
            pass
        return group

    def _written(self, group: list[Work[object]]) -> list[Outcome]:
        """The outcomes of a group; a chore at its end has its own transaction."""
        if len(group) > 1 and group[-1].alone:
            return [*self._written(group[:-1]), *self._written(group[-1:])]
        lasting: Exception = Stale("other nodes kept changing the same rows")
        for _ in range(RACES):
            try:
                return self._together(group)
            except (TemporaryProblem, StoreLost) as problem:
                return [problem] * len(group)
            except Raced:
                continue
            except Exception as problem:  # noqa: BLE001 - whatever it is, it belongs to the caller who brought it
                lasting = problem
                break
        if len(group) > 1:
            return [outcome for work in group for outcome in self._written([work])]
        return [lasting]

    def _together(self, group: Sequence[Work[object]]) -> list[Outcome]:
        """Write a group in one transaction; whatever is raised, nothing of it was written."""
        if self._lost is not None:
            raise StoreLost(str(self._lost))
        try:
            connection, now = self.database.begin()
            outcomes = _perform(connection, now, group, around=self.around)
            self.database.commit()
        except DBAPIError as problem:
            self.database.rollback()
            raise self._judged(translated(problem)) from None
        except BaseException:
            self.database.rollback()
            raise
        return outcomes

    def _judged(self, problem: Exception) -> Exception:
        """Remember that the store is lost: no later call may believe otherwise (H04); make room where none is left."""
        if isinstance(problem, DiskFull):
            self.database.full()
        if isinstance(problem, StoreLost) and self._lost is None:
            self._lost = problem
            log.error("store_lost", reason=str(problem))
        return problem

    def _keep_house(self, do: Callable[[], None]) -> None:
        """Housekeeping has no caller whom its failure could be told, and must never end this thread."""
        try:
            do()
        except DBAPIError as problem:
            self.database.rollback()
            self._judged(translated(problem))
        except OSError as problem:
            log.warning("housekeeping_failed", reason=problem.strerror)


def _perform(connection: Connection, now: int, group: Sequence[Work[object]], *, around: Surroundings) -> list[Outcome]:
    """Decisions first and all at once, then the other calls: they came at the same time, so any order is right."""
    decisions = [work.do for work in group if isinstance(work.do, Prepared)]
    receipts = iter(apply_all(connection, decisions, now=now, around=around) if decisions else ())
    return [next(receipts) if isinstance(work.do, Prepared) else work.do(connection, now) for work in group]
