"""What an SMPP channel's ledger holds: texts and receipts as they came, answers as they were submitted, and what the SMSC said of them."""

from datetime import datetime

import msgspec

from bridge.channels._smpp.receipts import State


class Ref(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a long text this is."""

    form: str
    """How the number of the whole was told: numbers of different forms are different."""
    number: int
    total: int
    place: int
    """From 1."""


class Came(msgspec.Struct, frozen=True, kw_only=True, tag="came"):
    """A text of a customer, or a part of one, as the SMSC gave it."""

    n: int
    at: datetime
    source: str
    target: str
    coding: int
    text: bytes
    """In its coding, without a user data header."""
    part: Ref | None = None
    answerable: bool = True


class Told(msgspec.Struct, frozen=True, kw_only=True, tag="told"):
    """A receipt."""

    n: int
    at: datetime
    id: str
    state: State
    error: str
    peer: str
    """Whose phone it is about."""


class Sent(msgspec.Struct, frozen=True, kw_only=True, tag="sent"):
    """An answer that is about to be submitted, in so many parts."""

    n: int
    at: datetime
    key: str
    peer: str
    parts: int


class Taken(msgspec.Struct, frozen=True, kw_only=True, tag="taken"):
    """What the SMSC said about one part: the id that it gave, or its refusal."""

    n: int
    at: datetime
    sent: int
    place: int
    id: str = ""
    status: int = 0


Entry = Came | Told | Sent | Taken
