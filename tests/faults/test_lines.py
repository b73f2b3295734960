"""FT06: the lines to mail server, mailbox, platform and database are slow, choppy, narrow, cut, reset or silent, each kind at each peer."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from faults.behind import Peers, behind_all, mend, spoil
from faults.life import Life

from bridge.testing.postgres import PACKAGES, Cluster, postgres_cluster, programs
from bridge.testing.postoffice import PostOffice
from bridge.testing.toxics import Bandwidth, Latency, LimitData, ResetPeer, Slicer, SlowClose, Timeout, Toxic

pytestmark = [pytest.mark.xdist_group("post office"), pytest.mark.timeout(7200)]

ROUNDS = {"ci": 1, "release": 20}[os.environ.get("BRIDGE_FAULTS", "ci")]
FAULT = 4.0
"""Seconds that a fault lasts."""
RECOVERY = 60.0
"""Seconds after its end within which what comes anew must reach its far end."""

KINDS: tuple[Toxic, ...] = (
    Latency(seconds=0.2, jitter=0.3),
    Slicer(size=11, seconds=0.001),
    Bandwidth(rate=20_000),
    LimitData(limit=700),
    ResetPeer(seconds=0.05),
    Timeout(seconds=2.0),
    SlowClose(seconds=1.0),
)


@pytest.fixture(scope="module")
def cluster(require: Callable[[list[str], tuple[str, ...]], None]) -> Iterator[Cluster]:
    if programs() is None:
        require(["initdb"], PACKAGES)
    with postgres_cluster() as running:
        yield running


@pytest.fixture
async def lives(post_office: PostOffice, cluster: Cluster, tmp_path: Path) -> AsyncIterator[tuple[Life, Peers]]:
    """Everybody behind a proxy of their own."""
    async with behind_all(post_office, tmp_path, cluster) as both:
        yield both


def spoiled(peers: Peers, number: int) -> None:
    """Each peer has another fault; after as many turns as there are kinds each has had each."""
    for place, proxy in enumerate(peers.values()):
        spoil(proxy, KINDS[(number + place) % len(KINDS)])


def said(one: Life) -> set[str]:
    """Posts whose answers stand on the platform, or wait for a person."""
    texts = " ".join([*(item.text for item in one.forum.said()), *one.held()])
    return {tag for tag in one.posts if tag.replace("post", "answer") in texts}


async def test_no_line_loses_or_doubles_anything(lives: tuple[Life, Peers]) -> None:
    one, peers = lives
    await one.start_again()
    await one.until(lambda: one.is_met)
    slowest = 0.0
    for number in range(ROUNDS * len(KINDS)):
        spoiled(peers, number)
        one.write()
        await lived(one, FAULT)
        mend(peers)
        slowest = max(slowest, await recovered(one))
    await one.until(one.step)
    finding = one.finding()
    print(f"{number + 1} turns, {len(one.posts)} posts, {finding.repeated} came again, slowest after {slowest:.1f} s")  # noqa: T201 - the figures of a run
    assert slowest <= RECOVERY
    assert one.held() == []
    assert one.ends == []
    assert await one.node.stop() == 0
    assert one.broken() == ()


async def lived(one: Life, seconds: float) -> None:
    """People go on for so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.to_thread(one.answer_all)
        await asyncio.sleep(0.2)


async def recovered(one: Life) -> float:
    """Seconds until a post that comes now is answered."""
    begun = time.monotonic()
    one.write()
    newest = one.posts[-1]

    def is_answered() -> bool:
        one.answer_all()
        return newest in said(one)

    await one.until(is_answered)
    return time.monotonic() - begun
