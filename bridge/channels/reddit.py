"""Reddit: subreddits, searches, replies, mentions and messages in, answers out by an app of one's own; or its feeds, to be read only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from yarl import URL

from bridge import __version__
from bridge.channels._api import Api
from bridge.channels._bearer import Session
from bridge.channels._cursor import packed, unpacked
from bridge.channels._gaps import joined
from bridge.channels._newest_first import Flow, Shown
from bridge.channels._problems import still_uncertain
from bridge.channels._rates import Rates
from bridge.channels._reddit.asking import MOST, Asking
from bridge.channels._reddit.by_feed import ByFeed
from bridge.channels._reddit.deeds import DEEDS, Hand
from bridge.channels._reddit.found import Finder
from bridge.channels._reddit.listings import Listings
from bridge.channels._reddit.place import Places
from bridge.channels._reddit.posts import View
from bridge.channels._reddit.rates import LIMITS
from bridge.channels._reddit.refusals import judging_reading, judging_saying
from bridge.channels._reddit.said import LONGEST, Speaker
from bridge.channels._reddit.session import exchange
from bridge.channels._reddit.settings import App, Settings
from bridge.channels._reddit.shapes import Me, Thing
from bridge.channels._reddit.words import counted
from bridge.channels._stanza import SPARE, client
from bridge.core.deeds import Deed
from bridge.core.events import Page, Sighting
from bridge.core.model import Account
from bridge.core.pace import Bucket
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, LoginProblem, TemporaryProblem

__all__ = ["Reddit", "Settings", "build"]

_LOOKUPS = 5
"""Requests with which one poll finds what comments answer; in a storm the rest comes without context."""

_LAG = timedelta(seconds=60)
"""How long Reddit's listings may take to show what it accepted."""

_PATIENCE = 5.0
"""Seconds that a poll waits for our own limit before it gives up until later."""


