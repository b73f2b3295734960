"""A second pair of eyes: who is asked, what they see, whose yes counts and for which words, and what silence leads to (A06, G11)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core import approvals
from bridge.core.decide import decide
from bridge.core.effects import Publish, Reread, Tell
from bridge.core.events import ApprovalWaited
from bridge.core.model import Visibility
from bridge.core.policy import Agent
from bridge.core.replies import Command, LetterOutcome
from bridge.testing.making import AGENT, DESK, LEAD, NOW, POLICY, letter, moment, reading, waiting

LATER = NOW + timedelta(minutes=2)
BOSS, OTHER = "boss@acme.test", "bo@acme.test"
LEADS = ("leads",)
HOUR = timedelta(hours=1)


def policy(**changes):
    agents = (*DESK.agents, Agent(mailbox=OTHER))
    desk = replace(DESK, **{"approve_by": LEADS, "agents": agents, **changes})
    return replace(POLICY, desks={"support": desk}, responses={"hello": "Hello {customer}, thank you."})


def decided(said, record=None, rules=None, *, at=LATER, **changes):
    return decide(record or waiting(), letter(said, **changes), at=moment(at, rules or policy()))


def waited(record, *, after, rules=None):
    event = ApprovalWaited(letter=record.held[-1].fingerprint)
    return decide(record, event, at=moment(LATER + after, rules or policy()))


def effects(decision, kind):
    return [intent.effect for intent in decision.intents if isinstance(intent.effect, kind)]


def told(decision):
    return [(effect.notice.reason, effect.notice.to) for effect in effects(decision, Tell)]


def texts(decision):
    return [effect.notice.text for effect in effects(decision, Tell)]


def commands(*names):
    return tuple(Command(name=name.partition(" ")[0], argument=name.partition(" ")[2]) for name in names)


def answer(record, *names, text="", by=LEAD, rules=None, which=0):
    """What somebody writes in answer to the mail that asked them."""
    said = reading(text, fingerprint=f"{by}|{text}|{names}", sender=by, commands=commands(*names))
    asked = [mail for held in record.held for mail in held.asked]
    return decided(replace(said, in_reply_to=(asked[which], record.sent[0].message_id)), record, rules)


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        (policy(), [LEAD]),
        (policy(leads=(LEAD, BOSS)), [LEAD, BOSS]),
        (policy(approve_by=(BOSS,)), [BOSS]),
        (policy(approve_by=("leads", BOSS, LEAD.upper())), [LEAD, BOSS]),
        (policy(approve_by=(), agents=(Agent(mailbox=AGENT, approve_by=LEADS),)), [LEAD]),
        (policy(approve_by=(), agents=(Agent(mailbox=AGENT), Agent(mailbox=OTHER, approve_by=LEADS))), []),
        (policy(approve_by=(AGENT,)), [LEAD]),
        (policy(leads=(AGENT,)), []),
    ],
)
def test_who_is_asked_first(rules, asked) -> None:
    """Never the writer, whatever the configuration says."""
    decision = decided(reading(), rules=rules)
    assert [to for reason, to in told(decision) if reason == "approval_wanted"] == asked
    needed = bool(rules.desks["support"].approve_by or rules.desks["support"].agents[0].approve_by)
    assert (decision.filed.reason == "approval") == needed


def test_the_lead_sees_the_post_and_the_exact_words() -> None:
    (shown,) = [text for text in texts(decided(reading("We are\non it."))) if "approval" in text and "wants" in text]
    assert "| The shop is down, can you help?" in shown
    assert shown.endswith(f"{AGENT} wants to answer in public:\n\n| We are\n| on it.")


def test_what_is_published_is_byte_for_byte_what_was_approved() -> None:
    """A standard response that was changed in between is shown and asked about anew."""
    said = reading("", commands=commands("use hello"))
    held = decided(said)
    yes = answer(held.record, "approve")
    assert [effect.publication.text for effect in effects(decided(said, yes.record), Publish)] == [
        "Hello Jane Doe, thank you."
    ]

    changed = replace(policy(), responses={"hello": "Bye {customer}."})
    again = decided(said, yes.record, changed)
    assert effects(again, Publish) == []
    assert again.filed.reason == "approval"
    (shown,) = [effect.notice for effect in effects(again, Tell) if effect.notice.reason == "approval_wanted"]
    assert "| Bye Jane Doe." in shown.text
    assert "[-Hello-]{+Bye+}" in shown.text
    assert again.once not in {held.once, yes.once}

    second = answer(again.record, "approve", rules=changed, which=-1)
    final = decided(said, second.record, changed)
    assert [effect.publication.text for effect in effects(final, Publish)] == ["Bye Jane Doe."]
    assert final.once not in {held.once, again.once}


def test_a_yes_to_a_public_answer_is_none_to_a_private_one() -> None:
    held = decided(reading()).record
    proposal = replace(held.held[0].proposal, visibility=Visibility.PRIVATE)
    record = held.with_held(replace(held.held[0], proposal=proposal, approved_by=LEAD))
    assert effects(decided(reading(), record), Publish) == []


@pytest.mark.parametrize("by", [AGENT, OTHER, BOSS])
def test_a_yes_of_anybody_else_counts_for_nothing_and_leaves_the_lead_s_in_force(by) -> None:
    rules = policy(agents=(Agent(mailbox=AGENT), Agent(mailbox=OTHER), Agent(mailbox=BOSS)))
    held = decided(reading(), rules=rules).record
    no = answer(held, "approve", by=by, rules=rules)
    assert effects(no, Reread) == []
    assert told(no) == [("unknown_command", by)]
    yes = answer(no.record, "approve", rules=rules)
    assert effects(decided(reading(), yes.record, rules), Publish)


def test_a_lead_s_own_answer_waits_for_another_lead() -> None:
    rules = policy(leads=(LEAD, BOSS))
    held = decided(reading(sender=LEAD), rules=rules)
    assert [to for reason, to in told(held) if reason == "approval_wanted"] == [BOSS]
    assert effects(answer(held.record, "approve", rules=rules), Reread) == []
    yes = answer(held.record, "approve", by=BOSS, rules=rules)
    assert effects(decided(reading(sender=LEAD), yes.record, rules), Publish)


def test_where_somebody_is_named_no_other_lead_s_yes_counts_until_they_were_asked() -> None:
    rules = policy(approve_by=(BOSS,))
    held = decided(reading(), rules=rules)
    assert effects(answer(held.record, "approve", rules=rules), Reread) == []

    asked = waited(held.record, after=HOUR, rules=rules)
    assert told(asked) == [("approval_wanted", LEAD)]
    yes = answer(asked.record, "approve", rules=rules, which=-1)
    assert effects(decided(reading(), yes.record, rules), Publish)


def test_silence_leads_to_the_other_leads_and_then_to_the_operator() -> None:
    rules = policy(approve_by=(BOSS,), leads=(LEAD, BOSS), approve_within=timedelta(minutes=10))
    first = decided(reading(), rules=rules).record
    assert waited(first, after=timedelta(minutes=9), rules=rules).intents == ()

    second = waited(first, after=timedelta(minutes=10), rules=rules)
    assert told(second) == [("approval_wanted", LEAD)]
    assert [fact.kind for fact in second.facts] == ["approval_escalated"]
    assert not alone(second.record, timedelta(minutes=19), rules)
    assert waited(second.record, after=timedelta(minutes=21), rules=rules).intents == ()
    assert alone(second.record, timedelta(minutes=20), rules)


def alone(record, after, rules):
    return approvals.is_left_alone(record.held[-1], moment(LATER + after, rules))


def test_where_nobody_can_be_asked_the_operator_hears_of_it_at_once() -> None:
    assert alone(decided(reading(), rules=policy(leads=(AGENT,))).record, timedelta(0), policy(leads=(AGENT,)))


def test_newer_words_of_the_same_agent_take_the_place_of_those_that_wait() -> None:
    first = decided(reading("Please calm down now."))
    second = decided(reading("Please bear with us now."), first.record)
    assert [effect.letter for effect in effects(second, Reread)] == [first.filed.fingerprint]
    (shown,) = [effect.notice.text for effect in effects(second, Tell) if effect.notice.reason == "approval_wanted"]
    assert "This takes the place of:\n\n| Please calm down now." in shown
    assert "| Please [-calm-]{+bear+} [-down-]{+with us+} now." in shown

    late = decided(
        replace(reading("", sender=LEAD, commands=commands("approve")), in_reply_to=(first.record.held[0].asked[0],)),
        second.record,
    )
    assert effects(late, Reread) == []
    ended = decided(reading("Please calm down now."), second.record)
    assert (ended.filed.outcome, ended.filed.reason, told(ended)) == (LetterOutcome.REFUSED, "superseded", [])
    yes = answer(ended.record, "approve")
    final = decided(reading("Please bear with us now."), yes.record)
    assert [effect.publication.text for effect in effects(final, Publish)] == ["Please bear with us now."]


def test_another_agent_s_answer_waits_beside_it() -> None:
    first = decided(reading("One."))
    assert effects(decided(reading("Two.", sender=OTHER), first.record), Reread) == []


def test_a_lead_s_other_words_are_published_and_their_writer_sees_what_changed() -> None:
    held = decided(reading("You must wait."))
    other = answer(held.record, text="You will have to wait.")
    assert [effect.publication.text for effect in effects(other, Publish)] == ["You will have to wait."]
    assert told(other) == [("other_words", AGENT)]
    assert "| You [-must-]{+will have to+} wait." in texts(other)[0]
    ended = decided(reading("You must wait."), other.record)
    assert (ended.filed.reason, told(ended), effects(ended, Publish)) == ("superseded", [], [])


def test_its_writer_takes_back_what_waits() -> None:
    held = decided(reading())
    back = decided(reading("", fingerprint="c1", commands=commands("cancel")), held.record)
    assert told(back) == [("cancelled", AGENT)]
    assert decided(reading(), back.record).filed.reason == "superseded"
    assert effects(answer(back.record, "approve"), Reread) == []


def test_a_lead_s_no_ends_it() -> None:
    held = decided(reading())
    no = answer(held.record, "reject too curt")
    final = decided(reading(), no.record)
    assert told(final) == [("rejected", AGENT)]
    assert effects(final, Publish) == []


def test_whoever_must_approve_may_write_to_the_desk_and_nobody_else_by_it() -> None:
    rules = policy(approve_by=(BOSS,))
    held = decided(reading(), rules=rules)
    assert effects(answer(held.record, "approve", by=BOSS, rules=rules), Reread)
    assert decided(reading(sender=BOSS), rules=rules).filed.reason == "approval"
    assert decided(reading(sender="eve@evil.test"), rules=rules).filed.reason == "sender_not_allowed"
