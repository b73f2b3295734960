"""What automatic answers use up is reserved in the store, on both databases: once for a person and a thread, and within a budget."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.automatic import GRANTED
from bridge.core.events import PostJudged
from bridge.core.model import Author
from bridge.core.policy import Automatic
from bridge.shell.granting import LOOK_AGAIN, granted
from bridge.shell.house import House
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock

VERDICT = replace(making.VERDICT, auto_answer="hello")


def house(store: SqlStore, clock: MovableClock, owner: str = "one") -> House:
    policy = replace(making.POLICY, automatic=Automatic(on=True, per_hour=3, per_day=4))
    return House(
        store=store,
        groups=store,
        clock=clock,
        channels={},
        desks={},
        inboxes={},
        judge=None,
        policy=lambda: policy,
        postmarks={},
        owner=owner,
    )


def event(clock: MovableClock, post_id: str, *, who: str = "", thread: str = "") -> PostJudged:
    author = Author(id=who or post_id, handle=who or post_id)
    post = making.post(post_id, thread=thread or post_id, author=author, at=clock.now())
    return PostJudged(
        claimed=making.claimed(making.judge(post)),
        post=post,
        verdict=VERDICT,
        current=post.fingerprint,
        delimiter="abcd1234",
    )


@pytest.fixture
def one(either: SqlStore, clock: MovableClock) -> House:
    return house(either, clock)


async def test_the_same_post_is_granted_again_and_another_of_the_person_is_not(
    one: House, either: SqlStore, clock: MovableClock
) -> None:
    """A process that died between the two brings the same post again: what it reserved is its own."""
    for node in (one, house(either, clock, "two"), one):
        assert await granted(node, event(clock, "a", who="jane"), None) == GRANTED
        assert await granted(node, event(clock, "b", who="jane"), None) == "person"


async def test_a_person_gets_another_one_after_a_day_by_the_databases_own_clock(
    store: SqlStore, clock: MovableClock
) -> None:
    one = house(store, clock)
    assert await granted(one, event(clock, "a", who="jane"), None) == GRANTED
    clock.advance(timedelta(hours=23))
    assert await granted(one, event(clock, "c", who="jane"), None) == "person"
    clock.advance(timedelta(hours=2))
    assert await granted(one, event(clock, "d", who="jane"), None) == GRANTED


async def test_a_thread_has_one_whoever_writes_in_it(one: House, clock: MovableClock) -> None:
    assert await granted(one, event(clock, "a", thread="t"), None) == GRANTED
    assert await granted(one, event(clock, "b", thread="t"), None) == "thread"


async def test_the_budget_is_one_for_all_nodes(one: House, either: SqlStore, clock: MovableClock) -> None:
    two = house(either, clock, "two")
    outcomes = [await granted(node, event(clock, f"p{n}"), None) for n, node in enumerate([one, two, one, two, one])]
    assert outcomes == [GRANTED, GRANTED, GRANTED, "budget", "budget"]


async def test_the_budget_comes_back_by_the_hour_and_by_the_day(store: SqlStore, clock: MovableClock) -> None:
    one, two = house(store, clock), house(store, clock, "two")
    for n in range(3):
        assert await granted(one, event(clock, f"p{n}"), None) == GRANTED
    clock.advance(timedelta(hours=1, minutes=5))
    outcomes = [await granted(node, event(clock, f"q{n}"), None) for n, node in enumerate([one, two])]
    assert outcomes == [GRANTED, "budget"]
    clock.advance(timedelta(hours=24))
    assert await granted(two, event(clock, "r"), None) == GRANTED


async def test_what_is_not_granted_leaves_nothing_reserved(store: SqlStore, clock: MovableClock) -> None:
    one = house(store, clock)
    for n in range(3):
        assert await granted(one, event(clock, f"p{n}"), None) == GRANTED
    assert await granted(one, event(clock, "x", who="late"), None) == "budget"
    clock.advance(timedelta(hours=1, minutes=5))
    assert await granted(one, event(clock, "y", who="late"), None) == GRANTED


async def test_a_budget_found_used_up_is_not_asked_for_at_once_again(one: House, clock: MovableClock) -> None:
    for n in range(4):
        await granted(one, event(clock, f"p{n}"), None)
    assert one.spent["forum"] <= clock.now() + LOOK_AGAIN
