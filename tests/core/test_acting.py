"""Orders to act on the platform: who may give them, on what, in rehearsal too, and what their agent hears."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.conversation import Given, Phase
from bridge.core.decide import decide
from bridge.core.deeds import Deed
from bridge.core.effects import Act, Publish, State
from bridge.core.events import DeedOrdered, Doubted, Performed, Postponed, Refused
from bridge.core.model import Visibility
from bridge.core.replies import Command, LetterOutcome
from bridge.testing import making
from bridge.testing.making import (
    AGENT,
    CHANNEL,
    DESK,
    LEAD,
    LIMITS,
    NOW,
    POLICY,
    claimed,
    moment,
    private_post,
    waiting,
)

LATER = NOW + timedelta(minutes=2)


def answered(*parts: str, visibility: Visibility = Visibility.PUBLIC, letter: str = "f0"):
    """A conversation with a published answer."""
    record = waiting()
    for number, name in enumerate(parts):
        given = Given(
            key=f"publish|{letter}|{number + 1}",
            text="We are on it.",
            at=NOW,
            agent=LEAD,
            post="p1",
            published=name,
            letter=letter,
            visibility=visibility,
        )
        record = record.with_given(given)
    return replace(record, phase=Phase.ANSWERED)


def order(name: str, record=None, text: str = "", policy=POLICY, sender: str = AGENT):
    about = record or waiting()
    said = making.reading(text, about, commands=(Command(name=name),), sender=sender, fingerprint="f1")
    return decide(about, making.letter(said), at=moment(LATER, policy))


def acts(decision) -> list[Act]:
    return [intent.effect for intent in decision.intents if isinstance(intent.effect, Act)]


def notices(decision):
    return [intent.effect.notice for intent in decision.intents if hasattr(intent.effect, "notice")]


@pytest.mark.parametrize("name", ["hide", "unhide", "like"])
def test_an_order_acts_on_the_post_that_the_mail_answers(name: str) -> None:
    decision = order(name)
    (act,) = acts(decision)
    assert (act.deed, act.channel, act.target, act.agent) == (Deed(name), "forum", "p1", AGENT)
    assert decision.filed.outcome is LetterOutcome.COMMAND


def test_text_below_a_like_is_published_and_below_a_hide_it_is_not() -> None:
    for name, count in (("like", 1), ("hide", 0)):
        decision = order(name, text="Thank you for these kind words!")
        assert len(acts(decision)) == 1
        assert sum(isinstance(intent.effect, Publish) for intent in decision.intents) == count


def test_all_parts_of_the_newest_answer_are_deleted() -> None:
    record = answered("a1", "a2")
    older = Given(key="publish|e|1", text="Hello.", at=NOW - timedelta(hours=1), published="a0", letter="e", post="p1")
    decision = order("delete", record.with_given(older))
    assert [act.target for act in acts(decision)] == ["a1", "a2"]


@pytest.mark.parametrize(
    ("name", "record", "policy", "why"),
    [
        ("hide", waiting(private_post()), POLICY, "this conversation is private"),
        ("hide", replace(waiting(), deleted=("p1",)), POLICY, "the customer's post is gone"),
        ("delete", waiting(), POLICY, "no answer of ours stands there"),
        ("delete", answered("a1", visibility=Visibility.PRIVATE), POLICY, "no answer of ours stands there"),
        ("delete", answered("by hand 7"), POLICY, "no answer of ours stands there"),
        (
            "like",
            None,
            replace(POLICY, channels={"forum": replace(CHANNEL, limits=replace(LIMITS, deeds=frozenset({Deed.HIDE})))}),
            "Forum does not let us do this",
        ),
        ("hide", None, replace(POLICY, desks={"support": replace(DESK, approve_by=("lead",))}), "a lead must do it"),
    ],
    ids=["private", "gone", "nothing said", "said in private", "by hand", "impossible", "needs a lead"],
)
def test_what_cannot_be_done_is_refused_with_its_reason(name, record, policy, why: str) -> None:
    """Law 9: nothing private has a public act."""
    decision = order(name, record, policy=policy)
    assert acts(decision) == []
    assert (decision.filed.outcome, decision.filed.reason) == (LetterOutcome.REFUSED, "not_possible")
    (notice,) = notices(decision)
    assert f"#{name}: " in notice.text
    assert why in notice.text


def test_each_order_that_cannot_be_followed_is_told() -> None:
    """Who then tries another one must hear of that, too."""
    one, other = (notices(order(name, waiting(private_post())))[0].key for name in ("hide", "like"))
    assert one != other


def test_a_lead_may_where_approval_is_asked_for() -> None:
    policy = replace(POLICY, desks={"support": replace(DESK, approve_by=("lead",))})
    assert len(acts(order("hide", policy=policy, sender=LEAD))) == 1


def test_in_rehearsal_nothing_is_done_and_the_agent_reads_what_would_have_been() -> None:
    decision = order("hide", policy=replace(POLICY, desks={"support": replace(DESK, live=False)}))
    assert acts(decision) == []
    (notice,) = notices(decision)
    assert notice.subject.startswith("Rehearsal")
    assert "hide" in notice.text


def act(deed: Deed = Deed.HIDE, target: str = "p1") -> Act:
    conversation = waiting().id
    return Act(
        deed=deed,
        channel="forum",
        target=target,
        conversation=conversation,
        letter="f1",
        agent=AGENT,
        notify=AGENT,
        desk="support",
    )


@pytest.mark.parametrize("deed", list(Deed))
def test_what_was_done_is_told_to_who_ordered_it(deed: Deed) -> None:
    decision = decide(waiting(), Performed(claimed=claimed(act(deed))), at=moment())
    assert decision.settlements[0].state is State.DONE
    (notice,) = notices(decision)
    assert (notice.to, notice.reason) == (AGENT, str(deed))
    assert decision.facts[0].detail == {"deed": str(deed), "target": "p1"}


def test_a_deleted_answer_leaves_the_customer_waiting_and_may_be_given_again() -> None:
    first = decide(answered("a1", "a2"), Performed(claimed=claimed(act(Deed.DELETE, "a1"))), at=moment())
    assert first.record.phase is Phase.ANSWERED
    second = decide(first.record, Performed(claimed=claimed(act(Deed.DELETE, "a2"))), at=moment())
    assert second.record.phase is Phase.WAITING
    assert all(given.dropped for given in second.record.given)


def test_a_refused_order_is_told_and_waits_for_nobody() -> None:
    event = Refused(claimed=claimed(act()), reason="refused", detail="only replies to our own posts can be hidden")
    decision = decide(waiting(), event, at=moment())
    assert decision.settlements[0].state is State.DROPPED
    (notice,) = notices(decision)
    assert "Only replies to our own posts can be hidden." in notice.text


def test_an_order_in_doubt_is_tried_again_and_not_for_ever() -> None:
    """Doing it twice is once."""
    assert decide(waiting(), Doubted(claimed=claimed(act())), at=moment()).settlements[0].state is State.READY
    assert decide(waiting(), Postponed(claimed=claimed(act())), at=moment()).settlements[0].state is State.READY
    late = moment(NOW + timedelta(days=1))
    decision = decide(waiting(), Postponed(claimed=claimed(act())), at=late)
    assert decision.settlements[0].state is State.DROPPED
    assert notices(decision)[0].reason == "not_done"


def test_an_operator_orders_without_a_letter_and_is_told_by_no_mail() -> None:
    event = DeedOrdered(deed=Deed.DELETE, by="operator ann")
    decision = decide(answered("a1"), event, at=moment())
    (act_,) = acts(decision)
    assert (act_.target, act_.agent) == ("a1", "operator ann")
    done = decide(answered("a1"), Performed(claimed=claimed(act_)), at=moment())
    assert (notices(done), done.facts[0].actor) == ([], "operator ann")
    assert acts(decide(waiting(private_post()), event, at=moment())) == []
    assert acts(decide(None, event, at=moment())) == []
