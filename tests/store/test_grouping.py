"""Groups of decisions: one commit for many, nothing half written, and nothing acknowledged that is not there."""

import asyncio
import os
import signal
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from bridge.core.consent import Consent
from bridge.core.decision import Decision, Fact, Judged, Switch
from bridge.core.effects import Intent, Settlement, State
from bridge.core.events import Gap, Quarantined, Sighting
from bridge.core.likeness import Joined, Led
from bridge.core.model import Author, PostKey
from bridge.ports import StoreLost, TemporaryProblem
from bridge.store import schema
from bridge.store.open import open_store
from bridge.store.postgres import PostgreSQL
from bridge.store.problems import DiskFull
from bridge.store.sqlite import SQLite
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.making import NOW
from bridge.testing.store_claiming import claim
from bridge.testing.store_deciding import filed, page, posts


def writing(store: SqlStore) -> Engine:
    database = store._writer.database
    assert isinstance(database, SQLite | PostgreSQL)
    return database.writing


def contents(connection: Connection) -> dict[str, list[Any]]:
    """Everything that the tables hold, but for what counts openings and groups."""
    left = {"generation", "writer"}
    tables = [table for table in schema.METADATA.sorted_tables if table.name not in left]
    return {table.name: sorted(map(tuple, connection.execute(table.select())), key=repr) for table in tables}


def everything(settlement: Settlement) -> Decision:
    """A decision that touches every table."""
    new = making.post("new", thread="t9", author=Author(id="u9"))
    return replace(
        page([*posts(2), new, making.post("old", text="other words", thread="t0")], before="c1", after="c2"),
        once="all",
        record=replace(making.waiting(making.post("p1", thread="t1")), version=0),
        settlements=(settlement,),
        facts=(Fact(key="f1", kind="test", at=NOW), Fact(key="f2", kind="test", at=NOW)),
        judged=(Judged(post=PostKey(channel="forum", id="p0"), verdict=making.VERDICT),),
        deleted=(PostKey(channel="forum", id="p1"),),
        quarantined=(Quarantined(id="q", reason="broken", raw=b"x"),),
        gap=Gap(since="a", until="b"),
        filed=filed(),
        led=Led(post=new, marks=(b"m" * 10,), at=NOW),
        joined=Joined(group=new.conversation.id, post=new, at=NOW),
        switches=(Switch(name="publishing", value="paused", by="ann"),),
        consent=Consent(key="consent|1", stopped=True, at=NOW, post="p1"),
    )


async def test_decisions_that_wait_share_a_commit(store: SqlStore) -> None:
    """Two hundred at once need a few commits, not two hundred."""
    commits = 0

    @event.listens_for(writing(store), "commit")
    def committed(_connection: Connection) -> None:
        nonlocal commits
        commits += 1

    await asyncio.gather(*(store.apply(Decision(sightings=(Sighting(post=post),))) for post in posts(200)))
    assert 0 < commits < 20


async def test_a_failure_at_any_statement_leaves_nothing_half_written(either: SqlStore) -> None:
    """C02, C03: each statement of a decision that touches every table fails once."""
    await either.apply(page([making.post("old", thread="t0")]))
    (row,) = await claim(either)
    decision = everything(Settlement(key=row.key, state=State.DONE, epoch=row.epoch))
    before = await either.read(contents)
    countdown = 0

    @event.listens_for(writing(either), "before_cursor_execute")
    def failing(*_: object) -> None:
        nonlocal countdown
        countdown -= 1
        if countdown == 0:
            error = sqlite3.OperationalError("planted")
            error.sqlite_errorcode = sqlite3.SQLITE_LOCKED
            raise OperationalError("", {}, error)

    statements, receipt = 0, None
    while receipt is None:
        statements += 1
        countdown = statements
        try:
            receipt = await either.apply(decision)
        except TemporaryProblem:
            assert await either.read(contents) == before
    event.remove(writing(either), "before_cursor_execute", failing)
    assert receipt.new_posts == 3
    assert statements > 20
    after = await either.read(contents)
    grown = {table for table in after if after[table] != before[table]}
    assert grown == set(after) - {"lease", "tombstone"}


