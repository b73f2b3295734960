"""The schema: its steps lead to what the code believes, and every hot question finds its rows by an index."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event

from bridge.core import consent, likeness
from bridge.core.consent import Consent
from bridge.core.decision import Decision
from bridge.core.effects import Intent, Settlement, State, Turn
from bridge.core.likeness import Joined, Led
from bridge.core.model import Customer
from bridge.core.policy import Pace
from bridge.core.publications import Posted
from bridge.store import groups, migrate, schema, turns
from bridge.store.migrations import versions
from bridge.store.open import open_store
from bridge.store.postgres import PostgreSQL
from bridge.store.sqlite import SQLite
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.making import NOW
from bridge.testing.store_claiming import claim
from bridge.testing.store_deciding import MINUTE, filed, page, posts

SMALL = {"generation", "switch", "alembic_version", "writer"}
"""Tables of a few rows, which are read whole."""


def _laid_out(by: Callable[[Connection], None]) -> dict[str, object]:
    """What a file holds once something has made its tables, whatever the order of columns."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        by(connection)
    with engine.connect() as connection:
        found: dict[str, object] = {}
        for table in connection.exec_driver_sql("PRAGMA table_list").all():
            if not table.name.startswith("sqlite_"):
                columns = connection.exec_driver_sql(f"PRAGMA table_info({table.name})").all()
                keys = connection.exec_driver_sql(f"PRAGMA foreign_key_list({table.name})").all()
                told = sorted((c.name, c.type, c.notnull, c.dflt_value, c.pk) for c in columns)
                found[table.name] = (table.strict, table.wr, told, sorted(map(tuple, keys)))
        indexes = "SELECT name, sql FROM sqlite_master WHERE type != 'table' AND sql IS NOT NULL"
        return found | {row.name: row.sql for row in connection.exec_driver_sql(indexes).all()}


def test_a_new_database_is_laid_out_as_all_steps_would_leave_it() -> None:
    assert _laid_out(migrate.lay_out) == _laid_out(migrate.migrate)


def test_partial_indexes_have_the_same_condition_in_both_dialects() -> None:
    """The condition is told apart from the dialect, which SQLite's users never load."""
    partial = [index for table in schema.METADATA.tables.values() for index in table.indexes if index.info]
    for dialect in ("sqlite", "postgresql"):
        told = [str(index.dialect_options[dialect]["where"]) for index in partial]
        assert told == [index.info[schema.WHERE] for index in partial]
    assert partial


async def test_a_new_database_has_the_tables_that_the_code_knows(either: SqlStore) -> None:
    """No difference on either database."""
    differences = await either.read(
        lambda connection: compare_metadata(MigrationContext.configure(connection), schema.METADATA)
    )
    assert differences == []


def test_the_list_of_steps_is_that_of_their_files() -> None:
    """A start looks at the list alone."""
    files = sorted(file.name for file in Path(versions.__path__[0]).glob("v*.py"))
    assert [name[1:5] for name in files] == list(migrate.REVISIONS)


async def test_the_tables_of_a_file_are_strict(store: SqlStore) -> None:
    """delivery.md 2: and what it is set to."""

    def asked(connection: Connection) -> list[Any]:
        tables = connection.exec_driver_sql("PRAGMA table_list").all()
        return [row.name for row in tables if row.name in schema.METADATA.tables and not row.strict]

    assert await store.read(asked) == []

    def pragmas(connection: Connection, *_: object) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout", "wal_autocheckpoint")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    assert await store.chore(pragmas) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
        "wal_autocheckpoint": 0,
    }


