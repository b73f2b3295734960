"""Which conversation a letter's address means, where it names a customer: headers choose, and only among what it grants."""

from bridge.core.conversation import Record
from bridge.core.model import Visibility
from bridge.letters.reading import Envelope
from bridge.shell.house import House

MOST = 50
"""Contacts of a customer among whose conversations is chosen."""


async def addressed(house: House, envelope: Envelope) -> tuple[Envelope, Record | None, int]:
    """The envelope with its conversation, that one's record, and among how many no choice could be made (docs/proxy.md)."""
    person = envelope.person
    if person is None:
        return envelope, await _one(house, envelope.conversations), 0
    customer, visibility = person
    candidates = await _conversations(house, customer, visibility)
    chosen = _chosen(candidates, *envelope.headers)
    if chosen is None:
        return envelope, None, len(candidates)
    return envelope.about(chosen.id), chosen, 0


async def _one(house: House, conversations: tuple[str, ...]) -> Record | None:
    return await house.store.conversation(conversations[0]) if len(conversations) == 1 else None


async def _conversations(house: House, customer: str, visibility: Visibility) -> list[Record]:
    """The customer's conversations of that visibility that ever reached a desk, the newest first."""
    contacts = await house.store.history(customer, limit=MOST)
    ids = dict.fromkeys(contact.conversation for contact in contacts if contact.visibility is visibility)
    records = [await house.store.conversation(each) for each in ids]
    return [record for record in records if record is not None and record.sent]


def _chosen(candidates: list[Record], answers: tuple[str, ...], subject: str) -> Record | None:
    """The only one there is, else the one whose proxy is answered, else the one whose ticket tag stands in the subject."""
    if len(candidates) == 1:
        return candidates[0]
    own = {sent.message_id: record for record in candidates for sent in record.sent}
    answered = next((own[message_id] for message_id in answers if message_id in own), None)
    if answered is not None:
        return answered
    tagged = [record for record in candidates if record.tag and record.tag in subject]
    return tagged[0] if len(tagged) == 1 else None
