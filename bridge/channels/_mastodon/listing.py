"""Reading one of Mastodon's listings forward from a little before the place where it was left (delivery.md 3)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from bridge.channels._entries import Broken, Entry, read_entries
from bridge.channels._mastodon.place import BEFORE_ALL, Place, Seen, stands
from bridge.channels._mastodon.shapes import Id, Notification, Status, is_id, order
from bridge.channels._overlap import GONE
from bridge.core.events import Gap, Quarantined

_PAGES = 10
"""Pages that one poll reads of one listing; the rest follows at once."""

_FIRST_PAGES = 20
_EMPTY = timedelta(days=1)
"""How old a post may be that comes into a listing which was empty at first: it may have been on its way."""

_LOOKUPS = 5
"""Missing posts that one poll asks for one by one."""

Listed = Notification | Status
"""An entry of a listing: its `key` counts through the listing, its `shown` is the post in it."""


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """What a listing shows within some bounds."""

    raws: Sequence[msgspec.Raw]
    cut_at: str = ""
    """The lowest id that was read, where there was more above `min_id` than can be read; else empty."""


Fetch = Callable[[Mapping[str, str]], Awaitable[Portion]]
"""A page within bounds: `min_id` asks for what is next above an id, `max_id` for what is next below."""

Exists = Callable[[str], Awaitable[bool | None]]
"""Whether a post is still there, though its listing does not show it; None where the server cannot tell at the moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing of the server."""

    name: str
    fetch: Fetch
    shape: type[Notification] | type[Status]
    exists: Exists
    hidden: set[str] = field(default_factory=set)
    """Entries whose posts are there and not listed, so that each is asked for once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post that a listing shows, with the bytes that it came in."""

    status: Status
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a poll brought of one listing."""

    place: Place
    fresh: tuple[Post, ...] = ()
    gone: tuple[str, ...] = ()
    """Ids of posts."""
    quarantined: tuple[Quarantined, ...] = ()
    gap: Gap | None = None
    complete: bool = True


@dataclass(slots=True)
class _Walked:
    """What was read, and whether it reached the end."""

    entries: dict[str, Entry[Listed]] = field(default_factory=dict)
    broken: dict[str, Quarantined] = field(default_factory=dict)
    """By the digests of their bytes."""
    names: set[str] = field(default_factory=set)
    """Ids of everything that was shown, also of what could not be read."""
    complete: bool = False
    cut_at: str = ""
    """What lies between the place and this id was not read; empty where everything was."""

    def add(self, raws: Sequence[msgspec.Raw], shape: type[Notification] | type[Status]) -> list[str]:
        """Take a page; gives back its ids in order."""
        good, bad = read_entries(raws, shape)
        found = {entry.value.key: entry for entry in good if is_id(entry.value.key)}
        strange = [entry.raw for entry in good if not is_id(entry.value.key)]
        unread = [*bad, *(Broken(number=None, reason="its id cannot be one", raw=raw) for raw in strange)]
        self.entries |= found
        self.broken |= {each.digest: replace(each.quarantined(), id=named(each.raw) or each.digest) for each in unread}
        names = {*found, *filter(None, (named(each.raw) for each in unread))}
        self.names |= names
        return sorted(names, key=order)


async def first(listing: Listing, since: datetime | None, now: datetime) -> Flow:
    """The first contact: what is there is history, but for what a backfill asks for (C18)."""
    if since is not None:
        return replace(await since_then(listing, since), quarantined=(), gap=None)
    names = _Walked().add((await listing.fetch({})).raws, listing.shape)
    return Flow(place=Place(begin=names[-1], newest=names[-1]) if names else _empty(now - _EMPTY))


async def since_then(listing: Listing, since: datetime) -> Flow:
    """What was written since, as far as twenty pages reach; a gap where they do not."""
    walked = _Walked(complete=True)
    names = walked.add((await listing.fetch({})).raws, listing.shape)
    if not names:
        return Flow(place=_empty(since))
    for _ in range(_FIRST_PAGES - 1):
        if not names or _reaches(walked, since):
            break
        names = walked.add((await listing.fetch({"max_id": names[0]})).raws, listing.shape)
    unread = bool(names) and not _reaches(walked, since)
    gap = Gap(since=since.isoformat(), until=_post_shown(walked)) if unread else None
    flow = _flow(walked, Place(begin=BEFORE_ALL, newest=BEFORE_ALL), gone=[], gap=gap)
    begin = msgspec.structs.replace(flow.place, begin=names[0] if names else BEFORE_ALL)
    young = tuple(post for post in flow.fresh if post.status.created_at >= since)
    return replace(flow, place=begin, fresh=young)


def _empty(began: datetime) -> Place:
    """Of a listing that shows nothing: no id says what is history, only the time."""
    return Place(begin=BEFORE_ALL, newest=BEFORE_ALL, began=int(began.timestamp()))


