"""How far Reddit was read: the cursor of its listings."""

import msgspec

from bridge.channels._newest_first import Place


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    account: dict[str, Place]
    """Of what concerns the account itself, by the listings' names."""
    others: dict[str, Place] = {}
    """Of subreddits and searches."""
    promised: dict[str, int] = {}
    """Those that could not be read yet: from when on their posts are news, in seconds since 1970."""
