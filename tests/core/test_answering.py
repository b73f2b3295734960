"""Letters: words on their way to the customer, commands carried out, and what is told to whom."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.conversation import Phase
from bridge.core.decide import decide
from bridge.core.effects import Inject, Publish, Reread, State, Tell
from bridge.core.events import LetterDropped, LetterReleased
from bridge.core.model import Visibility
from bridge.core.policy import Agent, Idempotency
from bridge.core.publications import PrivateAnswer, PublicAnswer
from bridge.core.replies import Command, LetterKind, LetterOutcome
from bridge.testing import making
from bridge.testing.making import (
    AGENT,
    CHANNEL,
    DESK,
    LEAD,
    LIMITS,
    NOW,
    POLICY,
    letter,
    moment,
    post,
    private_post,
    publish,
    reading,
    row,
    waiting,
)

LATER = NOW + timedelta(minutes=2)


def decided(said, record=None, policy=POLICY, **changes):
    return decide(record or waiting(), letter(said, **changes), at=moment(LATER, policy))


def effects(decision, kind):
    return [intent.effect for intent in decision.intents if isinstance(intent.effect, kind)]


def told(decision):
    return [(effect.notice.reason, effect.notice.to) for effect in effects(decision, Tell)]


def commands(*names):
    return tuple(Command(name=name.partition(" ")[0], argument=name.partition(" ")[2]) for name in names)


def with_desk(**changes):
    return replace(POLICY, desks={**POLICY.desks, "support": replace(DESK, **changes)})


def test_words_go_out_after_the_undo_window() -> None:
    """G12."""
    decision = decided(reading())
    (intent,) = decision.intents

    assert isinstance(intent.effect.publication, PublicAnswer)
    assert intent.effect.publication.text == "We are on it."
    assert intent.at == LATER + DESK.undo
    assert decision.filed.outcome is LetterOutcome.ANSWER
    assert decision.record.given[-1].letter == reading().fingerprint


def test_a_window_of_nothing_is_allowed() -> None:
    (intent,) = decided(reading(), policy=with_desk(undo=timedelta(0))).intents

    assert intent.at == LATER


def test_a_desk_in_rehearsal_publishes_nothing_and_shows_what_it_would() -> None:
    """F04."""
    decision = decided(reading(), policy=with_desk(live=False))

    assert effects(decision, Publish) == []
    assert told(decision) == [("rehearsal", AGENT)]
    assert decision.filed.reason == "rehearsal"


def test_private_conversations_are_answered_in_private_only() -> None:
    """Law 9."""
    record = waiting(private_post())
    (effect,) = effects(decided(reading(record=record), record), Publish)

    assert isinstance(effect.publication, PrivateAnswer)


def test_a_public_post_may_be_answered_in_private() -> None:
    decision = decided(reading(commands=commands("private")))
    (effect,) = effects(decision, Publish)

    assert isinstance(effect.publication, PrivateAnswer)
    assert decision.record.given[-1].visibility is Visibility.PRIVATE


@pytest.mark.parametrize(
    ("changes", "outcome", "reason"),
    [
        ({"conversations": (), "forged": 0}, LetterOutcome.NOT_OURS, "no_token"),
        ({"conversations": ("a" * 16, "b" * 16)}, LetterOutcome.HELD, "many_tokens"),
        ({"kind": LetterKind.AUTOMATIC, "label": "ooo"}, LetterOutcome.AUTOMATIC, "automatic"),
        ({"sender": "eve@evil.test"}, LetterOutcome.HELD, "sender_not_allowed"),
        ({"proof": ""}, LetterOutcome.HELD, "sender_unproven"),
        ({"confident": False, "doubts": ("a quoted line",)}, LetterOutcome.HELD, "extract_doubt"),
        ({"unknown_commands": ("#publsh",)}, LetterOutcome.HELD, "unknown_command"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_no_is_filed_with_its_reason_and_publishes_nothing(changes, outcome, reason) -> None:
    """A01, A02, A03, A10, A12, B01."""
    decision = decided(reading(**changes))

    assert effects(decision, Publish) == []
    assert (decision.filed.outcome, decision.filed.reason) == (outcome, reason)


@pytest.mark.parametrize(
    ("changes", "notices"),
    [
        ({"sender": "eve@evil.test"}, []),
        ({"proof": ""}, [("sender_unproven", "ops@acme.test")]),
        ({"kind": LetterKind.AUTOMATIC}, []),
    ],
)
def test_nobody_but_a_proven_agent_is_ever_answered(changes, notices) -> None:
    """D04, and no oracle for strangers."""
    assert told(decided(reading(**changes))) == notices


def test_an_unproven_sender_alarms_the_operator() -> None:
    """A02."""
    assert told(decided(reading(proof=""))) == [("sender_unproven", "ops@acme.test")]


def test_too_long_is_never_cut_and_says_by_how_much() -> None:
    """B10."""
    decision = decided(reading("word " * 100))

    assert decision.filed.reason == "too_long"
    assert told(decision) == [("too_long", AGENT)]
    assert "280" in effects(decision, Tell)[0].notice.text


def test_split_parts_go_out_in_order() -> None:
    parts = effects(decided(reading("word " * 100, commands=commands("split"))), Publish)

    assert [part.key[-2:] for part in parts] == ["|1", "|2"]
    assert all(len(part.publication.text) <= 280 for part in parts)


def test_standard_responses_are_filled_in() -> None:
    (effect,) = effects(decided(reading("", commands=commands("use hello"))), Publish)

    assert effect.publication.text == "Hello Jane Doe, thank you."


def test_standard_responses_speak_the_customer_s_language() -> None:
    record = waiting(post(lang="de"))
    (effect,) = effects(decided(reading("", record=record, commands=commands("use hello")), record), Publish)

    assert effect.publication.text == "Hallo Jane Doe, danke."


def test_an_unknown_response_holds_the_letter() -> None:
    assert decided(reading("", commands=commands("use nothing"))).filed.reason == "unknown_response"


def test_the_same_words_in_another_mail_are_a_replay() -> None:
    """A07."""
    first = decided(reading())
    again = decided(reading(fingerprint="other", message_id="<m2@acme.test>"), replace(first.record, version=2))

    assert again.filed.outcome is LetterOutcome.REPLAY
    assert effects(again, Publish) == []


def test_the_same_words_to_another_post_are_an_answer_of_their_own() -> None:
    record = waiting(post(), post("p2", "And the app?"))
    to_first = {"in_reply_to": (record.sent[0].message_id,)}
    first = decided(reading("Thanks, fixed.", record, **to_first), record)
    assert first.record.given[-1].post == "p1"
    second = reading("Thanks, fixed.", record, fingerprint="other", in_reply_to=(record.sent[1].message_id,))

    assert effects(decided(second, first.record), Publish)[0].publication.parent == "p2"


def test_a_standard_response_sent_twice_is_a_replay() -> None:
    """A07: what counts are the words that would go out."""
    said = reading("", fingerprint="one", commands=commands("use hello"))
    first = decided(said)
    again = decided(replace(said, fingerprint="two", message_id="<m2@acme.test>"), first.record)

    assert again.filed.outcome is LetterOutcome.REPLAY


def test_a_corrected_text_takes_the_first_one_s_place() -> None:
    first = decided(reading())
    waits = row(effects(first, Publish)[0], State.READY)
    second = decided(reading("We are on it!"), first.record, rows=(waits,))

    assert [(s.key, s.state, s.reason) for s in second.settlements] == [(waits.key, State.DROPPED, "corrected")]
    assert effects(second, Publish)[0].publication.text == "We are on it!"


def test_whose_answer_another_takes_the_place_of_is_told() -> None:
    first = decided(reading())
    waits = row(effects(first, Publish)[0], State.READY)
    second = decided(reading("I am on it.", sender=LEAD), first.record, rows=(waits,))

    assert [(s.key, s.state) for s in second.settlements] == [(waits.key, State.DROPPED)]
    assert told(second) == [("replaced", AGENT)]


def test_who_corrects_an_answer_knows_it_and_is_not_told() -> None:
    first = decided(reading())
    waits = row(effects(first, Publish)[0], State.READY)

    assert told(decided(reading("We are on it!"), first.record, rows=(waits,))) == []


def test_whose_answer_another_takes_back_is_told() -> None:
    waits = row(publish(), State.READY)
    decision = decided(reading("", sender=LEAD, commands=commands("cancel")), rows=(waits,))

    assert told(decision) == [("cancelled", AGENT)]


def test_what_was_held_at_the_last_moment_is_released_by_its_own_sender_alone() -> None:
    held = row(publish(), State.HELD, "target_changed")

    def released(by: str):
        return decided(reading("", sender=by, commands=commands("release")), rows=(held,)).settlements

    assert [settlement.state for settlement in released(AGENT)] == [State.READY]
    assert released(LEAD) == ()


def test_cancel_takes_back_what_still_waits() -> None:
    first = decided(reading())
    waits = row(effects(first, Publish)[0], State.READY)
    second = decided(reading("", commands=commands("cancel")), first.record, rows=(waits,))

    assert [(s.key, s.state) for s in second.settlements] == [(waits.key, State.DROPPED)]
    assert second.record.given[-1].dropped
    assert told(second) == [("cancelled", AGENT)]


def test_cancel_with_better_words_below_drops_the_old_ones_once() -> None:
    """A row that were dropped twice would be refused by the store, again and again."""
    first = decided(reading())
    waits = row(effects(first, Publish)[0], State.READY)
    second = decided(reading("We are on it!", commands=commands("cancel")), first.record, rows=(waits,))

    assert [s.key for s in second.settlements] == [waits.key]
    assert effects(second, Publish)[0].publication.text == "We are on it!"


def test_cancel_says_when_it_is_too_late() -> None:
    """B15."""
    flies = row(publish(), State.RUNNING)
    decision = decided(reading("", commands=commands("cancel")), rows=(flies,))

    assert decision.settlements == ()
    assert told(decision) == [("too_late_to_cancel", AGENT)]


@pytest.mark.parametrize(
    "doubtful",
    [row(publish(), State.UNSURE), row(publish(), State.HELD, "unsure"), row(publish(), State.READY, "server", 1)],
    ids=["looked for", "asked about", "tried before with the same key"],
)
def test_cancel_never_calls_unpublished_what_may_stand_there(doubtful) -> None:
    """The agent would believe it, and nobody would look any more."""
    native = replace(CHANNEL, limits=replace(LIMITS, idempotency=Idempotency.NATIVE))
    policy = replace(POLICY, channels={"forum": native})
    decision = decided(reading("", commands=commands("cancel")), policy=policy, rows=(doubtful,))

    assert decision.settlements == ()
    assert told(decision) == [("too_late_to_cancel", AGENT)]


@pytest.mark.parametrize(
    ("command", "phase"),
    [("close", Phase.CLOSED), ("ignore", Phase.LEFT), ("spam", Phase.LEFT), ("done", Phase.ANSWERED)],
)
def test_commands_move_the_conversation(command: str, phase: Phase) -> None:
    decision = decided(reading("", commands=commands(command)))

    assert decision.record.phase is phase
    assert decision.filed.outcome is LetterOutcome.COMMAND


def test_spam_is_a_label_to_learn_from() -> None:
    facts = decided(reading("", commands=commands("spam"))).facts

    assert {"labelled", "stepped", "letter"} == {fact.kind for fact in facts}


def test_a_note_reaches_the_record_only() -> None:
    decision = decided(reading("He is a friend of the boss.", commands=commands("note")))

    assert effects(decision, Publish) == []
    assert "noted" in {fact.kind for fact in decision.facts}


def test_escalation_brings_the_post_to_another_desk() -> None:
    (effect,) = effects(decided(reading("", commands=commands("escalate noc"))), Inject)

    assert effect.proxy.desk == "noc"


def test_a_post_that_is_escalated_back_comes_back() -> None:
    there = decided(reading("", fingerprint="e1", commands=commands("escalate noc")))
    back = decided(reading("", fingerprint="e2", commands=commands("escalate support")), there.record)
    (effect,) = effects(back, Inject)

    assert effect.key not in {waiting().sent[0].key, effects(there, Inject)[0].key}
    assert back.record.sent[-1].message_id == effect.sealed.message_id
    assert len({sent.message_id for sent in back.record.sent}) == 3


def test_an_escalated_post_bears_the_operator_s_own_lines() -> None:
    policy = replace(POLICY, templates={"all": "Tone: we say hello."})
    (effect,) = effects(decided(reading("", commands=commands("escalate noc")), policy=policy), Inject)

    assert "Tone: we say hello." in effect.proxy.notes


def test_escalation_to_nowhere_holds_the_letter() -> None:
    assert decided(reading("", commands=commands("escalate nowhere"))).filed.reason == "unknown_command"


def test_a_held_letter_is_released_by_its_sender_and_asked_all_other_gates_again() -> None:
    doubtful = reading(confident=False, doubts=("a line",))
    held = decided(doubtful)
    assert [letter.reason for letter in held.record.held] == ["extract_doubt"]

    release = decided(reading("", fingerprint="r1", commands=commands("release")), held.record)
    (again,) = effects(release, Reread)
    assert again.letter == doubtful.fingerprint

    final = decided(doubtful, release.record)
    assert effects(final, Publish)[0].publication.text == "We are on it."
    assert final.record.held == ()
    assert final.once != held.once


def test_only_the_sender_s_own_right_is_given_to_the_sender() -> None:
    """A sender cannot release what only an operator may."""
    stranger = reading(proof="")
    held = decided(stranger)
    released = decide(held.record, LetterReleased(letter=stranger.fingerprint, by=AGENT, operator=False), at=moment())

    assert effects(decided(stranger, released.record), Publish) == []


def test_an_operator_drops_a_held_letter_for_good() -> None:
    doubtful = reading(confident=False, doubts=("a line",))
    held = decided(doubtful)
    dropped = decide(held.record, LetterDropped(filed=held.filed, by="operator"), at=moment())
    final = decided(doubtful, dropped.record)

    assert final.filed.outcome is LetterOutcome.REFUSED
    assert effects(final, Publish) == []


def test_a_lead_approves_and_nobody_approves_their_own() -> None:
    policy = with_desk(approve_by=("leads",))
    held = decided(reading(), policy=policy)
    assert held.filed.reason == "approval"
    assert ("approval_wanted", LEAD) in told(held)

    own = decided(reading("", fingerprint="a1", commands=commands("approve")), held.record, policy)
    assert effects(own, Reread) == []

    yes = decided(reading("", fingerprint="a2", sender=LEAD, commands=commands("approve")), held.record, policy)
    assert effects(yes, Reread)
    assert effects(decided(reading(), yes.record, policy), Publish)


def corrected(said, record, policy, asked=None):
    """A lead's mail in answer to the one that asked for approval of the newest answer, unless another is given."""
    notice = asked or next((held.asked[0] for held in reversed(record.held) if held.asked), "<other@acme.test>")
    to_notice = (notice, record.sent[0].message_id)
    return decided(replace(said, sender=LEAD, in_reply_to=to_notice), record, policy)


