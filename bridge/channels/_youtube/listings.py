"""Which of YouTube's listings are read: all comments below the channel's videos, their replies, and what is kept back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.channels._lookouts import Looked, Lookouts, Reading
from bridge.channels._newest_first import Flow, Listing, Place, Portion, Shown, first, following, since_then
from bridge.channels._youtube.asking import MOST, Asking, looked
from bridge.channels._youtube.harvest import KEPT, Harvest
from bridge.channels._youtube.place import Places
from bridge.channels._youtube.settings import Settings
from bridge.channels._youtube.shapes import Comment, Thread

_OVERLAP = 600
"""Seconds: what is listed late is seen."""

_REPLIES_KEPT = 1000
"""As many as the threads of one page show, and those that are looked at beside them."""

_NAMES = {"heldForReview": "comments held for review", "likelySpam": "likely spam"}

_READING: Reading[Listing[Comment], Place, Flow[Comment]] = Reading(
    first=first, following=following, since_then=since_then
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What one poll brought."""

    comments: Flow[Thread]
    replies: Flow[Comment]
    held: Looked[Place, Flow[Comment]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listings:
    """What one channel reads."""

    asking: Asking
    settings: Settings

    async def read(self, before: Places | None, harvest: Harvest, now: datetime) -> Read:
        """All of them; raises as reading does where comments or replies fail."""
        backfill = self.settings.backfill
        since = now - backfill if backfill and before is None else None
        comments = self._comments(harvest, now)
        upper = await (following(comments, before.comments) if before else first(comments, since, now))
        replies = self._replies(harvest, now)
        lower = await (following(replies, before.replies) if before else first(replies, since, now))
        held = await self._held(harvest).read(before, now)
        return Read(comments=upper, replies=replace(lower, gap=None), held=held)

    def _comments(self, harvest: Harvest, now: datetime) -> Listing[Thread]:
        async def look(keys: Sequence[str]) -> Mapping[str, Shown[Thread]] | None:
            found = await looked(self.asking.threads_of(keys)) if self._may_look(now) else None
            for each in (found or {}).values():
                harvest.note(each.entry)
            return found

        async def fetch(cursor: str) -> Portion:
            portion = await self._page({}, cursor)
            harvest.take(portion.raws)
            return portion

        return Listing(name="comments", shape=Thread, fetch=fetch, look=look, most=MOST, overlap=_OVERLAP, kept=KEPT)

    def _replies(self, harvest: Harvest, now: datetime) -> Listing[Comment]:
        async def look(keys: Sequence[str]) -> Mapping[str, Shown[Comment]] | None:
            return await looked(self.asking.comments_of(keys)) if self._may_look(now) else None

        return Listing(
            name="replies",
            shape=Comment,
            fetch=harvest.replies,
            look=look,
            most=MOST,
            overlap=_OVERLAP,
            kept=_REPLIES_KEPT,
        )

    def _held(self, harvest: Harvest) -> Lookouts[Listing[Comment], Place, Flow[Comment]]:
        """What YouTube keeps back; only the owner may see it, so each of these fails alone."""
        listings = tuple(self._kept_back(status, harvest) for status in self.settings.held)
        return Lookouts(listings=listings, backfill=self.settings.backfill, reading=_READING)

    def _kept_back(self, status: str, harvest: Harvest) -> Listing[Comment]:
        async def fetch(cursor: str) -> Portion:
            portion = await self._page({"moderationStatus": status}, cursor)
            return Portion(raws=harvest.hold(portion.raws, status), cursor=portion.cursor)

        return Listing(
            name=_NAMES[status], shape=Comment, fetch=fetch, look=_untold, most=MOST, overlap=_OVERLAP, kept=KEPT
        )

    def _may_look(self, now: datetime) -> bool:
        """Look-ups for edits and deletions wait where the day's units go too fast."""
        return self.asking.quota.in_time(now)

    async def _page(self, query: Mapping[str, str], cursor: str) -> Portion:
        asked = {"allThreadsRelatedToChannelId": self.settings.account, **query}
        page = await self.asking.threads(asked, cursor)
        return Portion(raws=page.items, cursor=page.next_page_token or "")


async def _untold(_keys: Sequence[str]) -> Mapping[str, Shown[Comment]] | None:
    """What became of comments that were kept back cannot be asked: they were shown, rejected or taken away."""
    return None
