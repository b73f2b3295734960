"""PostgreSQL as the store uses it: times from its own clock, and no commit whose outcome is only believed."""

import secrets
import time
from dataclasses import dataclass, field

import sqlalchemy as sa
import structlog
from sqlalchemy import Connection, Engine, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from bridge.ports import TemporaryProblem
from bridge.store import schema
from bridge.store.problems import CannotOpen, translated
from bridge.store.schema import Number
from bridge.store.statement import Statement

log = structlog.get_logger()

_SETTINGS = (
    "-c timezone=UTC -c synchronous_commit=on -c lock_timeout=30s -c statement_timeout=120s"
    " -c idle_in_transaction_session_timeout=60s -c default_transaction_isolation=read\\ committed"
)
_BY_KEY = "-c enable_seqscan=off -c jit=off"
"""Everything that the loops ask is asked by key: a new database without statistics must not be read whole for it."""
_ONE_BY_ONE = "-c enable_hashjoin=off -c enable_mergejoin=off"
"""For the writer: a claim walks along an index and stops, instead of joining all that waits."""
_CONNECT = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "application_name": "bridge",
}
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
"""Seconds between tries to reach the server after a commit whose answer was lost."""
_FORGOTTEN = 7 * 24 * 3_600_000_000
"""Microseconds after which a node that is gone is forgotten."""

_MICROSECONDS = sa.cast(sa.extract("epoch", sa.func.clock_timestamp()) * 1_000_000, Number)
_WRITER = schema.writer.c
_NEW = Statement(
    sa.insert(schema.writer).values(name=bindparam("of_name", type_=sa.Text), groups=0, seen=_MICROSECONDS)
)
_FORGET = Statement(sa.delete(schema.writer).where(_WRITER.seen < _MICROSECONDS - _FORGOTTEN))
_BEGIN = Statement(
    sa.update(schema.writer)
    .where(_WRITER.name == bindparam("of_name"))
    .values(groups=_WRITER.groups + 1, seen=_MICROSECONDS)
    .returning(_WRITER.groups, _WRITER.seen)
)
_COMMITTED = Statement(sa.select(_WRITER.groups).where(_WRITER.name == bindparam("of_name")).with_for_update())


def _tell_conditions() -> None:
    """Give the partial indexes their conditions in this dialect too."""
    for index in (index for table in schema.METADATA.tables.values() for index in table.indexes):
        if schema.WHERE in index.info:
            index.dialect_options["postgresql"]["where"] = sa.text(index.info[schema.WHERE])


_tell_conditions()


def engine(url: str, *, reader: bool) -> Engine:
    """An engine on a `postgresql://` URL; readers cannot write."""
    driver = sa.make_url(url).set(drivername="postgresql+psycopg")
    own = "-c default_transaction_read_only=on" if reader else _ONE_BY_ONE
    settings = f"{_SETTINGS} {_BY_KEY} {own}"
    try:
        return sa.create_engine(
            driver,
            poolclass=QueuePool if reader else NullPool,
            hide_parameters=True,
            connect_args=_CONNECT | {"options": settings},
        )
    except ModuleNotFoundError:
        raise CannotOpen("PostgreSQL needs its driver: pip install 'bridge[postgresql]'") from None


@dataclass
class PostgreSQL:
    """One database on a server, as one of any number of nodes sees it."""

    url: str
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    """Of this node, for this opening."""
    writing: Engine = field(init=False)
    reading: Engine | None = field(init=False)
    _connection: Connection | None = field(init=False, default=None)
    _groups: int = field(init=False, default=0)
    _known: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.writing = engine(self.url, reader=False)
        self.reading = engine(self.url, reader=True)

    @property
    def chain(self) -> str:
        """Each opening has its own chain of facts: one for all nodes would make them wait for each other."""
        return self.name

    @property
    def has_room(self) -> bool:
        """The server's disk is its operator's."""
        return True

    def full(self) -> None:
        """Nothing is kept for that here."""

    def begin(self) -> tuple[Connection, int]:
        """A transaction that carries our own next number, so that its fate can be asked for later."""
        if self._connection is None:
            self._connection = self._connected()
        row = _BEGIN.run(self._connection, {"of_name": self.name}).one()
        self._groups = row.groups
        return self._connection, row.seen

    def _connected(self) -> Connection:
        """A connection of a node that the database knows."""
        try:
            connection = self.writing.connect()
        except DBAPIError as problem:
            raise translated(problem) from None
        if not self._known:
            _FORGET.run(connection, {})
            _NEW.run(connection, {"of_name": self.name})
            connection.commit()
            self._known = True
        return connection

    def commit(self) -> None:
        """Commit; where the answer is lost, ask until the database says whether it was written (C27)."""
        assert self._connection is not None
        try:
            self._connection.commit()
        except DBAPIError as problem:
            lost = problem.connection_invalidated or self._connection.invalidated
            self.rollback()
            if not lost:
                raise
            log.warning("commit_unknown")
            if not self._was_committed():
                raise TemporaryProblem("the connection was lost before the commit") from None

    def _was_committed(self) -> bool:
        """Whether our last transaction stands; waits for the server, and for what it still does on our behalf."""
        pause = _FIRST_PAUSE
        while True:
            try:
                self._connection = self.writing.connect()
                groups: int = _COMMITTED.run(self._connection, {"of_name": self.name}).scalar_one()
                self._connection.rollback()
            except DBAPIError:
                self.rollback()
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                log.info("commit_known", written=groups >= self._groups)
                return groups >= self._groups

    def rollback(self) -> None:
        """Take everything back, by giving up the connection where it does not even do that."""
        if self._connection is None:
            return
        try:
            self._connection.rollback()
            broken = self._connection.invalidated or self._connection.closed
        except DBAPIError:
            broken = True
        if broken:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def rest(self) -> None:
        """Nothing: the server keeps house by itself."""

    def tidy(self) -> None:
        """Nothing: vacuum and the server's own log are its operator's."""

    def leave(self) -> None:
        """Nothing: a server remembers by itself."""

    def close(self) -> None:
        """Close all connections."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self.writing.dispose()
        if self.reading is not None:
            self.reading.dispose()
