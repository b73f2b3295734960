"""The phase table and the outbox table: closed, complete, and without dead ends that nobody meant."""

import pytest

from bridge.core.conversation import Phase
from bridge.core.effects import OPEN, TRANSITIONS, State
from bridge.core.phases import PHASES, Step, after


def test_every_phase_has_its_steps() -> None:
    assert set(PHASES) == set(Phase)


@pytest.mark.parametrize("phase", Phase)
def test_a_forwarded_post_always_makes_the_conversation_wait(phase: Phase) -> None:
    assert after(phase, Step.FORWARDED) is Phase.WAITING


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.ANSWERED, Phase.CLOSED])
def test_chatter_that_triage_leaves_changes_no_phase(phase: Phase) -> None:
    assert after(phase, Step.LEFT) is phase


def test_closed_conversations_are_set_aside_no_further() -> None:
    assert after(Phase.CLOSED, Step.SET_ASIDE) is Phase.CLOSED


def test_every_state_of_the_outbox_has_its_transitions() -> None:
    assert set(TRANSITIONS) == set(State)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_whatever_is_open_can_end(state: State) -> None:
    seen, todo = set(), {state}
    while todo:
        seen |= todo
        todo = {after for before in todo for after in TRANSITIONS[before]} - seen

    assert State.DONE in seen
    assert State.DROPPED in seen


def test_nothing_leaves_an_end() -> None:
    assert not TRANSITIONS[State.DONE] | TRANSITIONS[State.DROPPED]


def test_doubt_never_goes_straight_back_to_sending() -> None:
    """C01, C09: a row in doubt is claimed to be looked up first."""
    assert State.READY not in TRANSITIONS[State.UNSURE]
