"""Which thread a post belongs to, and what stands above it: asked for where it is not known."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bridge.channels._entries import read_entries
from bridge.channels._mastodon.posts import View
from bridge.channels._mastodon.shapes import Context, Status, is_id
from bridge.core.model import Post, Quote

_LOOKUPS = 40
"""Threads that one poll asks for; in a storm the rest is named by the posts that they answer."""

_ABOVE = 3
_REMEMBERED = 2000

T = TypeVar("T")

Seek = Callable[[str], Awaitable[Context | None]]
"""What stands around a post; None where the server does not show it any more."""


class Threads:
    """Remembers posts, so that what answers them needs no question."""

    def __init__(self, seek: Seek) -> None:
        self._seek = seek
        self._statuses: OrderedDict[str, Status] = OrderedDict()
        self._firsts: OrderedDict[str, str] = OrderedDict()
        """The first post of the thread of each post."""
        self._lookups = 0

    def begin(self, known: dict[str, str]) -> None:
        """Before a poll, with what its cursor knows: that decides, so that the same cursor finds the same."""
        self._lookups = _LOOKUPS
        for post, first in known.items():
            _keep(self._firsts, post, first)

    async def post(self, status: Status, view: View) -> tuple[Post, str]:
        """The core's post, and the first post of its thread."""
        first = await self._first(status)
        return view.post(status, thread=first, context=self._context(status, view)), first

    async def _first(self, status: Status) -> str:
        known = self._firsts.get(status.key)
        if known is None:
            known = status.key
            if is_id(status.parent):
                above = self._firsts.get(status.parent)
                known = above if above is not None else await self._asked(status)
        self._know(status, known)
        return known

    async def _asked(self, status: Status) -> str:
        """The server's own view, which may be cut short where it did not get the whole of a remote thread."""
        if not self._lookups:
            return status.parent
        self._lookups -= 1
        context = await self._seek(status.key)
        above = [entry.value for entry in read_entries(context.ancestors, Status)[0]] if context else []
        first = above[0].key if above and is_id(above[0].key) else status.parent
        for ancestor in above:
            self._know(ancestor, first)
        _keep(self._firsts, status.parent, first)
        return first

    def _know(self, status: Status, first: str) -> None:
        _keep(self._firsts, status.key, first)
        _keep(self._statuses, status.key, status)

    def _context(self, status: Status, view: View) -> Sequence[Quote]:
        """What it answers and quotes, the oldest first; under a public post only what everybody can read."""
        above: list[Status] = []
        parent = self._statuses.get(status.parent)
        while parent is not None and len(above) < _ABOVE and parent not in above:
            above.append(parent)
            parent = self._statuses.get(parent.parent)
        quoted = status.quoted
        shown = [*reversed(above), *([quoted] if quoted is not None else [])]
        return [view.quote(each) for each in shown if each.is_open or not status.is_open]


def _keep(kept: OrderedDict[str, T], name: str, value: T) -> None:
    """Keep it, and forget what was kept longest."""
    kept[name] = value
    kept.move_to_end(name)
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)
