"""PostgreSQL under trouble: lost answers to COMMIT, a server that dies, nodes that race."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bridge.core.conversation import Record
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Intent
from bridge.ports import Stale, TemporaryProblem
from bridge.store import audit, postgres, schema
from bridge.store.open import open_store
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.faults import FaultProxy
from bridge.testing.fittings import MovableClock
from bridge.testing.making import NOW
from bridge.testing.postgres import Cluster, postgres_cluster
from bridge.testing.store_deciding import MINUTE, page, posts
from bridge.testing.toxics import CutAfter, LimitData

COMMIT = b"COMMIT\0"
"""As the protocol carries it."""


@pytest.fixture
def url(emptied: str) -> str:
    return emptied


@pytest.fixture
async def proxy(cluster: Cluster) -> AsyncIterator[FaultProxy]:
    async with FaultProxy("127.0.0.1", cluster.port) as standing:
        yield standing


@pytest.fixture
async def far(url: str, cluster: Cluster, proxy: FaultProxy, clock: MovableClock) -> AsyncIterator[SqlStore]:
    """A store whose connections go through the proxy."""
    through = url.replace(f":{cluster.port}/", f":{proxy.port}/")
    opened = await asyncio.to_thread(open_store, through, clock=clock, create=True, platforms={})
    yield opened
    proxy.up.clear()
    await asyncio.to_thread(opened.close)


async def test_a_commit_whose_answer_is_lost_is_looked_up(far: SqlStore, proxy: FaultProxy) -> None:
    """C27, FT07: it was written, so its caller is told so; nothing is done twice."""
    await far.apply(page(posts(1)))
    proxy.up.append(CutAfter(word=COMMIT))
    with capture_logs() as logs:
        waiting = asyncio.create_task(far.apply(page(posts(3), before="c1", after="c2")))
        await proxy._connections[-1].swallowed.wait()
        proxy.up.clear()
        receipt = await waiting
    told = [(line["event"], line.get("written")) for line in logs]
    assert told == [("commit_unknown", None), ("commit_known", True)]
    assert (receipt.applied, receipt.new_posts) == (True, 2)
    assert await far.cursor("forum") == "c2"


async def test_a_commit_that_never_arrived_may_be_asked_again(far: SqlStore, proxy: FaultProxy) -> None:
    """C27: the connection broke before; certainly nothing was written."""
    await far.apply(page(posts(1)))
    proxy.up.append(LimitData(limit=50))
    waiting = asyncio.create_task(far.apply(page(posts(3), before="c1", after="c2")))
    await proxy._connections[-1].closed.wait()
    proxy.up.clear()
    with pytest.raises(TemporaryProblem):
        await waiting
    assert await far.cursor("forum") == "c1"
    assert (await far.apply(page(posts(3), before="c1", after="c2"))).new_posts == 2


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute in two seconds."""
    monkeypatch.setitem(postgres._CONNECT, "tcp_user_timeout", 2000)


@pytest.mark.usefixtures("impatient")
async def test_ft08_a_half_open_connection_is_noticed_and_replaced(far: SqlStore, proxy: FaultProxy) -> None:
    """Neither side is told: only our own time-out ends the wait; a reader asks again by itself, the writer's caller may."""
    await far.apply(page(posts(1)))
    await far.known("forum", ["p0"])
    proxy.part()
    begun = time.monotonic()
    assert len(await far.known("forum", ["p0"])) == 1
    with pytest.raises(TemporaryProblem):
        await far.apply(page(posts(3), before="c1", after="c2"))
    assert 2 < time.monotonic() - begun < 30
    assert (await far.apply(page(posts(3), before="c1", after="c2"))).new_posts == 2


async def test_a_server_that_dies_comes_back(clock: MovableClock) -> None:
    """FT04: callers may ask again, and everything that was acknowledged is there."""
    with postgres_cluster() as own:
        store = open_store(own.create(), clock=clock, create=True, platforms={})
        await store.apply(page(posts(2)))
        await store.known("forum", ["p0"])
        own.stop("immediate")
        with pytest.raises(TemporaryProblem):
            await store.apply(page(posts(3), before="c1", after="c2"))
        with pytest.raises(TemporaryProblem):
            await store.known("forum", ["p0"])
        own.start()
        assert len(await store.known("forum", ["p0", "p1", "p2"])) == 2
        assert (await store.apply(page(posts(3), before="c1", after="c2"))).new_posts == 1
        await asyncio.to_thread(store.close)


