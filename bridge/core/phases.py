"""The phase table: how a conversation moves between the customer and the queue."""

from collections.abc import Mapping
from enum import StrEnum

from bridge.core.conversation import Phase


class Step(StrEnum):
    """What can move a conversation from one phase to another."""

    FORWARDED = "forwarded"
    """Triage sent a post to a desk."""
    LEFT = "left"
    """Triage left a post alone."""
    FOLDED = "folded"
    """The post joined the ticket of another one that says nearly the same."""
    ANSWERED = "answered"
    """An answer stands under the post: ours, or one given on the platform itself."""
    SET_ASIDE = "set aside"
    """An agent said `#ignore` or `#spam`, or the customer ended text messages."""
    CLOSED = "closed"
    """An agent or operator closed it."""
    REOPENED = "reopened"
    """An agent or operator opened it again."""


PHASES: Mapping[Phase, Mapping[Step, Phase]] = {
    Phase.NEW: {
        Step.FORWARDED: Phase.WAITING,
        Step.LEFT: Phase.LEFT,
        Step.FOLDED: Phase.FOLDED,
        Step.ANSWERED: Phase.ANSWERED,
    },
    Phase.LEFT: {
        Step.FORWARDED: Phase.WAITING,
        Step.LEFT: Phase.LEFT,
        Step.FOLDED: Phase.FOLDED,
        Step.ANSWERED: Phase.ANSWERED,
        Step.REOPENED: Phase.WAITING,
    },
    Phase.FOLDED: {
        Step.FORWARDED: Phase.WAITING,
        Step.LEFT: Phase.FOLDED,
        Step.FOLDED: Phase.FOLDED,
        Step.ANSWERED: Phase.ANSWERED,
    },
    Phase.WAITING: {
        Step.FORWARDED: Phase.WAITING,
        Step.LEFT: Phase.WAITING,
        Step.ANSWERED: Phase.ANSWERED,
        Step.SET_ASIDE: Phase.LEFT,
        Step.CLOSED: Phase.CLOSED,
    },
    Phase.ANSWERED: {
        Step.FORWARDED: Phase.WAITING,
        Step.LEFT: Phase.ANSWERED,
        Step.FOLDED: Phase.FOLDED,
        Step.ANSWERED: Phase.ANSWERED,
        Step.SET_ASIDE: Phase.LEFT,
        Step.CLOSED: Phase.CLOSED,
        Step.REOPENED: Phase.WAITING,
    },
    Phase.CLOSED: {
        Step.FORWARDED: Phase.WAITING,
        Step.LEFT: Phase.CLOSED,
        Step.FOLDED: Phase.FOLDED,
        Step.ANSWERED: Phase.ANSWERED,
        Step.REOPENED: Phase.WAITING,
    },
}
"""From phase and step to the next phase; a step that is missing changes nothing."""


def after(phase: Phase, step: Step) -> Phase:
    """The phase that follows; the same where the table has no row."""
    return PHASES[phase].get(step, phase)
