"""What operators may order about effects that are not settled, and what they may not: every state of a row."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.automatic import AGENT as AUTOMATIC
from bridge.core.conversation import Given
from bridge.core.decide import decide
from bridge.core.deeds import Deed
from bridge.core.effects import Act, Row, State
from bridge.core.events import EffectDropped, EffectRetried
from bridge.core.policy import Idempotency, ReadBack
from bridge.core.share import ToAll, left_out
from bridge.core.unsettled import no_drop, no_retry
from bridge.testing import making
from bridge.testing.making import AGENT, CHANNEL, LIMITS, NOW, POLICY, inject, judge, moment, publish, row, waiting

LATER = NOW + timedelta(minutes=1)
LONG_AFTER = NOW + timedelta(hours=1)


def retried(of: Row, now=LONG_AFTER, policy=POLICY):
    return decide(None, EffectRetried(row=of, by="op"), at=moment(now, policy))


def dropped(of: Row, record=None, policy=POLICY, why="answered on the phone"):
    return decide(record, EffectDropped(row=of, by="op", why=why), at=moment(LONG_AFTER, policy))


def limited(**changes):
    """The policy of a platform that differs."""
    channel = replace(CHANNEL, limits=replace(LIMITS, **changes))
    return replace(POLICY, channels={CHANNEL.name: channel})


def settlements(decision):
    return [(each.state, each.at) for each in decision.settlements]


@pytest.mark.parametrize("effect", [inject(), publish(), judge()], ids=["inject", "publish", "judge"])
def test_what_was_tried_is_due_now(effect) -> None:
    tried = replace(row(effect, State.READY, "temporary", 3), due=LONG_AFTER + timedelta(minutes=20))
    decision = retried(tried)

    assert settlements(decision) == [(State.READY, LONG_AFTER)]
    assert [(fact.kind, fact.actor, fact.detail["reason"]) for fact in decision.facts] == [
        ("retried", "op", "temporary")
    ]


@pytest.mark.parametrize("reason", ["refused", "undeliverable", "poison", "desk_missing"])
def test_what_failed_is_tried_again_and_has_time_for_it(reason: str) -> None:
    (settlement,) = retried(row(publish(), State.HELD, reason), now=NOW + timedelta(days=3)).settlements

    assert (settlement.state, settlement.effect.waived) == (State.READY, (reason,))
    assert settlement.effect.publish_by > NOW + timedelta(days=3)


def test_what_is_in_doubt_is_looked_up_and_not_sent() -> None:
    unsure = replace(row(publish(), State.UNSURE, "uncertain", 1), due=LONG_AFTER + timedelta(minutes=30))

    assert settlements(retried(unsure)) == [(State.UNSURE, LONG_AFTER)]


@pytest.mark.parametrize("state", [State.UNSURE, State.HELD])
def test_nobody_looks_before_the_platform_can_have_finished(state: State) -> None:
    """Law 5: an early look would find nothing although the request still arrives."""
    unsure = row(publish(), state, "unsure", 1)

    assert settlements(retried(unsure, now=LATER)) == [(State.UNSURE, NOW + LIMITS.request_timeout + LIMITS.settle)]


@pytest.mark.parametrize("state", [State.UNSURE, State.HELD])
def test_where_nothing_can_be_looked_up_a_person_looks(state: State) -> None:
    policy, unsure = limited(read_back=ReadBack.NONE), row(publish(), state, "unsure", 1)

    assert "held confirm" in no_retry(unsure, at=moment(NOW, policy))
    assert retried(unsure, policy=policy).settlements == ()
    assert "not configured" in no_retry(unsure, at=moment(NOW, replace(POLICY, channels={})))


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (replace(row(publish(), State.READY), due=LONG_AFTER + timedelta(seconds=30)), "waits on purpose"),
        (row(inject(), State.PACED), "its turn"),
        (row(publish(), State.RUNNING), "in hand just now"),
        (row(publish(), State.HELD, "target_changed"), "held show"),
        (row(publish(), State.DONE), "settled: done"),
        (row(publish(), State.DROPPED), "settled: dropped"),
    ],
)
def test_what_cannot_be_tried_says_why(of: Row, why: str) -> None:
    assert why in no_retry(of, at=moment(LONG_AFTER))
    assert retried(of) == retried(of).__class__()


@pytest.mark.parametrize("state", [State.RUNNING, State.DONE, State.DROPPED])
def test_what_cannot_be_given_up_says_why(state: State) -> None:
    assert no_drop(row(publish(), state))
    assert dropped(row(publish(), state)).settlements == ()


@pytest.mark.parametrize("state", [State.READY, State.PACED, State.UNSURE, State.HELD])
def test_a_given_up_effect_is_on_record_with_who_and_why(state: State) -> None:
    decision = dropped(row(inject(), state, "undeliverable"))
    (settlement,), (fact,) = decision.settlements, decision.facts

    assert (settlement.state, settlement.reason) == (State.DROPPED, "operator")
    assert (fact.kind, fact.actor, fact.detail["why"]) == ("dropped", "op", "answered on the phone")


@pytest.mark.parametrize(
    ("of", "told", "policy"),
    [
        (row(publish(), State.READY), "dropped", POLICY),
        (row(publish(), State.READY, "temporary", 2), "dropped", POLICY),
        (row(publish(), State.READY, "uncertain", 1), "dropped_in_doubt", limited(idempotency=Idempotency.NATIVE)),
        (row(publish(), State.HELD, "late"), "dropped", POLICY),
        (row(publish(), State.HELD, "unsure", 1), "dropped_in_doubt", POLICY),
        (row(publish(), State.UNSURE, "uncertain", 1), "dropped_in_doubt", POLICY),
    ],
)
def test_the_agent_hears_that_their_answer_was_given_up(of: Row, told: str, policy) -> None:
    record = waiting().with_given(Given(key=of.key, text="We are on it.", at=NOW, agent=AGENT, post="p1", letter="f1"))
    decision = dropped(of, record, policy)
    (notice,) = (intent.effect.notice for intent in decision.intents)

    assert (notice.reason, notice.to) == (told, AGENT)
    assert "Answered on the phone." in notice.text
    assert decision.record.answer(of.key).dropped


def test_the_agent_hears_that_their_order_was_given_up() -> None:
    act = Act(
        deed=Deed.HIDE,
        channel="forum",
        target="p1",
        conversation=waiting().id,
        letter="f1",
        agent=AGENT,
        notify=AGENT,
        desk="support",
    )
    (intent,) = dropped(row(act, State.READY, "temporary", 2), waiting()).intents

    assert intent.effect.notice.reason == "not_done"


def test_a_post_that_nobody_shall_judge_is_left_alone() -> None:
    """Else it would stay without a verdict for ever (P1)."""
    of = making.post()
    (judged,) = dropped(row(judge(of), State.HELD, "poison")).judged

    assert (judged.post, judged.verdict.route) == (of.key, None)


GOING = replace(waiting(), to_all=(ToAll(letter="f1", agent=AGENT, at=NOW, others=3),))


def test_an_answer_to_all_that_is_given_up_ends_by_itself_and_says_who_has_it() -> None:
    decision = dropped(row(making.share(), State.READY), GOING)

    assert decision.record.to_all[0].stopped == "operator"
    assert settlements(decision) == [(State.READY, LONG_AFTER)]


def test_taking_an_answer_away_from_all_can_be_given_up() -> None:
    decision = dropped(row(making.share(taking="f2"), State.READY), GOING)

    assert settlements(decision) == [(State.DROPPED, None)]
    assert decision.record.to_all == GOING.to_all


def test_one_of_many_whose_answer_is_given_up_is_counted_among_those_who_have_none() -> None:
    decision = dropped(row(replace(publish(), group="g1"), State.READY), waiting())
    (fact,) = [fact for fact in decision.facts if fact.kind == "not_shared"]

    assert fact.key == left_out("f1", waiting().id)
    assert fact.detail == {"reason": "operator", "group": "g1"}


@pytest.mark.parametrize(
    ("state", "said"), [(State.READY, "did not go out: an operator"), (State.UNSURE, "It is not certain whether")]
)
def test_a_ticket_hears_that_the_answer_which_it_was_promised_was_given_up(state: State, said: str) -> None:
    of = row(replace(publish(), agent=AUTOMATIC, notify=""), state)
    (intent,) = dropped(of, waiting()).intents

    assert said in intent.effect.notice.text
