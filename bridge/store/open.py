"""Opening the store: everything that must be right before the first row is written, or one clear line why not."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from bridge.ports import Clock
from bridge.store import file
from bridge.store.store import SqlStore

MEMORY = ":memory:"
_SERVER = ("postgresql://", "postgres://", "postgresql+psycopg://")


def open_store(place: str | Path, *, clock: Clock, create: bool, platforms: Mapping[str, str]) -> SqlStore:
    """The store at a path, at `:memory:`, or behind a `postgresql://` URL, for the process that owns it.

    `create` allows a new database where there is none; never one over an old one.
    `platforms` gives the platform's word of each channel, whose accounts see the same people; others stand for
    themselves.
    An older schema is brought up to date: a file after a copy of it was put beside it, PostgreSQL by `upgrade` alone.
    PostgreSQL's own clock is used there, and `clock` everywhere else.
    Raises CannotOpen where a person must act (exit code 78), TemporaryProblem where the server cannot be reached,
    StoreLost where reading fails.
    """
    if place == MEMORY:
        return file.open_memory(clock=clock, platforms=platforms)
    if is_server(place):
        from bridge.store import server

        return server.open_server(str(place), create=create, platforms=platforms)
    return file.open_file(Path(place), clock=clock, create=create, platforms=platforms)


def open_beside(place: str | Path, *, clock: Clock, platforms: Mapping[str, str]) -> SqlStore:
    """The same store for a command that works while the daemon may run: it neither makes nor upgrades.

    Safe beside the daemon, because every decision is checked against the versions and epochs in the database.
    """
    if is_server(place):
        from bridge.store import server

        return server.open_server(str(place), create=False, platforms=platforms)
    return file.open_file_beside(Path(place), clock=clock, platforms=platforms)


@contextmanager
def reading(place: str | Path) -> Iterator[Connection]:
    """One connection that sees one state of the database and cannot write, for the functions of reports and fsck."""
    if is_server(place):
        from bridge.store import server

        inner = server.reading_server(str(place))
    else:
        inner = file.reading_file(Path(place))
    with inner as connection:
        yield connection


def upgrade(place: str | Path) -> None:
    """Bring the schema up to date while nobody else is at work; a file is copied first."""
    if is_server(place):
        from bridge.store import server

        server.upgrade_server(str(place))
    else:
        file.upgrade_file(Path(place))


def is_server(place: str | Path) -> bool:
    """Whether the place is on a database server."""
    return isinstance(place, str) and place.startswith(_SERVER)
