"""A database of an earlier step is brought up to date with everything that stands in it, on both databases."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from bridge.core.decision import Decision
from bridge.core.effects import Intent, Row, State, Turn
from bridge.store import migrate, schema, turns
from bridge.store.open import open_store, upgrade
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.making import NOW

ROW = """
INSERT INTO outbox (key, kind, lane, state, due, payload, created, changed)
VALUES ('old', 'tell', 'out', 'held', NULL, '', 1, 1)
"""


def _engine(place: str | Path) -> sa.Engine:
    if isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True)
        return create_engine(f"sqlite:///{place}")
    return create_engine(place.replace("postgresql://", "postgresql+psycopg://", 1))


def _as_it_was(place: str | Path, step: str) -> None:
    """The tables of an earlier step, with a row."""
    engine = _engine(place)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "bridge.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, step)
        connection.execute(sa.text(ROW))
    engine.dispose()


@pytest.mark.parametrize("step", migrate.REVISIONS[:-1])
async def test_an_earlier_step_is_brought_up_to_date(bare: str | Path, clock: MovableClock, step: str) -> None:
    _as_it_was(bare, step)
    if isinstance(bare, str):
        upgrade(bare)
    store = open_store(bare, clock=clock, create=True, platforms={})

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), schema.METADATA))

    assert await store.read(differences) == []
    intent = Intent(effect=making.inject(making.post("new", thread="t9")), at=NOW, turn=Turn.OPENS)
    await store.apply(Decision(intents=(intent,)))
    kept = await store.kept(intent.key)
    assert isinstance(kept, Row)
    assert kept.state is State.PACED
    assert [row.count for row in await store.read(turns.rows)] == [1]
    old = await store.read(
        lambda connection: connection.execute(sa.text("SELECT key FROM outbox WHERE id = 1")).scalar()
    )
    assert old == "old"
    store.close()
