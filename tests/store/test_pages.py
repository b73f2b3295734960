"""The pages that a busy time brought into memory are let go of between transactions, and the next one works as before."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from bridge.store import sqlite
from bridge.store.sqlite import SQLite
from bridge.testing.fittings import MovableClock


def _written(database: SQLite, number: int) -> Connection:
    connection, _now = database.begin()
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS seen (number INTEGER)")
    connection.exec_driver_sql("INSERT INTO seen VALUES (?)", (number,))
    database.commit()
    return connection


def _told(database: SQLite) -> list[str]:
    """What a writer tells SQLite while it rests, and then for another transaction."""
    said: list[str] = []
    raw = _written(database, 1).connection.dbapi_connection
    assert raw is not None
    raw.set_trace_callback(said.append)
    database.rest()
    raw.set_trace_callback(None)
    seen = _written(database, 2).exec_driver_sql("SELECT count(*) FROM seen").scalar()
    database.close()
    assert seen == 2
    return said


@pytest.mark.parametrize(("kept", "told"), [(60.0, []), (-1.0, ["PRAGMA shrink_memory"])], ids=["recent", "long ago"])
def test_pages_are_let_go_of_after_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: float, told: list[str]
) -> None:
    monkeypatch.setattr(sqlite, "_PAGES", kept)
    assert _told(SQLite(path=tmp_path / "bridge.db", clock=MovableClock())) == told