def _reaches(walked: _Walked, since: datetime) -> bool:
    """Whether something older was shown."""
    shown = (entry.value.shown for entry in walked.entries.values())
    return any(status.created_at < since for status in shown if status is not None)


async def following(listing: Listing, place: Place) -> Flow:
    """What came since, what changed, and what became of known posts that are missing."""
    walked = await _forward(listing, place.floor)
    missing: list[str] = []
    gap = _cut(place, walked)
    listing.hidden.intersection_update(place.seen)
    for name in _absent(place, walked, listing.hidden)[:_LOOKUPS]:
        there = await listing.exists(_post(place, name))
        if there is False:
            missing.append(name)
        elif there and name == _anchor(place) and _falls_short(place, walked):
            gap = Gap(since=_post(place, name), until=_post_shown(walked))
        elif there:
            listing.hidden.add(name)
    return _flow(walked, place, gone=missing, gap=gap)


def _cut(place: Place, walked: _Walked) -> Gap | None:
    """What lies between the known posts and the oldest that could be read (C16)."""
    unread = bool(walked.cut_at) and order(walked.cut_at) > order(place.newest)
    return Gap(since=place.newest, until=walked.cut_at) if unread else None


async def _forward(listing: Listing, floor: str) -> _Walked:
    """Upwards from an id, until a page has nothing above it: a short page may be one that was filtered."""
    walked: _Walked = _Walked()
    for _ in range(_PAGES):
        portion = await listing.fetch({"min_id": floor})
        names = walked.add(portion.raws, listing.shape)
        walked.cut_at = walked.cut_at or portion.cut_at
        if not names or order(names[-1]) <= order(floor):
            walked.complete = True
            break
        floor = names[-1]
    return walked


def _absent(place: Place, walked: _Walked, hidden: set[str]) -> list[str]:
    """Known entries that should have been shown and were not; the newest first."""
    covered = None if walked.complete else max(walked.names, key=order, default=place.floor)
    known = [
        name for name, seen in place.seen.items() if stands(seen) and order(name) > order(walked.cut_at or place.floor)
    ]
    reached = [name for name in known if covered is None or order(name) <= order(covered)]
    return sorted((n for n in reached if n not in _showing(walked) and n not in hidden), key=order, reverse=True)


def _showing(walked: _Walked) -> set[str]:
    """Ids of entries that have a post, or cannot be read."""
    return {n for n in walked.names if n not in walked.entries or walked.entries[n].value.shown is not None}


def _falls_short(place: Place, walked: _Walked) -> bool:
    """Whether a listing that should show known posts again shows none of them (C16)."""
    showing = _showing(walked)
    return bool(showing) and not any(name in place.seen for name in showing)


def _anchor(place: Place) -> str:
    """The newest known entry whose post is not gone."""
    return max((name for name, seen in place.seen.items() if stands(seen)), key=order, default="")


def _post(place: Place, name: str) -> str:
    return place.seen[name].post or name


def _post_shown(walked: _Walked) -> str:
    """The oldest post that is shown."""
    name = min(_showing(walked), key=order)
    status = walked.entries[name].value.shown if name in walked.entries else None
    return status.key if status else name


def _flow(walked: _Walked, place: Place, *, gone: Sequence[str], gap: Gap | None) -> Flow:
    """Compare what was read with the place; a pure function, so the same cursor always finds the same and more."""
    seen = {**place.seen, **{name: Seen(GONE, place.seen[name].post) for name in gone}}
    fresh: list[Post] = []
    for name in sorted(walked.entries, key=order):
        status = walked.entries[name].value.shown
        if status is None or _is_history(place, name, status):
            continue
        known, now = seen.get(name), Seen(status.version, "" if status.key == name else status.key)
        if known != now:
            fresh.append(Post(status=status, raw=walked.entries[name].raw))
            seen[name] = now
    return Flow(
        place=place.after(seen, odd=sorted(walked.broken), newest=max(walked.names, key=order, default=place.newest)),
        fresh=tuple(fresh),
        gone=tuple(_post(place, name) for name in gone),
        quarantined=tuple(each for digest, each in walked.broken.items() if digest not in place.odd),
        gap=gap,
        complete=walked.complete,
    )


def _is_history(place: Place, name: str, status: Status) -> bool:
    """Whether it is from before the first contact."""
    return order(name) <= order(place.begin) or status.created_at.timestamp() < place.began


class _Named(msgspec.Struct, frozen=True):
    id: Id


def named(raw: bytes | msgspec.Raw) -> str:
    """The id of an entry, empty where not even that can be read."""
    try:
        name = str(msgspec.json.decode(raw, type=_Named).id)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return name if is_id(name) else ""
