"""An edge of the Graph API, walked page by page, and compared with what is known of it."""

import hashlib
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

import msgspec

from bridge.channels._graph.call import Edge
from bridge.channels._graph.known import Known, Shown, sift
from bridge.channels._graph.shapes import moment
from bridge.core.events import Gap, Quarantined

_KEPT = 65_536
"""Bytes of a broken entry that are kept."""

_LOOKUPS = 5
"""Missing items that one look asks for one by one."""

_UNLISTED = 10_000
"""Items that are there and not listed, as many as are remembered; past that they are asked for once more."""

_BROKEN = 1 << 32
"""Marks the versions of entries that could not be read."""


class Listable(Protocol):
    """What every shape of a listing tells of itself."""

    @property
    def key(self) -> str:
        """The platform's id as text."""
        ...

    @property
    def at(self) -> datetime:
        """When it was written."""
        ...

    @property
    def words(self) -> str:
        """What it says: an edit changes it."""
        ...


S = TypeVar("S", bound=Listable)

Fetch = Callable[[str], Awaitable[Edge]]
"""A page of an edge, after the place that the one before named; empty for the first."""

Exists = Callable[[str], Awaitable[bool | None]]
"""Whether an item that a listing no longer shows is still there; None where nobody can tell."""


class Lax(msgspec.Struct, frozen=True):
    """What can be read of an entry in an unexpected shape."""

    id: str | int = ""
    created_time: object = None
    timestamp: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[S]):
    """An entry in its shape, with the bytes it came in."""

    value: S
    raw: bytes = field(repr=False)

    @property
    def shown(self) -> Shown:
        """As far as its novelty is concerned."""
        value = self.value
        return Shown(
            id=value.key, at=int(value.at.timestamp()), version=zlib.crc32(value.words.encode("utf-8", "replace"))
        )


Enough = Callable[[int, Sequence[Found[S]]], bool]
"""Whether to stop after a page, by its number and its readable entries."""


def back_to(known: Known) -> Enough[S]:
    """Enough is a page that meets what is known, or goes back behind it."""

    def enough(_page: int, found: Sequence[Found[S]]) -> bool:
        return any(entry.value.key in known.items or entry.shown.at <= known.floor for entry in found)

    return enough


async def untold(_name: str) -> None:
    """Nobody can tell: what cannot be asked for one by one proves nothing when it is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """An entry in no shape that we know; named by its id, or by its bytes where it has none."""

    id: str
    at: int
    reason: str
    raw: bytes = field(repr=False)

    @property
    def shown(self) -> Shown:
        """As far as its novelty is concerned: reported once, and read again when the platform mends it."""
        return Shown(id=self.id, at=self.at, version=zlib.crc32(self.raw) | _BROKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[S]):
    """As much of an edge as was walked."""

    found: tuple[Found[S], ...] = ()
    spoilt: tuple[Spoilt, ...] = ()
    whole: bool = True
    """Whether its end was reached."""

    @property
    def oldest(self) -> int:
        """The time of the oldest entry, in seconds; 0 for an empty listing."""
        return min((entry.shown.at for entry in self.found), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Generic[S]):
    """What a listing brought."""

    known: Known
    fresh: tuple[Found[S], ...] = ()
    gone: tuple[str, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    gap: Gap | None = None


async def to_the_end(fetch: Fetch, shape: type[S], *, now: datetime, most: int) -> Listed[S]:
    """Read an edge to its end, or to `most` pages."""
    return await walk(fetch, shape, now=now, most=most, enough=lambda _page, _found: False, full=None)


async def walk(
    fetch: Fetch, shape: type[S], *, now: datetime, most: int, enough: Enough[S], full: int | None
) -> Listed[S]:
    """Read an edge to its end, to `most` pages, or until it is enough.

    `full` is the length of a page at an edge that may end there without saying that there is more.
    """
    found: dict[str, Found[S]] = {}
    spoilt: dict[str, Spoilt] = {}
    after, cut = "", False
    for page in range(1, most + 1):
        edge = await fetch(after)
        good, bad = entries(edge.data, shape, now=now)
        found.update({entry.value.key: entry for entry in good})
        spoilt.update({entry.id: entry for entry in bad})
        after, cut = edge.after, len(edge.data) == full
        if not after or enough(page, good):
            break
    return Listed(found=tuple(found.values()), spoilt=tuple(spoilt.values()), whole=not after and not cut)


def entries(raws: Sequence[msgspec.Raw], shape: type[S], *, now: datetime) -> tuple[list[Found[S]], list[Spoilt]]:
    """The readable entries and the spoilt ones, each in the listing's order: one spoils no other (C20)."""
    good: list[Found[S]] = []
    bad: list[Spoilt] = []
    for raw in raws:
        given = bytes(raw)
        try:
            good.append(Found(value=msgspec.json.decode(given, type=shape), raw=given))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
            bad.append(_spoilt(given, error, now))
    return good, bad


