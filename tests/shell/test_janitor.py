"""Chores on several nodes over one store: what is shared is done by one of them, the rest by each for itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bridge.core.policy import Policy
from bridge.ports import TemporaryProblem
from bridge.shell import janitor
from bridge.shell.house import House
from bridge.shell.janitor import Chore
from bridge.store.open import open_store
from bridge.store.store import SqlStore
from bridge.testing.fittings import MovableClock

SOON = timedelta(milliseconds=1)


@pytest.fixture
async def store(clock: MovableClock) -> AsyncIterator[SqlStore]:
    opened = open_store(":memory:", clock=clock, create=True, platforms={})
    yield opened
    opened.close()


def node(store: SqlStore, clock: MovableClock, owner: str) -> House:
    policy = Policy(desks={}, channels={}, reply_domain="reply.acme.test")
    return House(
        store=store, groups=store, clock=clock, channels={}, desks={}, inboxes={}, judge=None, policy=lambda: policy, postmarks={}, owner=owner
    )  # fmt: skip


async def chores_of(house: House, *, shared: bool) -> set[str]:
    """Which of two chores the node does: the one that is asked about, and one of its own that ends its turn."""
    done: set[str] = set()
    stop = asyncio.Event()

    async def do() -> None:
        done.add("asked")

    async def end() -> None:
        done.add("own")
        stop.set()

    asked = Chore(name="asked", every=SOON, do=do, shared=shared)
    own = Chore(name="own", every=10 * SOON, do=end, shared=False)
    await janitor.serve(house, (asked, own), stop=stop)
    return done


@pytest.mark.parametrize("shared", [True, False])
async def test_a_shared_chore_is_done_by_one_node_and_another_by_each(
    store: SqlStore, clock: MovableClock, *, shared: bool
) -> None:
    assert await store.lease("chore:asked", owner="first", length=timedelta(hours=1)) is not None
    assert await chores_of(node(store, clock, "second"), shared=shared) == ({"own"} if shared else {"asked", "own"})


@pytest.mark.parametrize(
    ("problem", "event", "level"),
    [
        (TemporaryProblem("the disk is full"), "chore_postponed", "warning"),
        (RuntimeError("broken"), "chore_failed", "error"),
    ],
)
async def test_a_chore_that_fails_is_done_again(
    store: SqlStore, clock: MovableClock, *, problem: Exception, event: str, level: str
) -> None:
    """What only must wait is told without a place in the program."""
    stop, times = asyncio.Event(), 0

    async def fail() -> None:
        nonlocal times
        times += 1
        if times > 1:
            stop.set()
        raise problem

    chore = Chore(name="broken", every=SOON, do=fail, shared=False)
    with capture_logs() as logs:
        await janitor.serve(node(store, clock, "first"), (chore,), stop=stop)
    assert times == 2
    assert [(line["event"], line["log_level"], "exc_info" in line) for line in logs] == [
        (event, level, level == "error")
    ] * 2
