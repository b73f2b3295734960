"""Verdicts: a proxy for a desk, or a post that is left alone with its reasons."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.conversation import Phase
from bridge.core.decide import decide
from bridge.core.effects import Inject, State, Turn
from bridge.core.events import PostJudged
from bridge.core.policy import Pace, Way
from bridge.core.responses import MAX_OFFERED
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


def test_a_proxy_lists_the_standard_responses_that_there_are_for_the_post() -> None:
    texts = {"hello": "Hello.", "hello.de": "Hallo.", "moin.de": "Moin.", "ciao.it": "Ciao."}
    at = moment(policy=replace(POLICY, responses=texts | {f"x{n:02}": "x" for n in range(30)}))
    (intent,) = decide(None, event(VERDICT, post(lang="de-AT")), at=at).intents
    assert intent.effect.proxy.responses[:3] == ("hello", "moin", "x00")
    assert len(intent.effect.proxy.responses) == MAX_OFFERED
    assert intent.effect.proxy.by_mail

    (intent,) = decide(None, event(VERDICT, post(answers=frozenset())), at=at).intents
    assert intent.effect.proxy.responses == ()


def test_no_link_is_offered_where_a_ticket_system_answers() -> None:
    desk = replace(POLICY.desks["support"], way=Way.SYSTEM)
    at = moment(policy=replace(POLICY, desks={"support": desk}))
    (intent,) = decide(None, event(VERDICT), at=at).intents
    assert intent.effect.proxy.responses == ("hello",)
    assert not intent.effect.proxy.by_mail


@pytest.mark.parametrize(("said", "found", "kept"), [("", "de", "de"), ("en", "de", "en"), ("", "und", "")])
def test_a_post_keeps_the_language_that_was_found_where_its_platform_says_none(said, found, kept) -> None:
    decision = decide(None, event(replace(VERDICT, lang=found), post(lang=said)), at=moment())
    assert decision.record.posts[-1].lang == kept


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


def test_a_follow_up_whose_route_asks_for_no_approval_does_not_lift_it_from_the_conversation() -> None:
    first = decide(None, event(replace(VERDICT, approve_by=("law@acme.test",))), at=moment()).record
    more = post("p2", "And hello again!")
    assert decide(first, event(VERDICT, more), at=moment()).record.approve_by == ("law@acme.test",)
    leads = decide(first, event(replace(VERDICT, approve_by=("leads", "law@acme.test")), more), at=moment()).record
    assert leads.approve_by == ("law@acme.test", "leads")
    answered = replace(first, phase=Phase.ANSWERED)
    assert decide(answered, event(VERDICT, more), at=moment()).record.approve_by == ()
