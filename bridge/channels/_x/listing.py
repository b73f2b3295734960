"""Reading one of X's listings, which page from the newest post to the past, without losing its middle (delivery.md 3)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import msgspec

from bridge.channels._entries import Broken, Entry
from bridge.channels._x.place import Reach, snowflake
from bridge.channels._x.shapes import Wire
from bridge.channels._x.wire import Included, Listed, entries
from bridge.core.events import Gap

WINDOW = timedelta(days=7) - timedelta(minutes=15)
"""How far back X's recent search reaches; an older `since_id` would be refused."""

PAGES = 10
"""Pages of a hundred that one poll reads of one listing; what is deeper is read by the next polls."""

_FEW = 10
_FULL = 100
_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Which part of a listing."""

    since: int = 0
    until: int = 0
    start: datetime | None = None
    size: int = _FULL

    def query(self) -> dict[str, object]:
        """In tweepy's words; `start` and `since` exclude each other."""
        found: dict[str, object] = {"max_results": self.size}
        if self.start is not None:
            found["start_time"] = self.start
        elif self.since:
            found["since_id"] = str(self.since)
        return {**found, **({"until_id": str(self.until)} if self.until else {})}


Fetch = Callable[[Bounds, str | None], Awaitable[Listed]]
"""One page: within bounds, after a token."""

Stands = Callable[[int], Awaitable[bool]]
"""Whether a post is still there, though its listing does not show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing and how it behaves."""

    name: str
    fetch: Fetch
    windowed: bool
    """Whether it reaches back a week only, as searches do; else it may end before that, and a gap is looked for."""
    pages: int = PAGES
    ordered: bool = True
    """False where several searches follow each other: what is too much then is a gap, since it has no single bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a poll read of a listing."""

    reach: Reach
    entries: tuple[Entry[Wire], ...] = ()
    broken: tuple[Broken, ...] = ()
    included: Included = field(default_factory=Included)
    gap: Gap | None = None
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walked:
    entries: tuple[Entry[Wire], ...]
    broken: tuple[Broken, ...]
    included: Included
    complete: bool

    @property
    def ids(self) -> Sequence[int]:
        return [*(entry.value.id for entry in self.entries), *(b.number for b in self.broken if b.number is not None)]

    def shows(self, number: int) -> bool:
        """Whether a post is listed, under this id or as a later version of it."""
        return number in self.ids or any(number in entry.value.versions for entry in self.entries)


async def first(listing: Listing, *, since: datetime | None, now: datetime) -> Flow:
    """The first contact: what is there is learned, and kept for emitting only where a backfill asks for it (C18)."""
    hour = int(now.timestamp()) // _HOUR
    if since is None:
        walked = await _walk(listing, Bounds(size=_FEW), pages=1)
        top = max(walked.ids, default=0)
        return Flow(reach=Reach(newest=top, begin=top, hour=hour), included=walked.included, entries=walked.entries)
    begin = snowflake(since.timestamp() * 1000)
    walked = await _walk(listing, Bounds(start=since), pages=listing.pages)
    return _flow(walked, Reach(newest=max(walked.ids, default=0), begin=begin, hour=hour), low=begin)


async def following(listing: Listing, reach: Reach, *, low: int, stands: Stands, now: datetime) -> Flow:
    """What came after `low`, or, where an earlier poll left a hole below, the next part of that."""
    if reach.hole is not None:
        low, high = reach.hole
        walked = await _walk(listing, _above(listing, low, now, until=high), pages=listing.pages)
        return replace(_flow(walked, msgspec.structs.replace(reach, hole=None), low=low), more=True)
    walked = await _walk(listing, _above(listing, low, now, until=0), pages=listing.pages)
    hour = int(now.timestamp()) // _HOUR
    after = msgspec.structs.replace(reach, newest=max(reach.newest, *walked.ids, 0), hour=hour)
    gap = await _gap(listing, reach, walked, stands=stands, now=now)
    if not listing.ordered and not walked.complete:
        gap = Gap(since=str(low), until=str(max(walked.ids, default=0)))
        walked = replace(walked, complete=True)
    return replace(_flow(walked, after, low=low), gap=gap)


def _above(listing: Listing, low: int, now: datetime, *, until: int) -> Bounds:
    """From after an id, or from where a search begins that would refuse so old an id."""
    oldest = now - WINDOW
    if listing.windowed and low < snowflake(oldest.timestamp() * 1000):
        return Bounds(start=oldest, until=until)
    return Bounds(since=low, until=until)


def _flow(walked: _Walked, reach: Reach, *, low: int) -> Flow:
    """What was read, remembering what lies below it unread."""
    if not walked.complete and walked.ids:
        reach = msgspec.structs.replace(reach, hole=(low, min(walked.ids)))
    return Flow(
        reach=reach,
        entries=walked.entries,
        broken=walked.broken,
        included=walked.included,
        more=not walked.complete,
    )


async def _walk(listing: Listing, bounds: Bounds, *, pages: int) -> _Walked:
    """So many pages from the newest post down."""
    raws: list[msgspec.Raw] = []
    along = Included()
    token: str | None = None
    for _ in range(pages):
        page = await listing.fetch(bounds, token)
        raws += page.raws
        along = _joined(along, page.included)
        token = page.next_token
        if token is None:
            break
    good, bad = entries(raws, Wire)
    return _Walked(
        entries=tuple(good), broken=tuple(bad), included=along, complete=token is None or bounds.size < _FULL
    )


def _joined(one: Included, other: Included) -> Included:
    return Included(
        users={**one.users, **other.users}, posts={**one.posts, **other.posts}, media={**one.media, **other.media}
    )


async def _gap(listing: Listing, reach: Reach, walked: _Walked, *, stands: Stands, now: datetime) -> Gap | None:
    """What lies between the newest known post and the oldest that is shown, where X no longer reaches back (C16)."""
    if listing.windowed:
        return _window_gap(reach, now)
    if not reach.newest or not walked.complete or not walked.ids or walked.shows(reach.newest):
        return None
    oldest = min(walked.ids)
    if oldest > reach.newest and await stands(reach.newest):
        return Gap(since=str(reach.newest), until=str(oldest))
    return None


def _window_gap(reach: Reach, now: datetime) -> Gap | None:
    """A search that was not read for longer than its window has lost what came before it."""
    unread = now - datetime.fromtimestamp(reach.hour * _HOUR, UTC)
    if not reach.hour or unread <= WINDOW + timedelta(seconds=_HOUR):
        return None
    return Gap(since=str(reach.newest), until=str(snowflake((now - WINDOW).timestamp() * 1000)))
