"""What may go wrong with a database, told by what the caller can do about it."""

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bridge.ports import StoreLost, TemporaryProblem


class CannotOpen(Exception):
    """The store cannot be used as it stands: a person must act, and starting again would not help (exit code 78)."""


class DiskFull(TemporaryProblem):
    """There is no room on the database's disk: what was begun may still be settled, nothing new is taken in (H01)."""


class Raced(Exception):
    """Another node was quicker: the same work must be done anew on what stands there now."""


class Rejected(Exception):
    """The database will never take these values: the caller has a fault, and nothing was written."""


_SQLITE_LOST = {
    sqlite3.SQLITE_IOERR: "look at the disk and the kernel's log",
    sqlite3.SQLITE_CORRUPT: "start again, and the check at the start says how to restore it",
    sqlite3.SQLITE_NOTADB: "start again, and the check at the start says how to restore it",
    sqlite3.SQLITE_READONLY: "look whether its file or its disk became read-only",
    sqlite3.SQLITE_CANTOPEN: "look at the rights of its directory, and at LimitNOFILE= of the unit",
}
"""Codes after which the process must end, and what a person should do."""
_SQLITE_TEMPORARY = {
    sqlite3.SQLITE_BUSY: "another program keeps the database locked: `fuser -v` on its file names it",
    sqlite3.SQLITE_LOCKED: "another program keeps the database locked: `fuser -v` on its file names it",
}
_POSTGRES_LOST = ("XX001", "XX002", "58030")
"""Data and index corrupted, input or output failed on the server."""
_POSTGRES_TEMPORARY = ("08", "53", "57", "25006", "55P03")
"""Connection, resources, an operator's hand, a standby, a lock that took too long."""
_POSTGRES_FULL = "53100"
_POSTGRES_RACED = ("40", "23")
"""Deadlocks and serialization, unique keys."""


def translated(problem: DBAPIError) -> Exception:
    """The problem in the words of ports, or Raced or Rejected; never with the statement's values (law 7)."""
    origin = problem.orig
    if isinstance(origin, sqlite3.Error):
        return _from_sqlite(problem, origin)
    return _from_postgres(problem, getattr(origin, "sqlstate", None))


def _from_sqlite(problem: DBAPIError, origin: sqlite3.Error) -> Exception:
    code = getattr(origin, "sqlite_errorcode", 0) & 0xFF
    if code in _SQLITE_LOST:
        text = f"the database cannot be read or written any more ({origin.sqlite_errorname}): {_SQLITE_LOST[code]}"
        return StoreLost(text)
    if code == sqlite3.SQLITE_FULL:
        return DiskFull("the disk of the database is full: make room on it, and all goes on by itself")
    if code in _SQLITE_TEMPORARY:
        return TemporaryProblem(_SQLITE_TEMPORARY[code])
    if isinstance(problem, IntegrityError):
        return Raced(getattr(origin, "sqlite_errorname", ""))
    return Rejected(f"the database rejects a statement ({type(problem).__name__})")


def _from_postgres(problem: DBAPIError, state: str | None) -> Exception:
    if state is None:
        lost = problem.connection_invalidated or isinstance(problem, OperationalError)
        return TemporaryProblem("the connection to the database was lost") if lost else Rejected(type(problem).__name__)
    if state.startswith(_POSTGRES_LOST):
        return StoreLost(f"the database server cannot read or write its own files any more ({state})")
    if state == _POSTGRES_FULL:
        return DiskFull("the disk of the database server is full: make room there, and all goes on by itself")
    if state.startswith(_POSTGRES_TEMPORARY):
        return TemporaryProblem(f"the database cannot be used now ({state})")
    if state.startswith(_POSTGRES_RACED):
        return Raced(state)
    return Rejected(f"the database rejects a statement ({state})")
