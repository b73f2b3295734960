"""Opening a database file: lock, check, copy before a change, and the marker beside it."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bridge.ports import Clock
from bridge.store import claims, copies, generation, marker
from bridge.store.generation import Generation
from bridge.store.marker import Marker
from bridge.store.migrate import REVISIONS, Standing, lay_out, migrate, standing
from bridge.store.place import StateLock, prepare
from bridge.store.problems import CannotOpen, translated
from bridge.store.reserve import Reserve
from bridge.store.schema import METADATA
from bridge.store.sqlite import MarkerKeeper, SQLite, engine
from bridge.store.store import SqlStore

log = structlog.get_logger()

_PATIENCE = 10.0
"""Seconds that a command waits for a lock of another program: a person sits before it."""

_QUICK = 256 << 20
"""Bytes up to which a database is checked at each start; a larger one only after a start that did not end in order."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def open_memory(*, clock: Clock, platforms: Mapping[str, str]) -> SqlStore:
    """A store that is gone when it is closed."""
    database = SQLite(path=None, clock=clock)
    connection, now = database.begin()
    METADATA.create_all(connection)
    around = generation.found(connection, chain=database.chain, platforms=platforms)
    opened = generation.start(connection, now, around, mark=None, marked=False)
    database.commit()
    return SqlStore(database, around, opened)


def open_file(path: Path, *, clock: Clock, create: bool, platforms: Mapping[str, str]) -> SqlStore:
    """The store of the process that owns the directory."""
    prepare(path, create=create)
    lock = StateLock(path.parent)
    database = None
    try:
        mark = marker.read(marker.place(path))
        _make(path, mark, create=create)
        database = SQLite(path=path, clock=clock)
        with database.writing.connect() as connection:
            _check(connection, path, mark)
            _bring_up_to_date(connection, path, mark)
        return _opened(database, lock, mark, platforms)
    except BaseException as problem:
        if database is not None:
            database.close()
        lock.release()
        if isinstance(problem, DBAPIError):
            raise _told(problem, path) from None
        raise


def _opened(database: SQLite, lock: StateLock, mark: Marker | None, platforms: Mapping[str, str]) -> SqlStore:
    """Count the opening, and keep a marker of how far the database comes from now on."""
    assert database.path is not None
    connection, now = database.begin()
    around = generation.found(connection, chain=database.chain, platforms=platforms)
    opened = generation.start(connection, now, around, mark=mark, marked=True)
    claims.expire(connection, now)
    database.commit()
    database.keeper = MarkerKeeper(place=marker.place(database.path), generation=opened, lock=lock)
    database.keeper.write(connection, clean=False)
    database.reserve = Reserve(database.path.with_name(f"{database.path.name}.reserve"))
    database.reserve.keep()
    return SqlStore(database, around, opened)


def upgrade_file(path: Path) -> None:
    """Bring the schema up to date, after a copy."""
    _present(path)
    prepare(path, create=False)
    lock = StateLock(path.parent)
    writers = engine(path, reader=False)
    try:
        with writers.connect() as connection:
            mark = marker.read(marker.place(path))
            _check(connection, path, mark)
            _bring_up_to_date(connection, path, mark)
    except DBAPIError as problem:
        raise _told(problem, path) from None
    finally:
        writers.dispose()
        lock.release()


def _make(path: Path, mark: Marker | None, *, create: bool) -> None:
    """Make the file, private to us, unless one was there: then it was lost, and an empty one would hide that."""
    if path.exists() and path.stat().st_size:
        path.chmod(0o600)
        return
    if mark is not None:
        raise CannotOpen(_gone(path))
    if not create:
        raise CannotOpen(f"there is no database at {path}")
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _check(connection: Connection, path: Path, mark: Marker | None) -> None:
    """SQLite's own quick check; raises CannotOpen for a damaged file (H03)."""
    if mark is not None and mark.clean and path.stat().st_size > _QUICK:
        return
    if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        raise CannotOpen(_damaged(path))


