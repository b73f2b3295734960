"""Reading one of Bluesky's listings from its newest entry back to what is known (delivery.md 3)."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from bridge.channels._bluesky_place import GONE, Place
from bridge.channels._bluesky_shapes import Entry, Moment
from bridge.channels._entries import Broken, read_entries
from bridge.core.events import Gap, Quarantined

_OVERLAP = 600
"""Seconds before the newest known entry that are read again: what is indexed late is seen (C13)."""

_PAGES = 50
"""Pages that one poll reads of one listing."""

LOOKED_UP = 25
"""Posts that one request looks up (app.bsky.feed.getPosts)."""

_EMPTY = timedelta(days=1)
"""How old a post may be that comes into a listing which was empty at first: it may have been on its way."""


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a listing, newest first."""

    raws: Sequence[msgspec.Raw]
    cursor: str
    """Of what is older; empty at the end."""


Fetch = Callable[[str], Awaitable[Portion]]
"""A page below a cursor, or the newest one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A post as it was shown, with the bytes that it came in."""

    entry: Entry
    raw: bytes


Look = Callable[[Sequence[str]], Awaitable[Mapping[str, Shown] | None]]
"""Posts by their ids, at most 25; what is gone is left out, and None means that nothing can be told at the moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing of the server."""

    name: str
    fetch: Fetch
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a poll brought of one listing, the oldest first."""

    place: Place
    fresh: tuple[Shown, ...] = ()
    gone: tuple[str, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    gap: Gap | None = None


@dataclass(slots=True, kw_only=True)
class _Walked:
    """What was read, newest first, and whether it reached what is known."""

    shown: list[Shown] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    reached: bool = False
    ended: bool = False
    """The listing has nothing older."""

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(each.entry.key for each in self.shown)


async def first(listing: Listing, since: datetime | None, now: datetime) -> Flow:
    """The first contact: what is there is history, but for what a backfill asks for (C18)."""
    if since is not None:
        return await since_then(listing, since)
    shown, _ = _read((await listing.fetch("")).raws)
    newest = max((_second(each) for each in shown), default=int((now - _EMPTY).timestamp()))
    seen = {each.entry.key: each.entry.cid for each in reversed(shown)}
    return Flow(place=Place(begin=newest, newest=newest).after(seen, odd=(), newest=newest))


async def since_then(listing: Listing, since: datetime) -> Flow:
    """Everything since a moment is news."""
    second = int(since.timestamp())
    return await following(listing, Place(begin=second, newest=second))


async def following(listing: Listing, place: Place) -> Flow:
    """What came since, what changed, and what became of known posts that are not shown."""
    walked = await _back(listing, max(place.begin, place.newest - _OVERLAP))
    missing = _asked_after(place, walked)
    found = await listing.look(missing) if missing else {}
    gone = tuple(key for key in missing if found is not None and key not in found)
    changed = [each for key, each in (found or {}).items() if place.seen.get(key) not in {None, each.entry.cid}]
    fresh = (*reversed(changed), *_fresh(place, walked))
    seen = {**place.seen, **dict.fromkeys(gone, GONE), **{each.entry.key: each.entry.cid for each in fresh}}
    digests = tuple(broken.digest for broken in walked.broken)
    return Flow(
        place=place.after(seen, odd=digests, newest=max((_second(each) for each in walked.shown), default=0)),
        fresh=fresh,
        gone=gone,
        quarantined=tuple(each.quarantined() for each in walked.broken if each.digest not in place.odd),
        gap=_gap(place, walked, found or {}),
    )


async def _back(listing: Listing, floor: int) -> _Walked:
    """From the newest entry down to a second, or to the end."""
    walked = _Walked()
    cursor = ""
    for _ in range(_PAGES):
        portion = await listing.fetch(cursor)
        shown, broken = _read(portion.raws)
        walked.shown += shown
        walked.broken += broken
        walked.ended = not portion.cursor or portion.cursor == cursor
        walked.reached = any(stamp < floor for stamp in _stamps(portion.raws))
        if walked.ended or walked.reached:
            return walked
        cursor = portion.cursor
    return walked


def _read(raws: Sequence[msgspec.Raw]) -> tuple[list[Shown], list[Broken]]:
    good, bad = read_entries(raws, Entry)
    return [Shown(entry=entry.value, raw=entry.raw) for entry in good], bad


def _fresh(place: Place, walked: _Walked) -> Iterator[Shown]:
    """What is new or has another version, the oldest first; what several pages show comes once."""
    versions = dict(place.seen)
    for each in reversed(walked.shown):
        if _second(each) >= place.begin and versions.get(each.entry.key) != each.entry.cid:
            versions[each.entry.key] = each.entry.cid
            yield each


def _asked_after(place: Place, walked: _Walked) -> list[str]:
    """Known posts that were not shown: the newest always, of the others some in turn."""
    standing = [key for key, version in place.seen.items() if version != GONE and key not in walked.keys]
    newest, others = standing[-1:], standing[:-1]
    start = place.turn * (LOOKED_UP - 1) % max(len(others), 1)
    return [*(others + others)[start : start + min(LOOKED_UP - 1, len(others))], *newest]


def _gap(place: Place, walked: _Walked, found: Mapping[str, Shown]) -> Gap | None:
    """What lies between the known posts and the oldest that could be read (C16)."""
    if not walked.shown:
        return None
    oldest = walked.shown[-1]
    unread = not walked.reached and not walked.ended and _second(oldest) > place.newest
    anchor = next(reversed([key for key, version in place.seen.items() if version != GONE]), "")
    cut = walked.ended and anchor in found and not walked.keys & place.seen.keys()
    if not (unread or cut):
        return None
    since = anchor or datetime.fromtimestamp(place.newest, UTC).isoformat()
    return Gap(since=since, until=oldest.entry.key)


def _second(shown: Shown) -> int:
    return int(shown.entry.indexed_at.timestamp())


class _Stamp(msgspec.Struct, frozen=True, rename="camel"):
    indexed_at: Moment


def _stamps(raws: Sequence[msgspec.Raw]) -> Iterator[int]:
    """When entries were indexed, as far as that can be read."""
    for raw in raws:
        try:
            yield int(msgspec.json.decode(raw, type=_Stamp).indexed_at.timestamp())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
            continue
