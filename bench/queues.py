"""Job queues on PostgreSQL with jobs that do nothing: what the store is measured beside; runs in the environment of the peers.

The arguments are the number of jobs and the address of an empty database for each queue.
"""

import asyncio
import json
import sys
import time
from datetime import timedelta

import asyncpg
import procrastinate
from pgqueuer import QueueManager, models
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

WORKERS = 4
BATCH = 100
PARALLEL = 10
"""Jobs that a worker of procrastinate performs at once."""


async def pgqueuer(url: str, count: int) -> float:
    """Jobs each second, each worker with a connection of its own."""
    queries = Queries(AsyncpgDriver(await asyncpg.connect(url)))
    await queries.install()
    await queries.enqueue(["nothing"] * count, [None] * count, [0] * count)
    managers = [QueueManager(Queries(AsyncpgDriver(await asyncpg.connect(url)))) for _ in range(WORKERS)]
    for manager in managers:

        @manager.entrypoint("nothing")
        async def nothing(_job: models.Job) -> None: ...

    idle = timedelta(milliseconds=10)
    start = time.perf_counter()
    await asyncio.gather(
        *(each.run(dequeue_timeout=idle, batch_size=BATCH, mode=QueueExecutionMode.drain) for each in managers)
    )
    return count / (time.perf_counter() - start)


async def procrastinates(url: str, count: int) -> float:
    """Jobs each second."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=WORKERS, max_size=20))

    @app.task(name="nothing")
    async def nothing() -> None: ...

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await nothing.batch_defer_async(*({} for _ in range(count)))
        start = time.perf_counter()
        working = (
            app.run_worker_async(wait=False, concurrency=PARALLEL, install_signal_handlers=False, listen_notify=False)
            for _ in range(WORKERS)
        )
        await asyncio.gather(*working)
        return count / (time.perf_counter() - start)


async def measured(count: int, urls: list[str]) -> dict[str, float]:
    """Both rates; the slower one gets fewer jobs."""
    return {
        "pgqueuer, 4 workers": round(await pgqueuer(urls[0], count)),
        "procrastinate, 4 workers": round(await procrastinates(urls[1], count // 10)),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measured(int(sys.argv[1]), sys.argv[2:4]))))