def _bring_up_to_date(connection: Connection, path: Path, mark: Marker | None) -> None:
    """Take the missing steps in one transaction, after a copy of what stood there (C23)."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    found = standing(connection)
    if found is Standing.EMPTY and mark is not None:
        raise CannotOpen(f"the database {path} is empty, but its marker is not: {_restore(path)}")
    _refuse(found, path)
    if found is Standing.OLDER:
        _upgrade(connection, path)
    elif found is Standing.EMPTY:
        lay_out(connection)
    connection.commit()


def _upgrade(connection: Connection, path: Path) -> None:
    """The steps from an older schema; where one fails, nothing has changed."""
    copy = copies.named(path, REVISIONS[-1])
    _copy(path, copy)
    log.info("database_copied", to=str(copy))
    try:
        migrate(connection)
    except Exception as problem:
        log.exception("upgrade_failed")
        text = f"the database {path} could not be brought up to date and is as it was ({type(problem).__name__})"
        raise CannotOpen(text) from problem
    log.info("database_upgraded", revision=REVISIONS[-1])


def _refuse(found: Standing, path: Path) -> None:
    """Some schemas are nobody's to touch."""
    if found is Standing.NEWER:
        raise CannotOpen(f"the database {path} was made by a newer version of this program: install that one")
    if found is Standing.HALF:
        raise CannotOpen(f"the tables of {path} are incomplete: {_restore(path)}")


def _copy(path: Path, to: Path) -> None:
    """A whole copy beside the database; one that an upgrade left that failed is made anew."""
    to.unlink(missing_ok=True)
    os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    source, target = sqlite3.connect(path), sqlite3.connect(to)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def open_file_beside(path: Path, *, clock: Clock, platforms: Mapping[str, str]) -> SqlStore:
    """The store for a command beside the daemon."""
    _present(path)
    database = SQLite(path=path, clock=clock, patience=_PATIENCE)
    try:
        connection, _now = database.begin()
        _current(connection, path)
        around = generation.found(connection, chain=database.chain, platforms=platforms)
        remembered: Generation = generation.current(connection)
        database.commit()
        return SqlStore(database, around, remembered)
    except BaseException as problem:
        database.close()
        if isinstance(problem, DBAPIError):
            raise _told(problem, path) from None
        raise


@contextmanager
def reading_file(path: Path) -> Iterator[Connection]:
    """A connection for reports."""
    _present(path)
    readers = engine(path, reader=True)
    try:
        with readers.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            _current(connection, path)
            yield connection
    except DBAPIError as problem:
        raise _told(problem, path) from None
    finally:
        readers.dispose()


def _present(path: Path) -> None:
    if path.exists():
        return
    if marker.read(marker.place(path)) is not None:
        raise CannotOpen(_gone(path))
    raise CannotOpen(f"there is no database at {path} yet: the first `bridge run` makes it")


def _current(connection: Connection, path: Path) -> None:
    """Commands don't upgrade: the daemon does, after its copy."""
    found = standing(connection)
    _refuse(found, path)
    if found is not Standing.CURRENT:
        raise CannotOpen(f"the database {path} has an older schema: run `bridge db upgrade`")


def _told(problem: DBAPIError, path: Path) -> Exception:
    """Damage is a person's business; everything else is what it is while running, too."""
    code = getattr(problem.orig, "sqlite_errorcode", 0) & 0xFF
    return CannotOpen(_damaged(path)) if code in _DAMAGED else translated(problem)


def _gone(path: Path) -> str:
    return f"the database {path} is gone, but its marker is there: {_restore(path)}"


def _damaged(path: Path) -> str:
    return f"the database {path} is damaged: {_restore(path)}"


def _restore(path: Path) -> str:
    return f"restore a backup with `cp BACKUP {path} && rm -f {path}-wal {path}-shm`"
