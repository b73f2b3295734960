"""How far YouTube was read: the cursor."""

import msgspec

from bridge.channels._newest_first import Place


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a Pacific day."""

    day: str = ""
    units: int = 0


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    comments: Place
    replies: Place
    counts: dict[str, int] = {}
    """How many replies the newest known threads had when they were last read."""
    others: dict[str, Place] = {}
    """Of what YouTube keeps back."""
    promised: dict[str, int] = {}
    """Those that could not be read yet: from when on their comments are news, in seconds since 1970."""
    spent: Spent = Spent()
