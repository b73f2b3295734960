"""One poll of X: its parts one after another, each with a health of its own, and then what became of known posts."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from bridge.channels._x.calls import BATCH, Calls
from bridge.channels._x.listing import PAGES, Flow, Listing, first, following
from bridge.channels._x.lookups import Lookups
from bridge.channels._x.messages import read
from bridge.channels._x.place import Reach, floor, snowflake
from bridge.channels._x.round import Round, stored
from bridge.channels._x.settings import Settings
from bridge.channels._x.shapes import Wire
from bridge.channels._x.stream import Activity
from bridge.channels._x.threads import chained, questions
from bridge.channels._x.wire import entries
from bridge.core.events import Trouble
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem

Work = Callable[[], Awaitable[None]]

_OWN = "own posts"


@dataclass(slots=True, kw_only=True)
class Polling:
    """What a channel remembers from poll to poll; nothing of it is needed after a restart."""

    calls: Calls
    settings: Settings
    letters_due: datetime
    """When direct messages are read again: X allows it once a minute."""
    activity: Activity | None
    """The stream, where the stanza wants one."""
    net_due: datetime
    """When everything is polled though the stream is well."""
    troubled: set[str] = field(default_factory=set)
    """Parts that could not be read the last time."""

    async def read(self, gathered: Round, now: datetime) -> Sequence[str]:
        """Read everything; only the mentions must succeed. Gives back the parts that are well again."""
        first_contact = not gathered.place.reach
        covered, listening = self._streamed(gathered, now), self.activity is not None and self.activity.connected
        if not covered:
            await self._listed(gathered, Listing(name="mentions", fetch=self.calls.mentions, windowed=False), now)
        recovered: list[str] = []
        for part, work in self._parts(gathered, now, first_contact=first_contact, covered=covered).items():
            if await self._tried(gathered, part, work):
                recovered.append(part)
        if first_contact:
            self._promise(gathered, now)
        if listening and not covered and "direct messages" not in self.troubled:
            self._caught_up(now)
        return recovered

    def _caught_up(self, now: datetime) -> None:
        """Everything was polled while the stream was open: from here on it may be relied on for a while."""
        if self.activity is not None:
            self.activity.missed = False
        self.net_due = now + self.settings.net

    def _promise(self, gathered: Round, now: datetime) -> None:
        """Parts that failed at the first contact begin there all the same, so that they catch up when they are well."""
        top = gathered.place.reach["mentions"].begin or snowflake(now.timestamp() * 1000)
        names = ["own", "threads", *map(search_name, self.settings.search)]
        gathered.begin([*names, *(["messages"] if self.settings.messages else [])], top)

    def _streamed(self, gathered: Round, now: datetime) -> bool:
        """Take what the stream brought; true where mentions and messages need not be polled this time."""
        activity, place = self.activity, gathered.place
        if activity is None or not place.reach:
            return False
        activity.start()
        for event in activity.waiting(lambda event: stored(place, event)):
            self.calls.ledger.pay("message" if event.message else "post", now, count=1)
            gathered.hear(event)
        if activity.well(now) and now < self.net_due:
            return True
        if activity.trouble:
            gathered.troubles.append(Trouble(part="Activity stream", reason=activity.trouble))
        return False

    def _parts(self, gathered: Round, now: datetime, *, first_contact: bool, covered: bool) -> dict[str, Work]:
        """In their order: own posts tell which conversations are ours."""
        own = Listing(name="own", fetch=self.calls.own, windowed=False)
        parts: dict[str, Work] = {_OWN: lambda: self._listed(gathered, own, now)}
        for query in self.settings.search:
            parts[f"search {query}"] = self._searching(gathered, query, now)
        parts["conversations"] = lambda: self._threads(gathered, now)
        if self.settings.messages and now >= self.letters_due and not covered:
            parts["direct messages"] = lambda: self._messages(gathered, now, first_contact=first_contact)
        lookups = Lookups(calls=self.calls, settings=self.settings)
        parts["look-ups"] = lambda: lookups.go_on(gathered, now)
        return parts

    async def _tried(self, gathered: Round, part: str, work: Work) -> bool:
        """Read one part; true where it is well again.

        A refused login may be one of this part alone (F02), but not where only the right to read posts is needed.
        """
        try:
            await work()
        except (TemporaryProblem, PermanentProblem) as problem:
            if isinstance(problem, LoginProblem) and part == _OWN:
                raise
            lasting = isinstance(problem, PermanentProblem)
            gathered.troubles.append(Trouble(part=part, reason=str(problem), lasting=lasting))
            self.troubled.add(part)
            return False
        was = part in self.troubled
        self.troubled.discard(part)
        return was

    async def _listed(self, gathered: Round, listing: Listing, now: datetime) -> None:
        reach = gathered.reach(listing.name)
        if reach is None:
            since = now - self.settings.backfill if self.settings.backfill else None
            flow = await first(listing, since=since, now=now)
        else:
            low = floor(reach, gathered.place.known)
            flow = await following(listing, reach, low=low, stands=self.calls.stands, now=now)
        unknown = gathered.take(listing.name, flow)
        owned = listing.name in {"mentions", "own"} and self.settings.owns_app
        self.calls.ledger.pay("owned" if owned else "post", now, count=unknown)

    def _searching(self, gathered: Round, query: str, now: datetime) -> Work:
        """What an operator looks for, but not in our own posts."""
        name = search_name(query)
        reposts = "" if self.settings.reposts else " -is:retweet"
        fetch = self.calls.searching(f"({query}) -from:{self.settings.account}{reposts}")
        return lambda: self._listed(gathered, Listing(name=name, fetch=fetch, windowed=True), now)

    async def _threads(self, gathered: Round, now: datetime) -> None:
        """Replies in conversations that we took part in, and quotes of what we said there."""
        place = gathered.place
        if gathered.reach("threads") is None and not self.settings.backfill:
            begin = max((reach.newest for reach in place.reach.values()), default=0)
            gathered.take("threads", Flow(reach=Reach(newest=begin, begin=begin)))
            return
        most = self.settings.conversations
        asked = questions(place.threads[:most], place.said[:most], account=self.settings.account)
        if not asked:
            return
        fetch = chained([self.calls.searching(text) for text in asked])
        pages = PAGES * len(asked)
        listing = Listing(name="threads", fetch=fetch, windowed=True, pages=pages, ordered=len(asked) == 1)
        await self._listed(gathered, listing, now)

    async def _messages(self, gathered: Round, now: datetime, *, first_contact: bool) -> None:
        begin = None
        if self.settings.backfill and first_contact:
            begin = snowflake((now - self.settings.backfill).timestamp() * 1000)
        letters = await read(self.calls.messages, gathered.reach("messages"), gathered.place.messages, begin=begin)
        self.letters_due = now + self.settings.messages_every
        self.calls.ledger.pay("message", now, count=len(letters.fresh))
        gathered.take_letters(letters)

    async def parents(self, gathered: Round, now: datetime) -> None:
        """Fetch what stands above new posts, level by level; it is context only, so a failure leaves it out."""
        level: Sequence[Wire] = gathered.fresh
        for _ in range(self.settings.parents):
            along = gathered.along.posts
            missing = {up for wire in level if (up := wire.referring("replied_to")) and up not in along}
            if missing:
                await self._above(gathered, sorted(missing)[-BATCH:], now)
            along = gathered.along.posts
            level = [along[up] for wire in level if (up := wire.referring("replied_to")) and up in along]

    async def _above(self, gathered: Round, numbers: Sequence[int], now: datetime) -> None:
        try:
            page = await self.calls.posts(numbers)
        except (TemporaryProblem, PermanentProblem):
            return
        self.calls.ledger.pay("post", now, count=len(page.raws))
        gathered.enrich({entry.value.id: entry.value for entry in entries(page.raws, Wire)[0]}, page.included)


def search_name(query: str) -> str:
    """Under which a search's reach is kept: by its own words, so that another query begins anew."""
    return f"search {sha256(query.encode()).hexdigest()[:12]}"
