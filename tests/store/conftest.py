"""Stores to test: in memory, in a file, and on a PostgreSQL server of the tests' own."""

from collections.abc import Callable, Iterator

import pytest

from bridge.testing.postgres import PACKAGES, Cluster, postgres_cluster, programs


@pytest.fixture(scope="session")
def cluster(require: Callable[[list[str], tuple[str, ...]], None]) -> Iterator[Cluster]:
    """A private PostgreSQL cluster, started once a run."""
    if programs() is None:
        require(["initdb"], PACKAGES)
    with postgres_cluster() as running:
        yield running
