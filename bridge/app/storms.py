"""Watch every channel's traffic, and say when a storm begins and when it is over."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bridge.core import storms
from bridge.core.storms import HISTORY, WINDOW, Limits, Traffic
from bridge.shell.house import House
from bridge.store import traffic
from bridge.store.store import SqlStore

log = structlog.get_logger("bridge.storms")

LOOK_BACK = timedelta(days=7)
"""What is usual is the mean of so long."""

AGAIN = timedelta(hours=1)
"""How long what is usual is remembered: it is counted anew from the store then, and after a restart."""


class Watch:
    """Looks at the traffic of all channels, again and again."""

    def __init__(self, house: House, store: SqlStore, limits: Callable[[], Limits]) -> None:
        self._house = house
        self._store = store
        self._limits = limits
        self._usual: dict[str, float] = {}
        self._known = False
        self._until: datetime | None = None

    async def turn(self) -> None:
        """Look once; a channel of which less than a day is known is never in a storm."""
        at = self._house.moment()
        if self._until is None or at.now >= self._until:
            await self._learn(at.now)
        if not self._known:
            return
        found = await self._store.read(lambda connection: traffic.counts(connection, at.now - WINDOW, at.now))
        begun = storms.begun(await self._house.store.switches())
        for channel in sorted({*self._house.channels, *begun}):
            seen = self._seen(channel, found)
            since = begun.get(channel)
            decision = storms.turned(seen, since, self._limits(), at=at)
            if decision is not None and (await self._house.apply(decision)).applied:
                log.warning("storm_ended" if since else "storm_began", channel=channel, posts=seen.now)

    def _seen(self, channel: str, found: Mapping[str, int]) -> Traffic:
        """A channel's traffic; by one that left the configuration nothing comes any more, so that its storm ends."""
        if channel not in self._house.channels:
            return Traffic(channel=channel, now=0, usual=0.0)
        return Traffic(channel=channel, now=found.get(channel, 0), usual=self._usual.get(channel, 0.0))

    async def _learn(self, now: datetime) -> None:
        """What is usual: the mean of a week, or of what is known where that is less."""
        oldest = await self._store.read(traffic.beginning)
        since = max(now - LOOK_BACK, oldest or now)
        self._known = now - since >= HISTORY
        self._until = now + AGAIN
        if self._known:
            found = await self._store.read(lambda connection: traffic.counts(connection, since, now - WINDOW))
            self._usual = {channel: count * (WINDOW / (now - since)) for channel, count in found.items()}
