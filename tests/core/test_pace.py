"""D07, D09: how often to ask and how long to wait."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.pace import Allowance, Bucket, Rhythm, backoff, spread

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RHYTHM = Rhythm(fastest=300, slowest=3600)


@given(st.text())
def test_spread_is_a_share_that_is_always_the_same(key: str) -> None:
    assert 0 <= spread(key) < 1
    assert spread(key) == spread(key)


def test_spread_spreads() -> None:
    shares = [spread(str(number)) for number in range(1000)]
    assert 0.45 < sum(shares) / 1000 < 0.55


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (10**9, 30)]
)
def test_backoff_doubles_up_to_half_an_hour(failures: int, minutes: int) -> None:
    assert 60 * minutes <= backoff("key", failures) <= 60 * minutes * 1.2


@given(st.lists(st.booleans(), max_size=50))
def test_an_interval_stays_between_its_bounds(news: list[bool]) -> None:
    interval = RHYTHM.fastest
    for something in news:
        after = RHYTHM.after(interval, news=something)
        assert RHYTHM.fastest <= after <= RHYTHM.slowest
        assert (after <= interval) if something else (after >= interval)
        interval = after


@given(st.floats(300, 3600), st.floats(0, 1e9), st.text())
def test_a_server_is_never_asked_sooner_than_it_wants_up_to_the_slowest(
    interval: float, floor: float, key: str
) -> None:
    due = RHYTHM.due_in(interval, floor=floor, key=key)
    assert due >= interval
    assert due >= min(floor, RHYTHM.slowest)
    assert due <= RHYTHM.slowest * 1.1


def test_a_bucket_empties_and_fills() -> None:
    bucket = Bucket.full(10, MINUTE, NOW)
    for _ in range(8):
        assert bucket.wait(NOW, reserve=2) == 0
        bucket = bucket.taken(NOW)
    assert bucket.wait(NOW, reserve=2) == pytest.approx(6)
    assert bucket.wait(NOW + timedelta(seconds=6), reserve=2) == pytest.approx(0)
    assert bucket.wait(NOW, reserve=0) == 0
    assert bucket.filled(NOW + timedelta(hours=1)).level == 10


def test_what_must_not_wait_may_overdraw() -> None:
    bucket = Bucket.full(2, MINUTE, NOW).taken(NOW, 5)
    assert bucket.level == -3
    assert bucket.wait(NOW, reserve=0) == pytest.approx(120)


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    bucket = Bucket.full(10, MINUTE, NOW).taken(NOW, 10)
    back = bucket.filled(NOW - timedelta(hours=1))
    assert (back.level, back.at) == (0, NOW)


@pytest.mark.parametrize(
    ("left", "seconds"),
    [(100, 900 / 80), (60, 900 / 40), (21, 900.0), (20, 900.0), (0, 900.0)],
)
def test_an_allowance_lasts_until_it_is_renewed(left: int, seconds: float) -> None:
    """A fifth of it is kept; where nothing is left for polling, polling waits."""
    allowance = Allowance(limit=100, left=left, resets=NOW + timedelta(minutes=15))
    assert allowance.interval(NOW, reserve=0.2) == pytest.approx(seconds)


def test_an_allowance_that_was_renewed_costs_no_time() -> None:
    assert Allowance(limit=100, left=0, resets=NOW).interval(NOW + MINUTE, reserve=0.2) == 0
