"""What an X channel may spend: reading slows down first and stops at the reserve, answers go to the last."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from channels_x import by_signature, stanza, x_place
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels import x
from bridge.channels._x.budget import Ledger
from bridge.channels._x.place import Spent
from bridge.channels._x.settings import Budget, Prices
from bridge.ports import Channel, Fittings, TemporaryProblem
from bridge.testing.channel_platform import gather, public, started, words
from bridge.testing.fakes.x import XPlace
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[XPlace]:
    async with x_place(clock) as place:
        place.windows.factor = 100
        yield place


@pytest.fixture
async def build(place: XPlace, fittings: Fittings) -> AsyncIterator[Callable[..., Channel]]:
    channels: list[Channel] = []

    def make(**changes: object) -> Channel:
        settings = x.Settings.model_validate(stanza(place, by_signature(place), **changes))
        channels.append(x.build("x-acme", settings, fittings))
        return channels[-1]

    yield make
    for channel in channels:
        await channel.close()


async def test_d07_reading_stops_at_the_reserve_and_answers_go_on(
    place: XPlace, build: Callable[..., Channel], clock: MovableClock
) -> None:
    channel = build(budget={"money": 1.0, "calls": 60, "reserve": 0.5})
    cursor = await started(channel)
    place.write("ann", words("one"))
    [post] = (await gather(channel, cursor)).posts

    async def polls() -> None:
        for _ in range(30):
            await channel.poll(cursor)

    with pytest.raises(TemporaryProblem, match="budget for reading") as caught:
        await polls()
    assert 0 < (caught.value.after or 0) <= 86_400
    for number in range(5):
        await channel.publish(public(post, f"{ANSWER} {number}"))
    clock.advance(timedelta(days=1))
    await channel.poll(cursor)


async def test_the_last_call_of_the_day_is_the_last(place: XPlace, build: Callable[..., Channel]) -> None:
    """Then even an answer waits for tomorrow, and nothing was sent."""
    generous = build()
    cursor = await started(generous)
    place.write("ann", words("one"))
    [post] = (await gather(generous, cursor)).posts
    poor = build(budget={"calls": 2, "money": 1.0})
    for number in range(2):
        await poor.publish(public(post, f"{ANSWER} {number}"))
    with pytest.raises(TemporaryProblem, match="used up"):
        await poor.publish(public(post, ANSWER))
    assert len(place.said()) == 2


async def test_spending_outlives_the_process(place: XPlace, build: Callable[..., Channel]) -> None:
    """It stands in the cursor."""
    channel = build(budget={"money": 1.0, "calls": 40, "reserve": 0.5})
    cursor = await started(channel)
    page = await channel.poll(cursor)
    for _ in range(2):
        page = await channel.poll(page.cursor)
    later = build(budget={"money": 1.0, "calls": 40, "reserve": 0.5})

    async def polls(cursor: str) -> None:
        for _ in range(4):
            cursor = (await later.poll(cursor)).cursor

    with pytest.raises(TemporaryProblem, match="budget for reading"):
        await polls(page.cursor)


async def test_what_is_left_is_told(place: XPlace, build: Callable[..., Channel]) -> None:
    """For people: dollars, requests, and X's scarcest limit."""
    channel = build(budget={"money": 2.0, "calls": 1000})
    page = await channel.poll(None)
    assert page.allowance.startswith("$2.00 and 99")
    assert "dm_events until" in page.allowance or "users/:id" in page.allowance
    for number in range(10):
        place.write("ann", words(f"number {number}"))
    page = await channel.poll(page.cursor)
    assert page.allowance.startswith("$1.99")
    assert set(page.left) == {"money", "requests", "platform"}
    assert page.left["money"] == pytest.approx(0.995, abs=0.01)
    assert all(0 <= share < 1 for share in page.left.values())


async def test_an_agent_is_warned_of_links(build: Callable[..., Channel]) -> None:
    assert "$0.20" in build().limits.caution
    assert build(prices={"link": 0.01}).limits.caution == ""


def ledger(money: float = 10.0, calls: int = 1000, reserve: float = 0.2) -> Ledger:
    return Ledger(Budget(money=money, calls=calls, reserve=reserve), Prices())


def test_polls_are_spread_over_what_is_left_of_the_day() -> None:
    """Eight dollars may be read away in twelve hours; a poll for a dollar may come every ninety minutes."""
    given = ledger()
    given.begin(Spent(), NOON)
    given.pay("post", NOON, count=200)
    assert given.interval(NOON) == pytest.approx(12 * 3600 / 7, rel=0.01)


def test_a_poll_that_costs_little_slows_nothing() -> None:
    given = ledger()
    given.begin(Spent(), NOON)
    given.call(NOON)
    given.pay("owned", NOON, count=1)
    assert given.interval(NOON) < 60


def test_a_new_day_begins_at_midnight_utc() -> None:
    given = ledger(calls=1)
    given.call(NOON)
    with pytest.raises(TemporaryProblem):
        given.call(NOON)
    given.call(NOON + timedelta(hours=12))


@given(
    st.lists(st.tuples(st.sampled_from(["post", "answer", "link", "call"]), st.integers(1, 50)), max_size=40),
    st.floats(0.01, 100),
)
def test_no_more_is_spent_than_allowed_and_one_thing(things: list[tuple[str, int]], money: float) -> None:
    """Whatever happens, what is left never grows, and calls end when nothing is left."""
    given = ledger(money=money, calls=20)
    before = given.left(NOON)
    for what, count in things:
        if what == "call":
            try:
                given.call(NOON)
            except TemporaryProblem:
                assert before.calls < 1 or before.money <= 0
        else:
            given.pay(what, NOON, count=count)
        after = given.left(NOON)
        assert after.calls <= before.calls
        assert after.money <= before.money
        before = after
    assert before.calls >= 0
