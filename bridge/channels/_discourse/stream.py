"""One of Discourse's two listings, public or private posts, as a stream with its own place."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bridge.channels._discourse.listing import Fetch, Stretch, anchor, newest_stretch, next_stretch
from bridge.channels._discourse.posts import REGULAR, Item
from bridge.channels._entries import Broken, Entry
from bridge.channels._overlap import GONE, Place, Shown, sift, with_odd
from bridge.core.events import Gap, Quarantined

_LOOKUPS = 5
"""Missing posts that one poll asks for one by one."""

Lookup = Callable[[int], Awaitable[Item | None]]
"""One post by its id; None where it is not there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a stream brought."""

    place: Place
    fresh: tuple[Entry[Item], ...] = ()
    gone: tuple[int, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    gap: Gap | None = None
    complete: bool = True


async def first_flow(fetch: Fetch, pages: int, *, since: datetime) -> Flow:
    """The newest posts, to be known from now on."""
    return _flow(Place(), await newest_stretch(fetch, pages, since=since), missing=(), gap=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One of the two listings."""

    fetch: Fetch
    lookup: Lookup
    unlisted: set[int]
    """Posts that are there and not listed, so that each is asked for once."""


async def next_flow(stream: Stream, place: Place, *, by_ids: bool, top: int) -> Flow:
    """What came since, what changed, and what became of known posts that are missing."""
    stretch = await next_stretch(stream.fetch, place, by_ids=by_ids, top=top)
    missing: list[int] = []
    gap: Gap | None = None
    for number in _absent(place, stretch, stream.unlisted)[:_LOOKUPS]:
        item = await stream.lookup(number)
        if item is None or item.gone:
            missing.append(number)
        elif number == anchor(place) and not item.hidden and _falls_short(place, stretch):
            gap = Gap(since=str(number), until=str(stretch.oldest))
        else:
            stream.unlisted.add(number)
    return _flow(place, stretch, missing=missing, gap=gap)


def _falls_short(place: Place, stretch: Stretch) -> bool:
    """Whether a listing that should show known posts again shows none of them (C16)."""
    shown = [entry.value.id for entry in stretch.entries]
    return stretch.anchored and bool(shown) and not any(number in place.versions for number in shown)


def _absent(place: Place, stretch: Stretch, unlisted: set[int]) -> list[int]:
    """Known posts that the stretch should have shown and did not; the newest first."""
    shown = {entry.value.id for entry in stretch.entries} | {b.number for b in stretch.broken}
    known = sorted((number for number, version in place.versions.items() if version != GONE), reverse=True)
    return [n for n in known if stretch.reach <= n <= stretch.covered and n not in shown and n not in unlisted]


def _flow(place: Place, stretch: Stretch, *, missing: Sequence[int], gap: Gap | None) -> Flow:
    """Compare the stretch with the place."""
    regular = [entry for entry in stretch.entries if entry.value.post_type == REGULAR]
    shown = [entry.value.shown for entry in regular]
    broken = [Shown(id=b.number, version=b.version) for b in stretch.broken if b.number is not None]
    gone = [Shown(id=number, version=GONE, deleted=True) for number in missing]
    sifted = sift(place, [*shown, *broken, *gone])
    odd = [b.digest for b in stretch.broken if b.number is None]
    after = with_odd(sifted.place, odd)
    return Flow(
        fresh=tuple(entry for entry in regular if entry.value.id in sifted.fresh),
        gone=sifted.gone,
        quarantined=tuple(b.quarantined() for b in stretch.broken if _is_new(b, place, sifted.fresh)),
        place=msgspec.structs.replace(after, newest=max(after.newest, stretch.covered)),
        gap=gap,
        complete=stretch.complete,
    )


def _is_new(broken: Broken, place: Place, fresh: frozenset[int]) -> bool:
    """Whether a broken entry was not reported yet."""
    return broken.digest not in place.odd if broken.number is None else broken.number in fresh
