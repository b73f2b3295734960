"""Mastodon, and servers that speak its API: mentions, hashtags, searches and direct messages in; answers and files out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import msgspec
from yarl import URL

from bridge.channels._api import Api
from bridge.channels._cursor import packed, unpacked
from bridge.channels._gaps import joined
from bridge.channels._lookouts import Lookouts, Reading
from bridge.channels._mastodon.bell import Bell, Wire
from bridge.channels._mastodon.count import counted
from bridge.channels._mastodon.deeds import DEEDS, Hand
from bridge.channels._mastodon.found import Finder
from bridge.channels._mastodon.listing import Flow, Listing, Portion, first, following, since_then
from bridge.channels._mastodon.media import Uploads
from bridge.channels._mastodon.place import Place, Places, threads_kept
from bridge.channels._mastodon.posts import View
from bridge.channels._mastodon.refusals import LIMITS, judging_reading, judging_saying
from bridge.channels._mastodon.said import Speaker, Voice, longest
from bridge.channels._mastodon.search import searching
from bridge.channels._mastodon.settings import Settings
from bridge.channels._mastodon.shapes import Account as Me
from bridge.channels._mastodon.shapes import Context, Instance, Notification, Status, order
from bridge.channels._mastodon.threads import Threads
from bridge.channels._problems import still_uncertain
from bridge.channels._rates import Rates
from bridge.channels._stanza import SPARE, client
from bridge.channels._to_each import as_it_is
from bridge.core.deeds import Deed
from bridge.core.events import Page, Sighting, Trouble
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem

__all__ = ["Mastodon", "Settings", "build"]

_PAGE = {"limit": "40"}
_STREAM = "stream"

_QUOTES = 7
"""The version of Mastodon's API from which on quotes are told; older servers need not know the word (4.5)."""


_READING = Reading(first=first, following=following, since_then=since_then)


