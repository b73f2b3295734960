"""A disk that is really full: nothing new is taken in, what was begun is settled, and it mends itself (H01, FT13)."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge.core.decision import Decision
from bridge.core.effects import Intent, Row, Settlement, State
from bridge.core.events import Sighting
from bridge.store.fsck import check
from bridge.store.open import open_store
from bridge.store.problems import DiskFull
from bridge.store.sqlite import SQLite
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.making import NOW
from bridge.testing.store_claiming import claim

MIB = 1 << 20


@pytest.fixture
def disk(tmp_path: Path, leave_out: Callable[[str], None]) -> Iterator[Path]:
    """A file system of 44 MiB."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=44m", "tmpfs", mounted], check=False, capture_output=True
    )
    if made.returncode:
        leave_out("not run, a file system of its own cannot be mounted: run these tests as root")
    yield mounted
    subprocess.run(["umount", mounted], check=True)


def fill(disk: Path, left: int) -> Path:
    """Take all room but so many bytes."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(bytes(MIB // 4))
                file.flush()
        except OSError:
            pass
        size = file.tell()
    with filler.open("r+b") as file:
        file.truncate(max(0, size - left))
    return filler


def room(store: SqlStore) -> bool:
    return store.has_room


async def until_full(store: SqlStore, stored: list[str]) -> None:
    """Take in what there is room for."""
    for number in range(1000):
        post = making.post(f"p{number}", text="x" * 20_000, thread=f"t{number}")
        await store.apply(Decision(sightings=(Sighting(post=post),)))
        stored.append(post.id)


async def test_a_full_disk_is_survived(disk: Path, clock: MovableClock) -> None:
    """What was acknowledged is there, what was not is not, and no hand is needed."""
    store = open_store(disk / "bridge.db", clock=clock, create=True, platforms={})
    database = store._writer.database
    assert isinstance(database, SQLite)
    assert database.reserve is not None
    assert room(store)
    await store.apply(Decision(intents=(Intent(effect=making.publish(), at=NOW),)))
    (row,) = await claim(store)
    filler = fill(disk, MIB)
    stored: list[str] = []
    with pytest.raises(DiskFull):
        await until_full(store, stored)
    assert not room(store)
    with pytest.raises(DiskFull):
        await store.apply(Decision(sightings=(Sighting(post=making.post("small")),)))
    await store.apply(Decision(settlements=(Settlement(key=row.key, state=State.DONE, epoch=row.epoch),)))
    filler.unlink()
    database.reserve._looked = float("-inf")
    for _ in range(2):  # the second one waits for the housekeeping after the first
        await store.claim(["judge"], 1, owner="me", lease=NOW - NOW)
    assert room(store)
    await store.apply(Decision(sightings=(Sighting(post=making.post("small")),)))
    assert set(await store.known("forum", [*stored, "small"])) == {*stored, "small"}
    kept = await store.kept(row.key)
    assert isinstance(kept, Row)
    assert kept.state is State.DONE
    findings = await store.read(lambda connection: check(connection, 0))
    assert "file_whole" not in {finding.invariant for finding in findings}
    store.close()


async def test_a_start_without_room_takes_nothing_in(disk: Path, clock: MovableClock) -> None:
    """And settles what was left."""
    open_store(disk / "bridge.db", clock=clock, create=True, platforms={}).close()
    filler = fill(disk, MIB)
    store = open_store(disk / "bridge.db", clock=clock, create=False, platforms={})
    assert not room(store)
    with pytest.raises(DiskFull):
        await store.apply(Decision(sightings=(Sighting(post=making.post()),)))
    await store.apply(Decision(intents=(Intent(effect=making.tell(), at=NOW),)))
    filler.unlink()
    store.close()