class Reddit:
    """One account on Reddit, by an app of the operator's own."""

    def __init__(self, name: str, settings: Settings, app: App, fittings: Fittings) -> None:
        self.name = name
        self._settings = settings
        self._app = app
        self._clock = fittings.clock
        self._rates = Rates(LIMITS)
        self._bucket = Bucket.full(float(settings.per_minute), timedelta(minutes=1), fittings.clock.now())
        self._http = client(
            settings.endpoint,
            allow_private=settings.allow_private,
            user_agent=f"server:{app.client_id}:v{__version__} (by /u/{app.by})",
            timeout=settings.timeout.total_seconds(),
        )
        self._asking = self._built()
        at_once = replace(self._asking, spare=self._take)
        finder = Finder(asking=at_once)
        patience = settings.timeout.total_seconds()
        self._speaker = Speaker(asking=at_once, finder=finder, subject=settings.private_title, patience=patience)
        self._finder = finder
        self._hand = Hand(asking=at_once)
        self._listings = Listings(asking=self._asking, settings=settings)
        self._lookouts = self._listings.lookouts()
        self._view = View(channel=name, site=settings.site, account=app.account, handle="", messages=settings.talks)
        self._troubled: frozenset[str] = frozenset()
        self.limits = self._limits()

    def _built(self) -> Asking:
        now = self._clock.now
        reading = Api(
            http=self._http,
            endpoint=URL(self._settings.endpoint),
            headers={},
            now=now,
            judge=judging_reading(self._rates, now),
        )
        session = Session(exchange(self._settings.site, self._app), self._http, self._clock)
        saying = replace(reading, judge=judging_saying(self._rates, now))
        return Asking(reading=reading, saying=saying, session=session, spare=self._spare)

    def _limits(self) -> Limits:
        return Limits(
            max_length=LONGEST,
            max_private_length=LONGEST if self._settings.talks else 0,
            count=counted,
            deeds=DEEDS,
            read_back=ReadBack.BY_PARENT,
            read_back_lag=_LAG,
            request_timeout=3 * self._settings.timeout + SPARE,
        )

    async def open(self) -> Account:
        """Check the account, and what the token may read."""
        me = await self._asking.query("/api/v1/me", {}, Me)
        account = f"t2_{me.id}"
        if account != self._app.account:
            raise LoginProblem(f"the token belongs to {account}, not to {self._app.account}")
        if me.is_suspended:
            raise LoginProblem("Reddit has suspended the account")
        self._view = replace(self._view, handle=me.name)
        if self._settings.inbox:
            await self._asking.portion("/message/inbox", {}, "")
        await self._asking.portion(f"/user/{me.name}/comments", {"sort": "new"}, "")
        return Account(id=account, handle=me.name, own=frozenset({account}))

    async def poll(self, cursor: str | None) -> Page:
        """New posts, comments and messages, edits and deletions; the oldest first."""
        now = self._clock.now()
        self._rates.begin(now)
        before = None if cursor is None else unpacked(cursor, Places)
        own = await self._listings.account(await self._handle(), before, now)
        looked = await self._lookouts.read(before, now)
        places = Places(
            account={name: flow.place for name, flow in own.items()},
            others=dict(looked.places),
            promised=dict(looked.promised),
        )
        page = await self._page([*own.values(), *looked.flows.values()], places)
        failing = frozenset(trouble.part for trouble in looked.troubles)
        recovered, self._troubled = tuple(sorted(self._troubled - failing)), failing
        nothing = cursor is None and not self._settings.backfill
        return replace(page, first=nothing, troubles=tuple(looked.troubles), recovered=recovered)

    async def _handle(self) -> str:
        """Our name there, which is asked for at the start, and again where that failed."""
        if not self._view.handle:
            await self.open()
        return self._view.handle

    async def _page(self, flows: Sequence[Flow[Thing]], places: Places) -> Page:
        """All listings as one page; what several of them show comes once, and as the inbox shows it."""
        shown = {each.entry.key: each for flow in reversed(flows) for each in flow.fresh}
        ordered = sorted(shown.values(), key=lambda each: each.entry.second)
        above = await self._above([each.entry for each in ordered])
        now = self._clock.now()
        return Page(
            sightings=tuple(Sighting(post=self._view.post(each.entry, above), raw=each.raw) for each in ordered),
            cursor=packed(places),
            deleted=tuple(dict.fromkeys(key for flow in flows for key in flow.gone)),
            gap=joined([flow.gap for flow in flows if flow.gap is not None]),
            quarantined=tuple({each.id: each for flow in flows for each in flow.quarantined}.values()),
            wait=self._rates.interval(now),
            allowance=self._rates.words(now),
        )

    async def _above(self, things: Sequence[Thing]) -> Mapping[str, Shown[Thing]]:
        """What comments answer, as far as a few requests show it."""
        public = [thing for thing in things if thing.kind == "t1"]
        names = list(dict.fromkeys(key for each in public for key in (each.thread, each.data.parent_id or "") if key))
        found: dict[str, Shown[Thing]] = {}
        for start in range(0, min(len(names), _LOOKUPS * MOST), MOST):
            found |= await self._asking.look(names[start : start + MOST]) or {}
        return found

    async def _spare(self, calls: int) -> None:
        """Take requests of our own limit, leaving a fifth of it to publishing (D07)."""
        wait = self._bucket.wait(self._clock.now(), reserve=self._settings.per_minute / 5)
        if wait > _PATIENCE:
            raise TemporaryProblem("our own limit of requests is used up for the moment", wait)
        if wait:
            await self._clock.sleep(wait)
        await self._take(calls)

    async def _take(self, calls: int) -> None:
        """Take them at once, for what must not wait."""
        self._bucket = self._bucket.taken(self._clock.now(), float(calls))

    async def publish(self, publication: Publication) -> Posted:
        """Say it once."""
        await self._handle()
        await self._take(1)
        return await self._speaker.say(publication, self._view)

    async def find(self, publication: Publication) -> Posted | None:
        """Look where it would be; every failure leaves it uncertain."""
        return await still_uncertain(self._found(publication))

    async def _found(self, publication: Publication) -> Posted | None:
        await self._handle()
        return await self._finder.find(publication, self._view)

    async def act(self, deed: Deed, target: str) -> None:
        """Take a public comment of ours away."""
        await self._hand.act(deed, target, self._view)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._http.close()


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza: by the operator's app, or without one by the site's feeds."""
    if settings.app is None:
        return ByFeed(name, settings, fittings)
    return Reddit(name, settings, settings.app, fittings)