class Mastodon:
    """One account on a server with Mastodon's API."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._settings = settings
        self._clock = fittings.clock
        self._instance = Instance()
        self._rates = Rates(LIMITS)
        self._http = client(
            settings.endpoint,
            allow_private=settings.allow_private,
            user_agent=fittings.user_agent,
            timeout=settings.timeout.total_seconds(),
        )
        now = fittings.clock.now
        self._reading = Api(
            http=self._http,
            endpoint=URL(settings.endpoint),
            headers={"Authorization": f"Bearer {settings.token.reveal()}"},
            now=now,
            judge=judging_reading(self._rates, now),
        )
        saying = replace(self._reading, judge=judging_saying(now))
        uploads = Uploads(self._reading, saying, fittings.clock.sleep)
        self._speaker = Speaker(self._reading, saying, uploads, patience=settings.timeout.total_seconds())
        self._finder = Finder(self._reading)
        self._hand = Hand(reading=self._reading, saying=saying)
        self._threads = Threads(self._context)
        host = URL(settings.endpoint).host or ""
        self._view = View(
            channel=name, endpoint=settings.endpoint, host=host, home=host, account=settings.account, acct=""
        )
        self._mentions = Listing(name="mentions", fetch=self._notifications, shape=Notification, exists=self._exists)
        path = f"/api/v1/accounts/{settings.account}/statuses"
        self._own = self._listing("own posts", path, exclude_reblogs="true")
        self._lookouts = Lookouts(listings=tuple(self._looked_for()), backfill=settings.backfill, reading=_READING)
        self._troubled: set[str] = set()
        """Hashtags and searches that could not be read the last time, and the stream."""
        self._bell = self._streaming()
        self.limits = self._limits()

    def _streaming(self) -> Bell | None:
        if not self._settings.stream:
            return None
        given = self._settings
        return Bell(Wire(api=self._reading, clock=self._clock, net=given.net, open_too=given.allow_private))

    def _limits(self) -> Limits:
        most = longest(self._instance)
        return Limits(
            max_length=most,
            max_private_length=most,
            count=partial(counted, per_link=self._instance.per_link),
            to_each=as_it_is,
            max_media=self._instance.most_media,
            chained=True,
            deeds=DEEDS,
            read_back=ReadBack.BY_AUTHOR,
            request_timeout=2 * self._settings.timeout + SPARE,
        )

    async def open(self) -> Account:
        """Check the account, what the token may read, and the server's own limits."""
        me = await self._reading.ask("/api/v1/accounts/verify_credentials", {}, Me)
        person, expected = self._view.person(me.id), self._view.person(self._settings.account)
        if person != expected:
            raise LoginProblem(f"the token belongs to account {person}, not to {expected}")
        self._instance = await self._asked_instance()
        self._view = replace(self._view, acct=me.acct, home=self._instance.home or self._view.host)
        self.limits = self._limits()
        await self._may_read()
        return Account(id=person, handle=me.acct, own=frozenset({person}))

    async def _asked_instance(self) -> Instance:
        """The server's own bounds, by the older name where it does not know the newer one."""
        newer = await self._reading.seek("/api/v2/instance", {}, Instance)
        if newer is not None:
            return newer
        return await self._reading.ask("/api/v1/instance", {}, Instance)

    async def _may_read(self) -> None:
        """Try what must be read, so that a token with too narrow scopes is noticed at once (F02)."""
        for listing in (self._mentions, self._own):
            try:
                await listing.fetch({})
            except LoginProblem:
                raise LoginProblem(f"the token may not read {listing.name}: give it that scope") from None

    def _looked_for(self) -> Iterator[Listing]:
        """What does not address us, and concerns us all the same."""
        for tag in self._settings.hashtags:
            yield self._listing(f"#{tag}", f"/api/v1/timelines/tag/{tag}")
        for text in self._settings.search:
            fetch = searching(self._reading, text)
            yield Listing(name=f"search {text}", fetch=fetch, shape=Status, exists=self._exists)

    def _listing(self, name: str, path: str, **query: str) -> Listing:
        return Listing(
            name=name, fetch=partial(self._fetch, path, {**_PAGE, **query}), shape=Status, exists=self._exists
        )

    async def poll(self, cursor: str | None) -> Page:
        """New posts and messages, edits and deletions; the oldest first."""
        bell, now = self._bell, self._clock.now()
        if bell is None:
            return await self._read(cursor)
        bell.start(self._instance.streaming)
        if cursor is not None and bell.is_quiet(cursor, now):
            return Page(sightings=(), cursor=cursor)
        bell.answer()
        page = await self._read(cursor)
        bell.rest(page.cursor, now, more=page.more)
        return page

    async def _read(self, cursor: str | None) -> Page:
        """One poll of all listings."""
        self._rates.begin(self._clock.now())
        before = None if cursor is None else unpacked(cursor, Places)
        self._threads.begin(before.threads if before else {})
        mentions = await self._flow(self._mentions, before.mentions if before else None)
        own = await self._flow(self._own, before.own if before else None)
        looked = await self._lookouts.read(before, self._clock.now())
        places = Places(
            mentions=mentions.place,
            own=own.place,
            others=dict(looked.places),
            promised=dict(looked.promised),
            threads=before.threads if before else {},
        )
        page = await self._page([mentions, own, *looked.flows.values()], places)
        troubles = [*looked.troubles, *self._unheard()]
        recovered = self._recovered(looked.flows, troubles)
        nothing = cursor is None and not self._settings.backfill
        return replace(page, first=nothing, troubles=tuple(troubles), recovered=recovered)

    async def _flow(self, listing: Listing, place: Place | None) -> Flow:
        """What came, or at the first contact what is there."""
        if place is not None:
            return await following(listing, place)
        backfill, now = self._settings.backfill, self._clock.now()
        return await first(listing, now - backfill if backfill else None, now)

    def _unheard(self) -> Iterator[Trouble]:
        """The stream, where it fails."""
        if self._bell is not None and self._bell.trouble:
            yield Trouble(part=_STREAM, reason=self._bell.trouble)

    def _recovered(self, others: Mapping[str, Flow], troubles: Sequence[Trouble]) -> tuple[str, ...]:
        """What can be read again."""
        names = [*others, *([_STREAM] if self._bell is not None and self._bell.is_open else [])]
        well = tuple(name for name in names if name in self._troubled)
        self._troubled = {trouble.part for trouble in troubles}
        return well

    async def _page(self, flows: Sequence[Flow], places: Places) -> Page:
        """All listings as one page; what several of them show comes once."""
        posts = {post.status.key: post for flow in flows for post in flow.fresh}
        threads = dict(places.threads)
        sightings: list[Sighting] = []
        for post in sorted(posts.values(), key=lambda each: (each.status.created_at, order(each.status.key))):
            seen, beginning = await self._threads.post(post.status, self._view)
            if post.status.parent:
                threads[post.status.key] = beginning
            if self._settings.bots or not post.status.account.bot:
                sightings.append(Sighting(post=seen, raw=post.raw))
        now = self._clock.now()
        return Page(
            sightings=tuple(sightings),
            cursor=packed(msgspec.structs.replace(places, threads=threads_kept(threads))),
            more=not all(flow.complete for flow in flows),
            deleted=tuple(dict.fromkeys(post for flow in flows for post in flow.gone)),
            gap=joined([flow.gap for flow in flows if flow.gap is not None]),
            quarantined=tuple(each for flow in flows for each in flow.quarantined),
            wait=self._rates.interval(now),
            allowance=self._rates.words(now),
        )

    async def _notifications(self, bounds: Mapping[str, str]) -> Portion:
        """A page of what the account is told."""
        quotes = self._instance.api_versions.get("mastodon", 0) >= _QUOTES
        query = {
            "limit": "80",
            "types[]": ["mention", "quote"] if quotes else ["mention"],
            **({"include_filtered": "true"} if self._settings.filtered else {}),
            **bounds,
        }
        return Portion(raws=await self._reading.ask("/api/v1/notifications", query, list[msgspec.Raw]))

    async def _fetch(self, path: str, query: Mapping[str, str], bounds: Mapping[str, str]) -> Portion:
        """A page of posts."""
        return Portion(raws=await self._reading.ask(path, {**query, **bounds}, list[msgspec.Raw]))

    async def _exists(self, post: str) -> bool | None:
        """Whether a post is still there, though its listing does not show it; None where that cannot be told now."""
        try:
            return await self._reading.seek(f"/api/v1/statuses/{post}", {}, msgspec.Raw) is not None
        except LoginProblem:
            raise
        except (TemporaryProblem, PermanentProblem):
            return None

    async def _context(self, post: str) -> Context | None:
        """What stands around a post; one that cannot be asked for keeps no other from coming."""
        try:
            return await self._reading.seek(f"/api/v1/statuses/{post}/context", {}, Context)
        except LoginProblem:
            raise
        except (TemporaryProblem, PermanentProblem):
            return None

    def _voice(self) -> Voice:
        return Voice(view=self._view, instance=self._instance)

    async def publish(self, publication: Publication) -> Posted:
        """Say it once; files go first, since nobody sees them before the post does."""
        return await self._speaker.say(publication, self._voice())

    async def find(self, publication: Publication) -> Posted | None:
        """Look where it would be; every failure leaves it uncertain."""
        return await still_uncertain(self._finder.find(publication, self._voice()))

    async def act(self, deed: Deed, target: str) -> None:
        """Like a customer's public post, or take a public answer of ours away."""
        await self._hand.act(deed, target, self._view)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        if self._bell is not None:
            await self._bell.stop()
        await self._http.close()


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return Mastodon(name, settings, fittings)
