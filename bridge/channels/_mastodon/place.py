"""How far a server with Mastodon's API was read: the cursor, whose ids are texts that are compared and never reckoned with."""

from collections.abc import Collection, Mapping

import msgspec

from bridge.channels._mastodon.shapes import order
from bridge.channels._overlap import GONE

OVERLAP = 30
"""How many of the newest known entries of a listing are read again: late arrivals, edits and deletions among them are seen."""

BEFORE_ALL = "0"
"""An id below every other."""

_KEPT_ODD = 50
_KEPT_THREADS = 200


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """An entry as it was last shown."""

    version: int
    """Changes with the words; -1 where the post is gone."""
    post: str = ""
    """The id of its post, where the entry has another one of its own."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How far one listing was read."""

    begin: str
    """Nothing up to this id is ever emitted: it is from before the first contact."""
    newest: str
    """The highest id that was read; never sinks."""
    began: int = 0
    """Posts from before this time, in seconds since 1970, are history too, where the first contact showed no id."""
    seen: dict[str, Seen] = {}
    """The newest known entries by their ids."""
    odd: tuple[str, ...] = ()
    """Digests of entries that could not be read, so that each is reported once."""

    @property
    def floor(self) -> str:
        """The listing is read from after this id."""
        return min(self.seen, key=order) if len(self.seen) >= OVERLAP else self.begin

    def after(self, seen: Mapping[str, Seen], *, odd: Collection[str], newest: str) -> "Place":
        """The place with what a poll told."""
        kept = {name: seen[name] for name in sorted(seen, key=order)[-OVERLAP:]}
        fresh = tuple(digest for digest in odd if digest not in self.odd)
        newest = max(self.newest, newest, key=order)
        return msgspec.structs.replace(self, newest=newest, seen=kept, odd=(*self.odd, *fresh)[-_KEPT_ODD:])


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    mentions: Place
    own: Place
    others: dict[str, Place] = {}
    """Of hashtags and searches, by the names of their listings."""
    promised: dict[str, int] = {}
    """Those that could not be read yet: from when on their posts are news, in seconds since 1970."""
    threads: dict[str, str] = {}
    """The first post of the thread of each of the newest replies, so that a thread keeps its name."""


def threads_kept(threads: Mapping[str, str]) -> dict[str, str]:
    """The newest of them, in order, so that equal places have equal cursors."""
    return {name: threads[name] for name in sorted(threads, key=order)[-_KEPT_THREADS:]}


def stands(seen: Seen) -> bool:
    """Whether the post was still there when it was last shown."""
    return seen.version != GONE
