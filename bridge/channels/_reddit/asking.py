"""Reddit's API by its paths, with a token that renews itself: listings, lookups, and forms that say something."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from bridge.channels._api import Api, decoded
from bridge.channels._bearer import Session
from bridge.channels._entries import read_entries
from bridge.channels._newest_first import Portion, Shown
from bridge.channels._reddit.refusals import Expired
from bridge.channels._reddit.shapes import Listing, Thing, standing
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem

T = TypeVar("T")

MOST = 100
"""Entries of a page, and names that one request looks up."""

_SPARE_NAMES = 3
"""Names that a cursor holds: below an entry that was deleted meanwhile a listing is empty, so the one before it is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One account at Reddit; reading and saying judge refusals differently."""

    reading: Api
    saying: Api
    session: Session
    spare: Callable[[int], Awaitable[None]]
    """Takes so many requests of our own limit, and waits where a poll has to."""

    async def query(self, path: str, query: Mapping[str, str], shape: type[T]) -> T:
        """Read something; raises TemporaryProblem, PermanentProblem or LoginProblem."""
        asked = {**query, "raw_json": "1"}
        return await self._signed(self.reading, lambda api: api.ask(path, asked, shape))

    async def seek(self, path: str, query: Mapping[str, str], shape: type[T]) -> T | None:
        """Read something that may not be there: None where Reddit says so. Raises as `query` does."""
        asked = {**query, "raw_json": "1"}
        return await self._signed(self.reading, lambda api: api.seek(path, asked, shape))

    async def portion(self, path: str, query: Mapping[str, str], cursor: str) -> Portion:
        """A page of a listing below a cursor, newest first."""
        for name in cursor.split(","):
            await self.spare(1)
            below = {"after": name} if name else {}
            listing = await self.query(path, {"limit": str(MOST), **query, **below}, Listing)
            if listing.data.children:
                return Portion(raws=listing.data.children, cursor=_cursor(listing))
        return Portion(raws=(), cursor="")

    async def fetch(self, path: str, query: Mapping[str, str], cursor: str) -> Portion:
        """The same without what was taken away."""
        page = await self.portion(path, query, cursor)
        return Portion(raws=standing(page.raws), cursor=page.cursor)

    async def things(self, names: Sequence[str]) -> Mapping[str, Shown[Thing]] | None:
        """Comments and posts as they stand now, at most a hundred; None where one of them cannot be read."""
        await self.spare(1)
        listing = await self.query("/api/info", {"id": ",".join(names)}, Listing)
        good, broken = read_entries(listing.data.children, Thing)
        return None if broken else {each.value.key: Shown(entry=each.value, raw=each.raw) for each in good}

    async def look(self, names: Sequence[str]) -> Mapping[str, Shown[Thing]] | None:
        """Those that still stand; None where that cannot be told, which keeps nothing else from coming."""
        try:
            found = await self.things(names)
        except LoginProblem:
            raise
        except (TemporaryProblem, PermanentProblem):
            return None
        return None if found is None else {key: each for key, each in found.items() if not each.entry.is_gone}

    async def do(self, path: str, form: Mapping[str, str], shape: type[T]) -> T:
        """Change something; raises UncertainProblem wherever it may have happened."""
        whole = {**form, "api_type": "json", "raw_json": "1"}
        return await self._signed(self.saying, lambda api: api.submit(path, whole, shape))

    async def _signed(self, api: Api, call: Callable[[Api], Awaitable[T]]) -> T:
        """With the session's token; one that was refused before its time is renewed once, since nothing happened."""
        headers = await self.session.headers()
        try:
            return await call(replace(api, headers=headers))
        except Expired:
            self.session.spoil(headers)
        headers = await self.session.headers()
        try:
            return await call(replace(api, headers=headers))
        except Expired:
            self.session.spoil(headers)
        raise LoginProblem("Reddit does not accept the app's tokens any more")


class _Named(msgspec.Struct, frozen=True):
    class Data(msgspec.Struct, frozen=True):
        name: str = ""

    data: Data = Data()


def _cursor(listing: Listing) -> str:
    """The end of a page and the names before it, the last first; empty at the end of the listing."""
    if not listing.data.after:
        return ""
    names = [listing.data.after]
    for raw in reversed(listing.data.children[-_SPARE_NAMES:]):
        named = decoded(bytes(raw), _Named)
        if named is not None and named.data.name and named.data.name not in names:
            names.append(named.data.name)
    return ",".join(names[:_SPARE_NAMES])
