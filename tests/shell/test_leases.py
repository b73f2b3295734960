"""Two nodes over one store: an inbox and a channel are used by one of them at a time, and taken over when it is gone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

import pytest

from bridge.core.policy import Policy
from bridge.core.replies import Letter
from bridge.ports import Lease
from bridge.shell import inbound, leases
from bridge.shell.health import Lookout
from bridge.shell.house import House
from bridge.store.open import open_store
from bridge.store.store import SqlStore
from bridge.testing.fittings import MovableClock

INBOX = "inbox:replies"
Node = Callable[[str], House]


class Waiting:
    """An inbox to which no letter comes and that is slow to hang up; tells when and whether it is being asked."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.asking = 0

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        self.asked.set()
        self.asking += 1
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.asking -= 1
        return ()


class Told:
    """The store, with an event for each renewal."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.renewals: asyncio.Queue[Lease | None] = asyncio.Queue()

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def lease(self, name: str, *, owner: str, length: timedelta) -> Lease | None:
        found = await self._store.lease(name, owner=owner, length=length)
        self.renewals.put_nowait(found)
        return found


@pytest.fixture
async def store(clock: MovableClock) -> AsyncIterator[Told]:
    opened = open_store(":memory:", clock=clock, create=True, platforms={})
    yield Told(opened)
    opened.close()


@pytest.fixture
def node(store: Told, clock: MovableClock) -> Node:
    def made(owner: str) -> House:
        policy = Policy(desks={}, channels={}, reply_domain="reply.acme.test")
        return House(
            store=store,
            groups=store,
            clock=clock,
            channels={},
            desks={},
            inboxes={"replies": Waiting()},
            judge=None,
            policy=lambda: policy,
            postmarks={},
            owner=owner,
        )

    return made


async def fetching(house: House, stop: asyncio.Event) -> "asyncio.Task[int | None]":
    """The node's turn at the inbox, once it has begun to wait for letters."""
    task = asyncio.create_task(inbound.take_alone(house, "replies", wait=timedelta(minutes=5), stop=stop))
    await house.inboxes["replies"].asked.wait()
    return task


async def test_one_node_fetches_and_the_other_keeps_away(node: Node) -> None:
    """C13."""
    first, second, stop = node("first"), node("second"), asyncio.Event()
    task = await fetching(first, stop)

    assert await inbound.take_alone(second, "replies", wait=timedelta(0), stop=stop) is None
    assert not second.inboxes["replies"].asked.is_set()
    assert second.elsewhere == {"inbox replies"}
    stop.set()
    assert await task == 0


async def test_a_node_that_died_is_followed_when_its_lease_has_run_out(node: Node, clock: MovableClock) -> None:
    """C14."""
    first, second, stop = node("first"), node("second"), asyncio.Event()
    dead = await fetching(first, asyncio.Event())
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)

    assert not await leases.hold(second, INBOX, length=inbound.LEASE)
    clock.advance(inbound.LEASE)
    task = await fetching(second, stop)
    assert second.elsewhere == set()
    stop.set()
    assert await task == 0


async def test_a_lease_is_renewed_for_as_long_as_the_node_waits(node: Node, store: Told) -> None:
    first, second, stop, length = node("first"), node("second"), asyncio.Event(), timedelta(seconds=0.3)
    assert await leases.hold(first, INBOX, length=length)
    async with leases.kept(first, INBOX, length=length, stop=stop) as over:
        for _ in range(5):
            assert (await store.renewals.get()).epoch == 1
        assert not await leases.hold(second, INBOX, length=length)
        assert not over.is_set()


async def test_a_node_that_was_paused_for_too_long_lets_go(
    node: Node, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its letters are the other node's now; nothing is fetched by two."""
    monkeypatch.setattr(inbound, "LEASE", timedelta(seconds=0.3))
    first, second = node("first"), node("second")
    task = await fetching(first, asyncio.Event())
    clock.advance(timedelta(minutes=10))
    assert await leases.hold(second, INBOX, length=timedelta(hours=1))

    assert await task == 0
    assert first.elsewhere == {"inbox replies"}
    assert first.inboxes["replies"].asking == 0


async def test_a_node_that_ends_in_order_is_followed_at_once(node: Node) -> None:
    first, second = node("first"), node("second")
    assert await leases.hold(first, INBOX, length=inbound.LEASE)
    await leases.give_back(first)

    assert await leases.hold(second, INBOX, length=inbound.LEASE)


async def test_giving_back_takes_nothing_from_the_other_node(node: Node) -> None:
    first, second = node("first"), node("second")
    assert await leases.hold(first, INBOX, length=inbound.LEASE)
    await leases.give_back(second)

    assert not await leases.hold(second, INBOX, length=inbound.LEASE)


async def test_a_loop_of_a_node_that_may_not_fetch_ends_when_told(node: Node, store: Told) -> None:
    first, second, stop = node("first"), node("second"), asyncio.Event()
    assert await leases.hold(first, INBOX, length=inbound.LEASE)
    lookout = Lookout(second)
    loop = asyncio.create_task(inbound.serve(second, "replies", lookout=lookout, stop=stop))
    assert [await store.renewals.get() is None for _ in range(2)] == [False, True]
    stop.set()
    await asyncio.wait_for(loop, 5)

    assert lookout.watches == {}


async def test_what_another_node_read_counts_as_unread_once_we_have_it_again(node: Node, clock: MovableClock) -> None:
    ours, theirs = node("a"), node("b")
    assert await leases.hold(ours, INBOX, length=timedelta(minutes=1))
    ours.read.add("inbox replies")
    assert await leases.hold(ours, INBOX, length=timedelta(minutes=1))
    assert ours.read == {"inbox replies"}
    clock.advance(timedelta(minutes=2))
    assert await leases.hold(theirs, INBOX, length=timedelta(minutes=1))
    assert not await leases.hold(ours, INBOX, length=timedelta(minutes=1))
    clock.advance(timedelta(minutes=2))
    assert await leases.hold(ours, INBOX, length=timedelta(minutes=1))
    assert ours.read == set()
