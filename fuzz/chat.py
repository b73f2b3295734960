"""Fuzz target: whatever comes to the port of a chat is refused or whole; a private note is no turn, and a turn is written as it is read."""

import json
from contextlib import suppress

import atheris
import msgspec
from driving import drive

with atheris.instrument_imports(include=["bridge"]):
    from bridge.core.replies import Turn
    from bridge.inboxes import chatwoot, genesys
    from bridge.inboxes._events import Mistaken, event
    from bridge.inboxes._porch import UNREADABLE
    from bridge.letters import turns

EVENT = {"schema": "bridge.chat/1", "type": "answer", "id": "e1", "conversation": "reply+k1.a.b@x", "text": "Hello."}
OUTGOING = {
    "event": "message_created", "id": 1, "message_type": "outgoing", "private": False, "content": "Hello.",
    "sender": {"type": "user", "email": "ann@acd.test"}, "conversation": {"contact_inbox": {"source_id": "reply+x"}},
}  # fmt: skip
OUTBOUND = {"id": "1", "channel": {"to": {"id": "reply+x"}}, "type": "Text", "direction": "Outbound", "text": "Hello."}
TURN = Turn(id="1", address="reply+x", sender="ann@acd.test", proof="signature", text="Hello.")


def once(octets: bytes) -> None:
    """Read as each inbox reads."""
    with suppress(Mistaken):
        event(octets)
    with suppress(*UNREADABLE):
        genesys.turn(genesys._DECODER.decode(octets), sender="genesys@acd.test")  # noqa: SLF001 - what the port reads with
    with suppress(*UNREADABLE):
        _chatwoot(msgspec.json.decode(octets))
    if (turn := turns.read(octets)) is not None:
        assert turns.read(turns.written(turn)) == turn


def _chatwoot(heard: object) -> None:
    turn = chatwoot.turned(heard, sender="")
    if turn is not None:
        assert isinstance(heard, dict)
        assert heard["private"] is False


if __name__ == "__main__":
    made = [
        EVENT,
        EVENT | {"type": "away"},
        EVENT | {"agent": {"id": "a@b"}},
        OUTGOING,
        OUTGOING | {"private": True},
        OUTBOUND,
    ]
    drive("chat", once, [*(json.dumps(each).encode() for each in made), turns.written(TURN)])