def test_a_yes_is_for_the_answer_that_the_lead_was_shown() -> None:
    policy = with_desk(approve_by=("leads",), agents=(*DESK.agents, Agent(mailbox="bo@acme.test")))
    first = decided(reading("First."), policy=policy)
    both = decided(reading("Second.", sender="bo@acme.test"), first.record, policy)
    (shown,) = first.record.held[0].asked

    yes = corrected(reading("", fingerprint="a2", commands=commands("approve")), both.record, policy, asked=shown)
    assert [effect.letter for effect in effects(yes, Reread)] == [first.filed.fingerprint]
    out = decided(reading("First."), yes.record, policy)
    assert [effect.publication.text for effect in effects(out, Publish)] == ["First."]

    late = corrected(reading("", fingerprint="a3", commands=commands("approve")), out.record, policy, asked=shown)
    assert effects(late, Reread) == []
    assert told(late) == [("unknown_command", LEAD)]

    vague = decided(reading("", fingerprint="a4", sender=LEAD, commands=commands("approve")), both.record, policy)
    assert effects(vague, Reread) == []
    assert told(vague) == [("unknown_command", LEAD)]


def test_a_lead_s_other_words_take_the_place_of_the_answer_that_waits() -> None:
    policy = with_desk(approve_by=("leads",))
    held = decided(reading("Calm down."), policy=policy)
    other = corrected(reading("We are sorry."), held.record, policy)

    assert [effect.publication.text for effect in effects(other, Publish)] == ["We are sorry."]
    assert effects(other, Reread)
    final = decided(reading("Calm down."), other.record, policy)
    assert final.filed.outcome is LetterOutcome.REFUSED
    assert effects(final, Publish) == []
    assert told(final) == []
    assert ("other_words", AGENT) in told(other)


