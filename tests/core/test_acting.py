"""Orders to act on the platform: who may give them, on what, in rehearsal too, and what their agent hears."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.acting import impossible
from bridge.core.conversation import Given, Phase
from bridge.core.decide import decide
from bridge.core.deeds import Deed
from bridge.core.effects import Act, Publish, State
from bridge.core.events import DeedOrdered, Doubted, Performed, Postponed, Refused
from bridge.core.model import Visibility
from bridge.core.policy import Idempotency
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


def order(name: str, record=None, text: str = "", policy=POLICY, sender: str = AGENT, rows=(), more=(), **said_too):
    about = record or waiting()
    commands = (*(Command(name=each) for each in more), Command(name=name))
    said = making.reading(text, about, commands=commands, sender=sender, fingerprint="f1", **said_too)
    return decide(about, making.letter(said, rows=rows), at=moment(LATER, policy))


def given(letter: str, published: str = "", part: int = 1, post: str = "p1", **changes) -> Given:
    """A newer answer than that of `answered`."""
    key = f"publish|{letter}|{part}" if letter else f"by hand|{part}"
    at = NOW + timedelta(minutes=1)
    made = Given(key=key, text="Wrong.", at=at, agent=AGENT, post=post, published=published, letter=letter)
    return replace(made, **changes)


def outbox(state: State, reason: str = "", attempt: int = 0, part: int = 1):
    """The row of such an answer."""
    return making.row(making.publish("Wrong.", letter="f9", part=part), state, reason, attempt)


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


def test_a_newest_answer_that_still_waits_is_taken_back_and_the_older_one_stands() -> None:
    """Whoever sees a mistake within the undo window may write the one command or the other."""
    record = answered("a1").with_given(given("f9"))
    decision = order("delete", record, rows=(outbox(State.READY),))
    assert acts(decision) == []
    assert [(s.key, s.state) for s in decision.settlements] == [("publish|f9|1", State.DROPPED)]
    assert [notice.reason for notice in notices(decision)] == ["cancelled"]
    assert decision.record.answer("publish|f9|1").dropped


def test_what_still_waits_is_taken_back_also_where_the_platform_deletes_nothing_and_in_rehearsal() -> None:
    nothing = replace(CHANNEL, limits=replace(LIMITS, deeds=frozenset()))
    rehearsing = replace(DESK, live=False)
    policy = replace(POLICY, channels={"forum": nothing}, desks={"support": rehearsing})
    decision = order("delete", answered("a1").with_given(given("f9")), policy=policy, rows=(outbox(State.READY),))
    assert [settlement.state for settlement in decision.settlements] == [State.DROPPED]


def test_parts_that_wait_are_taken_back_and_parts_that_stand_are_deleted() -> None:
    record = answered("a1").with_given(given("f9", "a2")).with_given(given("f9", part=2))
    decision = order("delete", record, rows=(outbox(State.READY, part=2),))
    assert [act.target for act in acts(decision)] == ["a2"]
    assert [settlement.key for settlement in decision.settlements] == ["publish|f9|2"]


def test_cancel_and_delete_in_one_letter_mean_the_same_answer_and_drop_it_once() -> None:
    record = answered("a1").with_given(given("f9"))
    decision = order("delete", record, rows=(outbox(State.READY),), more=("cancel",))
    assert acts(decision) == []
    assert [settlement.key for settlement in decision.settlements] == ["publish|f9|1"]


@pytest.mark.parametrize(
    "row",
    [
        outbox(State.RUNNING),
        outbox(State.UNSURE),
        outbox(State.HELD, "unsure"),
        outbox(State.READY, "server", attempt=1),
    ],
    ids=["on its way", "in doubt", "asked about", "tried before with the same key"],
)
def test_a_newest_answer_in_doubt_is_neither_deleted_nor_called_cancelled(row) -> None:
    native = replace(CHANNEL, limits=replace(LIMITS, idempotency=Idempotency.NATIVE))
    policy = replace(POLICY, channels={"forum": native})
    decision = order("delete", answered("a1").with_given(given("f9")), policy=policy, rows=(row,))
    assert (acts(decision), decision.settlements) == ([], ())
    assert "it is not certain whether our newest answer stands there" in notices(decision)[0].text


def test_an_agent_deletes_the_answer_under_the_post_that_their_mail_is_about() -> None:
    """A colleague's newer answer under another post of the conversation stays."""
    other = making.post("p2", "And another thing.")
    record = replace(waiting(making.post(), other), given=(*answered("a1").given, given("f9", "b1", post="p2")))
    about_the_first = {"in_reply_to": (record.sent[0].message_id,)}
    assert [act.target for act in acts(order("delete", record, **about_the_first))] == ["a1"]
    operator = decide(record, DeedOrdered(deed=Deed.DELETE, by="operator ann"), at=moment())
    assert [act.target for act in acts(operator)] == ["b1"]


@pytest.mark.parametrize(
    "newest",
    [
        given("f9", "a2", visibility=Visibility.PRIVATE),
        given("f9", "by hand publish|f9|1"),
        given("", "by hand|f9"),
        given("", "native7"),
    ],
    ids=["private", "found by hand", "given by hand", "seen on the platform"],
)
def test_an_older_answer_is_not_deleted_in_place_of_one_that_cannot_be(newest: Given) -> None:
    record = answered("a1").with_given(newest)
    assert acts(order("delete", record)) == []
    assert acts(decide(record, DeedOrdered(deed=Deed.DELETE, by="operator ann"), at=moment())) == []


def test_an_operator_s_order_does_not_pass_over_an_answer_that_is_not_yet_there() -> None:
    record = answered("a1").with_given(given("f9"))
    assert acts(decide(record, DeedOrdered(deed=Deed.DELETE, by="operator ann"), at=moment())) == []


@pytest.mark.parametrize(
    ("name", "record", "policy", "why"),
    [
        ("hide", waiting(private_post()), POLICY, "this conversation is private"),
        ("hide", replace(waiting(), deleted=("p1",)), POLICY, "the customer's post is gone"),
        ("delete", waiting(), POLICY, "no answer of ours stands there"),
        ("delete", answered("a1", visibility=Visibility.PRIVATE), POLICY, "our newest answer there is private"),
        ("delete", answered("by hand 7"), POLICY, "our newest answer there was given by hand"),
        (
            "like",
            None,
            replace(POLICY, channels={"forum": replace(CHANNEL, limits=replace(LIMITS, deeds=frozenset({Deed.HIDE})))}),
            "the bridge cannot do this on Forum",
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


@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.LEFT, Phase.FOLDED])
def test_taking_an_answer_away_opens_nothing_that_somebody_put_away(phase: Phase) -> None:
    record = replace(answered("a1"), phase=phase)
    decision = decide(record, Performed(claimed=claimed(act(Deed.DELETE, "a1"))), at=moment())
    assert decision.record.phase is phase
    assert decision.record.given[0].dropped


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
    for event in (Postponed(claimed=claimed(act())), Doubted(claimed=claimed(act()))):
        decision = decide(waiting(), event, at=late)
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


def test_in_rehearsal_an_operator_s_order_is_refused_too() -> None:
    policy = replace(POLICY, desks={"support": replace(DESK, live=False)})
    event = DeedOrdered(deed=Deed.HIDE, by="operator ann")
    assert acts(decide(waiting(), event, at=moment(NOW, policy))) == []
    assert impossible(waiting(), policy, Deed.HIDE) == "this desk is in rehearsal"
    assert impossible(waiting(), POLICY, Deed.HIDE) == ""
