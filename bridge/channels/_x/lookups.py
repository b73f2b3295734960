"""Known posts looked up in turn: which are gone, which were edited; all that are young enough, as the budget allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge.channels._x.calls import BATCH, Calls
from bridge.channels._x.place import snowflake
from bridge.channels._x.round import Round
from bridge.channels._x.settings import Settings
from bridge.channels._x.shapes import Wire
from bridge.channels._x.wire import entries

BATCHES = 5
"""Look-ups of one poll; the next poll goes on behind them, so that no poll takes long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """Goes round all posts that are younger than `watch`, once in every `recheck`."""

    calls: Calls
    settings: Settings

    async def go_on(self, gathered: Round, now: datetime) -> None:
        """The next part of the round; it waits where more of the day's budget was spent than the day is old."""
        place = gathered.place
        early = now.timestamp() - place.checked < self.settings.recheck.total_seconds()
        if early and not place.turn:
            return
        oldest = snowflake((now - self.settings.watch).timestamp() * 1000)
        left = [number for number in gathered.standing(oldest) if number > place.turn]
        for _ in range(BATCHES):
            if not left or not self.calls.ledger.in_time(now):
                break
            part, left = left[:BATCH], left[BATCH:]
            await self._look_up(gathered, part, now)
            gathered.turned(part[-1])
        if not left and gathered.place.turn:
            gathered.checked(int(now.timestamp()) if self.settings.recheck else 0)

    async def _look_up(self, gathered: Round, numbers: Sequence[int], now: datetime) -> None:
        """One batch; X bills a post once a day, however often it is looked up."""
        today = _same_day(gathered.place.checked, now)
        versions = {number: gathered.version(number) for number in numbers}
        page = await self.calls.posts(list(versions.values()))
        self.calls.ledger.pay("post", now, count=0 if today else len(page.raws))
        gone = {fault.gone for fault in page.faults}
        gathered.lose([number for number in numbers if versions[number] in gone])
        good, _ = entries(page.raws, Wire)
        shown = [entry.value.versions for entry in good]
        later = [all_of[-1] for all_of in shown if all_of[-1] > versions.get(all_of[0], all_of[-1])]
        if later:
            newer = await self.calls.posts(later)
            self.calls.ledger.pay("post", now, count=len(newer.raws))
            gathered.add(entries(newer.raws, Wire)[0], newer.included, broken=())


def _same_day(seconds: int, now: datetime) -> bool:
    return datetime.fromtimestamp(seconds, now.tzinfo).date() == now.date()
