"""What an SMSC has for the one who is bound: texts of customers and receipts, handed out as the window has room, until they are taken."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bridge.testing.fakes.smsc_wire import (
    DELIVER_SM,
    NETWORK_ERROR,
    RECEIPTED_ID,
    STATE,
    UDHI,
    Message,
    packet,
    pieces,
)

KEPT = timedelta(days=2)
"""How long a text waits for somebody who takes it."""

TRY_LATER = 0x64

_STATES = ("ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message of ours that was taken."""

    id: str
    message: Message


@dataclass(slots=True, kw_only=True, eq=False)
class _Waiting:
    """Something for the one who is bound, and since when."""

    message: Message
    at: datetime
    sequence: int = 0
    """Under which it went out on the present connection; 0 where it did not."""


@dataclass(slots=True, eq=False)
class Session:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    bound: bool = False
    sequence: int = 0
    asked: set[int] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Tray:
    """What waits."""

    now: Callable[[], datetime]
    window: int
    waiting: list[_Waiting] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """With which deliveries were answered."""

    def add(self, one: Message) -> None:
        """One more."""
        self.waiting.append(_Waiting(message=one, at=self.now()))

    def recall(self) -> None:
        """The connection is gone: whatever was not taken goes out again."""
        for waiting in self.waiting:
            waiting.sequence = 0

    def hand_out(self, session: Session) -> None:
        """As much as the window has room for; what is too old is thrown away."""
        begin = self.now() - KEPT
        self.waiting = [waiting for waiting in self.waiting if waiting.at >= begin]
        room = self.window - sum(waiting.sequence > 0 for waiting in self.waiting)
        for waiting in [waiting for waiting in self.waiting if not waiting.sequence][: max(room, 0)]:
            session.sequence += 1
            waiting.sequence = session.sequence
            session.writer.write(packet(DELIVER_SM, waiting.sequence, body=waiting.message.wire()))

    def answered(self, sequence: int, status: int) -> bool:
        """Whether it was taken, or refused for good; else it comes again with the next sign of life."""
        self.statuses.append(status)
        for waiting in [one for one in self.waiting if one.sequence == sequence]:
            if status == TRY_LATER:
                waiting.sequence = 0
            else:
                self.waiting.remove(waiting)
        return status != TRY_LATER


def written(source: str, target: str, words: str, *, number: int) -> list[Message]:
    """A customer's text in the messages that it takes."""
    coding, parts = pieces(words)
    head = bytes((5, 0, 3, number & 0xFF, len(parts)))
    return [
        Message(
            source=(1, 1, source.lstrip("+")),
            target=(1, 1, target),
            body=head + bytes((place,)) + part if len(parts) > 1 else part,
            coding=coding,
            esm_class=UDHI if len(parts) > 1 else 0,
        )
        for place, part in enumerate(parts, start=1)
    ]


def receipt(taken: Taken, state: str, *, form: str, error: int, name: str) -> Message:
    """What became of a message, as text, as optional fields (`tlv`), or as both."""
    said = (
        f"id:{name} sub:001 dlvrd:001 submit date:2603021000 done date:2603021001 "
        f"stat:{state} err:{error:03d} text:Thank you"
    )
    fields = {
        RECEIPTED_ID: name.encode() + b"\0",
        STATE: bytes((_STATES.index(state) + 1,)),
        NETWORK_ERROR: b"\x03" + error.to_bytes(2, "big"),
    }
    return Message(
        source=taken.message.target,
        target=taken.message.source,
        body=said.encode() if form != "tlv" else b"",
        esm_class=0x04,
        fields=fields if form != "text" else {},
    )
