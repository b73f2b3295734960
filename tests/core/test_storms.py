"""A storm begins far above the usual and ends by itself, each told once; what may wait does, and nobody in private."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core import storms
from bridge.core.decide import decide
from bridge.core.events import PostJudged
from bridge.core.storms import Limits, Traffic, stormy
from bridge.testing.making import NOW, VERDICT, claimed, judge, moment, post, private_post

LIMITS = Limits(factor=5, least=50)


def traffic(now, usual=4.0):
    return Traffic(channel="forum", now=now, usual=usual)


@pytest.mark.parametrize(
    ("now", "usual", "already", "expected"),
    [
        (49, 0.0, False, False),
        (50, 0.0, False, True),
        (50, 10.0, False, True),
        (99, 20.0, False, False),
        (100, 20.0, False, True),
        (50, 20.0, True, True),
        (49, 20.0, True, False),
        (0, 0.0, True, False),
    ],
)
def test_what_is_a_storm(now, usual, already, expected) -> None:
    assert stormy(traffic(now, usual), LIMITS, already=already) is expected


def test_its_beginning_and_its_end_are_told_once_each() -> None:
    begun = storms.turned(traffic(80), None, LIMITS, at=moment())
    over = storms.turned(traffic(3), NOW, LIMITS, at=moment(NOW + timedelta(hours=1)))

    assert [(s.name, bool(s.value)) for d in (begun, over) for s in d.switches] == [
        ("storm:forum", True),
        ("storm:forum", False),
    ]
    assert [i.effect.notice.reason for d in (begun, over) for i in d.intents] == ["storm", "storm_over"]
    assert storms.turned(traffic(80), NOW, LIMITS, at=moment()) is None
    assert storms.turned(traffic(3), None, LIMITS, at=moment()) is None


@pytest.mark.parametrize(("of", "storm", "waits"), [(post(), True, 1), (post(), False, 0), (private_post(), True, 0)])
def test_what_may_wait_does(of, storm, waits) -> None:
    verdict = replace(VERDICT, defer_in_storm=timedelta(hours=1))
    event = PostJudged(
        claimed=claimed(judge(of)), post=of, verdict=verdict, current=of.fingerprint, delimiter="abcd1234", storm=storm
    )
    decision = decide(None, event, at=moment())

    assert decision.intents[0].at == NOW + timedelta(hours=waits)
    assert decision.record.sent[0].at == NOW
