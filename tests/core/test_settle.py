"""Outcomes of effects: what is tried again, looked up, done, or kept for a person (delivery.md 4 and 6)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import render
from bridge.core.conversation import Given, Phase
from bridge.core.decide import decide
from bridge.core.effects import Inject, Intent, Judge, State, Tell
from bridge.core.events import Doubted, NotFound, Performed, Postponed, Refused, Withdrawn
from bridge.core.model import Visibility
from bridge.core.policy import Idempotency, ReadBack
from bridge.core.publications import Posted
from bridge.core.settle import FAILED_LOOKS, LIFETIME, backoff
from bridge.testing import making
from bridge.testing.making import AGENT, CHANNEL, DESK, LIMITS, NOW, POLICY, claimed, moment, post, publish, waiting

POSTED = Posted(id="r9", url="https://forum.test/t1/r9")


def only(decision):
    (settlement,) = decision.settlements
    return settlement


def with_limits(**changes):
    return replace(POLICY, channels={"forum": replace(CHANNEL, limits=replace(LIMITS, **changes))})


@pytest.mark.parametrize("effect", [making.inject(), making.tell()])
def test_a_mail_that_was_taken_is_done(effect) -> None:
    settlement = only(decide(waiting(), Performed(claimed=claimed(effect)), at=moment()))

    assert settlement.state is State.DONE
    assert settlement.epoch == 1


def test_a_publication_is_done_with_its_id_and_answers_the_conversation() -> None:
    decision = decide(waiting(), Performed(claimed=claimed(publish()), posted=POSTED), at=moment())

    assert only(decision).posted == POSTED
    assert decision.record.phase is Phase.ANSWERED
    assert decision.record.given[-1].published == "r9"
    assert [fact.kind for fact in decision.facts] == ["published"]


def test_a_publication_that_the_record_forgot_comes_back_as_what_it_was() -> None:
    """Law 9."""
    answer = render.spoken(Given(key="publish|f1|1", text="Hi.", at=NOW, visibility=Visibility.PRIVATE), post())
    effect = replace(publish(), publication=answer)
    (given,) = decide(waiting(), Performed(claimed=claimed(effect), posted=POSTED), at=moment()).record.given

    assert (given.visibility, given.post, given.letter) == (Visibility.PRIVATE, "p1", "f1")


def test_a_publication_names_its_agent_gates_and_letter() -> None:
    """Invariant 8."""
    (fact,) = decide(waiting(), Performed(claimed=claimed(publish()), posted=POSTED), at=moment()).facts

    assert fact.actor == AGENT
    assert fact.detail["gates"] == "G0"


def test_the_agent_is_told_of_a_publication_only_where_the_desk_wants_it() -> None:
    loud = replace(POLICY, desks={"support": replace(DESK, confirm=True)})
    event = Performed(claimed=claimed(publish()), posted=POSTED)

    assert decide(waiting(), event, at=moment()).intents == ()
    (intent,) = decide(waiting(), event, at=moment(policy=loud)).intents
    assert intent.effect.notice.to == AGENT


@pytest.mark.parametrize("effect", [making.inject(), making.tell(), publish(), making.judge()])
def test_what_certainly_did_not_happen_is_tried_again(effect) -> None:
    """C04, D07."""
    settlement = only(decide(waiting(), Postponed(claimed=claimed(effect), after=90), at=moment()))

    assert settlement.state is State.READY
    assert settlement.at == NOW + timedelta(seconds=90)


@pytest.mark.parametrize("event", [Postponed, Doubted])
def test_a_proxy_is_given_up_after_five_days_and_the_operator_told(event) -> None:
    """C25."""
    old = claimed(making.inject(), begun=NOW - LIFETIME)
    decision = decide(waiting(), event(claimed=old), at=moment())

    assert only(decision).state is State.HELD
    assert only(decision).reason == "undeliverable"
    assert [intent.effect.notice.to for intent in decision.intents] == ["ops@acme.test"]


def test_who_wrote_an_answer_that_shall_wait_is_told_when_it_goes_out() -> None:
    postponed = Postponed(claimed=claimed(publish()), after=3600, reason="waits", detail="it is night there")
    decision = decide(waiting(), postponed, at=moment())
    again = decide(waiting(), replace(postponed, after=1800), at=moment(NOW + timedelta(minutes=30)))

    (told,) = decision.intents
    assert only(decision).at == NOW + timedelta(hours=1)
    assert (told.effect.notice.to, told.effect.notice.reason) == (AGENT, "waits")
    assert "It is night there. It goes out by itself after" in told.effect.notice.text
    assert told.key == again.intents[0].key
    assert told.lane != Intent(effect=publish(), at=NOW).lane


def test_a_publication_is_not_sent_after_its_time() -> None:
    """B16."""
    late = replace(publish(), publish_by=NOW + timedelta(seconds=30))
    decision = decide(waiting(), Postponed(claimed=claimed(late), after=60), at=moment())

    assert (only(decision).state, only(decision).reason) == (State.HELD, "late")
    assert [intent.effect.notice.to for intent in decision.intents] == [AGENT]


@pytest.mark.parametrize("effect", [making.inject(), publish()])
def test_a_refusal_waits_for_a_person(effect) -> None:
    """B14, C26."""
    decision = decide(waiting(), Refused(claimed=claimed(effect)), at=moment())

    assert only(decision).state is State.HELD
    assert decision.intents


def test_an_answer_after_the_platforms_time_is_held_for_that_reason() -> None:
    """And its agent reads what else can be done."""
    decision = decide(waiting(), Refused(claimed=claimed(publish()), reason="window_closed"), at=moment())

    assert (only(decision).state, only(decision).reason) == (State.HELD, "window_closed")
    [told] = [intent.effect.notice for intent in decision.intents]
    assert told.subject.startswith("Not published (too late for the platform)")
    assert "that time is over" in told.text
    assert "#release" in told.text


def test_a_refusal_is_told_in_the_adapters_own_words() -> None:
    """Who must choose another way reads which ways there are."""
    why = "its author has not mentioned the account; answer with #private, or by hand and #done"
    decision = decide(waiting(), Refused(claimed=claimed(publish()), reason="refused", detail=why), at=moment())

    [told] = [intent.effect.notice for intent in decision.intents]
    assert "Its author has not mentioned the account; answer with #private, or by hand and #done." in told.text
    assert decision.facts[0].detail == {"reason": "refused", "why": why}


def test_a_notice_that_nobody_takes_is_dropped_with_its_fact() -> None:
    """D04: a notice is no reason for another notice."""
    decision = decide(waiting(), Refused(claimed=claimed(making.tell())), at=moment())

    assert only(decision).state is State.DROPPED
    assert decision.intents == ()
    assert [fact.kind for fact in decision.facts] == ["untold"]


@pytest.mark.parametrize("effect", [making.inject(), making.tell(), making.judge()])
def test_doubtful_mails_and_verdicts_go_again(effect) -> None:
    """C05, C06: the same bytes; duplicates are the receiver's to merge."""
    assert only(decide(waiting(), Doubted(claimed=claimed(effect)), at=moment())).state is State.READY


