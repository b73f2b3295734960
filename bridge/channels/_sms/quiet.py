"""Quiet hours: when no text message may wake anybody, by the clock of whoever would get it."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, model_validator

from bridge.stanza import Duration, Stanza

Hour = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]

_STEP = timedelta(minutes=15)
"""All time zones differ from UTC by a multiple of it, so looking that often misses no end of anybody's night."""

_DAY = timedelta(days=1)


class Quiet(Stanza):
    """When answers wait, unless the customer has just written."""

    begins: Hour = Field(default="21:00", description="When the quiet hours begin, by the customer's own clock.")
    ends: Hour = Field(default="08:00", description="When they end.")
    session: Duration = Field(
        default=timedelta(hours=1),
        description="How long after their last message a customer is awake: answers go at once.",
    )

    @model_validator(mode="after")
    def _has_a_day(self) -> Self:
        if self.begins == self.ends:
            raise ValueError("quiet hours end at another time than they begin")
        return self

    def wait(self, now: datetime, zones: Sequence[ZoneInfo]) -> timedelta:
        """How long until it is day in all of these zones; no time where it is, and UTC counts where none is known."""
        places = zones or (UTC,)
        later = now
        while later < now + _DAY and any(self._is_quiet(later.astimezone(zone).time()) for zone in places):
            later = later.replace(second=0, microsecond=0, minute=later.minute // 15 * 15) + _STEP
        return later - now

    def _is_quiet(self, clock: time) -> bool:
        begins, ends = time.fromisoformat(self.begins), time.fromisoformat(self.ends)
        return begins <= clock < ends if begins < ends else not ends <= clock < begins