@contextmanager
def recorded(*engines: Engine | None) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is executed meanwhile, once, with parameters of one row."""
    seen: dict[str, Any] = {}

    def note(_c: object, _cursor: object, text: str, parameters: Any, *_: object) -> None:
        seen.setdefault(text, parameters[0] if isinstance(parameters, list) else parameters)

    found: list[tuple[str, Any]] = []
    for engine in engines:
        if engine is not None:
            event.listen(engine, "before_cursor_execute", note)
    yield found
    for engine in engines:
        if engine is not None:
            event.remove(engine, "before_cursor_execute", note)
    found.extend(seen.items())


async def a_day_of_the_bridge(store: SqlStore) -> None:
    """Every question and every change of the loops, once."""
    await store.cursor("forum")
    await store.known("forum", ["p1", "p2"])
    await store.apply(page([*posts(40), making.post("p1", thread="t1")]))
    await store.apply(page([making.post("p1", text="newer", thread="t1")], before="c1", after="c2"))
    await store.apply(Decision(record=replace(making.waiting(), version=0), filed=filed()))
    record = await store.conversation(making.waiting().id)
    await store.history(Customer(platform="forum", author="u1").id, limit=5)
    await store.apply(Decision(record=record, filed=filed()))
    await store.apply(Decision(once="k", intents=(Intent(effect=making.publish(), at=NOW),)))
    for row in await claim(store):
        posted = Posted(id=f"r{row.key}") if "publish" in row.key else None
        done = Settlement(key=row.key, state=State.DONE, epoch=row.epoch, posted=posted)
        await store.apply(Decision(settlements=(done,)))
    await store.kept("fp1")
    await store.kept(consent.key("+1", "+2"))
    said_stop = Consent(key=consent.key("+1", "+2"), stopped=True, at=NOW, post="p1")
    await store.apply(Decision(consent=said_stop))
    await store.lease("x", owner="me", length=MINUTE)
    await store.lease("x", owner="me", length=MINUTE)
    await store.switches()
    await store.apply(Decision(intents=(Intent(effect=making.inject(), at=NOW, turn=Turn.OPENS),)))
    said = making.post("p7", "The whole site is down again since ten o'clock", thread="t7")
    await store.apply(Decision(led=Led(post=said, marks=likeness.marks(said, "s"), at=NOW)))
    await store.apply(Decision(joined=Joined(group=said.conversation.id, post=making.post("p8"), at=NOW)))
    await store.leads(likeness.marks(said, "s"), since=NOW - MINUTE)
    await store.read(lambda connection: groups.groups(connection, NOW - MINUTE))
    await store.read(lambda connection: groups.members(connection, said.conversation.id, 9))
    await store.read(lambda connection: groups.orphaned(connection, NOW - MINUTE))
    await store.crowd(said.conversation.id, until=NOW)
    await store.next_member(said.conversation.id, until=NOW, after="p1")
    await store.late_members(said.conversation.id, since=NOW)
    await store.tally(making.share(conversation=said.conversation.id))
    (row,) = await store.read(turns.rows)
    await store.read(lambda connection: turns.heads(connection, row, now=NOW, most=9))
    await store.read(lambda connection: turns.load(connection, "support", now=NOW, pace=Pace(open=3), waiting=()))


async def test_every_hot_question_uses_an_index(place: str | Path, clock: MovableClock) -> None:
    """The cost of a post stays flat as history grows."""
    store = await asyncio.to_thread(open_store, place, clock=clock, create=True, platforms={})
    database = store._writer.database
    assert isinstance(database, SQLite | PostgreSQL)
    with recorded(database.writing, database.reading) as statements:
        await a_day_of_the_bridge(store)
    assert len(statements) > 40
    plans = await store.chore(lambda connection, *_: [_plan(connection, *statement) for statement in statements])
    pairs = zip((text for text, _ in statements), plans, strict=True)
    walked = {table: text for text, plan in pairs if not _newest(text, plan) for table in _walked(plan)}
    assert set(walked) <= SMALL, walked
    store.close()


def _plan(connection: Connection, text: str, parameters: Any) -> str:
    if not re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)", text):
        return ""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters)
        return "\n".join(row.detail for row in rows)
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {text}", parameters))


def _newest(text: str, plan: str) -> bool:
    """Whether a table is walked from its end and left after one row."""
    return "ORDER BY fact.id DESC" in text and "LIMIT" in text and "TEMP B-TREE" not in plan and "Sort" not in plan


def _walked(plan: str) -> set[str]:
    """Tables that a plan reads whole, by the words of either database."""
    sqlite = re.findall(r"^SCAN (\w+)(?! USING COVERING)", plan, re.MULTILINE)
    named = {name for name in sqlite if name in schema.METADATA.tables or name == "earlier"}
    return named | set(re.findall(r"Seq Scan on (\w+)", plan))


def test_the_check_of_plans_can_fail(path: Path, clock: MovableClock) -> None:
    """A question without an index is found."""
    store = open_store(path, clock=clock, create=True, platforms={})
    database = store._writer.database
    assert isinstance(database, SQLite)
    with database.writing.connect() as connection:
        assert _walked(_plan(connection, "SELECT id FROM outbox WHERE reason = ?", ("x",))) == {"outbox"}
    store.close()


@pytest.mark.parametrize("rows", [0, 5_000])
async def test_the_cost_of_a_claim_does_not_grow_with_what_waits(store: SqlStore, rows: int) -> None:
    """Steps of SQLite's machine for one claim, whatever waits for later or was done."""
    for start in range(0, rows, 1000):
        far = [making.post(f"far{n}", thread=f"far{n}") for n in range(start, start + 1000)]
        await store.apply(
            Decision(intents=tuple(Intent(effect=making.judge(post), at=NOW.replace(year=2100)) for post in far))
        )
    await store.apply(Decision(intents=tuple(Intent(effect=making.judge(post), at=NOW) for post in posts(10))))
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    database = store._writer.database
    assert isinstance(database, SQLite)
    assert database._connection is not None
    driver = database._connection.connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(count, 10)
    assert len(await claim(store, limit=10)) == 10
    driver.set_progress_handler(None, 0)
    assert steps < 1500


async def test_the_map_of_conversations_is_small(store: SqlStore, leave_out: Callable[[str], None]) -> None:
    """At most 70 bytes a row for finding a conversation by the id in an address."""
    options = await store.read(lambda connection: connection.execute(sa.text("PRAGMA compile_options")).scalars().all())
    if "ENABLE_DBSTAT_VTAB" not in options:
        leave_out("not run, this SQLite was built without its dbstat table: apt-get install libsqlite3-0")
    many = [making.post(str(n), thread=f"t{n}") for n in range(3000)]
    for start in range(0, 3000, 500):
        await asyncio.gather(
            *(store.apply(Decision(record=replace(making.waiting(p), version=0))) for p in many[start : start + 500])
        )
    query = sa.text("SELECT sum(pgsize) FROM dbstat WHERE name = 'sqlite_autoindex_conversation_1'")
    size = await store.read(lambda connection: connection.execute(query).scalar_one())
    assert size / 3000 <= 70
