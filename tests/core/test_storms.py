"""A storm begins far above the usual and ends by itself, each told once; what may wait does, and nobody in private."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core import storms
from bridge.core.decide import decide
from bridge.core.events import PostJudged
from bridge.core.model import Author, Priority
from bridge.core.policy import Protection
from bridge.core.storms import Limits, Traffic, stormy
from bridge.testing.making import NOW, POLICY, VERDICT, claimed, judge, moment, post, private_post

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


PROTECTED = Protection(
    tags=frozenset({"vip", "safety"}), authors=frozenset({"boss", "forum/77"}), labels={"risk": 0.5, "outage": 0.9}
)


@pytest.mark.parametrize(
    ("of", "changes", "why"),
    [
        (post(), {}, "deferred"),
        (post(), {"tags": ("order", "vip")}, "tag vip"),
        (post(), {"tags": ("safety",), "route": "gossip"}, "tag safety"),
        (post(), {"tags": ("viper",)}, "deferred"),
        (post(), {"labels": {"risk": 0.5}}, "label risk"),
        (post(), {"labels": {"risk": 0.49, "outage": 0.8}}, "deferred"),
        (post(author=Author(id="9", handle="@Boss")), {}, "author"),
        (post(author=Author(id="77", handle="someone")), {}, "author"),
        (post(author=Author(id="777", handle="bosses")), {}, "deferred"),
        (private_post(), {}, "private"),
    ],
)
@pytest.mark.parametrize("priority", list(Priority))
def test_what_is_protected_never_waits_whatever_its_route_and_priority(of, changes, why, priority) -> None:
    """By tags, labels and authors, not by the priority of the route that happens to take the post."""
    verdict = replace(VERDICT, defer_in_storm=timedelta(hours=1), priority=priority, **changes)
    event = PostJudged(
        claimed=claimed(judge(of)), post=of, verdict=verdict, current=of.fingerprint, delimiter="abcd1234", storm=True
    )
    decision = decide(None, event, at=moment(policy=replace(POLICY, protection=PROTECTED)))

    assert decision.intents[0].at == NOW + timedelta(hours=1 if why == "deferred" else 0)
    assert decision.facts[0].detail["storm"] == why


def test_without_a_storm_nothing_is_said_of_one() -> None:
    verdict = replace(VERDICT, defer_in_storm=timedelta(hours=1), tags=("vip",))
    event = PostJudged(
        claimed=claimed(judge()), post=post(), verdict=verdict, current=post().fingerprint, delimiter="abcd1234"
    )
    assert "storm" not in decide(None, event, at=moment()).facts[0].detail
