"""The threads that read: each has its own connection, and none ever waits for the writer."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bridge.ports import TemporaryProblem
from bridge.store.problems import translated

T = TypeVar("T")

THREADS = 2
"""Reading is a matter of microseconds; one long report must not keep the loops waiting."""


class Reader:
    """Runs plain functions of a connection in threads; raises StoreLost and TemporaryProblem like the writer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store-reader")
        self._here = local()
        self._open: list[Connection] = []

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """The answer; asked a second time where the connection was lost on the way."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._asked, ask)

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
        self._threads.shutdown(wait=True)
        for connection in self._open:
            connection.close()
        self._open.clear()
