"""Reading a Discourse listing to its end, oldest first, though it only pages from the newest to the past."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bridge.channels._discourse.posts import Item
from bridge.channels._entries import Broken, Entry, read_entries
from bridge.channels._overlap import GONE, Place

_PAGE = 50
"""A page holds fifty posts below `before`; older servers show the posts among the fifty ids up to it instead."""

_STEP = _PAGE - 2
"""Ids that a page covers on either kind of server, with the id before them."""

_WINDOWS = 10
"""Windows of a backlog that one poll reads."""

Fetch = Callable[[int | None], Awaitable[Sequence[msgspec.Raw]]]
"""A page of the listing below an id, or the newest one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What a poll read of a listing, oldest first."""

    entries: tuple[Entry[Item], ...]
    broken: tuple[Broken, ...]
    covered: int
    """Every post up to this id, and above the place's floor, was shown if the platform shows it at all."""
    complete: bool
    """False where newer posts are left for the next poll."""
    reach: int
    """Known posts from this id on should have been shown; that they really are gone must be asked for each."""
    anchored: bool
    """True where a listing that reaches back shows the newest known post again."""

    @property
    def oldest(self) -> int:
        """The lowest id that is shown."""
        return min((entry.value.id for entry in self.entries), default=self.covered)


def floor(place: Place) -> int:
    """Posts up to this id are history: a listing shows them again when younger ones are taken away."""
    return min(place.versions, default=place.newest + 1) - 1


async def newest_stretch(fetch: Fetch, pages: int, *, since: datetime) -> Stretch:
    """At most so many pages back from the newest post, as far as a time, for the first contact."""
    gathered = _Gathered(0)
    before: int | None = None
    for _ in range(pages):
        lowest = gathered.add(await fetch(before))
        if lowest is None or lowest == before or gathered.reaches(since):
            break
        before = lowest
    return gathered.stretch(covered=gathered.highest, complete=True, reach=0)


async def pages_by_ids(fetch: Fetch) -> bool | None:
    """Whether the server is an older one, which shows fifty ids up to `before` and not fifty posts below it.

    None where the listing is empty at the moment, which tells nothing.
    """
    newest = _Gathered(0)
    newest.add(await fetch(None))
    if not newest.highest:
        return None
    again = _Gathered(0)
    again.add(await fetch(newest.highest))
    return again.highest >= newest.highest


async def next_stretch(fetch: Fetch, place: Place, *, by_ids: bool, top: int) -> Stretch:
    """What came since: usually the newest page reaches back to it; else windows upwards from where we were.

    `top` is an id up to which posts are known to exist somewhere: an older server may have to be asked that far.
    """
    gathered = _Gathered(floor(place))
    lowest = gathered.add(await fetch(None))
    newest = max(gathered.highest, top if by_ids else 0)
    whole = not by_ids and gathered.count < _PAGE
    if whole or newest <= place.newest or (lowest is not None and lowest <= place.newest):
        reach = 0 if whole else newest - _PAGE + 1 if by_ids else lowest or 0
        return gathered.stretch(covered=max(newest, place.newest), complete=True, reach=reach, anchored=whole)
    return await _windows(fetch, place, newest)


async def _windows(fetch: Fetch, place: Place, newest: int) -> Stretch:
    """The oldest part of a backlog.

    Fifty posts below an id lie among at least fifty ids, so a window of less is covered by either kind of server.
    If the newest known post lies within the first window it must be shown again, or the listing falls short.
    """
    gathered = _Gathered(floor(place))
    known = anchor(place)
    near = bool(known) and place.newest - known < _STEP
    covered = known if near else place.newest
    for _ in range(_WINDOWS):
        gathered.add(await fetch(covered + _STEP + 1))
        covered += _STEP
        if covered >= newest:
            break
    end = min(covered, newest)
    reach = known if near else place.newest + 1
    return gathered.stretch(covered=end, complete=end == newest, reach=reach, anchored=near)


def anchor(place: Place) -> int:
    """The newest known post that is not gone; 0 without one."""
    return max((number for number, version in place.versions.items() if version != GONE), default=0)


class _Gathered:
    """Entries of several pages, each once."""

    def __init__(self, above: int) -> None:
        self._above = above
        self._entries: dict[int, Entry[Item]] = {}
        self._broken: dict[str, Broken] = {}
        self.highest = 0
        self.count = 0
        """Entries of the last page."""

    def add(self, raws: Sequence[msgspec.Raw]) -> int | None:
        """Take a page; gives back its lowest id, None for an empty one."""
        entries, broken = read_entries(raws, Item)
        self.count = len(raws)
        self._broken.update({each.digest: each for each in broken})
        self._entries.update({entry.value.id: entry for entry in entries})
        numbers = [entry.value.id for entry in entries] + [b.number for b in broken if b.number is not None]
        self.highest = max([self.highest, *numbers])
        return min(numbers, default=None)

    def reaches(self, since: datetime) -> bool:
        """Whether something older was shown."""
        return any(entry.value.created_at < since for entry in self._entries.values())

    def stretch(self, *, covered: int, complete: bool, reach: int, anchored: bool = False) -> Stretch:
        """What was gathered between the floor and the covered end."""
        numbers = [number for number in sorted(self._entries) if self._above < number <= covered]
        broken = [b for b in self._broken.values() if b.number is None or self._above < b.number <= covered]
        return Stretch(
            entries=tuple(self._entries[number] for number in numbers),
            broken=tuple(broken),
            covered=covered,
            complete=complete,
            reach=reach,
            anchored=anchored,
        )
