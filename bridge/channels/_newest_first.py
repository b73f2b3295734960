"""Reading a listing that begins with its newest entry back to what is known (delivery.md 3)."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

import msgspec

from bridge.channels._entries import Broken, read_entries
from bridge.core.events import Gap, Quarantined

_PAGES = 50
"""Pages that one poll reads of one listing."""

_KEPT_ODD = 50

GONE = ""
"""The version of a post that was taken away."""

_EMPTY = timedelta(days=1)
"""How old a post may be that comes into a listing which was empty at first: it may have been on its way."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How far one listing was read."""

    begin: int
    """Nothing from before is ever emitted, in seconds since 1970: it is older than the first contact."""
    newest: int
    """When the newest that was read came; never sinks."""
    seen: dict[str, str] = {}
    """Versions of the newest known posts, oldest first."""
    odd: tuple[str, ...] = ()
    """Digests of entries that could not be read, so that each is reported once."""
    turn: int = 0
    """Which of the known posts are looked up next."""

    def after(self, seen: Mapping[str, str], newest: int, *, odd: tuple[str, ...], kept: int) -> "Place":
        """The place with what a poll told."""
        return msgspec.structs.replace(
            self,
            newest=max(self.newest, newest),
            seen=dict(list(seen.items())[-kept:]),
            odd=(*self.odd, *(digest for digest in odd if digest not in self.odd))[-_KEPT_ODD:],
            turn=self.turn + 1,
        )


class Dated(Protocol):
    """An entry of a listing: a message in the platform's own shape."""

    @property
    def key(self) -> str:
        """The id of its post."""
        ...

    @property
    def version(self) -> str:
        """Changes with the words; never empty."""
        ...

    @property
    def second(self) -> int:
        """When it came into the listing, in seconds since 1970."""
        ...


Entry = TypeVar("Entry", bound=Dated)


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a listing, newest first."""

    raws: Sequence[msgspec.Raw]
    cursor: str
    """Of what is older; empty at the end."""


Fetch = Callable[[str], Awaitable[Portion]]
"""A page below a cursor, or the newest one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Generic[Entry]):
    """A post as it was shown, with the bytes that it came in."""

    entry: Entry
    raw: bytes


Look = Callable[[Sequence[str]], Awaitable[Mapping[str, Shown[Entry]] | None]]
"""Posts by their ids; what is gone is left out, and None means that nothing can be told at the moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Entry]):
    """One listing of a server."""

    name: str
    shape: type[Entry]
    fetch: Fetch
    look: Look[Entry]
    most: int
    """Posts that one poll looks up."""
    overlap: int
    """Seconds before the newest known entry that are read again: what comes late is seen (C13)."""
    kept: int
    """The newest known posts that are remembered, to be recognised when they are shown again and looked up for deletions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Generic[Entry]):
    """What a poll brought of one listing, the oldest first."""

    place: Place
    fresh: tuple[Shown[Entry], ...] = ()
    gone: tuple[str, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    gap: Gap | None = None


@dataclass(slots=True, kw_only=True)
class _Walked(Generic[Entry]):
    """What was read, newest first, and whether it reached what is known."""

    shown: list[Shown[Entry]] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    reached: bool = False
    ended: bool = False
    """The listing has nothing older."""

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(each.entry.key for each in self.shown)


async def first(listing: Listing[Entry], since: datetime | None, now: datetime) -> Flow[Entry]:
    """The first contact: what is there is history, but for what a backfill asks for (C18)."""
    if since is not None:
        return await since_then(listing, since)
    shown, _ = _read((await listing.fetch("")).raws, listing.shape)
    newest = max((each.entry.second for each in shown), default=int((now - _EMPTY).timestamp()))
    seen = {each.entry.key: each.entry.version for each in reversed(shown)}
    return Flow(place=Place(begin=newest, newest=newest).after(seen, newest, odd=(), kept=listing.kept))


async def since_then(listing: Listing[Entry], since: datetime) -> Flow[Entry]:
    """Everything since a moment is news."""
    second = int(since.timestamp())
    return await following(listing, Place(begin=second, newest=second))


async def following(listing: Listing[Entry], place: Place) -> Flow[Entry]:
    """What came since, what changed, and what became of known posts that are not shown."""
    walked = await _back(listing, max(place.begin, place.newest - listing.overlap))
    missing = _asked_after(place, walked, listing.most)
    found = await listing.look(missing) if missing else {}
    gone = tuple(key for key in missing if found is not None and key not in found)
    changed = [each for key, each in (found or {}).items() if place.seen.get(key) not in {None, each.entry.version}]
    fresh = (*reversed(changed), *_fresh(place, walked))
    seen = {**place.seen, **dict.fromkeys(gone, GONE), **{each.entry.key: each.entry.version for each in fresh}}
    newest = max((each.entry.second for each in walked.shown), default=0)
    digests = tuple(broken.digest for broken in walked.broken)
    return Flow(
        place=place.after(seen, newest, odd=digests, kept=listing.kept),
        fresh=fresh,
        gone=gone,
        quarantined=tuple(each.quarantined() for each in walked.broken if each.digest not in place.odd),
        gap=_gap(place, walked, found or {}),
    )


async def _back(listing: Listing[Entry], floor: int) -> _Walked[Entry]:
    """From the newest entry down to a second, or to the end."""
    walked: _Walked[Entry] = _Walked()
    cursor = ""
    for _ in range(_PAGES):
        portion = await listing.fetch(cursor)
        shown, broken = _read(portion.raws, listing.shape)
        walked.shown += shown
        walked.broken += broken
        walked.ended = not portion.cursor or portion.cursor == cursor
        walked.reached = any(each.entry.second < floor for each in shown)
        if walked.ended or walked.reached:
            return walked
        cursor = portion.cursor
    return walked


def _read(raws: Sequence[msgspec.Raw], shape: type[Entry]) -> tuple[list[Shown[Entry]], list[Broken]]:
    good, bad = read_entries(raws, shape)
    return [Shown(entry=entry.value, raw=entry.raw) for entry in good], bad


def _fresh(place: Place, walked: _Walked[Entry]) -> Iterator[Shown[Entry]]:
    """What is new or has another version, the oldest first; what several pages show comes once."""
    versions = dict(place.seen)
    for each in reversed(walked.shown):
        if each.entry.second >= place.begin and versions.get(each.entry.key) != each.entry.version:
            versions[each.entry.key] = each.entry.version
            yield each


def _asked_after(place: Place, walked: _Walked[Entry], most: int) -> list[str]:
    """Known posts that were not shown: the newest known one always, of the others some in turn."""
    standing = [key for key, version in place.seen.items() if version != GONE]
    anchor = [key for key in standing[-1:] if key not in walked.keys]
    others = [key for key in standing[:-1] if key not in walked.keys]
    count = min(most - len(anchor), len(others))
    start = place.turn * count % max(len(others), 1)
    return [*(others + others)[start : start + count], *anchor]


def _gap(place: Place, walked: _Walked[Entry], found: Mapping[str, Shown[Entry]]) -> Gap | None:
    """What lies between the known posts and the oldest that could be read (C16)."""
    if not walked.shown:
        return None
    oldest = walked.shown[-1]
    unread = not walked.reached and not walked.ended and oldest.entry.second > place.newest
    anchor = next(reversed([key for key, version in place.seen.items() if version != GONE]), "")
    cut = walked.ended and anchor in found and not walked.keys & place.seen.keys()
    if not (unread or cut):
        return None
    since = anchor or datetime.fromtimestamp(place.newest, UTC).isoformat()
    return Gap(since=since, until=oldest.entry.key)
