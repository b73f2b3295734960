"""The store on PostgreSQL with fsync: durable posts beside plain connections, claims beside pgqueuer and procrastinate, on one cluster.

Ours claims a hundred rows at a time; `done` settles each of them besides, as the queues do with their jobs.
"""

import asyncio
import json
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
from store import LEASE, apply_all, claim_all, decision, finished_rows, insert
from telling import tell

from bridge.core.decision import Decision
from bridge.core.effects import Claimed, Settlement, State
from bridge.store.open import open_store
from bridge.store.store import SqlStore
from bridge.testing.fittings import MovableClock
from bridge.testing.postgres import Cluster, postgres_cluster

POSTS = 4_000
CLAIMS = 20_000
NODES = 4

Results = dict[str, float]


def plain_psycopg(url: str, count: int) -> float:
    """Our tables; the same three statements and a commit for each post, prepared by psycopg."""
    open_store(url, clock=MovableClock(), create=True, platforms={}).close()
    rows = finished_rows(0, count)
    texts = [
        insert(table, row).replace("?", "%s")
        for table, row in zip(("identity", "post", "outbox"), rows[0], strict=True)
    ]

    def work(part: list[Any]) -> None:
        with psycopg.connect(url) as connection:
            for each in part:
                for text, row in zip(texts, each, strict=True):
                    connection.execute(text, tuple(row.values()))
                connection.commit()

    threads = [threading.Thread(target=work, args=(rows[number::NODES],)) for number in range(NODES)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - start)


def nodes(url: str) -> list[SqlStore]:
    """As many nodes over one database."""
    return [open_store(url, clock=MovableClock(), create=True, platforms={}) for _ in range(NODES)]


def durable_posts(cluster: Cluster) -> Results:
    """Posts each second."""
    stores = nodes(cluster.create())
    ours = asyncio.run(apply_all(stores, [decision(number) for number in range(POSTS)], 20 * NODES))
    for store in stores:
        store.close()
    return {
        "plain psycopg, 4 connections": round(plain_psycopg(cluster.create(), POSTS)),
        "bridge, 4 nodes, 20 tasks each": round(ours),
    }


async def _settle(store: SqlStore, row: Claimed) -> None:
    await store.apply(Decision(settlements=(Settlement(key=row.key, state=State.DONE, epoch=row.epoch),)))


async def _done_all(stores: list[SqlStore]) -> float:
    """Rows that are claimed and settled each second, each by a decision of its own."""
    count = 0

    async def work(store: SqlStore, owner: str) -> None:
        nonlocal count
        while rows := (await store.claim(["judge"], 100, owner=owner, lease=LEASE)).rows:
            await asyncio.gather(*(_settle(store, row) for row in rows))
            count += len(rows)

    start = time.perf_counter()
    await asyncio.gather(*(work(store, f"o{number}") for number, store in enumerate(stores)))
    return count / (time.perf_counter() - start)


async def _claimed(url: str, *, done: bool) -> float:
    stores = nodes(url)
    try:
        await apply_all(stores, [decision(number) for number in range(CLAIMS)], 100 * NODES)
        return await (_done_all(stores) if done else claim_all(stores))
    finally:
        for store in stores:
            store.close()


def queues(cluster: Cluster) -> Results:
    """What the peers say, which live in an environment of their own."""
    if "PEERS" not in os.environ:
        return {}
    program = [str(Path(os.environ["PEERS"]) / "bin" / "python"), str(Path(__file__).with_name("queues.py"))]
    command = [*program, str(CLAIMS), cluster.create(), cluster.create()]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env={"PATH": os.environ["PATH"]})
    found: Results = json.loads(told.stdout)
    return found


def claims(cluster: Cluster) -> Results:
    """Rows or jobs each second."""
    ours = {
        "bridge, 4 couriers, claims of 100": round(asyncio.run(_claimed(cluster.create(), done=False))),
        "bridge, 4 couriers, claimed and done": round(asyncio.run(_claimed(cluster.create(), done=True))),
    }
    return ours | queues(cluster)


def main() -> None:
    """Print a table, or JSON with `--json`."""
    with postgres_cluster({}) as cluster:
        results = {"durable posts/s": durable_posts(cluster), "claims/s": claims(cluster)}
    tell(results)


if __name__ == "__main__":
    main()
