"""The threads that read: each has its own connection, and none ever waits for the writer."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread, local
from typing import TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bridge.ports import StoreLost, TemporaryProblem
from bridge.store.answers import Outcome, answer
from bridge.store.problems import translated

T = TypeVar("T")

REPORTS = 2
"""Threads for what may take long; one report must not keep another waiting."""

COUNTERS = {"sqlite": (1, 32), "postgresql": (2, 4)}
"""Threads for brief questions, and how many questions each answers with one way back to the loop, at most.

A file answers within microseconds; a server only after its network, and then another thread had better ask too.
"""


@dataclass(eq=False, frozen=True, slots=True, kw_only=True)
class _Question:
    """Something asked, and whom to tell."""

    ask: Callable[[Connection], object]
    future: asyncio.Future[object]
    loop: asyncio.AbstractEventLoop


class Reader:
    """Runs plain functions of a connection in threads; raises StoreLost and TemporaryProblem like the writer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reports = ThreadPoolExecutor(REPORTS, thread_name_prefix="store-reports")
        self._here = local()
        self._open: list[Connection] = []
        self._questions: SimpleQueue[_Question | None] = SimpleQueue()
        self._closed = False
        self._door = Lock()
        """Nothing is put behind the end."""
        threads, self._most = COUNTERS[engine.dialect.name]
        self._counters = [Thread(target=self._serve, name="store-reader", daemon=True) for _ in range(threads)]
        for counter in self._counters:
            counter.start()

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """The answer to what may take long; asked a second time where the connection was lost on the way."""
        return await asyncio.get_running_loop().run_in_executor(self._reports, self._asked, ask)

    async def brief(self, ask: Callable[[Connection], T]) -> T:
        """The same for a matter of microseconds: all who wait are answered together."""
        loop = asyncio.get_running_loop()
        question = _Question(ask=ask, future=loop.create_future(), loop=loop)
        with self._door:
            if self._closed:
                raise StoreLost("the store was closed")
            self._questions.put(question)
        return cast("T", await question.future)

    def _serve(self) -> None:
        while group := self._take():
            answer([(question, self._outcome(question)) for question in group])

    def _take(self) -> Sequence[_Question]:
        """The first question that comes and those that wait behind it; none at the end."""
        group: list[_Question] = []
        question = self._questions.get()
        try:
            while question is not None:
                group.append(question)
                if len(group) == self._most:
                    return group
                question = self._questions.get_nowait()
        except Empty:
            return group
        if group:
            self._questions.put(None)
        return group

    def _outcome(self, question: _Question) -> Outcome:
        try:
            return self._asked(question.ask)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it belongs to the caller who asked
            return problem

    def _asked(self, ask: Callable[[Connection], T]) -> T:
        try:
            return self._once(ask)
        except TemporaryProblem:
            return self._once(ask)

    def _once(self, ask: Callable[[Connection], T]) -> T:
        try:
            return ask(self._connection())
        except DBAPIError as problem:
            self._forget()
            raise translated(problem) from None

    def _connection(self) -> Connection:
        """This thread's own."""
        connection: Connection | None = getattr(self._here, "connection", None)
        if connection is None or connection.closed:
            connection = self._here.connection = self._engine.connect()
            self._open.append(connection)
        return connection

    def _forget(self) -> None:
        connection: Connection | None = getattr(self._here, "connection", None)
        if connection is not None:
            self._here.connection = None
            self._open.remove(connection)
            connection.invalidate()
            connection.close()

    def close(self) -> None:
        """End the threads and give back their connections."""
        with self._door:
            self._closed = True
            for _ in self._counters:
                self._questions.put(None)
        for counter in self._counters:
            counter.join()
        self._reports.shutdown(wait=True)
        for connection in self._open:
            connection.close()
        self._open.clear()
