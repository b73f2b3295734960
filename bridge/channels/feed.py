"""Feeds: RSS, Atom and JSON Feed, one or thousands in a channel, for reading only."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from yarl import URL

from bridge.channels._body import BodyLimits
from bridge.channels._crowd import Crowd
from bridge.channels._cursor import unpacked
from bridge.channels._feed.fetch import Failed, Fetched, Outcome, Sort, fetch
from bridge.channels._feed.model import Parsed
from bridge.channels._feed.page import FeedPage
from bridge.channels._feed.parse import parse, parse_if_easy
from bridge.channels._feed.place import FeedPlace, FeedPlaces
from bridge.channels._feed.sources import Beat, source
from bridge.channels._fence import Fence
from bridge.channels._http import Http
from bridge.channels._stanza import Endpoint
from bridge.channels._turns import Turns
from bridge.core.events import Page
from bridge.core.model import Account
from bridge.core.pace import Rhythm
from bridge.core.policy import Limits
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Duration, Stanza

_ANSWERS = 100
"""Feeds whose documents one page may hold."""

_SMALL = 65_536
"""Bytes of a document that is parsed within the event loop, in about a millisecond."""

_MANY = 100
"""Entries of a document that are sanitised within the event loop, in about ten milliseconds."""

_PARSERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="feeds")
"""Large documents of strangers are parsed beside the event loop, and never more than two at once."""


def _feed_address(given: str) -> str:
    """An absolute http or https address, or a path at the endpoint."""
    try:
        url = URL(given)
    except ValueError:
        raise ValueError("this is not an address: write it like https://forum.example.org/posts.rss") from None
    if given.startswith("/") or (url.scheme in {"http", "https"} and url.host and not (url.user or url.password)):
        return given
    raise ValueError("a feed's address begins with https://, http:// or, below `endpoint`, with /; it has no password")


Named = tuple[str, Outcome]
"""An answer with the name of its feed."""

FeedAddress = Annotated[str, AfterValidator(_feed_address)]


class Settings(Stanza):
    """The keys of a feed channel."""

    url: FeedAddress | None = Field(default=None, description="The feed's address; either this or `urls`.")
    urls: tuple[FeedAddress, ...] = Field(default=(), description="The addresses of several feeds, up to thousands.")
    endpoint: Endpoint | None = Field(
        default=None, description="The server of addresses that begin with a slash, to point them all at another one."
    )
    allow_private: bool = Field(
        default=False, description="Let the hosts named here be inside your network; redirects never lead inside."
    )
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one feed may take.")
    fastest: Duration = Field(
        default=timedelta(minutes=5), description="How often a busy feed is asked; servers may ask for less."
    )
    slowest: Duration = Field(default=timedelta(hours=1), description="How often a feed without news is asked.")
    spacing: Duration = Field(
        default=timedelta(seconds=1), description="Time between the beginnings of two requests to the same host."
    )
    per_host: int = Field(default=1, ge=1, le=100, description="Requests to the same host at once.")
    hosts: int = Field(default=100, ge=1, le=1000, description="Feeds that are asked at once.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact with a feed reads; 0s for nothing."
    )

    @property
    def addresses(self) -> tuple[str, ...]:
        """All feeds, each once."""
        return tuple(dict.fromkeys((self.url, *self.urls) if self.url else self.urls))

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if not self.addresses:
            raise ValueError("name a feed with `url`, or several with `urls`")
        if self.endpoint is None and any(address.startswith("/") for address in self.addresses):
            raise ValueError("an address that begins with / needs `endpoint`")
        if self.fastest > self.slowest:
            raise ValueError("`fastest` is longer than `slowest`")
        return self


class Feed:
    """Feeds of one channel, asked politely and side by side."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self.limits = Limits(max_length=0, count=len)
        self._clock = fittings.clock
        self._backfill = settings.backfill
        rhythm = Rhythm(fastest=settings.fastest.total_seconds(), slowest=settings.slowest.total_seconds())
        sources = [source(address, settings.endpoint or "") for address in settings.addresses]
        self._beats = {source.name: Beat(source, rhythm) for source in sources}
        self._alone = len(self._beats) == 1
        hosts = frozenset(source.url.host for source in sources if source.url.host)
        self._http = Http(
            Fence(hosts if settings.allow_private else frozenset()),
            user_agent=fittings.user_agent,
            timeout=settings.timeout.total_seconds(),
            limits=BodyLimits(),
        )
        self._turns = Turns(per_host=settings.per_host, spacing=settings.spacing.total_seconds(), hosts=settings.hosts)
        self._crowd: Crowd[Outcome] = Crowd()
        self._handed: str | None = None
        """The cursor of the last page: another one means that the page was not stored, so everything is asked again."""
        self._read_one = False

    async def open(self) -> Account:
        """Feeds know no account."""
        return Account(id="")

    async def poll(self, cursor: str | None) -> Page:
        """What is ready; with many feeds a slow one is taken with a later page and keeps no other waiting."""
        places = FeedPlaces() if cursor is None else unpacked(cursor, FeedPlaces)
        if cursor != self._handed:
            for beat in self._beats.values():
                beat.due = 0.0
        self._ask(places)
        if self._alone:
            answers = await self._crowd.all()
            self._raise_alone(answers)
        else:
            answers = await self._crowd.some(_is_news, most=_ANSWERS)
        page = await self._page(places, answers)
        if not self._alone:
            self._raise_if_none()
        self._handed = page.cursor
        return page

    def _ask(self, places: FeedPlaces) -> None:
        """Begin to ask every feed whose time has come and that is not being asked already."""
        now = self._clock.now().timestamp()
        if not self._crowd:
            self._read_one = False
        for name, beat in self._beats.items():
            place = places.feeds.get(name, FeedPlace())
            beat.gone = beat.gone or place.gone
            if not beat.gone and name not in self._crowd and (self._alone or beat.due <= now):
                self._crowd.ask(name, self._asked(beat, place))

    async def _asked(self, beat: Beat, place: FeedPlace) -> Outcome:
        """One feed's answer, whatever happens."""
        try:
            async with self._turns.turn(beat.source.host):
                return await fetch(self._http, beat.source.url, place, now=self._clock.now(), parse=_parse)
        except Exception as problem:  # noqa: BLE001 - no feed may break the channel (C20)
            return Failed(why=f"{beat.source.url.host} could not be read ({type(problem).__name__})")

    async def _page(self, places: FeedPlaces, answers: Sequence[Named]) -> Page:
        """The page of these answers; what it has no room for waits for the next one."""
        now = self._clock.now()
        making = FeedPage(places, channel=self.name, beats=self._beats, now=now, backfill=self._backfill)
        for name, outcome in answers:
            if not await _taken(making, name, outcome):
                self._crowd.put_back(name, outcome)
        self._read_one = self._read_one or any(not isinstance(outcome, Failed) for _, outcome in answers)
        due = [beat.due for beat in self._beats.values() if not beat.gone]
        more = bool(self._crowd)
        wait = None if more or not due else max(min(due) - now.timestamp(), 0.0)
        return making.page(first=not places.feeds, more=more, wait=wait)

    def _raise_alone(self, answers: Sequence[Named]) -> None:
        """A single feed's trouble is the channel's trouble."""
        for name, outcome in answers:
            if isinstance(outcome, Failed):
                self._beats[name].gone = outcome.sort is Sort.GONE
                raise _problem(outcome)
        if not answers:
            raise PermanentProblem("the feed is gone for good: take the channel out of the configuration")

    def _raise_if_none(self) -> None:
        """Where no feed at all could be read, the trouble is the channel's, for example its network."""
        active = [beat for beat in self._beats.values() if not beat.gone]
        if not active:
            raise PermanentProblem("all feeds are gone for good: take the channel out of the configuration")
        if not self._read_one and not self._crowd and all(beat.trouble for beat in active):
            raise TemporaryProblem(f"none of {len(active)} feeds can be read: {active[0].trouble}")

    async def publish(self, publication: Publication) -> Posted:  # noqa: ARG002 - the contract's signature
        """Feeds take no answers."""
        raise PermanentProblem("a feed can only be read: answer where the proxy's link leads")

    async def find(self, publication: Publication) -> Posted | None:  # noqa: ARG002 - the contract's signature
        """Nothing was ever said through a feed, and nothing can be looked up in it."""
        raise UncertainProblem("a feed shows no answers")

    async def close(self) -> None:
        """Give up what is under way and give back connections; may be called twice."""
        await self._crowd.close()
        await self._http.close()
        self._handed = None


