"""F01, D08: when people are told of a connection's trouble, and what they must do."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.health import ADVICE, PATIENCE, PERSON_NEEDED, Health, Turn, Watch, failed, succeeded

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_every_state_says_what_to_do() -> None:
    assert set(ADVICE) == set(Health)


@pytest.mark.parametrize("state", sorted(PERSON_NEEDED))
def test_where_a_person_is_needed_one_is_told_at_once_and_once(state: Health) -> None:
    watch, turn = failed(Watch(), state, "why", now=NOW)
    assert (turn, watch.state, watch.reason, watch.since) == (Turn.FAILED, state, "why", NOW)
    for hours in range(1, 50):
        watch, turn = failed(watch, state, "why", now=NOW + timedelta(hours=hours))
        assert turn is None
    assert watch.failures == 50
    assert watch.since == NOW


def test_a_passing_problem_is_told_when_it_lasts() -> None:
    watch, turn = failed(Watch(), Health.FAILING, "why", now=NOW)
    assert turn is None
    watch, turn = failed(watch, Health.FAILING, "other", now=NOW + PATIENCE - timedelta(seconds=1))
    assert turn is None
    watch, turn = failed(watch, Health.FAILING, "other", now=NOW + PATIENCE)
    assert turn is Turn.FAILED
    _, turn = failed(watch, Health.FAILING, "other", now=NOW + PATIENCE * 2)
    assert turn is None


def test_recovery_is_told_to_those_who_heard_of_the_trouble() -> None:
    heard, _ = failed(Watch(), Health.LOGIN, "why", now=NOW)
    assert succeeded(heard, now=NOW)[1] is Turn.RECOVERED
    unheard, _ = failed(Watch(), Health.FAILING, "why", now=NOW)
    assert succeeded(unheard, now=NOW)[1] is None


def test_trouble_keeps_its_beginning_while_its_reason_changes() -> None:
    watch, _ = failed(Watch(), Health.FAILING, "why", now=NOW)
    watch, turn = failed(watch, Health.LOGIN, "other", now=NOW + timedelta(minutes=5))
    assert (watch.since, turn) == (NOW, Turn.FAILED)


def test_a_state_that_lasts_keeps_its_beginning() -> None:
    watch, _ = succeeded(Watch(), now=NOW)
    watch, _ = succeeded(watch, now=NOW + timedelta(minutes=1))
    assert watch.since == NOW


EVENTS = st.lists(
    st.tuples(st.sampled_from([None, Health.FAILING, Health.WAITING, Health.LOGIN]), st.integers(1, 3000))
)


@given(EVENTS)
def test_mails_come_in_pairs(events: list[tuple[Health | None, int]]) -> None:
    """Never two alerts without a recovery between them, nor a recovery that nobody waits for."""
    watch, now, turns = Watch(), NOW, []
    for state, seconds in events:
        now += timedelta(seconds=seconds)
        watch, turn = succeeded(watch, now=now) if state is None else failed(watch, state, "x", now=now)
        turns += [turn] if turn else []
    assert turns == [Turn.FAILED, Turn.RECOVERED] * (len(turns) // 2) + [Turn.FAILED] * (len(turns) % 2)
