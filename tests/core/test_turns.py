"""Turns of a chat: several stand beside each other, the same words again are meant, and a correction names what it corrects."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.decide import decide
from bridge.core.effects import Publish, State
from bridge.core.policy import CHAT_HABITS
from bridge.core.replies import LetterOutcome
from bridge.testing.making import (
    AGENT,
    DESK,
    LEAD,
    NOW,
    POLICY,
    letter,
    moment,
    private_post,
    publish,
    reading,
    row,
    waiting,
)

LATER = NOW + timedelta(minutes=2)
CHAT = replace(POLICY, desks={"support": replace(DESK, undo=CHAT_HABITS.undo, undo_private=CHAT_HABITS.undo_private)})


def turn(text: str = "We are on it.", **changes: object):
    return reading(text, proof="signature", further=True, **changes)


def decided(said, record=None, **changes):
    return decide(record or waiting(), letter(said, **changes), at=moment(LATER, CHAT))


def published(decision):
    return [i for i in decision.intents if isinstance(i.effect, Publish)]


@pytest.mark.parametrize("proof", ["signature", "session"])
def test_g5_a_signed_connector_and_a_session_prove_who_speaks(proof: str) -> None:
    assert decided(reading(proof=proof, further=True)).filed.outcome is LetterOutcome.ANSWER


def test_g12_what_everyone_reads_waits_and_what_one_reads_goes_at_once() -> None:
    (public,) = published(decided(turn()))
    record = waiting(private_post())
    (private,) = published(decided(turn(record=record), record))
    assert (public.at - LATER, private.at - LATER) == (timedelta(seconds=20), timedelta(0))


def test_the_same_words_in_another_turn_are_meant() -> None:
    first = decided(turn("Yes."))
    again = decided(turn("Yes.", fingerprint="other"), replace(first.record, version=2))
    assert len(published(again)) == 1


def test_a_second_turn_stands_beside_the_one_that_waits() -> None:
    waits = row(publish(letter="first"), State.READY)
    decision = decided(turn("And more."), rows=(waits,))
    assert len(published(decision)) == 1
    assert decision.settlements == ()


def test_a_correction_takes_the_place_of_what_it_names_and_of_nothing_else() -> None:
    waits = row(publish(letter="first"), State.READY)
    other = row(publish(letter="second"), State.READY)
    decision = decided(turn("Better words.", corrects="first"), rows=(waits, other))
    assert [s.key for s in decision.settlements] == [waits.key]
    assert decision.settlements[0].state is State.DROPPED
    assert len(published(decision)) == 1


@pytest.mark.parametrize(
    "waits",
    [
        (),
        (row(publish(letter="first"), State.RUNNING, attempt=1),),
        (row(publish(letter="first"), State.READY, attempt=1),),
        (row(replace(publish(letter="first"), agent=LEAD), State.READY),),
        (row(publish(letter="second"), State.READY),),
    ],
)
def test_a_correction_of_what_does_not_surely_wait_or_is_not_the_senders_is_held(waits) -> None:
    """Said a second time in other words it would be published twice."""
    decision = decided(turn("Better words.", corrects="first"), rows=waits)
    assert (decision.filed.outcome, decision.filed.reason) == (LetterOutcome.HELD, "late")
    assert published(decision) == []
    assert AGENT in {i.effect.notice.to for i in decision.intents}