@pytest.fixture
async def nodes(url: str, clock: MovableClock) -> AsyncIterator[list[SqlStore]]:
    """Three nodes, opened in the same moment."""
    opening = (asyncio.to_thread(open_store, url, clock=clock, create=True, platforms={}) for _ in range(3))
    opened = await asyncio.gather(*opening)
    yield list(opened)
    for store in opened:
        store.close()


async def test_nodes_that_open_at_once_make_one_database(nodes: list[SqlStore]) -> None:
    """The advisory lock: one makes the tables, all count."""
    assert len({node.generation.token for node in nodes}) == 1
    assert sorted(node.generation.number for node in nodes) == [1, 2, 3]


async def test_nodes_that_poll_the_same_page_store_it_once(nodes: list[SqlStore]) -> None:
    """C13: one wins each cursor, the others are told."""
    for turn in range(10):
        before, after = f"c{turn}" if turn else None, f"c{turn + 1}"
        decision = page(posts(20 * (turn + 1)), before=before, after=after)
        outcomes = await asyncio.gather(*(node.apply(decision) for node in nodes), return_exceptions=True)
        assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 2
    batches = [await node.claim(["judge"], 100, owner="x", lease=MINUTE) for node in nodes]
    assert len({row.key for batch in batches for row in batch.rows}) == 200


async def test_nodes_that_claim_share_the_work(nodes: list[SqlStore]) -> None:
    """SKIP LOCKED: nobody gets a row that another has, and together they get all."""
    intents = tuple(Intent(effect=making.judge(post), at=NOW) for post in posts(600))
    await nodes[0].apply(Decision(intents=intents))
    taken: list[str] = []

    async def work(node: SqlStore, name: str) -> None:
        while batch := (await node.claim(["judge"], 20, owner=name, lease=MINUTE)).rows:
            taken.extend(row.key for row in batch)

    await asyncio.gather(*(work(node, f"n{number}") for number, node in enumerate(nodes)))
    assert len(taken) == len(set(taken)) == 600


async def test_nodes_that_write_in_one_lane_keep_its_order(nodes: list[SqlStore]) -> None:
    """Both put something behind the last row in the same moment: no two get one number."""
    answers = [making.publish(letter=f"f{number}") for number in range(60)]
    decisions = [Decision(intents=(Intent(effect=answer, at=NOW),)) for answer in answers]
    outcomes = await asyncio.gather(
        *(nodes[n % 3].apply(decision) for n, decision in enumerate(decisions)), return_exceptions=True
    )
    failed = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(problem, Stale) for problem in failed)
    query = sa.select(schema.outbox.c.seq)
    numbers = await nodes[0].read(lambda connection: [row.seq for row in connection.execute(query)])
    assert len(numbers) == len(set(numbers)) == 60 - len(failed)
    assert len((await nodes[0].claim(["publish"], 9, owner="x", lease=MINUTE)).rows) == 1


async def test_nodes_that_change_one_conversation_take_turns(nodes: list[SqlStore]) -> None:
    """Each version once."""
    record = Record(key=making.post().conversation)
    outcomes = await asyncio.gather(
        *(node.apply(Decision(record=record)) for node in nodes * 5), return_exceptions=True
    )
    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert {type(outcome) for outcome in outcomes if isinstance(outcome, Exception)} == {Stale}


async def test_a_key_that_two_nodes_write_at_once_is_written_once(nodes: list[SqlStore]) -> None:
    """Decisions with the same key: one is applied, the others are skipped."""
    decisions = [Decision(once="k", facts=(Fact(key="k", kind="test", at=NOW),)) for _ in nodes]
    outcomes = await asyncio.gather(*(node.apply(d) for node, d in zip(nodes, decisions, strict=True)))
    assert sorted(outcome.applied for outcome in outcomes) == [False, False, True]


async def test_each_node_has_its_own_chain_and_all_hold(nodes: list[SqlStore]) -> None:
    """G13: they never wait for each other, and each begins after a fact of the others."""
    for turn in range(5):
        facts = [Fact(key=f"{turn}-{number}", kind="test", at=NOW) for number in range(3)]
        await asyncio.gather(*(n.apply(Decision(facts=(f,))) for n, f in zip(nodes, facts, strict=True)))
    found = await nodes[0].read(audit.verify)
    assert (found.facts, found.chains, found.breaks) == (15, 3, ())


async def test_a_lease_ends_by_the_servers_clock(nodes: list[SqlStore], clock: MovableClock) -> None:
    """C14, FT17: a node whose own clock is a year ahead takes nothing over."""
    assert await nodes[0].lease("poll:forum", owner="a", length=MINUTE)
    clock.advance(timedelta(days=365))
    assert await nodes[1].lease("poll:forum", owner="b", length=MINUTE) is None