def _spoilt(raw: bytes, error: Exception, now: datetime) -> Spoilt:
    """What is wrong with its shape; msgspec names places and types, never contents."""
    try:
        lax = msgspec.json.decode(raw, type=Lax)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        lax = Lax()
    at = now
    for given in (lax.created_time, lax.timestamp):
        if isinstance(given, str | int):
            try:
                at = moment(given)
            except ValueError:
                continue
    name = str(lax.id)[:100] or "?" + hashlib.sha256(raw).hexdigest()[:16]
    reason = f"unexpected shape: {error}" if isinstance(error, msgspec.ValidationError) else "not readable as JSON"
    return Spoilt(id=name, at=int(at.timestamp()), reason=reason, raw=raw[:_KEPT])


async def compare(known: Known, listed: Listed[S], *, exists: Exists, unlisted: set[str]) -> Flow[S]:
    """What is new, what changed, and what became of known items that are missing.

    A listing that shows something new and none of what it must show again has a hole (C16): known items that are still
    there, or, where its end was not reached, anything that was there before.
    """
    shown = [*(entry.shown for entry in listed.found), *(entry.shown for entry in listed.spoilt)]
    missing = await _missing(known, listed, exists=exists, unlisted=unlisted)
    sifted = sift(known, shown, gone=missing.gone)
    fresh = tuple(entry for entry in listed.found if entry.value.key in sifted.fresh)
    names = {item.id for item in shown}
    meets = any(name in names for name in known.standing) or any(item.at <= known.floor for item in shown)
    hole = bool(fresh) and not meets and (bool(missing.still) or not listed.whole)
    return Flow(
        known=sifted.known,
        fresh=fresh,
        gone=missing.gone,
        quarantined=tuple(
            Quarantined(id=entry.id, reason=entry.reason, raw=entry.raw)
            for entry in listed.spoilt
            if entry.id in sifted.fresh
        ),
        gap=_hole(known, fresh, since=missing.still) if hole else None,
    )


def _hole(known: Known, fresh: Sequence[Found[S]], *, since: str) -> Gap:
    """Between the newest that was known, or the time from which on we look, and the oldest that is shown."""
    began = datetime.fromtimestamp(known.floor, UTC).isoformat()
    return Gap(since=since or next(iter(known.standing), began), until=min(reversed(fresh), key=_time).value.key)


def _time(entry: Found[S]) -> datetime:
    return entry.value.at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Missing:
    gone: tuple[str, ...]
    still: str
    """The newest that is there, though it is not listed; empty without one."""


async def _missing(known: Known, listed: Listed[S], *, exists: Exists, unlisted: set[str]) -> _Missing:
    """Ask for known items that the listing should have shown, each once."""
    if len(unlisted) > _UNLISTED:
        unlisted.clear()
    names = {entry.value.key for entry in listed.found} | {entry.id for entry in listed.spoilt}
    reach = 0 if listed.whole else listed.oldest + 1
    absent = [name for name in known.standing if name not in names and known.items[name][0] >= reach]
    gone: list[str] = []
    still = ""
    for name in [name for name in absent if name not in unlisted][:_LOOKUPS]:
        there = None if name.startswith("?") else await exists(name)
        if there is False:
            gone.append(name)
            continue
        unlisted.add(name)
        still = still or (name if there else "")
    return _Missing(gone=tuple(gone), still=still)
