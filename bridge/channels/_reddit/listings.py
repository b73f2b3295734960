"""Which of Reddit's listings are read: the account's own, and those of subreddits and searches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import msgspec

from bridge.channels._lookouts import Lookouts, Reading
from bridge.channels._newest_first import Fetch, Flow, Listing, Look, Place, Shown, first, following, since_then
from bridge.channels._reddit.asking import MOST, Asking
from bridge.channels._reddit.inbox import COMMENTS, MESSAGES, Inbox
from bridge.channels._reddit.place import Places
from bridge.channels._reddit.settings import Settings
from bridge.channels._reddit.shapes import Thing

_OVERLAP = 600
"""Seconds: what is listed late is seen."""

_KEPT = 500
_REPLIES, _MESSAGES = "replies and mentions", "messages"

_READING: Reading[Listing[Thing], Place, Flow[Thing]] = Reading(first=first, following=following, since_then=since_then)

Lookout = Lookouts[Listing[Thing], Place, Flow[Thing]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listings:
    """What one channel reads."""

    asking: Asking
    settings: Settings

    async def account(self, handle: str, before: Places | None, now: datetime) -> Mapping[str, Flow[Thing]]:
        """What concerns the account itself, by the listings' names; raises as reading does where one fails."""
        backfill = self.settings.backfill
        since = now - backfill if backfill and before is None else None
        places = before.account if before else {}
        inbox = Inbox(self.asking)
        flows: dict[str, Flow[Thing]] = {}
        written = self._listing("own comments", self._pages(f"/user/{handle}/comments", sort="new"), self.asking.look)
        for listing in (*self._told(inbox, places, since), written):
            place = places.get(listing.name)
            flows[listing.name] = await (following(listing, place) if place else first(listing, since, now))
        return {
            name: _as_far(flow, inbox.newest) if name in (_REPLIES, _MESSAGES) else flow for name, flow in flows.items()
        }

    def _told(self, inbox: Inbox, places: Mapping[str, Place], since: datetime | None) -> Iterator[Listing[Thing]]:
        """The two halves of the inbox, each read down to what is known."""
        halves = {_REPLIES: (COMMENTS, self.asking.look), _MESSAGES: (MESSAGES, _untold)}
        for name, (kind, look) in halves.items():
            place = places.get(name)
            begin = place.newest if place else int(since.timestamp()) if since else 0
            if self.settings.talks or (self.settings.inbox and name == _REPLIES):
                yield self._listing(name, inbox.fetch(kind, begin - _OVERLAP), look)

    def lookouts(self) -> Lookout:
        """Subreddits and searches, and what we sent: Reddit promises little for messages, so these may fail alone."""
        return Lookouts(listings=tuple(self._looked_for()), backfill=self.settings.backfill, reading=_READING)

    def _looked_for(self) -> Iterator[Listing[Thing]]:
        for name in self.settings.subreddits:
            yield self._listing(f"r/{name}", self._pages(f"/r/{name}/new"), self.asking.look)
            yield self._listing(f"comments of r/{name}", self._pages(f"/r/{name}/comments"), self.asking.look)
        for words in self.settings.search:
            fetch = self._pages("/search", q=words, sort="new", type="link")
            yield self._listing(f"search {words}", fetch, self.asking.look)
        if self.settings.talks:
            yield self._listing("sent messages", self._pages("/message/sent"), _untold)

    def _pages(self, path: str, **query: str) -> Fetch:
        return partial(self.asking.fetch, path, query)

    def _listing(self, name: str, fetch: Fetch, look: Look[Thing]) -> Listing[Thing]:
        return Listing(name=name, shape=Thing, fetch=fetch, look=look, most=MOST, overlap=_OVERLAP, kept=_KEPT)


def _as_far(flow: Flow[Thing], newest: int) -> Flow[Thing]:
    """Both halves of the inbox are read as far as the whole of it, so that one without news is not sought for ever."""
    return replace(flow, place=msgspec.structs.replace(flow.place, newest=max(flow.place.newest, newest)))


async def _untold(_names: Sequence[str]) -> Mapping[str, Shown[Thing]] | None:
    """What became of messages cannot be asked: nobody can edit or take back one."""
    return None
