"""A letter of any form to its reading, in two steps, so that the conversation can be loaded between them.

letter ─► envelope: whose conversation? ─► [ the record ] ─► reading: who speaks, and which words?
"""

from collections.abc import Mapping

from bridge.core.conversation import Record
from bridge.core.policy import DeskPolicy
from bridge.core.replies import Form, Letter, Reading
from bridge.letters import reading as mails
from bridge.letters import turns
from bridge.letters.dkim import KeyOf
from bridge.letters.reading import Envelope, Postmark


def envelope(letter: Letter, postmark: Postmark) -> Envelope:
    """Whose conversation it is, by the form of the inbox that it came to; never raises."""
    return turns.envelope(letter, postmark) if postmark.form is Form.TURN else mails.envelope(letter, postmark)


def reading(envelope: Envelope, record: Record | None, *, desks: Mapping[str, DeskPolicy], key_of: KeyOf) -> Reading:
    """Everything that the letter says; never raises. See `bridge.letters.reading.reading` for the arguments."""
    if envelope.turn is not None:
        return turns.reading(envelope, envelope.turn)
    return mails.reading(envelope, record, desks=desks, key_of=key_of)
