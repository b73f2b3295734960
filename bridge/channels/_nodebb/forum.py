"""The public posts of a NodeBB: one listing of all categories, of which some are ours."""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence

import msgspec

from bridge.channels._api import decoded
from bridge.channels._newest_first import Portion, Shown
from bridge.channels._nodebb.calls import Calls
from bridge.channels._nodebb.shapes import Category, Item, Number, Summary, Wrapped

_EMPTY = 3
"""Pages without a post after which a listing is over: what the account may not read is taken out of a page, not replaced."""

_REMEMBERED = 2000


class _Named(msgspec.Struct, frozen=True):
    pid: Number


class Forum:
    """Reads it page by page, and asks once for the source of each post in our categories."""

    def __init__(self, calls: Calls, categories: Collection[int]) -> None:
        self._calls = calls
        self._categories = tuple(categories)
        self._sources: OrderedDict[tuple[str, str], msgspec.Raw] = OrderedDict()
        """By the post and what was shown of it, so that an edit is asked for anew."""

    async def fetch(self, cursor: str) -> Portion:
        """A page of the newest posts; `cursor` is its number."""
        begin = int(cursor or "1")
        for number in range(begin, begin + _EMPTY):
            raws = await self._calls.ask("/api/recent/posts", {"page": str(number)}, list[msgspec.Raw])
            if raws:
                whole = [await self._whole(raw) for raw in raws]
                return Portion(raws=[raw for raw in whole if raw is not None], cursor=str(number + 1))
        return Portion(raws=(), cursor="")

    async def look(self, keys: Sequence[str]) -> Mapping[str, Shown[Item]] | None:
        """Posts by their ids; None where one is unreadable, or a category is hidden and everything in it seems gone."""
        found: dict[str, Shown[Item]] = {}
        for key in keys:
            whole = await self._one(key)
            entry = decoded(bytes(whole), Item) if whole is not None else None
            if whole is not None and entry is None:
                return None
            if whole is not None and entry is not None:
                found[key] = Shown(entry=entry, raw=bytes(whole))
        if len(found) < len(keys) and await self.unseen() is not None:
            return None
        return found

    async def unseen(self) -> int | None:
        """The first of our categories that the account may not read; None where it may read all."""
        for number in self._categories:
            category = await self._calls.seek(f"/api/v3/categories/{number}", Wrapped[Category])
            if category is None or category.response.cid != number:
                return number
        return None

    async def _one(self, key: str) -> msgspec.Raw | None:
        """A post; None where it is gone."""
        summary = await self._calls.seek(f"/api/v3/posts/{key}/summary", Wrapped[msgspec.Raw])
        return await self._whole(summary.response) if summary is not None else None

    async def _whole(self, raw: msgspec.Raw) -> msgspec.Raw | None:
        """What is shown of a post, with its source where it is ours; None for one that is gone."""
        summary = decoded(bytes(raw), Summary)
        if summary is None:
            return _put(_name(raw), raw, None)
        if summary.gone or summary.topic.scheduled:
            return None
        if summary.topic.cid not in self._categories:
            return _put(str(summary.pid), raw, None)
        source = await self._source(str(summary.pid), summary.print)
        return None if source is None else _put(str(summary.pid), raw, source)

    async def _source(self, key: str, version: str) -> msgspec.Raw | None:
        """A post's source; None where it went away a moment ago."""
        if (key, version) not in self._sources:
            found = await self._calls.seek(f"/api/v3/posts/{key}", Wrapped[msgspec.Raw])
            if found is None:
                return None
            self._sources[key, version] = msgspec.Raw(bytes(found.response))
            while len(self._sources) > _REMEMBERED:
                self._sources.popitem(last=False)
        return self._sources[key, version]


def _put(key: str, summary: msgspec.Raw, post: msgspec.Raw | None) -> msgspec.Raw:
    """Both parts as one entry of a listing."""
    return msgspec.Raw(msgspec.json.encode({"id": key, "summary": summary, "post": post}))


def _name(raw: msgspec.Raw) -> str:
    """The id of an entry that is otherwise broken."""
    named = decoded(bytes(raw), _Named)
    return str(named.pid) if named else ""
