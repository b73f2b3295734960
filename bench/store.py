"""The store beside plain loops over the same rows in the same run: durable posts, claims, look-ups, and flatness.

A post is stored with its raw form and the outbox row that asks for its judgement, durably (SQLite `synchronous=FULL`).
The plain loops only insert finished rows and commit each; ours encodes, compresses, checks and hands out besides.
`--full` takes ten million conversations and a million posts, and some minutes.
"""

import asyncio
import json
import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bridge.core.conversation import Record
from bridge.core.decision import Decision
from bridge.core.effects import Intent, Judge
from bridge.core.events import Sighting
from bridge.core.model import Author
from bridge.store import queries
from bridge.store.codec import long, to_json
from bridge.store.open import open_store
from bridge.store.prepared import prepare
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock

ROUNDS = 5
LEASE = timedelta(minutes=5)
RAW = json.dumps({"id": "1", "text": "Is the site down again? " * 8, "user": {"name": "Jane Doe"}}).encode()
Results = dict[str, float]


def decision(number: int) -> Decision:
    """What is decided upon one new post of one of a thousand customers."""
    post = making.post(
        f"p{number}",
        "Is the site down again? Third time this month.",
        thread=f"t{number}",
        author=Author(id=str(number % 1000)),
    )
    return Decision(
        sightings=(Sighting(post=post, raw=RAW),), intents=(Intent(effect=Judge(post=post), at=making.NOW),)
    )


@contextmanager
def file_store() -> Iterator[tuple[SqlStore, Path]]:
    """An empty store in a file."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "bridge.db"
        store = open_store(path, clock=MovableClock(), create=True, platforms={})
        try:
            yield store, path
        finally:
            store.close()


async def apply_all(stores: list[SqlStore], decisions: list[Decision], tasks: int) -> float:
    """Decisions each second, by so many tasks that each wait for theirs."""
    left = iter(decisions)

    async def work(store: SqlStore) -> None:
        for each in left:
            await store.apply(each)

    start = time.perf_counter()
    await asyncio.gather(*(work(stores[number % len(stores)]) for number in range(tasks)))
    return len(decisions) / (time.perf_counter() - start)


def ours(count: int, tasks: int, first: int) -> float:
    """Our rate on a new file."""
    with file_store() as (store, _):
        return asyncio.run(apply_all([store], [decision(first + n) for n in range(count)], tasks))


def ours_by_pages(count: int, size: int, first: int) -> float:
    """The same with pages of so many posts, one after the other, as one channel brings them."""
    singles = [decision(first + n) for n in range(count)]
    parts = [singles[start : start + size] for start in range(0, count, size)]
    pages = [
        Decision(sightings=sum((d.sightings for d in part), ()), intents=sum((d.intents for d in part), ()))
        for part in parts
    ]
    with file_store() as (store, _):
        return size * asyncio.run(apply_all([store], pages, 1))


def finished_rows(first: int, count: int) -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Rows as ours would write them."""
    made = []
    for number in range(first, first + count):
        ready = prepare(decision(number), {})
        post, intent = ready.sighted[0], ready.intended[0]
        more = {"seq": 1, "created": 1, "changed": 1}
        made.append((post.author | {"seen": 1}, post.row | {"seen": 1}, intent.row | more))
    return made


def insert(table: str, row: dict[str, Any]) -> str:
    """The statement for such a row."""
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))}) ON CONFLICT DO NOTHING"


def plain_same_tables(count: int, first: int) -> float:
    """The standard library's sqlite3 on our tables and indexes: three inserts and a commit for each post."""
    rows = finished_rows(first, count)
    with file_store() as (_, path):
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        texts = [insert(table, row) for table, row in zip(("identity", "post", "outbox"), rows[0], strict=True)]
        start = time.perf_counter()
        for each in rows:
            connection.execute("BEGIN IMMEDIATE")
            for text, row in zip(texts, each, strict=True):
                connection.execute(text, tuple(row.values()))
            connection.execute("COMMIT")
        rate = count / (time.perf_counter() - start)
        connection.close()
    return rate


def plain_bare_tables(count: int, first: int) -> float:
    """The same on the two barest tables that would do: two inserts, one index each."""
    rows = finished_rows(first, count)
    with tempfile.TemporaryDirectory() as directory:
        connection = sqlite3.connect(Path(directory) / "plain.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE post (id INTEGER PRIMARY KEY, native TEXT UNIQUE, body TEXT, raw BLOB)")
        connection.execute("CREATE TABLE outbox (id INTEGER PRIMARY KEY, key TEXT UNIQUE, due INTEGER, payload TEXT)")
        start = time.perf_counter()
        for _, post, intent in rows:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "INSERT INTO post (native, body, raw) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (post["native"], post["body"], post["raw"]),
            )
            connection.execute(
                "INSERT INTO outbox (key, due, payload) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (intent["key"], intent["due"], intent["payload"]),
            )
            connection.execute("COMMIT")
        rate = count / (time.perf_counter() - start)
        connection.close()
    return rate


