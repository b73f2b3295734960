"""How far a feed was read: its cursor, and what a newer document has that the cursor doesn't know."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from bridge.channels._feed.model import Entry, Parsed
from bridge.channels._text import same_words
from bridge.core.events import Gap, Quarantined

_REMEMBERED = 300
"""Entries that have left the document and are still remembered, in case they come back."""

_KEEP_RAW = 65_536


class KeyKind(StrEnum):
    """What tells one entry of a feed from another; chosen once for a feed, since two kinds would double posts (C17)."""

    ID = "id"
    LINK = "link"
    WORDS = "words"


class FeedPlace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The cursor of one feed."""

    etag: str = ""
    modified: str = ""
    """Validators, both verbatim; stored with the entries that came with them."""
    moved: str = ""
    """Where the feed has moved for good (301, 308)."""
    gone: bool = False
    """The server said that it will never come back (410)."""
    kind: KeyKind | None = None
    """None until the feed had an entry."""
    seen: dict[str, str] = {}
    """A print of the words of each known entry by its digest, in the order in which they were met."""


class FeedPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor of a channel: its feeds by their names."""

    feeds: dict[str, FeedPlace] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """An entry with its key's digest."""

    digest: str
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a document told that was not known."""

    fresh: tuple[Keyed, ...]
    """New entries, and known ones with other words; the last of the document first."""
    place: FeedPlace
    gap: Gap | None = None
    quarantined: tuple[Quarantined, ...] = ()


def compare(place: FeedPlace, parsed: Parsed, *, feed: str) -> News:
    """Find what is new; a pure function of the cursor and the document, so nothing is lost when it is done again."""
    kind = place.kind or _kind(parsed.entries)
    if kind is None:
        return News(fresh=(), place=place)
    window, broken = _window(parsed, kind)
    prints = {digest: _print(entry) for digest, entry in window.items()}
    odd = [each for each in broken if _odd(each.raw) not in place.seen]
    fresh = tuple(
        Keyed(digest=digest, entry=window[digest])
        for digest in reversed(window)
        if place.seen.get(digest) != prints[digest]
    )
    return News(
        fresh=fresh,
        place=msgspec.structs.replace(place, kind=kind, seen=_remembered(place.seen, prints, odd)),
        gap=_gap(place, window, feed),
        quarantined=tuple(Quarantined(id=f"{feed}.{each.id}", reason=each.reason, raw=each.raw) for each in odd),
    )


def digest_of(kind: KeyKind, key: str) -> str:
    """Twelve letters that stand for an entry's key."""
    return _short(f"{kind}\x1f{key}", 9)


def _kind(entries: Sequence[Entry]) -> KeyKind | None:
    """The kind of key for a feed, None while it has no entries.

    Ids if all entries have their own, else links if all have their own.
    Where a few have neither, those few are set aside: by their words the feed's edits would look like new posts.
    """
    if not entries:
        return None
    own = {kind: len({_key(entry, kind) for entry in entries} - {""}) for kind in (KeyKind.ID, KeyKind.LINK)}
    complete = [kind for kind, count in own.items() if count == len(entries)]
    most = [kind for kind, count in own.items() if 2 * count >= len(entries)]
    return next(iter((*complete, *most)), KeyKind.WORDS)


def _key(entry: Entry, kind: KeyKind) -> str:
    """The entry's key; empty where it has none of this kind."""
    match kind:
        case KeyKind.ID:
            return entry.id
        case KeyKind.LINK:
            return entry.link
        case KeyKind.WORDS:
            return same_words(f"{entry.author}\x1f{entry.title}\x1f{entry.body}")


def _window(parsed: Parsed, kind: KeyKind) -> tuple[dict[str, Entry], list[Quarantined]]:
    """The document's entries by digest, in its order, and those that cannot be told from others."""
    window: dict[str, Entry] = {}
    broken = [_broken(raw, "its shape is not that of an entry") for raw in parsed.unreadable]
    for entry in parsed.entries:
        key = _key(entry, kind)
        digest = digest_of(kind, key)
        if not key:
            broken.append(_broken(raw_of(entry), f"it has no {kind}, by which this feed's entries are told apart"))
        elif digest not in window:
            window[digest] = entry
        elif _print(window[digest]) != _print(entry):
            broken.append(_broken(raw_of(entry), f"its {kind} belongs to another entry already"))
    return window, broken


def raw_of(entry: Entry) -> bytes:
    """The entry for the record."""
    return msgspec.json.encode(entry)


def _broken(raw: bytes, reason: str) -> Quarantined:
    return Quarantined(id=_odd(raw)[1:], reason=reason, raw=raw[:_KEEP_RAW])


def _odd(raw: bytes) -> str:
    """How a broken entry is remembered: with a mark, so that it never passes for a readable one."""
    return "!" + urlsafe_b64encode(hashlib.sha256(raw[:_KEEP_RAW]).digest()[:9]).decode()


def _print(entry: Entry) -> str:
    """Changes when the words change."""
    return _short(f"{entry.title}\x1f{entry.body}", 6)


def _short(text: str, size: int) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:size]).decode()


def _remembered(seen: Mapping[str, str], prints: dict[str, str], odd: Sequence[Quarantined]) -> dict[str, str]:
    """All of the document's entries, and as many of the earlier ones as may come back."""
    marks = {_odd(each.raw): "" for each in odd}
    if not marks and all(seen.get(digest) == mark for digest, mark in prints.items()):
        return dict(seen)
    earlier = [(digest, mark) for digest, mark in seen.items() if digest not in prints]
    document = [(digest, prints[digest]) for digest in reversed(prints)]
    return dict([*earlier[-_REMEMBERED:], *marks.items(), *document])


def _gap(place: FeedPlace, window: dict[str, Entry], feed: str) -> Gap | None:
    """Told where the document has entries, and none of them is known: those between have fallen out of it (C16)."""
    known = [digest for digest in place.seen if not digest.startswith("!")]
    if not known or not window or any(digest in place.seen for digest in window):
        return None
    return Gap(since=f"{feed}.{known[-1]}", until=f"{feed}.{next(reversed(window))}")
