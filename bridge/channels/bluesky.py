"""Bluesky: mentions, replies, quotations, searches and direct messages in; answers with pictures and direct messages out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import msgspec
from yarl import URL

from bridge.channels._api import Api
from bridge.channels._bluesky.deeds import DEEDS, Hand
from bridge.channels._bluesky.found import Finder
from bridge.channels._bluesky.place import Places
from bridge.channels._bluesky.posts import View
from bridge.channels._bluesky.refusals import LIMITS, judging_reading, judging_saying
from bridge.channels._bluesky.said import LONGEST, LONGEST_PRIVATE, MOST_IMAGES, Speaker, counted
from bridge.channels._bluesky.session import Session
from bridge.channels._bluesky.settings import Settings
from bridge.channels._bluesky.shapes import Entry, Feed, Notifications, Posts, uri_of
from bridge.channels._bluesky.talk import Talk, Talks
from bridge.channels._bluesky.xrpc import CHAT, Xrpc
from bridge.channels._cursor import packed, unpacked
from bridge.channels._entries import read_entries
from bridge.channels._gaps import joined
from bridge.channels._lookouts import Lookouts, Reading
from bridge.channels._newest_first import Fetch, Flow, Listing, Place, Portion, Shown, first, following, since_then
from bridge.channels._problems import still_uncertain
from bridge.channels._rates import Rates
from bridge.channels._stanza import SPARE, client
from bridge.core.deeds import Deed
from bridge.core.events import Page, Sighting
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem

__all__ = ["Bluesky", "Settings", "build"]

_PAGE = "100"
_REASONS = ("mention", "reply", "quote")
LOOKED_UP = 25
"""Posts that one request looks up (app.bsky.feed.getPosts)."""

_OVERLAP = 600
"""Seconds: what is indexed late is seen."""

_KEPT = 500
_LOOKUPS = 20
"""Requests with which one poll completes what it shows; in a storm the rest comes without pictures and context."""


_READING: Reading[Listing[Entry], Place, Flow[Entry]] = Reading(first=first, following=following, since_then=since_then)


class _Me(msgspec.Struct, frozen=True):
    did: str
    handle: str = ""


class Bluesky:
    """One account on Bluesky, or on another network of its protocol."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._settings = settings
        self._clock = fittings.clock
        self._rates = Rates(LIMITS)
        self._http = client(
            settings.endpoint,
            allow_private=settings.allow_private,
            user_agent=fittings.user_agent,
            timeout=settings.timeout.total_seconds(),
        )
        self._xrpc = self._asking()
        self._chat = replace(self._xrpc, beside=CHAT)
        patience = settings.timeout.total_seconds()
        self._speaker = Speaker(xrpc=self._xrpc, chat=self._chat, clock=fittings.clock, patience=patience)
        self._finder = Finder(xrpc=self._xrpc, chat=self._chat, speaker=self._speaker)
        self._hand = Hand(xrpc=self._xrpc, look=self._look, clock=fittings.clock)
        self._talks = Talks(self._chat)
        self._view = View(channel=name, account=settings.account, handle="", messages=settings.messages)
        self._mentions = self._listing("mentions", self._notifications)
        self._own = self._listing("own posts", self._own_posts)
        listings = [self._listing(text, partial(self._search, text)) for text in settings.search]
        self._lookouts = Lookouts(listings=listings, backfill=settings.backfill, reading=_READING)
        self._troubled: frozenset[str] = frozenset()
        self.limits = self._limits()

    def _asking(self) -> Xrpc:
        now = self._clock.now
        judge = judging_reading(self._rates, now)
        endpoint = URL(self._settings.endpoint)
        reading = Api(http=self._http, endpoint=endpoint, headers={}, now=now, judge=judge)
        saying = replace(reading, judge=judging_saying(now))
        session = Session(self._settings, self._http, judge=judge, clock=self._clock)
        return Xrpc(reading=reading, saying=saying, session=session)

    def _listing(self, name: str, fetch: Fetch) -> Listing[Entry]:
        return Listing(
            name=name, shape=Entry, fetch=fetch, look=self._look, most=LOOKED_UP, overlap=_OVERLAP, kept=_KEPT
        )

    def _limits(self) -> Limits:
        return Limits(
            max_length=LONGEST,
            max_private_length=LONGEST_PRIVATE if self._settings.messages else 0,
            count=counted,
            max_media=MOST_IMAGES,
            deeds=DEEDS,
            read_back=ReadBack.BY_PARENT,
            request_timeout=2 * self._settings.timeout + SPARE,
        )

    async def open(self) -> Account:
        """Check the account and what its app password may read."""
        me = await self._xrpc.query("com.atproto.server.getSession", {}, _Me)
        if me.did != self._settings.account:
            raise LoginProblem(f"the app password belongs to {me.did}, not to {self._settings.account}")
        self._view = replace(self._view, handle=me.handle)
        if self._settings.messages:
            await self._may_talk()
        return Account(id=me.did, handle=me.handle, own=frozenset({me.did}))

    async def _may_talk(self) -> None:
        """Try to read messages, so that an app password without that right is noticed at once (F02)."""
        try:
            await self._talks.begin(None, self._clock.now())
        except LoginProblem:
            raise LoginProblem(
                "the app password may not read direct messages: make one with access to them, or set messages = false"
            ) from None

    async def poll(self, cursor: str | None) -> Page:
        """New posts and messages, edits and deletions; the oldest first."""
        now = self._clock.now()
        self._rates.begin(now)
        before = None if cursor is None else unpacked(cursor, Places)
        mentions = await self._flow(self._mentions, before.mentions if before else None)
        own = await self._flow(self._own, before.own if before else None)
        looked = await self._lookouts.read(before, now)
        talk = await self._talk(before)
        places = Places(
            mentions=mentions.place,
            own=own.place,
            others=dict(looked.places),
            promised=dict(looked.promised),
            log=talk.cursor,
        )
        page = await self._page([mentions, own, *looked.flows.values()], talk, places)
        failing = frozenset(trouble.part for trouble in looked.troubles)
        recovered = tuple(sorted(self._troubled - failing))
        self._troubled = failing
        nothing = cursor is None and not self._settings.backfill
        return replace(page, first=nothing, troubles=tuple(looked.troubles), recovered=recovered)

    async def _flow(self, listing: Listing[Entry], place: Place | None) -> Flow[Entry]:
        """What came, or at the first contact what is there."""
        if place is not None:
            return await following(listing, place)
        backfill, now = self._settings.backfill, self._clock.now()
        return await first(listing, now - backfill if backfill else None, now)

    async def _talk(self, before: Places | None) -> Talk:
        """Direct messages since the cursor; from now on where they are read for the first time."""
        if not self._settings.messages:
            return Talk(cursor="")
        if before is not None and before.log:
            return await self._talks.read(before.log, self._view)
        backfill, now = self._settings.backfill, self._clock.now()
        return await self._talks.begin(now - backfill if backfill and before is None else None, now)

    async def _page(self, flows: Sequence[Flow[Entry]], talk: Talk, places: Places) -> Page:
        """All listings as one page; what several of them show comes once, and as a mention where it is one."""
        shown = {each.entry.key: each for flow in reversed(flows) for each in flow.fresh}
        ordered = sorted(shown.values(), key=lambda each: each.entry.indexed_at)
        sightings = [*await self._completed(ordered), *talk.sightings]
        now = self._clock.now()
        return Page(
            sightings=tuple(sorted(sightings, key=lambda sighting: sighting.post.at)),
            cursor=packed(places),
            more=talk.more,
            deleted=(*dict.fromkeys(key for flow in flows for key in flow.gone), *talk.deleted),
            gap=joined([flow.gap for flow in flows if flow.gap is not None]),
            quarantined=(*(each for flow in flows for each in flow.quarantined), *talk.quarantined),
            wait=self._rates.interval(now),
            allowance=self._rates.words(now),
        )

    async def _completed(self, shown: Sequence[Shown[Entry]]) -> list[Sighting]:
        """With pictures, what is quoted and what is answered, which notifications leave out."""
        wanted = dict.fromkeys(key for each in shown for key in (each.entry.key, each.entry.root, each.entry.parent))
        names = [key for key in wanted if key]
        found: dict[str, Shown[Entry]] = {}
        for start in range(0, min(len(names), _LOOKUPS * LOOKED_UP), LOOKED_UP):
            found |= await self._look(names[start : start + LOOKED_UP]) or {}
        return [Sighting(post=self._view.post(_whole(each, found), above=found), raw=each.raw) for each in shown]

    async def _notifications(self, cursor: str) -> Portion:
        """A page of what the account is told."""
        query = {"limit": _PAGE, "reasons": list(_REASONS), **_below(cursor)}
        page = await self._xrpc.query("app.bsky.notification.listNotifications", query, Notifications)
        return Portion(raws=[raw for raw in page.notifications if _is_told(raw)], cursor=page.cursor)

    async def _own_posts(self, cursor: str) -> Portion:
        """A page of the account's own posts, without what it only passes on."""
        query = {"actor": self._settings.account, "filter": "posts_with_replies", "limit": _PAGE, **_below(cursor)}
        page = await self._xrpc.query("app.bsky.feed.getAuthorFeed", query, Feed)
        return Portion(raws=[each.post for each in page.feed if bytes(each.reason) == b"null"], cursor=page.cursor)

    async def _search(self, text: str, cursor: str) -> Portion:
        """A page of what a search finds."""
        query = {"q": text, "sort": "latest", "limit": _PAGE, **_below(cursor)}
        page = await self._xrpc.query("app.bsky.feed.searchPosts", query, Posts)
        return Portion(raws=page.posts, cursor=page.cursor)

    async def _look(self, names: Sequence[str]) -> Mapping[str, Shown[Entry]] | None:
        """Posts as they stand now; None where that cannot be told, which keeps nothing else from coming."""
        try:
            page = await self._xrpc.query("app.bsky.feed.getPosts", {"uris": [uri_of(name) for name in names]}, Posts)
        except LoginProblem:
            raise
        except (TemporaryProblem, PermanentProblem):
            return None
        good, broken = read_entries(page.posts, Entry)
        return None if broken else {each.value.key: Shown(entry=each.value, raw=each.raw) for each in good}

    async def publish(self, publication: Publication) -> Posted:
        """Say it once; pictures go first, since nobody sees them before the post does."""
        return await self._speaker.say(publication, self._view)

    async def find(self, publication: Publication) -> Posted | None:
        """Look where it would be; every failure leaves it uncertain."""
        return await still_uncertain(self._finder.find(publication, self._view))

    async def act(self, deed: Deed, target: str) -> None:
        """Like a customer's public post, or take a public answer of ours away."""
        await self._hand.act(deed, target, self._view)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._http.close()


class _Reason(msgspec.Struct, frozen=True):
    reason: str = ""


def _is_told(raw: msgspec.Raw) -> bool:
    """Whether a notification is one of those that were asked for; one that cannot be read is kept aside later."""
    try:
        return msgspec.json.decode(raw, type=_Reason).reason in {"", *_REASONS}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return True


def _below(cursor: str) -> Mapping[str, str]:
    return {"cursor": cursor} if cursor else {}


def _whole(shown: Shown[Entry], found: Mapping[str, Shown[Entry]]) -> Entry:
    """The entry with what only a look at the post itself shows."""
    looked = found.get(shown.entry.key)
    if looked is None:
        return shown.entry
    return msgspec.structs.replace(shown.entry, embed=looked.entry.embed, viewer=looked.entry.viewer)


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return Bluesky(name, settings, fittings)
