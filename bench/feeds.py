"""Feeds polled by the channel, beside a bare script (aiohttp, fastfeedparser, nh3) on the same server in the same run.

The server runs in a process of its own; counted is the CPU time of this one.
"""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.queues import Queue

import aiohttp
import fastfeedparser
import nh3
from telling import tell

from bridge.channels import feed
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.feeds import FeedServer
from bridge.testing.fittings import MovableClock, fittings

SIZES = ((100, 20), (1000, 5))
IDLE_ROUNDS = 3
TEXT = "The <b>line</b> is down since this morning, and nobody answers the phone. " * 6

Results = dict[str, dict[str, float]]


def serve(told: "Queue[str]", feeds: int, entries: int, hangs: bool) -> None:  # noqa: FBT001 - arguments of a process
    """Serve until the process is ended."""

    async def run() -> None:
        server = FeedServer()
        address = await server.start()
        for number in range(feeds):
            for entry in range(entries):
                server.write(f"f{number}", f"author{entry}", f"{TEXT} {number}/{entry}", title=f"Entry {entry}")
        if hangs:
            server.fail(Mode.LISTING_HANG)
        told.put(address)
        await asyncio.Event().wait()

    asyncio.run(run())


@asynccontextmanager
async def server(feeds: int, entries: int, *, hangs: bool) -> AsyncIterator[str]:
    """The address of a server in its own process."""
    told: Queue[str] = multiprocessing.Queue()
    process = multiprocessing.Process(target=serve, args=(told, feeds, entries, hangs), daemon=True)
    process.start()
    yield await asyncio.to_thread(told.get)
    process.terminate()
    process.join()


def addresses(base: str, feeds: int) -> list[str]:
    """All feeds of a server."""
    return [f"{base}/f{number}.rss" for number in range(feeds)]


def channel(urls: Sequence[str], clock: MovableClock) -> feed.Feed:
    """As an operator would set it up for servers of one's own, which need no sparing."""
    given = {"urls": tuple(urls), "allow_private": True, "spacing": timedelta(0), "per_host": 20}
    return feed.Feed("bench", feed.Settings.model_validate({**given, "backfill": timedelta(days=1)}), fittings(clock))


async def drain(polled: feed.Feed, cursor: str | None) -> tuple[str, int]:
    """Poll until nothing more is there: the cursor and the number of posts."""
    posts = 0
    while True:
        page = await polled.poll(cursor)
        cursor, posts = page.cursor, posts + len(page.sightings)
        if not page.more:
            return page.cursor, posts


async def first_and_idle(feeds: int, entries: int) -> dict[str, float]:
    """The first poll with everything new, and polls with nothing new."""
    clock = MovableClock()
    async with server(feeds, entries, hangs=False) as base:
        polled = channel(addresses(base, feeds), clock)
        start, wall = time.process_time(), time.perf_counter()
        cursor, posts = await drain(polled, None)
        first, first_wall = time.process_time() - start, time.perf_counter() - wall
        assert posts == feeds * entries
        idle = []
        for _ in range(IDLE_ROUNDS):
            clock.advance(timedelta(hours=3))
            start = time.process_time()
            assert await drain(polled, cursor) == (cursor, 0)
            idle.append(time.process_time() - start)
        await polled.close()
    return {
        "entries_per_second": posts / first_wall,
        "cpu_microseconds_per_entry": first / posts * 1e6,
        "idle_cpu_milliseconds_per_feed": min(idle) / feeds * 1e3,
    }


async def floor(feeds: int, entries: int) -> dict[str, float]:
    """The least that does it: fetch, parse, sanitise; nothing is compared, kept or made into posts."""
    async with server(feeds, entries, hangs=False) as base, aiohttp.ClientSession() as session:
        start, wall = time.process_time(), time.perf_counter()
        found = 0
        room = asyncio.Semaphore(20)

        async def one(address: str) -> None:
            nonlocal found
            async with room, session.get(address) as answer:
                body = await answer.read()
            for entry in fastfeedparser.parse(body)["entries"]:
                found += bool(nh3.clean(entry["content"][0]["value"]))

        await asyncio.gather(*(one(address) for address in addresses(base, feeds)))
        spent, spent_wall = time.process_time() - start, time.perf_counter() - wall
    return {"entries_per_second": found / spent_wall, "cpu_microseconds_per_entry": spent / found * 1e6}


async def hung() -> dict[str, float]:
    """One host among twenty feeds takes the connection and says nothing: when is the last healthy post here?"""
    async with server(19, 5, hangs=False) as healthy, server(1, 5, hangs=True) as hanging:
        polled = channel([*addresses(healthy, 19), f"{hanging}/f0.rss"], MovableClock())
        start, cursor, posts = time.perf_counter(), None, 0
        while posts < 19 * 5:
            page = await polled.poll(cursor)
            cursor, posts = page.cursor, posts + len(page.sightings)
        waited = time.perf_counter() - start
        await polled.close()
    return {"seconds_until_the_last_healthy_post": waited}


async def measured() -> Results:
    """All results."""
    results: Results = {}
    for feeds, entries in SIZES:
        results[f"channel {feeds} x {entries}"] = await first_and_idle(feeds, entries)
        results[f"bare script {feeds} x {entries}"] = await floor(feeds, entries)
    results["one hung host among 20 feeds"] = await hung()
    return results


def measure() -> Results:
    """All results, for the table of all benchmarks."""
    return asyncio.run(measured())


def main() -> None:
    """Print a table, or JSON with `--json`."""
    tell(measure())


if __name__ == "__main__":
    main()
