"""FT06: the lines to mail server, mailbox, platform and database are slow, choppy, narrow, cut, reset or silent, each kind at each peer."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from faults.life import Life, change, life
from yarl import URL

from bridge.testing.faults import FaultProxy
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
async def peers(post_office: PostOffice, cluster: Cluster) -> AsyncIterator[dict[str, FaultProxy]]:
    """A proxy before each server; that of the platform is set up once it is there."""
    ports = {"mail server": post_office.ports.submission, "mailbox": post_office.ports.imaps, "database": cluster.port}
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(FaultProxy("127.0.0.1", port)) for name, port in ports.items()}


@pytest.fixture
async def one(
    post_office: PostOffice, cluster: Cluster, peers: dict[str, FaultProxy], tmp_path: Path
) -> AsyncIterator[Life]:
    """Everybody behind a proxy of their own."""
    database = cluster.create()
    async with life(post_office, tmp_path, first=1) as lived:
        port = URL(lived.forum.url).port or 0
        async with FaultProxy("127.0.0.1", port) as platform:
            peers["platform"] = platform
            configuration = tmp_path / "config"
            for name, before in (
                ("mail server", post_office.ports.submission),
                ("mailbox", post_office.ports.imaps),
                ("platform", port),
            ):
                change(configuration, str(before), str(peers[name].port))
            change(configuration, "[bridge]\n", '[bridge]\ndatabase = { credential = "database" }\n')
            secret = configuration / "credentials" / "database"
            secret.write_text(database.replace(f":{cluster.port}/", f":{peers['database'].port}/"))
            secret.chmod(0o600)
            yield replace(lived, store=database)


def spoil(peers: dict[str, FaultProxy], number: int) -> None:
    """Each peer has another fault; after as many turns as there are kinds each has had each."""
    for place, proxy in enumerate(peers.values()):
        toxic = KINDS[(number + place) % len(KINDS)]
        proxy.up.append(toxic)
        proxy.down.append(toxic)


def mend(peers: dict[str, FaultProxy]) -> None:
    for proxy in peers.values():
        proxy.up.clear()
        proxy.down.clear()


def said(one: Life) -> set[str]:
    """Posts whose answers stand on the platform, or wait for a person."""
    texts = " ".join([*(item.text for item in one.forum.said()), *one.held()])
    return {tag for tag in one.posts if tag.replace("post", "answer") in texts}


async def test_no_line_loses_or_doubles_anything(one: Life, peers: dict[str, FaultProxy]) -> None:
    await one.start_again()
    await one.until(lambda: one.is_met)
    slowest = 0.0
    for number in range(ROUNDS * len(KINDS)):
        spoil(peers, number)
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