async def _parse(body: bytes, charset: str) -> Parsed:
    """Read a document: a small and well-formed one at once, any other beside the event loop.

    A thread for each small one would cost more than twice what its parsing costs.
    """
    parsed = parse_if_easy(body, charset) if len(body) <= _SMALL else None
    if parsed is not None:
        return parsed
    return await asyncio.get_running_loop().run_in_executor(_PARSERS, parse, body, charset)


async def _taken(page: FeedPage, name: str, outcome: Outcome) -> bool:
    """Put an answer on the page; sanitising a long one would keep the event loop from everybody else."""
    if isinstance(outcome, Fetched) and len(outcome.parsed.entries) > _MANY:
        return await asyncio.get_running_loop().run_in_executor(_PARSERS, page.take, name, outcome)
    await asyncio.sleep(0)
    return page.take(name, outcome)


def _is_news(outcome: Outcome) -> bool:
    """Whether somebody may be waiting for what an answer tells."""
    return isinstance(outcome, Fetched)


def _problem(failed: Failed) -> TemporaryProblem | PermanentProblem:
    """The failure of a single feed as the contract names it."""
    match failed.sort:
        case Sort.LOGIN:
            return LoginProblem(failed.why)
        case Sort.LASTING | Sort.GONE:
            return PermanentProblem(failed.why)
        case Sort.PASSING:
            return TemporaryProblem(failed.why, failed.after)


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return Feed(name, settings, fittings)
