"""What is new in a listing that is read again from a little before the place where it was left (delivery.md 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

OVERLAP = 50
"""How many of the newest known posts are read again each time: late approvals, edits and deletions among them are seen."""

_KEPT_ODD = 50
GONE = -1
"""The version of a post that was taken away."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How far a listing was read: the cursor of one stream of posts with growing numbers."""

    newest: int = 0
    """The highest id that was read; never sinks."""
    versions: dict[int, int] = {}
    """The version of each of the newest known posts, -1 where it is gone."""
    odd: tuple[str, ...] = ()
    """Digests of entries that could not be read and have no id, so that each is reported once."""

    @property
    def floor(self) -> int:
        """Listings are read from after this id; 0 while fewer posts than the overlap are known."""
        return min(self.versions) - 1 if len(self.versions) >= OVERLAP else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One entry of a listing, as far as its novelty is concerned."""

    id: int
    version: int
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """What a listing told that was not known."""

    fresh: frozenset[int]
    """Ids of posts that are new or have newer words."""
    gone: tuple[int, ...]
    """Ids of known posts that are gone now."""
    place: Place


def sift(place: Place, shown: Sequence[Shown]) -> Sifted:
    """Compare a listing with what is known; a pure function, so the same cursor always finds the same and more."""
    versions = dict(place.versions)
    fresh: set[int] = set()
    gone: list[int] = []
    for entry in shown:
        known = versions.get(entry.id)
        if entry.deleted:
            if known not in {None, GONE}:
                gone.append(entry.id)
            versions[entry.id] = GONE
        elif known != entry.version:
            fresh.add(entry.id)
            versions[entry.id] = entry.version
    return Sifted(
        fresh=frozenset(fresh),
        gone=tuple(sorted(gone)),
        place=Place(newest=max([place.newest, *versions]), versions=_newest(versions), odd=place.odd),
    )


def with_odd(place: Place, digests: Sequence[str]) -> Place:
    """The place, remembering entries that have no id."""
    odd = (*place.odd, *(digest for digest in digests if digest not in place.odd))
    return Place(newest=place.newest, versions=place.versions, odd=odd[-_KEPT_ODD:])


def _newest(versions: Mapping[int, int]) -> dict[int, int]:
    """The overlap's share of them, in order, so that equal places have equal cursors."""
    return {number: versions[number] for number in sorted(versions)[-OVERLAP:]}