def test_a_doubtful_publication_waits_and_is_looked_up() -> None:
    """C01."""
    settlement = only(decide(waiting(), Doubted(claimed=claimed(publish())), at=moment()))

    assert settlement.state is State.UNSURE
    assert settlement.at == NOW + timedelta(seconds=90)
    assert settlement.looks == 0


def test_the_settle_time_is_twice_the_stated_lag() -> None:
    policy = with_limits(read_back_lag=timedelta(seconds=120))
    settlement = only(decide(waiting(), Doubted(claimed=claimed(publish())), at=moment(policy=policy)))

    assert settlement.at == NOW + timedelta(seconds=240)


def test_a_lost_lease_also_waits_for_the_former_owner_s_request() -> None:
    """C14: the old owner may have been paused, not dead."""
    lapsed = claimed(publish(), was=State.RUNNING, due=NOW)
    settlement = only(decide(waiting(), Doubted(claimed=lapsed), at=moment()))

    assert settlement.at == NOW + LIMITS.request_timeout + timedelta(seconds=90)


def test_a_platform_with_ids_of_our_choice_gets_the_same_key_again() -> None:
    policy = with_limits(idempotency=Idempotency.NATIVE)

    assert only(decide(waiting(), Doubted(claimed=claimed(publish())), at=moment(policy=policy))).state is State.READY


