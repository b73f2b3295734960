"""How far a Twilio channel has read, and what it has spent today."""

import msgspec

from bridge.channels._newest_first import Place
from bridge.channels._sms.spending import Spent


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The channel's cursor."""

    talks: dict[str, Place]
    """By the names of listings: messages to a number, and from it."""
    spent: Spent = Spent()
    heard: tuple[str, ...] = ()
    """The newest messages that a webhook told of and that were looked at."""
