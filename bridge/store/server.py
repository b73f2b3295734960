"""Opening a database on a PostgreSQL server, where several nodes may do so in the same moment."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bridge.store import generation
from bridge.store.migrate import Standing, lay_out, migrate, standing
from bridge.store.postgres import PostgreSQL, engine
from bridge.store.problems import CannotOpen, translated
from bridge.store.store import SqlStore

_LOCK = 0x6272696467650001
"""Our key among the advisory locks of the database: one node at a time looks at the schema and changes it."""

_OLDER = "the database has an older schema: run `bridge db upgrade` while no node is at work"
_EMPTY = "the database has no tables yet"
_NEWER = "the database was made by a newer version of this program: install that one"
_HALF = "the tables of the database are incomplete: restore a backup"


def open_server(url: str, *, create: bool, platforms: Mapping[str, str]) -> SqlStore:
    """The store of one node; raises CannotOpen, TemporaryProblem or StoreLost."""
    database = PostgreSQL(url)
    try:
        with database.writing.connect() as connection:
            _lock(connection)
            _prepare(connection, create=create)
            connection.commit()
        connection, now = database.begin()
        _lock(connection)
        around = generation.found(connection, chain=database.chain, platforms=platforms)
        opened = generation.start(connection, now, around, mark=None, marked=False)
        database.commit()
        return SqlStore(database, around, opened)
    except BaseException as problem:
        database.close()
        if isinstance(problem, DBAPIError):
            raise translated(problem) from None
        raise


def _lock(connection: Connection) -> None:
    """Wait for other nodes that are opening the database; held until the transaction ends."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _prepare(connection: Connection, *, create: bool) -> None:
    found = standing(connection)
    if found is Standing.EMPTY and create:
        lay_out(connection)
        return
    _refuse(found)


def _refuse(found: Standing) -> None:
    """Only a whole schema of our own version will do."""
    texts = {
        Standing.EMPTY: _EMPTY,
        Standing.OLDER: _OLDER,
        Standing.NEWER: _NEWER,
        Standing.HALF: _HALF,
    }
    if found in texts:
        raise CannotOpen(texts[found])


def upgrade_server(url: str) -> None:
    """Take all missing steps, in one transaction and alone."""
    writers = engine(url, reader=False)
    try:
        with writers.begin() as connection:
            _lock(connection)
            found = standing(connection)
            if found in {Standing.NEWER, Standing.HALF}:
                _refuse(found)
            migrate(connection)
    except DBAPIError as problem:
        raise translated(problem) from None
    finally:
        writers.dispose()


@contextmanager
def reading_server(url: str) -> Iterator[Connection]:
    """A connection that sees one state of the database."""
    readers = engine(url, reader=True)
    try:
        with readers.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            _refuse(standing(connection))
            yield connection
    except DBAPIError as problem:
        raise translated(problem) from None
    finally:
        readers.dispose()
