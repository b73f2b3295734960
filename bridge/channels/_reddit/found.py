"""Looking for an answer of ours: among our own comments below that post, and among the messages that we sent."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from bridge.channels._api import decoded
from bridge.channels._entries import read_entries
from bridge.channels._problems import the_one
from bridge.channels._reddit.asking import Asking
from bridge.channels._reddit.posts import View, is_message
from bridge.channels._reddit.shapes import NAME, Listing, Thing, kind_of, number_of
from bridge.channels._reddit.words import plain
from bridge.channels._text import same_words
from bridge.core.publications import Posted, PrivateAnswer, Publication
from bridge.ports import UncertainProblem

_PAGES = 10
_DEEPEST = 900
"""Entries from which on the end of a listing may be Reddit's own, which shows about a thousand of anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Looks where the answer would be."""

    asking: Asking

    async def find(self, publication: Publication, view: View) -> Posted | None:
        """Raises UncertainProblem where it cannot be told."""
        private = isinstance(publication, PrivateAnswer)
        names = (publication.parent,) if private else (publication.parent, publication.thread)
        if not all(re.fullmatch(NAME, name) for name in names):
            raise UncertainProblem("the post that was answered has no name that Reddit knows")
        own = await self._sent(publication) if private else await self._below(publication, view)
        words = same_words(publication.text)
        same = {thing.key: thing for thing in own if same_words(plain(thing.words)) == words}
        found = the_one(list(same.values()), "messages" if private else "comments")
        if found is None and private:
            raise UncertainProblem("Reddit does not promise to list every message: look into the conversation")
        return None if found is None else Posted(id=found.key, url="" if private else view.address(found))

    async def _below(self, publication: Publication, view: View) -> list[Thing]:
        """Our own comments below that post, from the thread and from our own listing: each may lag behind."""
        asked = await self._asked_at(publication.parent)
        listed = await self._since(f"/user/{view.handle}/comments", {"sort": "new"}, lambda thing: thing.second < asked)
        shown = await self._thread(publication)
        ours = [thing for thing in (*listed, *shown) if view.is_ours(thing)]
        return [thing for thing in ours if thing.data.parent_id == publication.parent]

    async def _sent(self, publication: Publication) -> list[Thing]:
        """Messages of ours that answer that message, or that began a conversation with the customer since that post."""
        name = publication.author.handle.lower()
        if is_message(publication.parent):
            floor, parents = number_of(publication.parent), {publication.parent, None}
            sent = await self._since("/message/sent", {}, lambda thing: number_of(thing.key) <= floor)
        else:
            asked, parents = await self._asked_at(publication.parent), {None}
            sent = await self._since("/message/sent", {}, lambda thing: thing.second < asked)
        to_them = [thing for thing in sent if (thing.data.dest or "").lower() == name]
        return [thing for thing in to_them if (thing.data.parent_id or None) in parents]

    async def _asked_at(self, name: str) -> int:
        """When a post was written: Reddit tells it also of those that were taken away."""
        found = await self.asking.things([name])
        if found is None or name not in found:
            raise UncertainProblem("the post that was answered is not shown any more")
        return found[name].entry.second

    async def _since(self, path: str, query: dict[str, str], is_older: Callable[[Thing], bool]) -> list[Thing]:
        """A listing of ours back to what is older; raises UncertainProblem where it does not reach so far."""
        found: list[Thing] = []
        cursor = ""
        for _ in range(_PAGES):
            page = await self.asking.portion(path, query, cursor)
            found += _readable(page.raws)
            cursor = page.cursor
            if any(is_older(thing) for thing in found):
                return [thing for thing in found if not is_older(thing)]
            if not cursor and len(found) < _DEEPEST:
                return found
        raise UncertainProblem("Reddit does not list everything since the post that was answered")

    async def _thread(self, publication: Publication) -> list[Thing]:
        """What stands directly below the post, as the thread shows it; nothing where the thread is gone."""
        comment = {"comment": publication.parent[3:]} if publication.parent.startswith("t1_") else {}
        query = {"sort": "new", "limit": "500", "depth": "2" if comment else "1", **comment}
        thread = await self.asking.seek(f"/comments/{publication.thread[3:]}", query, list[Listing])
        if thread is None:
            return []
        top = _readable([raw for listing in thread[1:] for raw in listing.data.children])
        return [*top, *(reply for thing in top for reply in _replies(thing))]


def _replies(thing: Thing) -> list[Thing]:
    """What a comment of a thread has below it: an empty text where there is nothing."""
    listing = decoded(bytes(thing.data.replies), Listing)
    return _readable(listing.data.children) if listing else []


def _readable(raws: Sequence[msgspec.Raw]) -> list[Thing]:
    """Entries but for marks of more; raises UncertainProblem where one cannot be read, since it may be the one."""
    good, broken = read_entries([raw for raw in raws if kind_of(raw) != "more"], Thing)
    if broken:
        raise UncertainProblem("an entry cannot be read: it may be the one that is looked for")
    return [each.value for each in good]
