"""Verdicts: a proxy for a desk, or a post that is left alone with its reasons."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.conversation import Phase
from bridge.core.decide import decide
from bridge.core.effects import Inject, State, Turn
from bridge.core.events import PostJudged
from bridge.core.policy import Pace
from bridge.testing.making import (
    DESK,
    LEFT,
    NOW,
    POLICY,
    VERDICT,
    claimed,
    judge,
    moment,
    post,
    private_post,
    waiting,
)


def event(verdict, of=None, **changes):
    about = of or post()
    made = PostJudged(
        claimed=claimed(judge(about)), post=about, verdict=verdict, current=about.fingerprint, delimiter="abcd1234"
    )
    return replace(made, **changes)


def test_a_forwarded_post_becomes_a_sealed_proxy() -> None:
    decision = decide(None, event(VERDICT), at=moment())
    (intent,) = decision.intents

    assert isinstance(intent.effect, Inject)
    assert intent.effect.sealed.message_id == decision.record.sent[-1].message_id
    assert intent.at == NOW
    assert decision.record.phase is Phase.WAITING
    assert decision.judged[0].verdict == VERDICT
    assert decision.settlements[0].state is State.DONE


def test_a_left_post_is_on_record_with_its_verdict() -> None:
    decision = decide(None, event(LEFT), at=moment())

    assert decision.intents == ()
    assert decision.record.phase is Phase.LEFT
    assert decision.judged[0].verdict == LEFT
    assert [fact.kind for fact in decision.facts] == ["left"]


def test_a_follow_up_stays_in_its_thread() -> None:
    record = waiting()
    follow_up = post("p2", "Any news?")
    (intent,) = decide(record, event(VERDICT, follow_up), at=moment()).intents

    assert intent.effect.proxy.references == (record.sent[0].message_id,)
    assert intent.effect.proxy.conversation == record.id


def test_the_community_may_answer_first() -> None:
    (intent,) = decide(None, event(replace(VERDICT, hold_for=timedelta(hours=4))), at=moment()).intents

    assert intent.at == NOW + timedelta(hours=4)


def test_nobody_else_can_answer_what_is_private() -> None:
    (intent,) = decide(None, event(replace(VERDICT, hold_for=timedelta(hours=4)), private_post()), at=moment()).intents

    assert intent.at == NOW


PACED = replace(POLICY, desks={"support": replace(DESK, pace=Pace(open=3))})


@pytest.mark.parametrize(
    ("record", "of", "turn"),
    [
        (None, post(), Turn.OPENS),
        (waiting(), post("p2"), Turn.JOINS),
        (replace(waiting(), phase=Phase.ANSWERED), post("p2"), Turn.OPENS),
        (None, private_post(), Turn.AT_ONCE),
    ],
)
def test_at_a_desk_with_a_pace_a_proxy_waits_for_its_turn(record, of, turn) -> None:
    (intent,) = decide(record, event(VERDICT, of), at=moment(policy=PACED)).intents

    assert intent.turn is turn
    assert decide(record, event(VERDICT, of), at=moment()).intents[0].turn is None


def test_a_verdict_on_words_that_are_no_longer_there_is_put_away() -> None:
    """B13: the newer words have a question of their own."""
    decision = decide(None, event(VERDICT, current="newer"), at=moment())

    assert decision.settlements[0].state is State.DROPPED
    assert decision.record is None


def test_a_desk_that_is_gone_loses_no_post() -> None:
    decision = decide(None, event(replace(VERDICT, desk="closed")), at=moment())

    assert (decision.settlements[0].state, decision.settlements[0].reason) == (State.HELD, "desk_missing")


def test_the_operator_is_told_of_a_missing_desk_once_an_hour() -> None:
    gone = replace(VERDICT, desk="closed")
    told = [intent for of in (post(), post("p2")) for intent in decide(None, event(gone, of), at=moment()).intents]

    assert [intent.effect.notice.reason for intent in told] == ["desk_missing", "desk_missing"]
    assert len({intent.key for intent in told}) == 1