def durable_posts(count: int) -> Results:
    """Posts each second on SQLite; all take turns, medians."""
    field: dict[str, Callable[[int], float]] = {
        "plain loop, bare tables": lambda first: plain_bare_tables(count, first),
        "plain loop, our tables": lambda first: plain_same_tables(count, first),
        "bridge, 20 tasks": lambda first: ours(2 * count, 20, first),
        "bridge, 200 tasks": lambda first: ours(2 * count, 200, first),
        "bridge, pages of 100": lambda first: ours_by_pages(4 * count, 100, first),
    }
    return _medians(field)


def _medians(field: dict[str, Callable[[int], float]]) -> Results:
    rates: dict[str, list[float]] = {name: [] for name in field}
    for turn in range(ROUNDS):
        for name, measure in field.items():
            rates[name].append(measure(turn * 1_000_000))
    return {name: round(statistics.median(each)) for name, each in rates.items()}


async def claim_all(stores: list[SqlStore]) -> float:
    """Rows each second that as many couriers get, a hundred at a time."""
    count = 0

    async def work(store: SqlStore, owner: str) -> None:
        nonlocal count
        while rows := (await store.claim(["judge"], 100, owner=owner, lease=LEASE)).rows:
            count += len(rows)

    start = time.perf_counter()
    await asyncio.gather(*(work(store, f"o{number}") for number, store in enumerate(stores)))
    return count / (time.perf_counter() - start)


def claims(count: int) -> Results:
    """Rows each second that one courier gets from SQLite, a hundred at a time."""

    async def one() -> float:
        with file_store() as (store, _):
            await apply_all([store], [decision(number) for number in range(count)], 200)
            return await claim_all([store])

    return {"bridge, claims of 100": round(statistics.median(asyncio.run(one()) for _ in range(ROUNDS)))}


def _conversations(path: Path, count: int) -> list[bytes]:
    """Fill the table with that many records under random ids, in sorted parts as time would bring them."""
    record = to_json(Record(key=making.post().conversation, version=1))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-500000")
    names = "id, version, phase, channel, identity, updated, record"
    sample: list[bytes] = []
    for _ in range(100):
        ids = sorted(secrets.token_bytes(10) for _ in range(count // 100))
        rows = ((each, 1, "waiting", "forum", b"", 1, record) for each in ids)
        connection.executemany(f"INSERT INTO conversation ({names}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        sample += ids[:: max(1, len(ids) // 100)]
    connection.commit()
    connection.close()
    return sample


def lookups(count: int) -> Results:
    """Microseconds from an id to its record among so many, and bytes of the map for each conversation."""
    with file_store() as (store, path):
        sample = [long(each) for each in _conversations(path, count)]
        secrets.SystemRandom().shuffle(sample)

        async def ask() -> list[float]:
            times = []
            for each in sample[:5_000]:
                start = time.perf_counter()
                await store.conversation(each)
                times.append(time.perf_counter() - start)
            return times

        there_and_back = sorted(asyncio.run(ask()))
        bare = sorted(asyncio.run(store.read(partial(_timed, sample=sample[5_000:]))))
        size = "SELECT sum(pgsize) FROM dbstat WHERE name = 'sqlite_autoindex_conversation_1'"
        with sqlite3.connect(path) as connection:
            index: int = connection.execute(size).fetchone()[0]
    return {
        "rows": count,
        "in the reader's thread, median": round(bare[len(bare) // 2] * 1e6),
        "in the reader's thread, p99": round(bare[len(bare) * 99 // 100] * 1e6),
        "with the way there and back, median": round(there_and_back[len(there_and_back) // 2] * 1e6),
        "with the way there and back, p99": round(there_and_back[len(there_and_back) * 99 // 100] * 1e6),
        "bytes of the map for each": round(index / count, 1),
    }


def _timed(connection: Any, sample: list[str]) -> list[float]:
    times = []
    for each in sample:
        start = time.perf_counter()
        assert queries.conversation(connection, each) is not None
        times.append(time.perf_counter() - start)
    return times


def flatness(most: int) -> Results:
    """Posts each second when so many are stored already."""
    results: Results = {}

    async def grow() -> None:
        with file_store() as (store, _):
            stored = 0
            for target in (10_000, 100_000, 1_000_000):
                if target > most:
                    break
                while stored < target - 5_000:
                    batch = [decision(stored + number) for number in range(5_000)]
                    await apply_all([store], batch, 500)
                    stored += 5_000
                batch = [decision(stored + number) for number in range(5_000)]
                results[f"at {target:,} posts"] = round(await apply_all([store], batch, 20))
                stored += 5_000

    asyncio.run(grow())
    return results


def measure(*, full: bool) -> dict[str, Results]:
    """All results."""
    return {
        "durable posts/s, SQLite": durable_posts(1_000),
        "claims/s, SQLite": claims(10_000),
        "conversation by id, microseconds": lookups(10_000_000 if full else 200_000),
        "posts/s as history grows": flatness(1_000_000 if full else 100_000),
    }


def main() -> None:
    """Print a table, or JSON with `--json`."""
    results = measure(full="--full" in sys.argv[1:])
    if "--json" in sys.argv[1:]:
        print(json.dumps(results))
        return
    for title, table in results.items():
        base = next(iter(table.values()), 0)
        for name, value in table.items():
            ratio = f"{value / base:6.1f} x" if base and "/s" in title else ""
            print(f"{title:34} {name:38} {value:12,.1f} {ratio}")


if __name__ == "__main__":
    main()
