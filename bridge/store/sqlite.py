"""SQLite as the store uses it: one writing connection, durable to the last commit, and readers beside it."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import SQLITE_BUSY

import sqlalchemy as sa
import structlog
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from bridge.ports import Clock, TemporaryProblem
from bridge.store import copies, marker
from bridge.store.codec import micros
from bridge.store.generation import Generation
from bridge.store.marker import Marker
from bridge.store.place import StateLock
from bridge.store.reserve import Reserve

log = structlog.get_logger()

_PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA cache_size=-4096",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA journal_size_limit=4194304",
)
_READER = ("PRAGMA query_only=ON", "PRAGMA cache_size=-2048")
_CHECKPOINT = 32 << 20
"""Bytes of the write-ahead log from which it is copied back into the database."""
_TRUNCATE = 128 << 20
"""Bytes from which it is worth waiting for readers, so that it starts anew."""
_PAUSE = 1.0
"""Seconds between two tries, where readers keep the log from starting anew."""
_PAGES = 60.0
"""Seconds for which the pages of a busy time are kept in memory: up to four MiB, which reading anew costs a few milliseconds."""
_REMEMBER = 10.0
"""Seconds between two markers: a copy that is restored within them is not recognised as one."""


def engine(path: Path | None, *, reader: bool) -> Engine:
    """An engine on a file, or on a database in memory that lives as long as its one connection."""
    place = "sqlite://" if path is None else f"sqlite:///{path}"
    pool = StaticPool if path is None or not reader else QueuePool
    made = sa.create_engine(
        place, poolclass=pool, hide_parameters=True, connect_args={"check_same_thread": False, "cached_statements": 512}
    )

    @event.listens_for(made, "connect")
    def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, *(_READER if reader else ())):
            cursor.execute(pragma)
        cursor.close()

    return made


@dataclass
class MarkerKeeper:
    """Writes the marker beside the database from time to time, and lets go of the directory in the end."""

    place: Path
    generation: Generation
    lock: StateLock
    _written: float = 0.0
    _fact: int = -1

    def remember(self, connection: Connection) -> None:
        """Write the marker if the last one is some time ago."""
        if time.monotonic() - self._written >= _REMEMBER:
            self.write(connection, clean=False)

    def write(self, connection: Connection, *, clean: bool) -> None:
        """Write the marker if anything happened since the last one."""
        self._written = time.monotonic()
        fact, hashed = marker.newest(connection)
        connection.rollback()
        if fact != self._fact or clean:
            mine = self.generation
            marker.write(self.place, Marker(token=mine.token, number=mine.number, fact=fact, hash=hashed, clean=clean))
            self._fact = fact


@dataclass
class SQLite:
    """One database file with its write-ahead log; `path` is None for one in memory."""

    path: Path | None
    clock: Clock
    patience: float = 60.0
    """Seconds that a lock of another program is waited for (H02)."""
    chain: str = "main"
    keeper: MarkerKeeper | None = None
    reserve: Reserve | None = None
    writing: Engine = field(init=False)
    reading: Engine | None = field(init=False)
    _connection: Connection | None = field(init=False, default=None)
    _copied: float = field(init=False, default=float("-inf"))
    _emptied: float = field(init=False, default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.writing = engine(self.path, reader=False)
        self.reading = None if self.path is None else engine(self.path, reader=True)

    @property
    def has_room(self) -> bool:
        """Whether the reserve is there, for those who keep one."""
        return self.reserve is None or self.reserve.held

    def full(self) -> None:
        """Give up the reserve."""
        if self.reserve is not None:
            self.reserve.give_up()

    def begin(self) -> tuple[Connection, int]:
        """Take the write lock; raises TemporaryProblem after a minute of another program's."""
        if self._connection is None:
            self._connection = self.writing.connect()
        until = time.monotonic() + self.patience
        while not self._locked(self._connection):
            log.warning("database_locked")
            if time.monotonic() > until:
                raise TemporaryProblem(
                    f"another program keeps the database locked: `fuser -v {self.path}` names it", after=5.0
                )
        return self._connection, micros(self.clock.now())

    @staticmethod
    def _locked(connection: Connection) -> bool:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as problem:
            if getattr(problem.orig, "sqlite_errorcode", 0) & 0xFF != SQLITE_BUSY:
                raise
            connection.rollback()
            return False
        return True

    def commit(self) -> None:
        """Write and sync; after any failure the whole transaction is gone."""
        assert self._connection is not None
        self._connection.commit()

    def rollback(self) -> None:
        """Take everything back, by giving up the connection where it does not even do that."""
        if self._connection is None:
            return
        try:
            self._connection.rollback()
        except DBAPIError:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def rest(self) -> None:
        """Copy the write-ahead log back where it has grown long, and remember how far we are."""
        if self._connection is None:
            return
        size = self._log_size()
        if size > _CHECKPOINT and time.monotonic() - self._copied > _PAUSE:
            self._copy_back("TRUNCATE" if size > _TRUNCATE else "PASSIVE")
            self._copied = time.monotonic()
        if time.monotonic() - self._emptied > _PAGES:
            self._told("shrink_memory")
            self._emptied = time.monotonic()
        if self.reserve is not None:
            self.reserve.keep()
        if self.keeper is not None:
            self.keeper.remember(self._connection)

    def tidy(self) -> None:
        """Start the write-ahead log anew and delete old copies: both still hold what was erased from the pages."""
        self._copy_back("TRUNCATE")
        if self.path is not None:
            copies.forget(self.path, older=copies.KEPT)

    def _copy_back(self, mode: str) -> None:
        self._told(f"wal_checkpoint({mode})")

    def _told(self, pragma: str) -> None:
        if self._connection is not None:
            self._connection.exec_driver_sql(f"PRAGMA {pragma}")
            self._connection.rollback()

    def _log_size(self) -> int:
        try:
            return 0 if self.path is None else os.stat(f"{self.path}-wal").st_size  # noqa: PTH116 - thousands of times a second
        except FileNotFoundError:
            return 0

    def leave(self) -> None:
        """Write the marker of a database that was closed in order."""
        if self.reserve is not None:
            self.reserve.leave()
        if self._connection is not None and self.keeper is not None:
            self.keeper.write(self._connection, clean=True)

    def close(self) -> None:
        """Close all connections; the last one copies the write-ahead log back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self.reading is not None:
            self.reading.dispose()
        self.writing.dispose()
        if self.keeper is not None:
            self.keeper.lock.release()
