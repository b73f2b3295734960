"""Alarms: which troubles are told, once at their beginning and once at their end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.alarms import Alarm, Pile, Sight, alarms, told
from bridge.core.effects import State
from bridge.testing.making import NOW, moment

QUIET = Sight(
    piles=(),
    held_letters=0,
    oldest_held_letter=timedelta(0),
    unapproved=0,
    oldest_unapproved=timedelta(0),
    free=0.5,
    place="state",
)


def pile(kind: str, state: State, minutes: int) -> Sight:
    piles = (Pile(kind=kind, state=state, count=2, oldest=timedelta(minutes=minutes)),)
    return replace(QUIET, piles=piles)


@pytest.mark.parametrize(
    ("sight", "reasons"),
    [
        (QUIET, []),
        (pile("publish", State.UNSURE, 14), []),
        (pile("publish", State.UNSURE, 15), ["in_doubt"]),
        (pile("tell", State.READY, 15), ["waiting_long"]),
        (pile("publish", State.READY, 60), []),
        (pile("inject", State.READY, 25 * 60), ["waiting_long"]),
        (pile("remind", State.READY, 7 * 24 * 60), []),
        (pile("share", State.READY, 23 * 60), []),
        (pile("share", State.READY, 25 * 60), ["waiting_long"]),
        (pile("publish", State.HELD, 4 * 60), ["held_waiting"]),
        (pile("inject", State.PACED, 4 * 60), ["turn_waiting"]),
        (pile("inject", State.PACED, 3 * 60), []),
        (replace(QUIET, held_letters=1, oldest_held_letter=timedelta(hours=5)), ["held_waiting"]),
        (replace(QUIET, held_letters=1), []),
        (replace(QUIET, held_letters=1, unapproved=1, oldest_unapproved=timedelta(minutes=60)), ["approval_waiting"]),
        (replace(QUIET, free=0.01), ["disk_nearly_full"]),
    ],
)
def test_what_counts_as_trouble(sight: Sight, reasons: list[str]) -> None:
    """P5: nothing waits for ever unseen."""
    assert [alarm.reason for alarm in alarms(sight)] == reasons


def test_one_mail_at_the_beginning_and_one_at_the_end() -> None:
    """D10."""
    trouble = (Alarm(reason="in_doubt", subject="2 publish", detail="the oldest for 20 minutes"),)
    active, first = told({}, trouble, at=moment())
    still, none = told(active, trouble, at=moment(NOW + timedelta(minutes=1)))
    over, last = told(still, (), at=moment(NOW + timedelta(minutes=2)))

    assert [notice.reason for notice in first] == ["in_doubt"]
    assert none == ()
    assert [notice.reason for notice in last] == ["recovered"]
    assert over == {}
