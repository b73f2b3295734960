"""Discourse: topics, replies, mentions and private messages in; answers, private answers and pictures out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
from yarl import URL

from bridge.channels._api import Api
from bridge.channels._cursor import packed, unpacked
from bridge.channels._discourse.answers import Latest, Places, Private, Public, Session, SiteSettings
from bridge.channels._discourse.deeds import DEEDS, Hand
from bridge.channels._discourse.listing import Fetch, pages_by_ids
from bridge.channels._discourse.posts import Item, View
from bridge.channels._discourse.refusals import judge_reading, judge_saying
from bridge.channels._discourse.said import Speaker, Topic, Voice
from bridge.channels._discourse.settings import Settings
from bridge.channels._discourse.stream import Flow, Stream, first_flow, next_flow
from bridge.channels._discourse.topics import Topics
from bridge.channels._overlap import Place
from bridge.channels._problems import still_uncertain
from bridge.channels._stanza import SPARE, client
from bridge.channels._to_each import by_handle
from bridge.core.deeds import Deed
from bridge.core.events import Gap, Page, Sighting
from bridge.core.model import Account
from bridge.core.pace import Bucket
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, LoginProblem, TemporaryProblem

__all__ = ["Discourse", "Settings", "build"]

_BACKFILL_PAGES = 20
_PATIENCE = 5.0
"""Seconds that a poll waits for its own limit before it gives up until later."""

_PARENT_LOOKUPS = 20
"""Posts that one poll asks for, only to name what a reply answers."""


class Discourse:
    """One user of a Discourse forum."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._settings = settings
        self._clock = fittings.clock
        self._site = SiteSettings()
        self.limits = self._limits()
        self._view = View(channel=name, endpoint=settings.endpoint, account=settings.account, handle=settings.username)
        self._http = client(
            settings.endpoint,
            allow_private=settings.allow_private,
            user_agent=fittings.user_agent,
            timeout=settings.timeout.total_seconds(),
        )
        self._reading = Api(
            http=self._http,
            endpoint=URL(settings.endpoint),
            headers={"Api-Key": settings.key.reveal(), "Api-Username": settings.username},
            now=fittings.clock.now,
            judge=judge_reading,
        )
        saying = replace(self._reading, judge=judge_saying)
        self._speaker = Speaker(self._reading, saying)
        self._hand = Hand(reading=self._reading, saying=saying)
        self._bucket = Bucket.full(float(settings.per_minute), timedelta(minutes=1), fittings.clock.now())
        self._by_ids: bool | None = None
        self._unlisted: set[int] = set()
        self._topics = Topics(self._seek_item, self._seek_topic, account=settings.account, groups=settings.groups)

    def _limits(self) -> Limits:
        longest = self._site.max_post_length
        return Limits(
            max_length=longest,
            max_private_length=longest,
            count=len,
            to_each=by_handle,
            max_media=4,
            deeds=DEEDS,
            read_back=ReadBack.BY_PARENT,
            request_timeout=2 * self._settings.timeout + SPARE,
        )

    async def open(self) -> Account:
        """Check the account, what the key may read, and the site's own limits."""
        me = (await self._reading.ask("/session/current.json", {}, Session)).current_user
        if str(me.id) != self._settings.account:
            raise LoginProblem(f"the key belongs to user {me.id}, not to {self._settings.account!r}")
        await self._may_read()
        self._site = await self._reading.ask("/site/settings.json", {}, SiteSettings)
        self.limits = self._limits()
        self._view = self._view.named(me.username)
        return Account(id=str(me.id), handle=me.username, own=frozenset({str(me.id)}))

    async def _may_read(self) -> None:
        """Try every listing that is needed, so that a key with too narrow scopes is noticed at once (F02)."""
        needs = {"posts": self._public, "private messages": self._private} if self._settings.private else {}
        for what, fetch in (needs or {"posts": self._public}).items():
            try:
                await fetch(None)
            except LoginProblem:
                raise LoginProblem(f"the key may not read {what}: give it that scope") from None

    async def poll(self, cursor: str | None) -> Page:
        """New posts and messages, edits and deletions; the oldest first."""
        if cursor is None:
            return await self._first()
        places, by_ids = unpacked(cursor, Places), await self._pages_by_ids()
        top = max(places.public.newest, places.private.newest)
        public = await next_flow(self._stream(self._public), places.public, by_ids=by_ids, top=top)
        private = Flow(place=places.private)
        if self._settings.private:
            top = max(top, public.place.newest)
            private = await next_flow(self._stream(self._private), places.private, by_ids=by_ids, top=top)
        return await self._page(public, private, since=None)

    def _stream(self, fetch: Fetch) -> Stream:
        return Stream(fetch=fetch, lookup=self._lookup, unlisted=self._unlisted)

    async def _pages_by_ids(self) -> bool:
        """How this server pages, found out once."""
        if self._by_ids is None:
            self._by_ids = await pages_by_ids(self._public)
        return bool(self._by_ids)

    async def _first(self) -> Page:
        """Learn what is there; emit only what the backfill asks for (C18)."""
        backfill = self._settings.backfill
        pages, since = (_BACKFILL_PAGES if backfill else 1), self._clock.now() - backfill
        public = await first_flow(self._public, pages, since=since)
        private = Flow(place=Place())
        if self._settings.private:
            private = await first_flow(self._private, pages, since=since)
        public, private = await self._beginning(public, private)
        if not backfill:
            public, private = replace(public, fresh=()), replace(private, fresh=())
        page = await self._page(public, private, since=since)
        return replace(page, first=not backfill, quarantined=())

    async def _beginning(self, public: Flow, private: Flow) -> tuple[Flow, Flow]:
        """Both listings count through the same ids, so both begin at the highest; the forum must show us one of them."""
        top = max(public.place.newest, private.place.newest)
        if not top and (await self._reading.ask("/latest.json", {}, Latest)).topic_list.topics:
            raise TemporaryProblem("the forum's newest posts are hidden from this account: trying again later")
        return _from(public, top), _from(private, top)

    async def _page(self, public: Flow, private: Flow, *, since: datetime | None) -> Page:
        """Both streams as one page, by the posts' ids, which count through both."""
        flows = [(entry, False) for entry in public.fresh] + [(entry, True) for entry in private.fresh]
        sightings: list[Sighting] = []
        lookups = _PARENT_LOOKUPS
        for entry, is_private in sorted(flows, key=lambda pair: pair[0].value.id):
            item = entry.value
            self._topics.know(item)
            if (since and item.created_at < since) or (is_private and not await self._topics.takes_part(item.topic_id)):
                continue
            parent = self._topics.parent_known(item)
            if parent is None and lookups:
                parent, lookups = await self._topics.parent(item), lookups - 1
            post = self._view.post(item, private=is_private, parent=parent or "")
            sightings.append(Sighting(post=post, raw=entry.raw))
        return Page(
            sightings=tuple(sightings),
            cursor=packed(Places(public=public.place, private=private.place)),
            more=not (public.complete and private.complete),
            deleted=tuple(str(number) for number in (*public.gone, *private.gone)),
            gap=_both(public.gap, private.gap),
            quarantined=(*public.quarantined, *private.quarantined),
        )

    async def _public(self, before: int | None) -> Sequence[msgspec.Raw]:
        """A page of public posts."""
        await self._spare()
        return (await self._reading.ask("/posts.json", _before(before), Public)).latest_posts

    async def _private(self, before: int | None) -> Sequence[msgspec.Raw]:
        """A page of private ones."""
        await self._spare()
        return (await self._reading.ask("/private-posts.json", _before(before), Private)).private_posts

    async def _lookup(self, number: int) -> Item | None:
        """One post by its id."""
        return await self._seek_item(f"/posts/{number}.json")

    async def _seek_item(self, path: str) -> Item | None:
        await self._spare()
        return await self._reading.seek(path, {}, Item)

    async def _seek_topic(self, path: str) -> Topic | None:
        await self._spare()
        return await self._reading.seek(path, {}, Topic)

    async def _spare(self) -> None:
        """Take one request of our own limit, leaving a fifth of it to publishing (D07)."""
        wait = self._bucket.wait(self._clock.now(), reserve=self._settings.per_minute / 5)
        if wait > _PATIENCE:
            raise TemporaryProblem("our own limit of requests is used up for the moment", wait)
        if wait:
            await self._clock.sleep(wait)
        self._bucket = self._bucket.taken(self._clock.now())

    def _voice(self) -> Voice:
        return Voice(
            view=self._view,
            account=self._settings.account,
            username=self._view.handle,
            private_title=self._settings.private_title,
            longest=self._site.max_post_length,
            shortest=self._site.min_post_length,
        )

    async def publish(self, publication: Publication) -> Posted:
        """Say it once; files go first, since nobody sees them before the post does."""
        self._bucket = self._bucket.taken(self._clock.now(), 3.0)
        return await self._speaker.say(publication, self._voice())

    async def find(self, publication: Publication) -> Posted | None:
        """Look where it would be; every failure leaves it uncertain."""
        self._bucket = self._bucket.taken(self._clock.now(), 3.0)
        return await still_uncertain(self._speaker.find(publication, self._voice()))

    async def act(self, deed: Deed, target: str) -> None:
        """Take a public answer of ours away."""
        self._bucket = self._bucket.taken(self._clock.now(), 3.0)
        await self._hand.act(deed, target, account=self._settings.account)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._http.close()


def _before(number: int | None) -> dict[str, str]:
    return {} if number is None else {"before": str(number)}


def _from(flow: Flow, top: int) -> Flow:
    return replace(flow, place=msgspec.structs.replace(flow.place, newest=top))


def _both(one: Gap | None, other: Gap | None) -> Gap | None:
    """One gap for a page; both streams count through the same ids."""
    if one is None or other is None:
        return one or other
    return Gap(since=f"{one.since}, {other.since}", until=f"{one.until}, {other.until}")


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return Discourse(name, settings, fittings)
