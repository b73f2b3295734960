"""Stores to test: in memory, in a file, and on a PostgreSQL server of the tests' own."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bridge.store.open import open_store
from bridge.store.store import SqlStore
from bridge.testing.fittings import MovableClock
from bridge.testing.postgres import PACKAGES, Cluster, postgres_cluster, programs


@pytest.fixture(scope="session")
def cluster(require: Callable[[list[str], tuple[str, ...]], None]) -> Iterator[Cluster]:
    """A private PostgreSQL cluster, started once a run."""
    if programs() is None:
        require(["initdb"], PACKAGES)
    with postgres_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def shared(cluster: Cluster) -> str:
    """One database for most tests: making one for each takes ten times as long as emptying it."""
    return cluster.create()


@pytest.fixture(scope="session")
def emptying(shared: str) -> Callable[[], str]:
    """Takes all rows out of the shared database, and gives its URL."""

    def empty() -> str:
        with psycopg.connect(shared) as connection:
            rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = [sql.Identifier(name) for (name,) in rows if name != "alembic_version"]
            if tables:
                connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(tables)))
        return shared

    return empty


@pytest.fixture
def emptied(emptying: Callable[[], str]) -> str:
    """The shared database, whose tables are empty if it has any."""
    return emptying()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database file may be made."""
    return tmp_path / "state" / "bridge.db"


@pytest.fixture
async def store(path: Path, clock: MovableClock) -> AsyncIterator[SqlStore]:
    """A store in a file."""
    opened = open_store(path, clock=clock, create=True, platforms={})
    yield opened
    opened.close()


@pytest.fixture(params=["file", "server"])
def place(request: pytest.FixtureRequest, path: Path) -> str | Path:
    """Each database in turn, without rows."""
    if request.param == "file":
        return path
    url: str = request.getfixturevalue("emptied")
    return url


@pytest.fixture(params=["file", "server"])
def bare(request: pytest.FixtureRequest, path: Path) -> str | Path:
    """Each database in turn, without tables."""
    if request.param == "file":
        return path
    running: Cluster = request.getfixturevalue("cluster")
    return running.create()


@pytest.fixture
async def either(place: str | Path, clock: MovableClock) -> AsyncIterator[SqlStore]:
    """A store on each database in turn."""
    opened = open_store(place, clock=clock, create=True, platforms={"x-acme": "X", "x-shop": "X"})
    yield opened
    opened.close()