def test_a_lead_s_own_answer_waits_for_another_lead() -> None:
    policy = with_desk(approve_by=("leads",))
    held = decided(reading(), policy=policy)
    fresh = decided(reading("Mine.", sender=LEAD), held.record, policy)
    assert fresh.filed.reason == "approval"

    unasked = corrected(reading("Mine."), waiting(), policy)
    assert unasked.filed.reason == "approval"

    own = decided(reading("First.", sender=LEAD), policy=policy)
    assert corrected(reading("Second."), own.record, policy).filed.reason == "approval"

    stale = corrected(reading("Mine."), held.record, policy, asked="<older@reply.acme.test>")
    assert stale.filed.reason == "approval"


def test_a_lead_s_no_is_told_with_its_why() -> None:
    policy = with_desk(approve_by=("leads",))
    held = decided(reading(), policy=policy)
    no = decided(reading("", fingerprint="a3", sender=LEAD, commands=commands("reject too curt")), held.record, policy)
    final = decided(reading(), no.record, policy)

    assert final.filed.outcome is LetterOutcome.REFUSED
    assert "too curt" in effects(final, Tell)[0].notice.text.lower()


def test_the_ticket_s_tag_is_kept_from_whatever_mail_came_first() -> None:
    automatic = reading(kind=LetterKind.AUTOMATIC, label="auto-ack", tag="[acme #17]")

    assert decided(automatic).record.tag == "[acme #17]"


