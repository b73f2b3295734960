"""Opening: one owner, a sound and whole database that was not rolled back, or one clear line why not."""

import asyncio
import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridge.core.decision import Decision, Fact
from bridge.ports import TemporaryProblem
from bridge.store import file, migrate, place
from bridge.store.marker import place as marker_of
from bridge.store.open import open_beside, open_store, reading, upgrade
from bridge.store.problems import CannotOpen
from bridge.store.reports import facts
from bridge.store.sqlite import SQLite
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.making import NOW
from bridge.testing.postgres import Cluster
from bridge.testing.store_deciding import page, posts


@pytest.fixture
def reopen(path: Path, clock: MovableClock) -> Callable[[], SqlStore]:
    return lambda: open_store(path, clock=clock, create=True, platforms={})


async def used(store: SqlStore, count: int = 3) -> None:
    """Let something happen, so that there is something to lose."""
    for number in range(count):
        await store.apply(Decision(facts=(Fact(key=f"{os.urandom(8).hex()}|{number}", kind="test", at=NOW),)))


def test_the_directory_has_one_owner(store: SqlStore, reopen: Callable[[], SqlStore]) -> None:
    """H10."""
    with pytest.raises(CannotOpen, match="already at work"):
        reopen()
    store.close()
    reopen().close()


def test_nobody_else_can_read_it(store: SqlStore, path: Path) -> None:
    """I05: the directory 0700, every file 0600."""
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert path.name in modes


def test_a_missing_database_is_made_only_where_that_is_wanted(path: Path, clock: MovableClock) -> None:
    """H03: and never in place of one that is gone."""
    path.parent.mkdir()
    with pytest.raises(CannotOpen, match="there is no database"):
        open_store(path, clock=clock, create=False, platforms={})
    open_store(path, clock=clock, create=True, platforms={}).close()
    path.unlink()
    with pytest.raises(CannotOpen, match="gone"):
        open_store(path, clock=clock, create=True, platforms={})
    path.touch()
    with pytest.raises(CannotOpen, match="gone"):
        open_store(path, clock=clock, create=True, platforms={})


def _read(path: Path) -> bytes:
    return path.read_bytes()


def _header(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 100)


def _middle(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[4096 : 4096 * 3] = os.urandom(4096 * 2)
    path.write_bytes(whole)


def _short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 4096 * 5 + 100])


@pytest.mark.parametrize("damage", [_header, _middle, _short])
async def test_a_damaged_database_is_refused(
    store: SqlStore, path: Path, reopen: Callable[[], SqlStore], damage: Callable[[Path], None]
) -> None:
    """FT16: with the way to restore it, and without touching it."""
    await used(store)
    store.close()
    damage(path)
    before = _read(path)
    with pytest.raises(CannotOpen, match=r"damaged.*cp BACKUP"):
        reopen()
    assert _read(path) == before


async def test_an_older_copy_starts_paused(store: SqlStore, path: Path, reopen: Callable[[], SqlStore]) -> None:
    """C19: and stays so until an operator ends it."""
    await used(store)
    store.close()
    shutil.copy(path, path.with_suffix(".backup"))
    later = reopen()
    await used(later)
    later.close()
    shutil.copy(path.with_suffix(".backup"), path)
    restored = reopen()
    assert "older copy" in restored.rolled_back
    assert await restored.switches() == {"publishing": "paused"}
    restored.close()
    again = reopen()
    assert not again.rolled_back
    assert await again.switches() == {"publishing": "paused"}
    again.close()


async def test_a_copy_of_the_same_run_is_recognised_too(
    store: SqlStore, path: Path, reopen: Callable[[], SqlStore]
) -> None:
    """C19: by the last fact that the marker names, not by the count of openings alone."""
    await used(store)
    source, target = sqlite3.connect(path), sqlite3.connect(path.with_suffix(".backup"))
    source.backup(target)
    source.close()
    target.close()
    await used(store)
    store.close()
    shutil.copy(path.with_suffix(".backup"), path)
    restored = reopen()
    assert "last fact" in restored.rolled_back
    restored.close()