def test_a_platform_that_shows_nothing_needs_a_person() -> None:
    policy = with_limits(read_back=ReadBack.NONE)
    decision = decide(waiting(), Doubted(claimed=claimed(publish())), at=moment(policy=policy))

    assert (only(decision).state, only(decision).reason) == (State.HELD, "unsure")
    assert decision.intents[0].effect.notice.to == AGENT


def test_absence_must_be_seen_twice() -> None:
    first = decide(waiting(), NotFound(claimed=claimed(publish(), was=State.UNSURE)), at=moment())
    second = decide(waiting(), NotFound(claimed=claimed(publish(), was=State.UNSURE, looks=1)), at=moment())

    assert (only(first).state, only(first).looks) == (State.UNSURE, 1)
    assert (only(second).state, only(second).reason) == (State.READY, "absent")


@pytest.mark.parametrize("event", [Postponed, Doubted])
def test_a_look_that_fails_says_nothing(event) -> None:
    """If the listing itself failed, nothing is known: it stays in doubt, and in the end a person is asked."""
    row = claimed(publish(), was=State.UNSURE, looks=1, attempt=1, epoch=5)
    tired = replace(row, epoch=row.attempt + row.looks + FAILED_LOOKS)

    assert only(decide(waiting(), event(claimed=row), at=moment())).state is State.UNSURE
    assert only(decide(waiting(), event(claimed=tired), at=moment())).reason == "unsure"


def test_what_is_not_wanted_any_more_is_dropped() -> None:
    settlement = only(decide(waiting(), Withdrawn(claimed=claimed(making.inject()), reason="x"), at=moment()))

    assert settlement.state is State.DROPPED


@given(key=st.text(), attempt=st.integers(min_value=-5, max_value=10_000))
def test_pauses_grow_to_half_an_hour_with_a_jitter_of_a_fifth(key: str, attempt: int) -> None:
    """D09."""
    pause = backoff(key, attempt)

    assert timedelta(minutes=1) <= pause <= timedelta(minutes=36)
    assert pause == backoff(key, attempt)


def test_a_known_answer_keeps_its_words_when_it_is_published() -> None:
    answer = Given(key=publish().key, text="We are on it.", at=NOW, agent=AGENT, post="p1", letter="f1")
    record = waiting().with_given(answer)
    decision = decide(record, Performed(claimed=claimed(publish()), posted=POSTED), at=moment())

    assert decision.record.given == (replace(answer, published="r9", url=POSTED.url),)


def test_effects_have_one_key_for_one_thing() -> None:
    """Law 4."""
    assert making.judge().key == Judge(post=making.post()).key
    assert isinstance(making.inject(), Inject)
    assert isinstance(making.tell(), Tell)
    assert making.inject().key != making.inject(making.post(text="other words")).key


def test_answers_are_timed_from_when_the_proxy_reached_its_queue() -> None:
    """A14: an acknowledgement that follows a late injection at once is still sooner than a person types."""
    later = NOW + timedelta(hours=2)
    decision = decide(waiting(), Performed(claimed=claimed(making.inject())), at=moment(later))

    assert decision.record.sent[-1].at == later
    assert decide(waiting(), Performed(claimed=claimed(making.inject())), at=moment()).record is None