async def test_a_failure_that_is_nobodys_in_particular_is_told_to_all(store: SqlStore) -> None:
    """H01: where the disk is full nothing was written and everyone may ask again; then it works again."""
    assert store._reader is not None
    await store.chore(lambda connection, *_: connection.exec_driver_sql("PRAGMA max_page_count=1").close())
    big = [making.post(f"p{n}", text="x" * 50_000, thread=f"t{n}") for n in range(20)]
    many = [Decision(sightings=(Sighting(post=post),)) for post in big]
    outcomes = await asyncio.gather(*map(store.apply, many), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {DiskFull}
    assert not await store.known("forum", [post.id for post in big])
    assert not store.has_room
    database = store._writer.database
    assert isinstance(database, SQLite)
    assert database.reserve is not None
    database.reserve._looked = float("-inf")
    for _ in range(2):  # the second one waits for the housekeeping after the first
        await store.chore(lambda connection, *_: connection.exec_driver_sql("PRAGMA max_page_count=1000000").close())
    await asyncio.gather(*map(store.apply, many))
    assert len(await store.known("forum", [post.id for post in big])) == 20


async def test_a_write_error_ends_everything(store: SqlStore) -> None:
    """H04: it is never tried again, and no later call believes that all is well."""

    @event.listens_for(writing(store), "before_cursor_execute")
    def failing(*_: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR | 4 << 8
        error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        raise OperationalError("", {}, error)

    with pytest.raises(StoreLost, match="FSYNC"):
        await store.apply(page(posts(1)))
    event.remove(writing(store), "before_cursor_execute", failing)
    with pytest.raises(StoreLost):
        await store.apply(page(posts(1)))


async def test_a_statement_that_can_never_work_is_its_callers_alone(store: SqlStore) -> None:
    """C20: the others of its group are written, and its text holds no values (law 7)."""
    broken = store.chore(lambda connection, *_: connection.exec_driver_sql("INSERT INTO nowhere VALUES ('secret')"))
    outcomes = await asyncio.gather(broken, store.apply(page(posts(2))), return_exceptions=True)
    assert isinstance(outcomes[0], Exception)
    assert "secret" not in str(outcomes[0]) + repr(outcomes[0].__cause__)
    assert len(await store.known("forum", ["p0", "p1"])) == 2


async def test_housekeeping_that_fails_ends_nothing(store: SqlStore, path: Path) -> None:
    """H01: where the marker cannot be written there is a warning, and everything goes on."""
    database = store._writer.database
    assert isinstance(database, SQLite)
    assert database.keeper is not None
    database.keeper.place = path.parent / "nowhere" / "marker"
    database.keeper._written = float("-inf")
    await store.apply(Decision(facts=(Fact(key="f1", kind="test", at=NOW),)))
    await store.apply(Decision(facts=(Fact(key="f2", kind="test", at=NOW),)))


async def test_a_caller_that_gave_up_does_not_stop_the_writer(store: SqlStore) -> None:
    """A cancelled wait cancels nothing that was written."""
    waiting = asyncio.create_task(store.apply(page(posts(1))))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await store.apply(Decision(sightings=(Sighting(post=making.post("later", thread="t9")),)))
    assert len(await store.known("forum", ["p0", "later"])) == 2


async def test_a_closed_store_says_so(path: Path, clock: MovableClock) -> None:
    """Nobody waits for ever."""
    store = open_store(path, clock=clock, create=True, platforms={})
    store.close()
    with pytest.raises(StoreLost, match="closed"):
        await store.apply(page(posts(1)))


WORKER = """
import asyncio, sys
from bridge.core.decision import Decision
from bridge.core.effects import Intent, Judge
from bridge.core.events import Sighting
from bridge.store.open import open_store
from bridge.store.postgres import PostgreSQL
from bridge.store.problems import DiskFull
from bridge.store.sqlite import SQLite
from bridge.testing import making
from bridge.testing.fittings import MovableClock

async def work(store, task):
    for number in range(100_000):
        post = making.post(f"{sys.argv[2]}-{task}-{number}", thread=f"t{task}-{number}")
        intent = Intent(effect=Judge(post=post), at=making.NOW)
        await store.apply(Decision(sightings=(Sighting(post=post),), intents=(intent,)))
        print(post.id, flush=True)

async def main():
    store = open_store(sys.argv[1], clock=MovableClock(), create=True, platforms={})
    await asyncio.gather(*(work(store, task) for task in range(10)))

asyncio.run(main())
"""


async def test_what_was_acknowledged_survives_a_kill(path: Path, clock: MovableClock) -> None:
    """P6: every answered decision is there, whole, however the process ends."""
    acknowledged: set[str] = set()
    for turn in range(5):
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, str(path), str(turn), stdout=asyncio.subprocess.PIPE
        )
        assert worker.stdout is not None
        for _ in range(50 + 37 * turn):
            acknowledged.add((await worker.stdout.readline()).decode().strip())
        os.kill(worker.pid, signal.SIGKILL)
        rest = await worker.stdout.read()
        acknowledged |= set(rest.decode().split("\n")[:-1])
        await worker.wait()
    store = open_store(path, clock=clock, create=False, platforms={})
    assert not store.rolled_back
    assert set(await store.known("forum", sorted(acknowledged))) == acknowledged
    counts = await store.read(lambda c: [len(contents(c)[table]) for table in ("post", "outbox")])
    assert counts[0] == counts[1] >= len(acknowledged)
    store.close()


LIMITED = """
import asyncio, resource, sys
from bridge.core.decision import Decision
from bridge.core.events import Sighting
from bridge.ports import StoreLost
from bridge.store.open import open_store
from bridge.store.postgres import PostgreSQL
from bridge.store.problems import DiskFull
from bridge.store.sqlite import SQLite
from bridge.testing import making
from bridge.testing.fittings import MovableClock

async def main():
    store = open_store(sys.argv[1], clock=MovableClock(), create=True, platforms={})
    resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, resource.RLIM_INFINITY))
    try:
        for number in range(1000):
            post = making.post(str(number), text="x" * 5000, thread=str(number))
            await store.apply(Decision(sightings=(Sighting(post=post),)))
            print("stored", post.id, flush=True)
    except StoreLost:
        sys.exit(3)

asyncio.run(main())
"""


async def test_a_real_write_error_ends_the_process_and_loses_nothing(path: Path, clock: MovableClock) -> None:
    """FT14: the system refuses to write on; what was acknowledged is there at the next start."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LIMITED, str(path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    told, _ = await worker.communicate()
    assert worker.returncode == 3
    acknowledged = [line.split()[1] for line in told.decode().splitlines() if line.startswith("stored")]
    assert acknowledged
    store = open_store(path, clock=clock, create=False, platforms={})
    assert set(await store.known("forum", acknowledged)) == set(acknowledged)
    store.close()


async def test_intents_in_one_decision_stand_in_its_order(store: SqlStore) -> None:
    """Parts of a long answer."""
    parts = [making.publish(f"part {n}", letter="f", part=n) for n in range(5)]
    await store.apply(Decision(intents=tuple(Intent(effect=part, at=NOW) for part in parts)))
    for part in parts:
        (row,) = await claim(store)
        assert row.key == part.key
        await store.apply(Decision(settlements=(Settlement(key=row.key, state=State.DONE, epoch=row.epoch),)))
