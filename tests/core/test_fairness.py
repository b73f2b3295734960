"""Turns at a desk: room, pace, shares of channels, priorities that age, and nobody who waits for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.effects import Turn
from bridge.core.fairness import HEAD_START, Load, Waiter, admitted, shared, turn
from bridge.core.model import Kind, Priority
from bridge.core.policy import Pace
from bridge.testing.making import NOW, post, private_post

IDLE = Load(open=0, entered={})
MINUTE = timedelta(minutes=1)


def waiter(key, priority=Priority.NORMAL, ago=0, channel="x", *, opens=True):
    return Waiter(key=key, channel=channel, priority=priority, since=NOW - ago * MINUTE, opens=opens)


def keys(waiters, pace, load=IDLE):
    return "".join(each.key for each in admitted(waiters, pace, load))


@pytest.mark.parametrize(
    ("pace", "load", "expected"),
    [
        (Pace(), IDLE, "abc"),
        (Pace(open=2), IDLE, "ab"),
        (Pace(open=2), Load(open=1, entered={}), "a"),
        (Pace(open=2), Load(open=2, entered={}), ""),
        (Pace(open=2), Load(open=9, entered={}), ""),
        (Pace(per_minute=2), IDLE, "ab"),
        (Pace(per_minute=2), Load(open=0, entered={"x": 1}), "a"),
        (Pace(per_minute=2), Load(open=0, entered={"other": 2}), ""),
        (Pace(hold_above=5), Load(open=0, entered={}, figure=5), "abc"),
        (Pace(hold_above=5), Load(open=0, entered={}, figure=6), ""),
        (Pace(hold_above=5, open=1), Load(open=0, entered={}, figure=None), "a"),
    ],
)
def test_a_desk_takes_as_much_as_its_pace_allows(pace, load, expected) -> None:
    assert keys([waiter("a", ago=3), waiter("b", ago=2), waiter("c", ago=1)], pace, load) == expected


def test_a_full_desk_still_takes_what_joins_a_ticket() -> None:
    assert keys([waiter("a", ago=9), waiter("b", opens=False)], Pace(open=1), Load(open=1, entered={})) == "b"


def test_a_busy_queue_still_takes_what_is_urgent() -> None:
    waiters = [waiter("a", Priority.HIGH, ago=999), waiter("b", Priority.URGENT)]
    assert keys(waiters, Pace(hold_above=3), Load(open=0, entered={}, figure=4)) == "b"


@pytest.mark.parametrize(
    ("low_waited", "first"), [(119, "urgent"), (121, "low")], ids=["urgent goes first", "age goes before urgency"]
)
def test_priorities_age(low_waited, first) -> None:
    waiters = [waiter("low", Priority.LOW, ago=low_waited), waiter("urgent", Priority.URGENT)]
    assert keys(waiters, Pace(per_minute=1)) == first


def test_channels_share_a_desk_by_their_weights() -> None:
    waiters = [waiter(str(n), channel=channel, ago=n) for n in range(60) for channel in ("x", "forum")]
    chosen = admitted(waiters, Pace(per_minute=30, weights={"x": 2}), IDLE)

    assert [each.channel for each in chosen].count("x") == 20


def test_a_flooded_channel_does_not_keep_the_others_out() -> None:
    flood = [waiter(f"x{n}", Priority.HIGH, ago=500) for n in range(500)]
    chosen = admitted([*flood, waiter("one", Priority.LOW, channel="forum")], Pace(per_minute=4), IDLE)

    assert "one" in [each.key for each in chosen]


@pytest.mark.parametrize("kind", [Kind.DIRECT, Kind.SMS])
def test_who_writes_in_private_does_not_wait(kind) -> None:
    assert turn(replace(private_post(), kind=kind), joins=False) is Turn.AT_ONCE


def test_others_wait_for_room_or_for_their_ticket() -> None:
    assert (turn(post(), joins=False), turn(post(), joins=True)) == (Turn.OPENS, Turn.JOINS)


WAITERS = st.lists(
    st.builds(
        waiter,
        st.uuids().map(str),
        st.sampled_from(Priority),
        st.integers(min_value=0, max_value=500),
        st.sampled_from(["x", "forum", "reviews"]),
        opens=st.booleans(),
    ),
    max_size=30,
    unique_by=lambda each: each.key,
)
PACES = st.builds(
    Pace,
    open=st.none() | st.integers(min_value=1, max_value=9),
    per_minute=st.none() | st.integers(min_value=1, max_value=9),
    weights=st.dictionaries(st.sampled_from(["x", "forum"]), st.integers(min_value=1, max_value=9)),
)


@given(WAITERS, PACES, st.integers(min_value=0, max_value=12))
def test_no_limit_is_ever_passed_and_nobody_enters_twice(waiters, pace, already) -> None:
    chosen = admitted(waiters, pace, Load(open=already, entered={}))

    assert len({each.key for each in chosen}) == len(chosen)
    assert pace.per_minute is None or len(chosen) <= pace.per_minute
    assert pace.open is None or sum(each.opens for each in chosen) <= max(0, pace.open - already)


@given(WAITERS, PACES)
def test_the_order_in_which_they_are_given_does_not_matter(waiters, pace) -> None:
    assert admitted(waiters, pace, IDLE) == admitted(tuple(reversed(waiters)), pace, IDLE)


@given(st.sampled_from(Priority), st.sampled_from(Priority))
def test_nothing_starves(waiting, newer) -> None:
    """Whatever comes later, who has waited longer than the longest head start goes first."""
    old = waiter("old", waiting, ago=1 + HEAD_START[Priority.LOW] // MINUTE)
    flood = [waiter(f"new{n}", newer) for n in range(20)]

    assert admitted([*flood, old], Pace(per_minute=1), IDLE)[0].key == "old"


def test_shares_are_counted_among_those_who_wait() -> None:
    pace = Pace(weights={"x": 2})
    last = ["x", "reviews", "x", "forum", "x", "x"]
    assert shared(last, {"x", "forum"}, pace) == {"x": 2, "forum": 1}
    assert shared(last, {"forum"}, pace) == {"forum": 1}
    assert shared([], {"forum"}, pace) == {}


STEPS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(["x", "forum", "reviews"]), st.sampled_from(Priority)), max_size=6),
        st.integers(min_value=0, max_value=3),
    ),
    max_size=60,
)
"""What arrives, minute by minute, and for how many there is room."""
WEIGHTS = st.dictionaries(st.sampled_from(["x", "forum", "reviews"]), st.integers(min_value=1, max_value=5))


def lived(steps, weights):
    """Minute by minute: who had their turn, and who waited then; in the end there is room until nobody waits."""
    row, last = [], []
    for minute in range(1_000):
        arriving, room = steps[minute] if minute < len(steps) else ([], 1)
        row += [
            Waiter(key=f"{minute}-{n}", channel=channel, priority=priority, since=NOW + minute * MINUTE, opens=True)
            for n, (channel, priority) in enumerate(arriving)
        ]
        if minute >= len(steps) and not row:
            return
        for _ in range(room):
            waiting = {each.channel for each in row}
            load = Load(open=0, entered={}, shares=shared(last, waiting, Pace(weights=weights)))
            chosen = admitted(row, Pace(open=1, weights=weights), load)
            assert len(chosen) == bool(row), "room was left although somebody waited"
            for each in chosen:
                yield each, tuple(row)
                row.remove(each)
                last.insert(0, each.channel)
    raise AssertionError("somebody waits for ever")


@given(STEPS, WEIGHTS)
def test_nobody_waits_for_ever_whatever_the_weights_and_priorities(steps, weights) -> None:
    most = 2 * sum(weights.get(channel, 1) for channel in ("x", "forum", "reviews"))
    passed = {}
    for chosen, row in lived(steps, weights):
        for channel in {each.channel for each in row}:
            passed[channel] = 0 if channel == chosen.channel else passed.get(channel, 0) + 1
            assert passed[channel] <= most, f"{channel} was passed by {passed[channel]} times"
        passed = {channel: count for channel, count in passed.items() if channel in {each.channel for each in row}}
        assert chosen.turn == min(each.turn for each in row if each.channel == chosen.channel)
