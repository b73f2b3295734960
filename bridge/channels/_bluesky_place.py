"""How far Bluesky was read: the cursor of listings that are read from the newest back, and of the log of messages."""

from collections.abc import Mapping

import msgspec

KEPT = 150
"""The newest known posts of a listing: they are recognised when they are shown again, and looked up for deletions."""

_KEPT_ODD = 50

GONE = ""
"""The version of a post that was taken away."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How far one listing was read."""

    begin: int
    """Nothing that was indexed before is ever emitted, in seconds since 1970: it is from before the first contact."""
    newest: int
    """When the newest that was read was indexed; never sinks."""
    seen: dict[str, str] = {}
    """Versions of the newest known posts, oldest first."""
    odd: tuple[str, ...] = ()
    """Digests of entries that could not be read, so that each is reported once."""
    turn: int = 0
    """Which of the known posts are looked up next."""

    def after(self, seen: Mapping[str, str], *, odd: tuple[str, ...], newest: int) -> "Place":
        """The place with what a poll told."""
        return msgspec.structs.replace(
            self,
            newest=max(self.newest, newest),
            seen=dict(list(seen.items())[-KEPT:]),
            odd=(*self.odd, *(digest for digest in odd if digest not in self.odd))[-_KEPT_ODD:],
            turn=self.turn + 1,
        )


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    mentions: Place
    own: Place
    others: dict[str, Place] = {}
    """Of searches, by their words."""
    promised: dict[str, int] = {}
    """Searches that could not be read yet: from when on their posts are news, in seconds since 1970."""
    log: str = ""
    """Of direct messages; empty where they were never read."""
