"""What happens about a proxy that no queue has yet: no ticket is told of it, and it goes in only while somebody wants it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.conversation import Phase
from bridge.core.decide import decide
from bridge.core.effects import Remind, State
from bridge.core.events import (
    AnsweredNatively,
    EffectDropped,
    GroupGrew,
    Performed,
    PostDeleted,
    PostEdited,
    PostJudged,
    Withdrawn,
)
from bridge.core.policy import Pace
from bridge.testing import making
from bridge.testing.making import (
    BRAND,
    DESK,
    NOW,
    POLICY,
    VERDICT,
    claimed,
    inject,
    judge,
    letter,
    moment,
    post,
    reading,
    waiting,
)

PACED = moment(policy=replace(POLICY, desks={"support": replace(DESK, pace=Pace(open=3))}))
HOUR = timedelta(hours=1)
LATER = moment(NOW + HOUR)
NEWER = post(text="Never mind, it works.")
ANSWER = post("r9", "Fixed!", author=BRAND, parent="p1")


def judged(verdict=VERDICT, *, at=PACED, storm=False, marks=()):
    event = PostJudged(
        claimed=claimed(judge()),
        post=post(),
        verdict=verdict,
        current=post().fingerprint,
        delimiter="abcd1234",
        storm=storm,
        marks=marks,
    )
    return decide(None, event, at=at).record


def unsent(*posts):
    """A conversation whose proxies wait for their turn."""
    record = waiting(*posts)
    return replace(record, sent=tuple(replace(sent, waits=True) for sent in record.sent))


def told(decision):
    return [intent.effect.notice.reason for intent in decision.intents]


def dropped(decision):
    return [(s.key, s.state, s.reason) for s in decision.settlements]


def test_a_proxy_waits_where_it_is_planned_for_later() -> None:
    assert judged().sent[0].waits
    assert judged(replace(VERDICT, hold_for=HOUR), at=moment()).sent[0].waits
    assert judged(replace(VERDICT, defer_in_storm=HOUR), at=moment(), storm=True).sent[0].waits
    assert not judged(at=moment()).sent[0].waits


def test_a_proxy_that_others_may_join_is_known_as_such() -> None:
    assert judged(marks=(b"m",)).sent[0].leads
    assert not judged().sent[0].leads


@pytest.mark.parametrize("was", [State.READY, State.RUNNING])
def test_a_proxy_waits_no_more_once_a_queue_has_it(was) -> None:
    decision = decide(unsent(), Performed(claimed=claimed(inject(), was)), at=moment())

    assert not decision.record.sent[0].waits
    assert decision.intents == ()


@pytest.mark.parametrize(
    "event",
    [
        GroupGrew(step=5, count=7, people=6, newest=(post(),)),
        PostEdited(post=NEWER, before=post().fingerprint),
        PostDeleted(key=post().key),
        AnsweredNatively(answer=ANSWER),
        Performed(claimed=claimed(Remind(post="p1", conversation=waiting().id, until=NOW + HOUR))),
    ],
    ids=["grown", "edited", "deleted", "answered", "closing"],
)
def test_a_ticket_that_is_not_there_yet_is_told_nothing(event) -> None:
    assert told(decide(unsent(), event, at=moment())) == []
    assert len(told(decide(waiting(), event, at=moment()))) == 1


def test_a_group_is_counted_again_once_its_ticket_is_there() -> None:
    decision = decide(unsent(), GroupGrew(step=5, count=7, people=6, newest=(post(),)), at=moment())

    assert (decision.once, decision.facts) == ("", ())


def test_what_changed_while_a_proxy_waited_is_told_after_it() -> None:
    changed = decide(unsent(), PostEdited(post=NEWER, before=post().fingerprint), at=moment())
    assert changed.settlements == ()

    decision = decide(changed.record, Performed(claimed=claimed(inject())), at=LATER)
    assert told(decision) == ["edited"]
    assert "Never mind" in decision.intents[0].effect.notice.text


def test_an_answer_past_the_bridge_keeps_a_waiting_post_from_the_queue() -> None:
    decision = decide(unsent(), AnsweredNatively(answer=ANSWER), at=moment())

    assert dropped(decision) == [(unsent().sent[0].key, State.DROPPED, "answered_natively")]
    assert (decision.record.sent, decision.record.phase) == ((), Phase.ANSWERED)
    assert [fact.kind for fact in decision.facts] == ["answered_natively", "withdrawn"]


def test_an_answer_to_another_post_keeps_nothing_from_the_queue() -> None:
    decision = decide(unsent(post(), post("p2")), AnsweredNatively(answer=ANSWER), at=moment())

    assert len(decision.settlements) == 1
    assert [sent.post for sent in decision.record.sent] == ["p2"]


@pytest.mark.parametrize(
    ("event", "reason"),
    [(PostDeleted(key=post().key), "deleted"), (AnsweredNatively(answer=ANSWER), "answered_natively")],
)
def test_a_ticket_that_stands_for_others_is_made_and_then_told(event, reason) -> None:
    record = unsent()
    record = replace(record, sent=tuple(replace(sent, leads=True) for sent in record.sent))
    changed = decide(record, event, at=moment())
    assert (changed.settlements, changed.intents) == ((), ())

    assert told(decide(changed.record, Performed(claimed=claimed(inject())), at=LATER)) == [reason]


def test_a_post_that_is_gone_before_its_turn_goes_into_no_queue() -> None:
    decision = decide(unsent(), PostDeleted(key=post().key), at=moment())

    assert dropped(decision) == [(unsent().sent[0].key, State.DROPPED, "deleted")]
    assert (decision.record.sent, decision.record.phase) == ((), Phase.LEFT)


def test_the_customer_still_waits_for_what_else_they_wrote() -> None:
    record = replace(waiting(post(), post("p2")), sent=(*waiting().sent, *unsent(post("p2")).sent))
    decision = decide(record, PostDeleted(key=post("p2").key), at=moment())

    assert len(decision.settlements) == 1
    assert decision.record.phase is Phase.WAITING
    assert told(decision) == []


@pytest.mark.parametrize(
    "event",
    [
        Withdrawn(claimed=claimed(inject()), reason="answered_meanwhile"),
        EffectDropped(row=making.row(inject(), State.HELD, "undeliverable"), by="op", why=""),
    ],
    ids=["withdrawn", "dropped by a person"],
)
def test_a_proxy_that_will_never_go_in_is_not_waited_for(event) -> None:
    """Else a later change would settle its row again, which the store refuses for ever."""
    assert decide(unsent(), event, at=moment()).record.sent == ()


def test_a14_a_letter_without_headers_answers_no_proxy_that_waits() -> None:
    record = replace(waiting(post(), post("p2")), sent=(*waiting().sent, *unsent(post("p2")).sent))
    decision = decide(record, letter(reading(record=record, in_reply_to=())), at=moment())

    assert decision.record.given[-1].post == "p1"


def test_a_notice_names_no_mail_that_was_not_sent() -> None:
    record = replace(waiting(post(), post("p2")), sent=(*waiting().sent, *unsent(post("p2")).sent))
    (intent,) = decide(record, AnsweredNatively(answer=ANSWER), at=moment()).intents

    assert intent.effect.notice.references == (record.sent[0].message_id,)
