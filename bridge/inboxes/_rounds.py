"""Which letters are due for handing out: those never handed out, and those that were not filed for a while."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

_Uid = TypeVar("_Uid", int, str)

AGAIN = timedelta(minutes=5)
"""How long a letter that was handed out may stay unfiled before it is handed out again."""

CHUNK = 100
"""How many letters are handed out at once, at most."""

CHUNK_BYTES = 32 * 1024 * 1024
"""How many bytes are handed out at once, at most, as long as it is more than one letter."""

LARGEST = 10 * 1024 * 1024
"""Bytes of the largest letter that is read whole."""


class Rounds(Generic[_Uid]):
    """Remembers what was handed out, so that a letter that cannot be filed never turns fetching into a tight loop."""

    def __init__(self) -> None:
        self._handed: dict[_Uid, datetime] = {}

    def due(self, present: Iterable[_Uid], now: datetime) -> list[_Uid]:
        """Those of the present letters that may be handed out, in their order; forgets letters that are gone."""
        uids = list(present)
        here = set(uids)
        self._handed = {uid: at for uid, at in self._handed.items() if uid in here}
        return [uid for uid in uids if uid not in self._handed or abs(now - self._handed[uid]) >= AGAIN]

    def hand_out(self, uids: Iterable[_Uid], now: datetime) -> None:
        """Note that these are in someone's hands from now on."""
        self._handed.update(dict.fromkeys(uids, now))

    def forget(self) -> None:
        """Start over, as after a loss of the place."""
        self._handed.clear()