async def test_a_lost_log_is_recognised(store: SqlStore, path: Path, reopen: Callable[[], SqlStore]) -> None:
    """FT16: the write-ahead log was taken away with what only it held."""
    store.close()
    running = reopen()
    await used(running)
    live = path.with_suffix(".live")
    shutil.copy(path, live)
    running.close()
    live.replace(path)
    restored = reopen()
    assert restored.rolled_back
    restored.close()


async def test_a_marker_of_another_database_or_none_is_recognised(
    store: SqlStore, path: Path, reopen: Callable[[], SqlStore]
) -> None:
    """C19: a copy that was restored on another machine."""
    await used(store)
    store.close()
    for spoil in (
        marker_of(path).unlink,
        lambda: marker_of(path).write_text("{}"),
        lambda: marker_of(path).write_text("["),
    ):
        spoil()
        restored = reopen()
        assert "marker" in restored.rolled_back
        restored.close()
    calm = reopen()
    assert not calm.rolled_back
    calm.close()


def test_an_unused_database_may_lose_its_marker(store: SqlStore, path: Path, reopen: Callable[[], SqlStore]) -> None:
    """A crash between making the database and its marker is no restore."""
    store.close()
    marker_of(path).unlink()
    again = reopen()
    assert not again.rolled_back
    assert again.generation.number == 2
    again.close()


def test_network_file_systems_are_told_apart() -> None:
    """H11: after lines of proc_pid_mountinfo(5)."""
    mounts = (
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
        "90 22 0:40 / /srv rw,relatime shared:50 master:2 - nfs4 files:/srv rw,vers=4.2\n"
        "91 90 0:41 / /srv/local\\040disk rw - xfs /dev/vdb rw\n"
        "92 22 0:42 / /mnt/share rw - cifs //files/share rw\n"
    )
    assert place.filesystem(Path("/var/lib/bridge"), mounts) == "ext4"
    assert place.filesystem(Path("/srv/bridge"), mounts) == "nfs4"
    assert place.filesystem(Path("/srv/local disk/bridge"), mounts) == "xfs"
    assert place.filesystem(Path("/srvx"), mounts) == "ext4"
    assert place.filesystem(Path("/mnt/share/x"), mounts) == "cifs"


