"""NodeBB: topics, replies and mentions of named categories and chats in; answers in both out."""

from dataclasses import replace
from functools import partial

import msgspec
from yarl import URL

from bridge.channels._api import Api
from bridge.channels._cursor import packed, unpacked
from bridge.channels._gaps import joined
from bridge.channels._newest_first import Flow, Listing, Place, first, following, since_then
from bridge.channels._nodebb.calls import Calls
from bridge.channels._nodebb.chats import Chats
from bridge.channels._nodebb.deeds import DEEDS, Hand
from bridge.channels._nodebb.forum import Forum
from bridge.channels._nodebb.found import Finder
from bridge.channels._nodebb.posts import View
from bridge.channels._nodebb.refusals import LANGUAGE, judge_reading, judge_saying
from bridge.channels._nodebb.said import Speaker, Voice
from bridge.channels._nodebb.settings import Settings
from bridge.channels._nodebb.shapes import Config, Item, Message, Person
from bridge.channels._problems import still_uncertain
from bridge.channels._stanza import SPARE, client
from bridge.channels._to_each import by_handle
from bridge.core.deeds import Deed
from bridge.core.events import Page, Sighting
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, LoginProblem

__all__ = ["NodeBB", "Settings", "build"]

_OVERLAP = 300
"""Seconds before the newest known post that are read again each time: what comes late, and edits among them, are seen."""

_KEPT = 400
_LOOKED_UP = 6
_CHAT_DAY = 86_400
"""Seconds of chats that the first contact looks through, to know them."""

_REQUESTS = 5
"""What publishing or looking for an answer takes of our own limit, about."""


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    public: Place
    chats: Place | None = None


