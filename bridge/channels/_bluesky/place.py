"""How far Bluesky was read: the cursor of its listings, and of the log of messages."""

import msgspec

from bridge.channels._newest_first import Place


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
