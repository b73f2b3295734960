"""What is new in a listing whose ids do not grow and whose order is nobody's promise (delivery.md 3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

OVERLAP = 25
"""How many of the newest known items of a listing are remembered: edits and deletions among them are seen."""

SAME_SECOND = 5_000
"""How many more are remembered where they have the oldest of those seconds: as many as one look at a listing shows."""

GONE = -1
"""The version of an item that was taken away."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one listing: a part of the cursor."""

    floor: int = 0
    """Seconds since 1970: items up to this time are history unless they are remembered; never sinks."""
    items: dict[str, tuple[int, int]] = {}
    """Time and version of each of the newest items; version -1 where it is gone."""

    @property
    def standing(self) -> list[str]:
        """Those that are not gone, the newest first."""
        there = [(at, name) for name, (at, version) in self.items.items() if version != GONE]
        return [name for _, name in sorted(there, reverse=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One item of a listing, as far as its novelty is concerned."""

    id: str
    at: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """What a listing told that was not known."""

    fresh: frozenset[str]
    """Ids of items that are new or have other words."""
    known: Known


def sift(known: Known, shown: Sequence[Shown], *, gone: Collection[str]) -> Sifted:
    """Compare a listing with what is known; a pure function, so the same cursor always finds the same and more."""
    items = dict(known.items)
    fresh: set[str] = set()
    for item in shown:
        before = items.get(item.id)
        if before is None and item.at <= known.floor:
            continue
        if before is None or before[1] != item.version:
            fresh.add(item.id)
            items[item.id] = (item.at, item.version)
    for name in gone:
        items[name] = (items[name][0], GONE)
    return Sifted(fresh=frozenset(fresh), known=_newest(known.floor, items))


def forgotten(known: Known) -> Known:
    """The same listing with nothing remembered: everything up to its newest item is history."""
    return Known(floor=max([known.floor, *(at for at, _ in known.items.values())]))


def _newest(floor: int, items: dict[str, tuple[int, int]]) -> Known:
    """The overlap's share of them, in order, so that equal places have equal cursors.

    Meta's times are whole seconds, and what is older than the floor is history: so a second is kept whole or not at all.
    """
    order = sorted(items, key=lambda name: (items[name][0], len(name), name))
    old, kept = order[:-OVERLAP], order[-OVERLAP:]
    edge = items[kept[0]][0] if kept else floor
    same = [name for name in old if items[name][0] == edge][-SAME_SECOND:]
    top = max((items[name][0] for name in old[: len(old) - len(same)]), default=floor)
    return Known(floor=max(floor, top), items={name: items[name] for name in (*same, *kept)})
