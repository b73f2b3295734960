"""FT22: mild faults of all kinds together, for long; the daemon holds no more memory, descriptors, threads or tasks at the end."""

import asyncio
import os
import random
import re
import signal
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults.behind import Peers, behind, mend, spoil
from faults.life import Life, change

from bridge.testing.fakes.faults import Mode
from bridge.testing.postoffice import PostOffice
from bridge.testing.toxics import Bandwidth, Latency, LimitData, Slicer

SECONDS, RATE = {"ci": (90, 1.0), "release": (3600, 5.0)}[os.environ.get("BRIDGE_FAULTS", "ci")]
"""How long, and posts a second."""
SEED = 22
WARM = 0.4
"""Share of the time after which nothing may grow any more."""
GROWTH = 1.05
SPARE = 3
"""Descriptors and threads that come and go with connections: of mailbox, mail server, platform."""
LINES = (
    Latency(seconds=0.05, jitter=0.1),
    Slicer(size=200, seconds=0.001),
    Bandwidth(rate=100_000),
    LimitData(limit=9000),
)
MODES = (Mode.ACCEPT_LATE, Mode.ERROR, Mode.LISTING_ERROR, Mode.RATE_LIMIT)
MANY = "breaker = { per_conversation_hour = 100, per_conversation_day = 100, per_desk_hour = 100000, per_agent_hour = 100000 }"

pytestmark = [pytest.mark.xdist_group("post office"), pytest.mark.timeout(SECONDS + 900)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the process holds at a moment."""

    memory: int
    """Bytes."""
    descriptors: int
    threads: int


def held(pid: int) -> Held:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return Held(
        memory=int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) * 1024,
        descriptors=len(list(Path(f"/proc/{pid}/fd").iterdir())),
        threads=int(re.findall(r"Threads:\s+(\d+)", status)[0]),
    )


async def test_nothing_grows_under_mild_faults(post_office: PostOffice, tmp_path: Path) -> None:
    async with behind(post_office, tmp_path) as (one, peers):
        change(tmp_path / "config", 'min_typing = "0s"\n', f'min_typing = "0s"\n{MANY}\n')
        await one.start_again()
        await one.until(lambda: one.is_met)
        samples = await soaked(one, peers)
        await one.until(one.step)
        finding = one.finding()
        assert await one.node.stop() == 0
        assert one.broken() == ()
        assert one.ends == []
    warm, end = of(samples[int(len(samples) * WARM) :][: len(samples) // 5]), of(samples[-len(samples) // 5 :])
    print(f"{len(one.posts)} posts in {SECONDS} s, {finding.repeated} came again, {warm} then {end}")  # noqa: T201 - the figures of a run
    assert finding.fine
    assert end.memory <= warm.memory * GROWTH
    assert end.descriptors <= warm.descriptors + SPARE
    assert end.threads <= warm.threads + SPARE


def of(samples: list[Held]) -> Held:
    """The middle of some."""
    return Held(
        memory=int(statistics.median(each.memory for each in samples)),
        descriptors=int(statistics.median(each.descriptors for each in samples)),
        threads=int(statistics.median(each.threads for each in samples)),
    )


async def soaked(one: Life, peers: Peers) -> list[Held]:
    """Life goes on while lines and platform are a little bad, and the configuration is read anew."""
    chance, samples, begun = random.Random(SEED), [], time.monotonic()
    while time.monotonic() < begun + SECONDS:
        mend(peers)
        spoil(chance.choice(list(peers.values())), chance.choice(LINES))
        one.forum.heal()
        one.forum.fail(chance.choice(MODES), times=1, amount=0.2)
        os.kill(one.node.pid, signal.SIGHUP)
        for _ in range(5):
            one.write()
            await asyncio.sleep(1 / RATE)
            await asyncio.to_thread(one.answer_all)
            samples.append(held(one.node.pid))
    mend(peers)
    one.forum.heal()
    return samples