class NodeBB:
    """One user of a NodeBB forum."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._settings = settings
        self._clock = fittings.clock
        self._config = Config()
        self._view = View(
            channel=name, endpoint=settings.endpoint, account=settings.account, handle="", private=settings.private
        )
        self._http = client(
            settings.endpoint,
            allow_private=settings.allow_private,
            user_agent=fittings.user_agent,
            timeout=settings.timeout.total_seconds(),
        )
        reading = self._asking()
        saying = replace(reading, judge=judge_saying)
        self._calls = Calls(api=reading, clock=fittings.clock, per_minute=settings.per_minute)
        self._forum = Forum(self._calls, settings.categories)
        self._chats = Chats(calls=self._calls, account=settings.account)
        self._speaker = Speaker(reading=reading, saying=saying, chats=self._chats)
        self._finder = Finder(reading=reading, chats=self._chats, speaker=self._speaker)
        self._hand = Hand(reading=reading, saying=saying)
        self.limits = self._limits()

    def _asking(self) -> Api:
        """Master tokens name the user in every request; tokens of a user do not mind."""
        return Api(
            http=self._http,
            endpoint=URL(self._settings.endpoint),
            headers={"Authorization": f"Bearer {self._settings.token.reveal()}"},
            now=self._clock.now,
            judge=judge_reading,
            always={"_uid": self._settings.account, "lang": LANGUAGE},
        )

    def _limits(self) -> Limits:
        voice = self._voice()
        return Limits(
            max_length=voice.longest,
            max_private_length=voice.longest_private if self._settings.private else 0,
            count=len,
            to_each=by_handle,
            deeds=DEEDS,
            read_back=ReadBack.BY_PARENT,
            request_timeout=2 * self._settings.timeout + SPARE,
        )

    def _voice(self) -> Voice:
        longest = self._config.maximum_chat_message_length - len(self._settings.endpoint) - len("\n\n/post/") - 15
        return Voice(
            endpoint=self._settings.endpoint,
            account=self._settings.account,
            shortest=self._config.minimum_post_length,
            longest=self._config.maximum_post_length,
            longest_private=max(longest, 0),
        )

    async def open(self) -> Account:
        """Check the account, what it may read, and the forum's own limits."""
        me = await self._calls.ask("/api/self", {}, Person)
        if str(me.uid) != self._settings.account:
            raise LoginProblem(f"the token belongs to user {me.uid}, not to {self._settings.account!r}")
        hidden = await self._forum.unseen()
        if hidden is not None:
            raise LoginProblem(f"the account may not read category {hidden}, or there is none of that number")
        if self._settings.private:
            await self._may_chat()
        self._config = await self._calls.ask("/api/config", {}, Config)
        self.limits = self._limits()
        self._view = self._view.named(me.handle)
        return Account(id=str(me.uid), handle=me.handle, own=frozenset({str(me.uid)}))

    async def _may_chat(self) -> None:
        """Try to read the chats, so that an account without that right is noticed at once (F02)."""
        try:
            async for _ in self._chats.rooms():
                return
        except LoginProblem:
            raise LoginProblem("the account may not chat: give it that right, or set private = false") from None

    async def poll(self, cursor: str | None) -> Page:
        """New posts and messages, edits and deletions; the oldest first."""
        before = None if cursor is None else unpacked(cursor, Places)
        public = await self._posts(before)
        chats = await self._messages(before)
        places = Places(public=public.place, chats=chats.place if chats else None)
        page = self._page(public, chats, places)
        return replace(page, first=cursor is None and not self._settings.backfill)

    async def _posts(self, before: Places | None) -> Flow[Item]:
        listing = Listing(
            name="posts",
            shape=Item,
            fetch=self._forum.fetch,
            look=self._forum.look,
            most=_LOOKED_UP,
            overlap=_OVERLAP,
            kept=_KEPT,
        )
        if before is not None:
            return await following(listing, before.public)
        backfill, now = self._settings.backfill, self._clock.now()
        return await first(listing, now - backfill if backfill else None, now)

    async def _messages(self, before: Places | None) -> Flow[Message] | None:
        """Messages of chats; where they are read for the first time what is there is history."""
        if not self._settings.private:
            return None
        now, backfill = self._clock.now(), self._settings.backfill
        place = before.chats if before else None
        if place is not None:
            flow = await following(self._listing(max(place.begin, place.newest - _OVERLAP)), place)
            return replace(flow, gap=None)  # a chat is read whole, down to what is known
        if backfill and before is None:
            since = now - backfill
            return await since_then(self._listing(int(since.timestamp())), since)
        return await first(self._listing(int(now.timestamp()) - _CHAT_DAY), None, now)

    def _listing(self, second: int) -> Listing[Message]:
        """All chats since a second."""
        since = partial(self._chats.since, second)
        return Listing(
            name="chats",
            shape=Message,
            fetch=lambda _cursor: since(),
            look=self._chats.look,
            most=_LOOKED_UP,
            overlap=_OVERLAP,
            kept=_KEPT,
        )

    def _page(self, public: Flow[Item], chats: Flow[Message] | None, places: Places) -> Page:
        """Both as one page, by the time of writing."""
        posts = [Sighting(post=self._view.post(s.entry), raw=s.raw) for s in public.fresh if s.entry.post is not None]
        messages = [Sighting(post=self._view.message(s.entry), raw=s.raw) for s in (chats.fresh if chats else ())]
        return Page(
            sightings=tuple(sorted([*posts, *messages], key=lambda sighting: sighting.post.at)),
            cursor=packed(places),
            deleted=(*public.gone, *(chats.gone if chats else ())),
            gap=joined([public.gap] if public.gap else []),
            quarantined=(*public.quarantined, *(chats.quarantined if chats else ())),
        )

    async def publish(self, publication: Publication) -> Posted:
        """Say it once."""
        self._calls.spend(_REQUESTS)
        return await self._speaker.say(publication, self._voice())

    async def find(self, publication: Publication) -> Posted | None:
        """Look where it would be; every failure leaves it uncertain."""
        self._calls.spend(_REQUESTS)
        return await still_uncertain(self._finder.find(publication, self._voice()))

    async def act(self, deed: Deed, target: str) -> None:
        """Delete a public answer of ours."""
        self._calls.spend(_REQUESTS)
        await self._hand.act(deed, target, self._settings.account)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._http.close()


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return NodeBB(name, settings, fittings)
