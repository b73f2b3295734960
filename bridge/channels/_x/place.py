"""How far X was read: the cursor, and what a listing tells that was not known (delivery.md 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bridge.channels._entries import Broken, Entry
from bridge.channels._overlap import GONE
from bridge.channels._x.shapes import Wire

KNOWN = 500
"""How many of the newest known posts are remembered, over all listings."""

OVERLAP = 300_000 << 22
"""Ids of five minutes: so much of a listing is read again, since ids are only roughly in the order of time."""

_EPOCH = 1_288_834_974_657
"""Milliseconds at which X's ids begin."""

KEPT_ODD = 50


class Spent(msgspec.Struct, frozen=True):
    """What a UTC day has cost so far."""

    day: str = ""
    calls: int = 0
    micros: int = 0
    """Millionths of a dollar."""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far one listing was read."""

    newest: int = 0
    """The highest id that was read, of any version; never sinks."""
    begin: int = 0
    """Nothing up to this id is ever emitted: it is from before the first contact."""
    hole: tuple[int, int] | None = None
    """Between these ids posts are still to be read, because one poll could not read them all."""
    hour: int = 0
    """The hour of the last whole reading, counted from 1970."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    reach: dict[str, Reach] = {}
    known: dict[int, int] = {}
    """The newest version of each of the newest known posts by the id of its first one; -1 where it is gone."""
    messages: dict[int, int] = {}
    odd: tuple[str, ...] = ()
    """Digests of entries that could not be read and have no id, so that each is reported once."""
    threads: tuple[int, ...] = ()
    """Conversations with answers of ours, the newest first."""
    said: tuple[int, ...] = ()
    """Own posts, the newest first."""
    elders: str = ""
    """Posts that are not among `known` any more and are still looked up, see _x_elders."""
    edited: dict[int, int] = {}
    """The newest known versions of those of them that were edited, by the ids of their first ones."""
    checked: int = 0
    """When a round of look-ups last came to its end: seconds from 1970."""
    turn: int = 0
    """The id up to which the present round has come; 0 between two rounds."""
    spent: Spent = Spent()


def floor(reach: Reach, known: Mapping[int, int]) -> int:
    """A listing is read from after this id: five minutes again, but no more than is remembered, and the newest always."""
    remembered = min(known) - 1 if len(known) >= KNOWN else 0
    return max(min(max(reach.begin - 1, reach.newest - OVERLAP, remembered), reach.newest - 1), 0)


def snowflake(milliseconds: float) -> int:
    """The lowest id of that time, in milliseconds from 1970."""
    return max(int(milliseconds) - _EPOCH, 0) << 22


def mended(version: int) -> bool:
    """Whether a remembered version is that of a post that could be read."""
    return version >= 1 << 33


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What some entries told that was not known."""

    fresh: tuple[Entry[Wire], ...]
    """New posts and newer versions, the oldest first."""
    broken: tuple[Broken, ...]
    known: Mapping[int, int]
    odd: tuple[str, ...]


def sift(
    known: Mapping[int, int], odd: Sequence[str], entries: Sequence[Entry[Wire]], broken: Sequence[Broken]
) -> Told:
    """Compare with what is known; a pure function, so the same cursor always finds the same and more."""
    after = dict(known)
    fresh: dict[int, Entry[Wire]] = {}
    for entry in entries:
        first, version = entry.value.versions[0], entry.value.id
        if after.get(first) != GONE and version > after.get(first, 0):
            after[first], fresh[first] = version, entry
    unread = [b for b in broken if _unknown(b, after, odd)]
    after.update({b.number: b.version for b in unread if b.number is not None})
    new_odd = [b.digest for b in unread if b.number is None]
    return Told(
        fresh=tuple(fresh[first] for first in sorted(fresh)),
        broken=tuple(unread),
        known=newest_of(after),
        odd=(*odd, *new_odd)[-KEPT_ODD:],
    )


def _unknown(broken: Broken, known: Mapping[int, int], odd: Sequence[str]) -> bool:
    """Whether a broken entry was not reported yet, and its post never read whole."""
    if broken.number is None:
        return broken.digest not in odd
    version = known.get(broken.number, 0)
    return version not in {broken.version, GONE} and not mended(version)


def newest_of(known: Mapping[int, int]) -> dict[int, int]:
    """The newest ones, in order, so that equal places have equal cursors."""
    return {number: known[number] for number in sorted(known)[-KNOWN:]}
