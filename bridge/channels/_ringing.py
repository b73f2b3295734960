"""Whether a poll need ask anything: not while a webhook is open that rings for all that is new, and none rang."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Ringing:
    """What a bell and the polls below it know of each other."""

    net: timedelta
    """How often everything is read though nothing rang."""
    _rung: bool = True
    _handed: str = ""
    """The cursor that was read last; with another one everything is read."""
    _due: datetime | None = None

    def ring(self) -> None:
        """There is something to read, or there may be."""
        self._rung = True

    def is_quiet(self, cursor: str, now: datetime) -> bool:
        """Whether all was read up to this cursor not long ago, and nothing rang since."""
        if self._rung or self._due is None or cursor != self._handed:
            return False
        return now < self._due

    def answer(self) -> None:
        """Before everything is read: what rings from here on is read the next time."""
        self._rung, self._handed = False, ""

    def rest(self, cursor: str, now: datetime, *, more: bool) -> None:
        """After everything was read up to a cursor, or not all of it yet."""
        self._handed, self._due = cursor, now + self.net
        self._rung = self._rung or more