def test_a_doubtful_answer_that_stands_there_is_confirmed_by_done() -> None:
    doubtful = row(publish(), State.HELD, "unsure")
    decision = decided(reading("", commands=commands("done")), rows=(doubtful,))

    assert [(s.key, s.state) for s in decision.settlements] == [(doubtful.key, State.DONE)]
    assert decision.record.phase is Phase.ANSWERED


def test_an_answer_by_hand_is_as_private_as_its_conversation() -> None:
    """Law 9."""
    record = waiting(private_post())
    decision = decided(reading("I called him.", record, commands=commands("done")), record)

    assert decision.record.given[-1].visibility is Visibility.PRIVATE


def test_paused_publishing_holds_new_answers() -> None:
    """The one switch (threat-model 4.11)."""
    decision = decided(reading(), switches={"publishing": "paused"})

    assert decision.filed.reason == "paused"


def test_a_letter_is_decided_once() -> None:
    assert decided(reading()).once == f"letter|{reading().fingerprint}"
    assert making.reading().fingerprint == reading().fingerprint


def test_an_address_that_strangers_keep_using_is_revoked() -> None:
    """A02."""
    record = waiting()
    for number in range(3):
        decision = decided(reading(f"words {number}", proof="", fingerprint=f"s{number}"), record)
        record = decision.record

    (switch,) = decision.switches
    assert (switch.name, switch.value) == (f"conversation:{record.id}", "revoked")
    after = decided(reading("Genuine."), record, switches={switch.name: switch.value})
    assert after.filed.reason == "revoked"


def test_a_route_may_demand_approval_too() -> None:
    record = replace(waiting(), approve_by=("leads",))

    assert decided(reading(), record).filed.reason == "approval"


def test_a_mail_store_that_stamps_whole_seconds_makes_no_answer_too_soon() -> None:
    quick = with_desk(min_typing=timedelta(0))
    record = waiting()
    received = record.sent[0].at - timedelta(milliseconds=900)

    assert effects(decided(reading(), record, quick, received=received), Publish)
    assert decided(reading(), record, received=NOW + timedelta(seconds=10)).filed.reason == "too_soon"


def test_where_a_post_takes_one_answer_nothing_is_split() -> None:
    policy = replace(POLICY, channels={"forum": replace(CHANNEL, limits=replace(LIMITS, one_answer=True))})
    said = replace(reading(text="We are on it. " * 40), commands=(Command(name="split"),))
    decision = decided(said, policy=policy)
    assert (decision.filed.outcome, decision.filed.reason) == (LetterOutcome.REFUSED, "not_possible")
    assert not [intent for intent in decision.intents if isinstance(intent.effect, Publish)]