def test_a_network_file_system_is_refused(
    path: Path, reopen: Callable[[], SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """H11."""
    monkeypatch.setattr(place, "filesystem", lambda *_: "nfs4")
    with pytest.raises(CannotOpen, match="network file system"):
        reopen()
    assert not path.exists()


async def test_a_lock_of_another_program_is_waited_for(path: Path, clock: MovableClock, store: SqlStore) -> None:
    """H02, FT15: a short one is not noticed, a long one is told and ends by itself."""
    database = store._writer.database
    assert isinstance(database, SQLite)
    await store.chore(lambda connection, *_: connection.exec_driver_sql("PRAGMA busy_timeout=20").close())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    database.patience = 0.05
    with pytest.raises(TemporaryProblem, match=r"`fuser -v .*` names it"):
        await store.apply(page(posts(1)))
    other.execute("ROLLBACK")
    other.close()
    assert (await store.apply(page(posts(1)))).applied


def test_a_newer_or_half_schema_is_refused(bare: str | Path, clock: MovableClock) -> None:
    """C23: with one clear line, and nothing is changed."""
    store = open_store(bare, clock=clock, create=True, platforms={})
    writing = store._writer.database.writing  # type: ignore[attr-defined] # both databases have it
    store.close()
    for spoil, word in (
        ("UPDATE alembic_version SET version_num = '9999'", "newer version"),
        ("DELETE FROM alembic_version", "incomplete"),
        ("DROP TABLE alembic_version", "incomplete"),
    ):
        with writing.begin() as connection:
            connection.exec_driver_sql(spoil)
        with pytest.raises(CannotOpen, match=word):
            open_store(bare, clock=clock, create=True, platforms={})
        with pytest.raises(CannotOpen, match=word):
            open_beside(bare, clock=clock, platforms={})
        with pytest.raises(CannotOpen, match=word), reading(bare):
            pass
    writing.dispose()


async def test_a_step_that_fails_changes_nothing(
    store: SqlStore, path: Path, reopen: Callable[[], SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """C23: and a copy of the whole database lies beside it."""
    await used(store)
    store.close()
    monkeypatch.setattr(migrate, "REVISIONS", ("0000", *migrate.REVISIONS))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    with pytest.raises(CannotOpen, match="as it was"):
        reopen()
    copy = path.with_name(f"{path.name}.before-{migrate.REVISIONS[-1]}")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    for each in (path, copy):
        whole = sqlite3.connect(each)
        assert whole.execute("SELECT count(*) FROM fact").fetchone() == (3,)
        assert whole.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)
        whole.close()


def test_an_older_server_names_the_command(
    cluster: Cluster, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several nodes may be at work: only a person knows when none is."""
    url = cluster.create()
    open_store(url, clock=clock, create=True, platforms={}).close()
    monkeypatch.setattr(migrate, "REVISIONS", (*migrate.REVISIONS, "9999"))
    with pytest.raises(CannotOpen, match="bridge db upgrade"):
        open_store(url, clock=clock, create=True, platforms={})


def test_upgrading_a_current_database_is_nothing(bare: str | Path, clock: MovableClock) -> None:
    """And a server's empty database gets its tables by it."""
    if isinstance(bare, str):
        with pytest.raises(CannotOpen, match="no tables"):
            open_store(bare, clock=clock, create=False, platforms={})
        upgrade(bare)
        open_store(bare, clock=clock, create=False, platforms={}).close()
    else:
        open_store(bare, clock=clock, create=True, platforms={}).close()
    upgrade(bare)


async def test_commands_work_beside_the_daemon(either: SqlStore, place: str | Path, clock: MovableClock) -> None:
    """Both write, each sees the other, and the record stays one."""
    await used(either)
    beside = open_beside(place, clock=clock, platforms={})
    await beside.apply(Decision(record=None, facts=(Fact(key="by-command", kind="test", at=NOW),)))
    beside.close()
    await used(either)
    assert not (await either.apply(Decision(once="by-command"))).applied
    with reading(place) as connection:
        assert len(facts(connection, 0, 100)) == 7
        with pytest.raises(sa.exc.DBAPIError):
            connection.exec_driver_sql("DELETE FROM fact")


async def test_a_command_tells_of_a_lock_within_seconds(
    path: Path, clock: MovableClock, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person sits before it, and must know which program to look at."""
    await store.apply(page(posts(1)))
    monkeypatch.setattr(file, "_PATIENCE", 0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    with pytest.raises(TemporaryProblem, match=r"`fuser -v .*bridge\.db` names it"):
        await asyncio.to_thread(open_beside, path, clock=clock, platforms={})
    assert time.monotonic() - begun < 15
    other.close()


def test_reading_needs_a_database(path: Path, clock: MovableClock) -> None:
    """Reports make nothing, and one that was lost is no new one."""
    with pytest.raises(CannotOpen, match="there is no database"), reading(path):
        pass
    with pytest.raises(CannotOpen, match="there is no database"):
        open_beside(path, clock=clock, platforms={})
    assert not path.parent.exists()
    path.parent.mkdir()
    marker_of(path).write_text('{"token": "t", "number": 1}')
    with pytest.raises(CannotOpen, match="restore a backup"), reading(path):
        pass


def test_a_server_that_is_away_is_a_matter_of_time(clock: MovableClock) -> None:
    """C27."""
    with pytest.raises(TemporaryProblem):
        open_store("postgresql://nobody:word@127.0.0.1:1/nothing", clock=clock, create=True, platforms={})


async def test_posts_are_there_for_whoever_opens_next(store: SqlStore, reopen: Callable[[], SqlStore]) -> None:
    """The plainest restart."""
    await store.apply(page([making.post()]))
    store.close()
    again = reopen()
    assert set(await again.known("forum", ["p1"])) == {"p1"}
    again.close()
