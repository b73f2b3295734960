"""What changes on the platform itself reaches the ticket once, and takes deleted words with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.conversation import Given, Phase, Record
from bridge.core.decide import decide
from bridge.core.decision import Decision
from bridge.core.effects import Judge, State
from bridge.core.events import AnsweredByOthers, AnsweredNatively, PostDeleted, PostEdited, Undelivered
from bridge.core.proxies import Audience
from bridge.testing.making import BRAND, CUSTOMER, NOW, moment, post, waiting

NEWER = post(text="Never mind, it works.")


def told(decision):
    return [intent.effect.notice for intent in decision.intents]


def test_an_edit_is_told_to_the_ticket_that_carries_the_post() -> None:
    decision = decide(waiting(), PostEdited(post=NEWER, before=post().fingerprint), at=moment())
    (notice,) = told(decision)

    assert notice.audience is Audience.TICKET
    assert "Never mind" in notice.text
    assert decision.record.post("p1") == NEWER
    assert decision.sightings[0].post == NEWER


def test_an_edited_post_that_no_ticket_carries_is_judged_anew() -> None:
    for record in (None, Record(key=post().conversation, posts=(post(),), phase=Phase.LEFT)):
        (intent,) = decide(record, PostEdited(post=NEWER, before="x"), at=moment()).intents

        assert intent.effect == Judge(post=NEWER)


def test_the_same_edit_is_one_decision() -> None:
    event = PostEdited(post=NEWER, before=post().fingerprint)

    assert decide(waiting(), event, at=moment()).once == decide(waiting(), event, at=moment()).once != ""


def test_b13_an_edit_back_and_forth_is_told_each_time() -> None:
    """What the record shows must be what the platform shows, or an answer passes under a swapped post."""
    record, seen = waiting(), []
    for words in (NEWER, post(), NEWER):
        decision = decide(record, PostEdited(post=words, before=record.post("p1").fingerprint), at=moment())
        record = replace(decision.record, version=record.version + 1)
        seen += [decision.once, *(notice.key for notice in told(decision))]

    assert len(set(seen)) == len(seen) == 6


def test_an_edit_that_the_record_already_shows_is_told_to_nobody() -> None:
    decision = decide(waiting(NEWER), PostEdited(post=NEWER, before=post().fingerprint), at=moment())

    assert (decision.once, decision.record, decision.intents) == ("", None, ())


def test_a_deletion_takes_the_words_and_tells_the_open_ticket() -> None:
    """B14, I03."""
    decision = decide(waiting(), PostDeleted(key=post().key), at=moment())

    assert decision.deleted == (post().key,)
    assert decision.record.post("p1").text == ""
    assert decision.record.sent[0].text == ""
    assert [notice.reason for notice in told(decision)] == ["deleted"]


def test_a_deletion_after_the_answer_tells_nobody() -> None:
    decision = decide(replace(waiting(), phase=Phase.ANSWERED), PostDeleted(key=post().key), at=moment())

    assert decision.intents == ()
    assert "p1" in decision.record.deleted


def test_an_answer_past_the_bridge_is_on_record_and_told() -> None:
    answer = post("r9", "Fixed!", author=BRAND, parent="p1")
    decision = decide(waiting(), AnsweredNatively(answer=answer), at=moment())

    assert decision.record.phase is Phase.ANSWERED
    assert decision.record.given[-1].text == "Fixed!"
    assert [notice.audience for notice in told(decision)] == [Audience.TICKET]


def test_an_answer_to_nobody_we_know_changes_nothing_but_the_record() -> None:
    decision = decide(None, AnsweredNatively(answer=post("r9", author=BRAND)), at=moment())

    assert decision.record is None
    assert decision.intents == ()


def test_c01_our_own_answer_in_doubt_is_nobody_elses() -> None:
    """The platform shows it before it was looked for: the look will bind it."""
    ours = Given(key="publish|f1|1", text="We are  on it.", at=NOW, post="p1", letter="f1")
    answer = post("r9", "We are on it.", author=BRAND, parent="p1")

    assert decide(waiting().with_given(ours), AnsweredNatively(answer=answer), at=moment()) == Decision()
    for other in (replace(ours, published="r8"), replace(ours, dropped=True), replace(ours, post="p2")):
        assert decide(waiting().with_given(other), AnsweredNatively(answer=answer), at=moment()).facts


def test_c13_an_answer_that_was_bound_while_a_poll_waited_is_nobody_elses() -> None:
    """The poll read what was known before the publication was settled."""
    ours = Given(key="publish|f1|1", text="We are on it.", at=NOW, post="p1", letter="f1", published="r9")
    answer = post("r9", "We are on it.", author=BRAND, parent="p1")

    assert decide(waiting().with_given(ours), AnsweredNatively(answer=answer), at=moment()) == Decision()


OTHER = replace(CUSTOMER, id="u2", handle="bob")


def held(*posts, until=NOW + timedelta(hours=1)):
    """A conversation whose posts the community may answer first."""
    record = waiting(*posts)
    return replace(record, sent=tuple(replace(sent, at=until) for sent in record.sent))


def test_the_communitys_answer_keeps_a_post_from_the_queue() -> None:
    answer = post("p9", "Hold the button for ten seconds.", parent="p1", author=OTHER)
    decision = decide(held(), AnsweredByOthers(answer=answer), at=moment())

    assert [(s.key, s.state, s.reason) for s in decision.settlements] == [
        (waiting().sent[0].key, State.DROPPED, "answered_by_others")
    ]
    assert (decision.record.phase, decision.record.sent, decision.intents) == (Phase.ANSWERED, (), ())
    assert [fact.kind for fact in decision.facts] == ["withdrawn"]
    assert decide(decision.record, AnsweredByOthers(answer=answer), at=moment()) == Decision()


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        (None, post("p9", parent="p1", author=OTHER)),
        (waiting(), post("p9", parent="p1", author=OTHER)),
        (held(until=NOW), post("p9", parent="p1", author=OTHER)),
        (held(), post("p9", parent="p7", author=OTHER)),
        (held(), post("p9", parent="p1")),
    ],
    ids=["unknown", "at the desk already", "time is over", "another post", "the customer's own words"],
)
def test_what_is_no_answer_of_the_community_changes_nothing(record, answer) -> None:
    assert decide(record, AnsweredByOthers(answer=answer), at=moment()) == Decision()


def test_a_ticket_that_is_not_there_yet_is_not_told() -> None:
    answer = post("r9", "We are on it.", author=BRAND, parent="p1")

    assert decide(held(), AnsweredNatively(answer=answer), at=moment()).intents == ()


LOST = Undelivered(id="r1", why="the phone is switched off")


def answered(*given: Given) -> Record:
    return replace(waiting(), phase=Phase.ANSWERED, given=given)


def test_an_answer_that_did_not_arrive_is_told_and_the_customer_waits_again() -> None:
    record = answered(Given(key="a", text="Switch it off.", at=NOW, post="p1", published="r1"))
    decision = decide(record, LOST, at=moment())
    (notice,) = told(decision)

    assert (notice.audience, notice.reason) == (Audience.TICKET, "undelivered")
    assert "the phone is switched off" in notice.text
    assert "Switch it off." in notice.text
    assert decision.record.phase is Phase.WAITING
    assert decision.record.given[0].dropped
    assert decide(record, LOST, at=moment()).once == decision.once != ""


def test_an_answer_that_came_later_still_answers() -> None:
    early = Given(key="a", text="Switch it off.", at=NOW, post="p1", published="r1")
    late = Given(key="b", text="And on.", at=NOW + timedelta(minutes=1), post="p1", published="r2")
    decision = decide(answered(early, late), LOST, at=moment())

    assert decision.record.phase is Phase.ANSWERED
    assert [notice.reason for notice in told(decision)] == ["undelivered"]


def test_an_answer_that_is_not_in_hand_any_more_is_a_fact() -> None:
    decision = decide(answered(), LOST, at=moment())

    assert [fact.kind for fact in decision.facts] == ["undelivered"]
    assert (decision.record, decision.intents) == (None, ())
    assert decide(None, LOST, at=moment()).facts == ()
