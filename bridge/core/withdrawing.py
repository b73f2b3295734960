"""Which answer of ours an order to delete means: the newest, whatever became of it, and never an older one in its place."""

from collections.abc import Sequence

from bridge.core.conversation import Given
from bridge.core.effects import Row, State
from bridge.core.model import Visibility
from bridge.core.policy import ChannelPolicy, Idempotency

BY_HAND = "by hand"
"""Stands for the platform's id of an answer that a person gave there."""


def meant(answers: Sequence[Given]) -> Sequence[Given]:
    """All parts of the newest answer that was not dropped or taken away; empty where there is none."""
    kept = [given for given in answers if not given.dropped]
    return [given for given in kept if (given.letter, given.post) == (kept[-1].letter, kept[-1].post)]


def waiting(parts: Sequence[Given], rows: Sequence[Row], channel: ChannelPolicy) -> tuple[Row, ...]:
    """The publications of these parts that still wait and of which certainly nothing stands on the platform."""
    keys = {given.key for given in parts if not given.published}
    return tuple(row for row in rows if row.key in keys and is_unsent(row, channel))


def is_unsent(row: Row, channel: ChannelPolicy) -> bool:
    """Whether certainly nothing of a publication stands on the platform.

    Where the same key may be sent again, a row that is ready once more may have arrived already.
    """
    if row.state is State.READY:
        return row.attempt == 0 or channel.limits.idempotency is not Idempotency.NATIVE
    return row.state is State.HELD and row.reason != "unsure"


def hindrance(parts: Sequence[Given], unsent: Sequence[Row]) -> str:
    """Why the answer cannot be taken away; empty where each part stands there by an id that we know, or still waits."""
    waits = {row.key for row in unsent}
    sent = [given for given in parts if given.key not in waits]
    if not parts:
        return "no answer of ours stands there"
    if any(given.visibility is not Visibility.PUBLIC for given in sent):
        return "our newest answer there is private, and what was said in private cannot be taken back"
    if any(not given.letter or given.published.startswith(BY_HAND) for given in sent):
        return "our newest answer there was given by hand, so it must be deleted by hand"
    if any(not given.published for given in sent):
        return "it is not certain whether our newest answer stands there: look, and order it again once that is settled"
    return ""
