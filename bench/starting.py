"""How soon the bridge is there and what it costs at rest: its version, the way until it polls, and an idle daemon with a thousand feeds."""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from mailing import daemon
from surroundings import Cost, Feeds, Sink, feed_server, sink, timed
from telling import tell

from bridge.testing.node import Node

ROUNDS = 7
FEEDS = 1_000
ENTRIES = 2
SETTLED, LAST = 3, 12
"""Rounds of polls after which memory is looked at."""
PACE = 10
"""Seconds between the polls of a feed, and seconds for which the daemon is watched when it polls nothing."""
USUAL = 300
"""Seconds between polls for which the share of a core is told."""
LONGEST = 240.0
"""Seconds that anything here may take."""

Results = dict[str, dict[str, float]]


async def command(*words: str) -> dict[str, float]:
    """A command that does nothing much, from its start to its end."""
    rounds = [await asyncio.to_thread(timed, list(words), env={}) for _ in range(ROUNDS)]
    seconds, cpu = (statistics.median(each) * 1e3 for each in zip(*rounds, strict=True))
    return {"milliseconds": seconds, "cpu_milliseconds": cpu}


async def ready() -> dict[str, float]:
    """From the start of the process until the daemon says that it runs, with a state that is there already."""
    seconds, cpu = [], []
    async with feed_server(Feeds(feeds=1, entries=1)) as urls:
        with tempfile.TemporaryDirectory() as directory, sink() as mails:
            async with daemon(Path(directory), urls, port=mails.port, interval="1h") as node:
                await _says_started(node, times=1)
                for number in range(ROUNDS):
                    await node.stop()
                    begun = time.perf_counter()
                    await node.start()
                    await _says_started(node, times=number + 2)
                    seconds.append(time.perf_counter() - begun)
                    cpu.append(Cost.of(node.pid).cpu)
    return {"seconds": statistics.median(seconds), "cpu_seconds": statistics.median(cpu)}


async def _says_started(node: Node, *, times: int) -> None:
    until = time.monotonic() + LONGEST
    while node.said().count('"started"') < times:
        if time.monotonic() > until or not node.alive:
            raise RuntimeError(f"the daemon said: {node.said()[-2000:]}\nit does not start")
        await asyncio.sleep(0.002)


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """A daemon whose posts are all mailed, and the server that counts how often it asks."""

    node: Node
    feeds: Feeds

    async def after(self, rounds: int) -> Cost:
        """What it has used when every feed was asked so often on average."""
        until = time.monotonic() + LONGEST
        while self.feeds.asked < rounds * FEEDS:
            if time.monotonic() > until:
                raise RuntimeError(f"the daemon said: {self.node.said()[-2000:]}\nonly {self.feeds.asked} polls came")
            await asyncio.sleep(0.05)
        return Cost.of(self.node.pid)


@asynccontextmanager
async def idle(interval: str) -> AsyncIterator[Idle]:
    """A daemon after its first poll."""
    feeds = Feeds(feeds=FEEDS, entries=ENTRIES)
    async with feed_server(feeds) as urls:
        with tempfile.TemporaryDirectory() as directory, sink() as mails:
            async with daemon(Path(directory), urls, port=mails.port, interval=interval) as node:
                await _mailed(mails)
                yield Idle(node=node, feeds=feeds)


async def _mailed(mails: Sink) -> None:
    await mails.fills(FEEDS * ENTRIES, within=LONGEST)
    await asyncio.sleep(5)  # until the last mails are settled


async def at_rest() -> float:
    """The share of a core that everything but polls takes."""
    async with idle("1h") as daemon:
        before = Cost.of(daemon.node.pid).cpu
        await asyncio.sleep(3 * PACE)
        return (Cost.of(daemon.node.pid).cpu - before) / (3 * PACE)


async def polling() -> dict[str, float]:
    """Memory and CPU of polls with nothing new, and what they come to at the usual pace."""
    resting = await at_rest()
    async with idle(f"{PACE}s") as daemon:
        settled, begun = await daemon.after(SETTLED), time.perf_counter()
        last = await daemon.after(LAST)
        seconds = time.perf_counter() - begun
    polls = (last.cpu - settled.cpu - resting * seconds) / (LAST - SETTLED)
    return {
        "mebibytes_after_3_rounds": settled.rss,
        "mebibytes_after_12_rounds": last.rss,
        "cpu_seconds_per_round": polls,
        "cpu_milliseconds_per_feed": polls / FEEDS * 1e3,
        "percent_of_a_core_without_polls": resting * 100,
        "percent_of_a_core_at_5_minutes": (polls / USUAL + resting) * 100,
    }


async def measured() -> Results:
    """All results."""
    r2e = str(Path(os.environ["PEERS"]) / "bin" / "r2e")
    return {
        "bridge --version": await command(sys.executable, "-m", "bridge", "--version"),
        "python -c pass": await command(sys.executable, "-c", "pass"),
        "r2e --version": await command(r2e, "--version"),
        "ready to poll": await ready(),
        "idle with 1,000 feeds": await polling(),
    }


def main() -> None:
    """Print a table, or JSON with `--json`."""
    tell(asyncio.run(measured()))


if __name__ == "__main__":
    main()
