"""A day's budget: whose midnight counts, what a restart knows, and what is kept for answers."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels._budget import Purse
from bridge.ports import TemporaryProblem

PACIFIC = ZoneInfo("America/Los_Angeles")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def purse(limit: int = 100, reserve: float = 0.2) -> Purse:
    return Purse(limit, reserve=reserve, zone=PACIFIC)


@pytest.mark.parametrize(
    ("now", "resets"),
    [
        (datetime(2026, 11, 24, 7, 59, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), datetime(2026, 11, 25, 8, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), datetime(2026, 7, 1, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 1, 7, 0, tzinfo=UTC), datetime(2026, 11, 2, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_the_midnight_of_whoever_counts(now: datetime, resets: datetime) -> None:
    """The last one is the day of 25 hours on which summer time ends."""
    counted = purse()
    counted.pay(100, now)
    assert counted.resets(now) == resets
    assert counted.left(resets - timedelta(seconds=1)) == 0
    assert counted.left(resets) == 100


def test_what_is_stored_counts_today_only_and_never_lowers_what_is_known() -> None:
    counted = purse()
    for day, stored, spent in [("2026-11-23", 90, 0), ("2026-11-24", 40, 40), ("2026-11-24", 10, 40)]:
        counted.begin(day, stored, NOON)
        assert counted.spent(NOON) == spent


def test_reading_ends_at_the_reserve_and_paying_at_the_last() -> None:
    counted = purse()
    counted.pay(79, NOON)
    assert not counted.is_kept(NOON)
    counted.pay(1, NOON)
    assert counted.is_kept(NOON)
    counted.cover(20, "answers", NOON)
    with pytest.raises(TemporaryProblem, match="today's budget for answers is used up") as caught:
        counted.cover(21, "answers", NOON)
    assert caught.value.after == timedelta(hours=20).total_seconds()


@given(cost=st.integers(1, 50), limit=st.integers(200, 20_000), reserve=st.floats(0, 0.9))
def test_polls_in_that_rhythm_never_touch_the_reserve_before_its_time(cost: int, limit: int, reserve: float) -> None:
    counted, now = purse(limit, reserve), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    end, polls = counted.resets(now), 0
    while now < end and polls < 300:
        counted.begin(counted.day(now), counted.spent(now), now)
        counted.pay(cost, now)
        assert counted.left(now) >= limit * reserve - cost
        now += timedelta(seconds=max(counted.interval(now), 1.0))
        polls += 1


def test_what_can_wait_waits_where_more_was_spent_than_the_day_is_old() -> None:
    counted, morning = purse(), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    counted.pay(9, morning)
    assert not counted.in_time(morning)
    assert counted.in_time(morning + timedelta(hours=12))
