"""YouTube: comments and replies below a channel's videos in, also those that are held for review; answers out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from yarl import URL

from bridge.channels._api import Api
from bridge.channels._bearer import Session
from bridge.channels._cursor import packed, unpacked
from bridge.channels._gaps import joined
from bridge.channels._http import Http
from bridge.channels._problems import still_uncertain
from bridge.channels._stanza import SPARE, client
from bridge.channels._youtube.asking import Asking
from bridge.channels._youtube.deeds import DEEDS, Hand
from bridge.channels._youtube.found import LONGEST, Finder
from bridge.channels._youtube.harvest import Harvest
from bridge.channels._youtube.listings import Listings, Read
from bridge.channels._youtube.place import Places, Spent
from bridge.channels._youtube.posts import View
from bridge.channels._youtube.quota import Quota
from bridge.channels._youtube.refusals import judging_reading, judging_saying
from bridge.channels._youtube.said import Speaker
from bridge.channels._youtube.session import exchange
from bridge.channels._youtube.settings import Settings
from bridge.channels._youtube.shapes import Comment
from bridge.core.deeds import Deed
from bridge.core.events import Page, Quarantined, Sighting
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Clock, Fittings, LoginProblem

__all__ = ["Settings", "YouTube", "build"]

_LAG = timedelta(seconds=60)
"""How long YouTube's listings may take to show what it accepted."""


class YouTube:
    """One channel on YouTube, as its owner."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._settings = settings
        self._clock = fittings.clock
        self._quota = Quota(settings.units, settings.reserve)
        self._http, self._login = (
            _client(settings, server, fittings) for server in (settings.endpoint, settings.login)
        )
        self._asking = _asking(settings, self._http, self._login, quota=self._quota, clock=fittings.clock)
        finder = Finder(asking=self._asking)
        self._finder = finder
        self._speaker = Speaker(asking=self._asking, finder=finder, patience=settings.timeout.total_seconds())
        self._hand = Hand(asking=self._asking, hide_as=settings.hide_as)
        self._listings = Listings(asking=self._asking, settings=settings)
        self._view = View(channel=name, account=settings.account, handle="")
        self._troubled: frozenset[str] = frozenset()
        self.limits = _limits(settings)

    async def open(self) -> Account:
        """Ask whose the token is."""
        mine = await self._asking.mine()
        if not mine.items:
            raise LoginProblem("the token's account has no YouTube channel")
        if self._settings.account not in {each.id for each in mine.items}:
            raise LoginProblem(f"the token belongs to {mine.items[0].id}, not to {self._settings.account}")
        [own] = [each for each in mine.items if each.id == self._settings.account][:1]
        self._view = replace(self._view, handle=own.snippet.custom_url)
        handle = own.snippet.custom_url.removeprefix("@") or own.snippet.title
        return Account(id=own.id, handle=handle, own=frozenset({own.id}))

    async def poll(self, cursor: str | None) -> Page:
        """New comments and replies, edits and deletions; the oldest first."""
        now = self._clock.now()
        before = None if cursor is None else unpacked(cursor, Places)
        self._quota.begin(before.spent if before else Spent(), now)
        nothing = before is None and not self._settings.backfill
        harvest = Harvest(asking=self._asking, before=before.counts if before else {}, is_first=nothing)
        read = await self._listings.read(before, harvest, now)
        places = Places(
            comments=read.comments.place,
            replies=read.replies.place,
            counts=dict(harvest.after()),
            others=dict(read.held.places),
            promised=dict(read.held.promised),
            spent=self._quota.spent(now),
        )
        self._speaker.keep_off(harvest.held)
        failing = frozenset(trouble.part for trouble in read.held.troubles)
        recovered, self._troubled = tuple(sorted(self._troubled - failing)), failing
        page = self._page(read, harvest, places)
        return replace(page, first=nothing, troubles=tuple(read.held.troubles), recovered=recovered)

    def _page(self, read: Read, harvest: Harvest, places: Places) -> Page:
        """All listings as one page; what several of them show comes once."""
        now = self._clock.now()
        sightings = {each.post.id: each for each in self._sightings(read, harvest)}
        gone = dict.fromkeys((*read.comments.gone, *read.replies.gone))
        return Page(
            sightings=tuple(sorted(sightings.values(), key=lambda each: each.post.at)),
            cursor=packed(places),
            deleted=tuple(key for key in gone if key not in harvest.held),
            gap=joined([gap for gap in (read.comments.gap, *harvest.gaps) if gap is not None]),
            quarantined=tuple(_quarantined(read)),
            wait=self._quota.interval(now),
            allowance=self._quota.words(now),
            left={"platform": self._quota.share(now)},
        )

    def _sightings(self, read: Read, harvest: Harvest) -> Iterator[Sighting]:
        """What is kept back comes first, so that what is shown to all meanwhile takes its place."""
        for flow in read.held.flows.values():
            yield from (self._sighting(each.entry, each.raw, harvest, held=True) for each in flow.fresh)
        yield from (self._sighting(each.entry.top, each.raw, harvest, held=False) for each in read.comments.fresh)
        yield from (self._sighting(each.entry, each.raw, harvest, held=False) for each in read.replies.fresh)

    def _sighting(self, comment: Comment, raw: bytes, harvest: Harvest, *, held: bool) -> Sighting:
        thread = harvest.thread_of(comment)
        video = comment.snippet.video_id or (thread.snippet.video_id if thread else "") or ""
        closed = thread is not None and not thread.snippet.can_reply
        post = self._view.post(comment, harvest.above(comment), video=video, held=held, closed=closed)
        return Sighting(post=post, raw=raw)

    async def publish(self, publication: Publication) -> Posted:
        """Say it once."""
        return await self._speaker.say(publication, self._view)

    async def find(self, publication: Publication) -> Posted | None:
        """Look where it would be; every failure leaves it uncertain."""
        return await still_uncertain(self._finder.find(publication, self._view))

    async def act(self, deed: Deed, target: str) -> None:
        """Hide a comment, show it again, or take an answer of ours away."""
        await self._hand.act(deed, target, self._view)
        if deed is Deed.UNHIDE:
            self._speaker.hidden.discard(target)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._http.close()
        await self._login.close()


def _client(settings: Settings, server: str, fittings: Fittings) -> Http:
    return client(
        server,
        allow_private=settings.allow_private,
        user_agent=fittings.user_agent,
        timeout=settings.timeout.total_seconds(),
    )


def _asking(settings: Settings, http: Http, login: Http, *, quota: Quota, clock: Clock) -> Asking:
    reading = Api(
        http=http,
        endpoint=URL(settings.endpoint),
        headers={},
        now=clock.now,
        judge=judging_reading(quota, clock.now),
    )
    saying = replace(reading, judge=judging_saying(quota, clock.now))
    return Asking(reading=reading, saying=saying, session=Session(exchange(settings), login, clock), quota=quota)


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_length=LONGEST,
        count=len,
        deeds=DEEDS,
        read_back=ReadBack.BY_PARENT,
        read_back_lag=_LAG,
        request_timeout=3 * settings.timeout + SPARE,
    )


def _quarantined(read: Read) -> Iterator[Quarantined]:
    """What could not be read, each once."""
    flows = (
        read.comments.quarantined,
        read.replies.quarantined,
        *(each.quarantined for each in read.held.flows.values()),
    )
    yield from {each.id: each for flow in flows for each in flow}.values()


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return YouTube(name, settings, fittings)
