"""X (Twitter) through tweepy: mentions, searches, replies, quotes and messages in; answers, messages and pictures out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from yarl import URL

from bridge.channels._cursor import unpacked
from bridge.channels._problems import still_uncertain
from bridge.channels._stanza import SPARE, client
from bridge.channels._unread import Unread
from bridge.channels._x.budget import Ledger
from bridge.channels._x.calls import Calls
from bridge.channels._x.client import Client, Keys, Wiring
from bridge.channels._x.count import weighted
from bridge.channels._x.keys import Bearer, Door, Signatures
from bridge.channels._x.login import login
from bridge.channels._x.media import Uploads
from bridge.channels._x.place import Place, snowflake
from bridge.channels._x.polling import Polling
from bridge.channels._x.posts import View
from bridge.channels._x.rates import Rates
from bridge.channels._x.round import Round
from bridge.channels._x.said import LONGEST_MESSAGE, MOST_MEDIA, Bounded, Speaker
from bridge.channels._x.settings import Prices, Settings
from bridge.channels._x.stream import Activity, Source
from bridge.core.deeds import Deed
from bridge.core.events import Page, Quarantined
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem

__all__ = ["Settings", "X", "build", "login"]

_LAG = timedelta(seconds=30)
"""How long X may take to list what it accepted; its own search says so of itself."""


class X:
    """One account on X."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._settings = settings
        self._clock = fittings.clock
        self.limits = _limits(settings)
        self._view = View(
            channel=name,
            account=int(settings.account),
            handle=settings.username,
            messages=settings.messages,
            any_post=settings.tier == "enterprise",
            parents=settings.parents,
        )
        self._http = client(
            settings.endpoint,
            allow_private=settings.allow_private,
            user_agent=fittings.user_agent,
            timeout=settings.timeout.total_seconds(),
        )
        self._bearer = self._renewing()
        self._rates = Rates()
        self._ledger = Ledger(settings.budget, settings.prices)
        self._unread = Unread(secrets=partial(_secrets, settings))
        self._calls = self._made()
        self._speaker = Speaker(
            self._calls,
            Uploads(self._calls, fittings.clock.sleep),
            Bounded(longest=settings.longest, count=weighted, messages=settings.messages),
        )
        self._proved = -1
        self._activity = self._streaming()
        now = fittings.clock.now()
        self._polling = Polling(
            calls=self._calls, settings=settings, letters_due=now, activity=self._activity, net_due=now
        )

    def _renewing(self) -> Bearer | None:
        given = self._settings.oauth2
        if given is None:
            return None
        return Bearer(Door(self._http, self._settings.endpoint, given, self._clock), self._clock)

    def _streaming(self) -> Activity | None:
        given = self._settings.stream
        if given is None:
            return None
        return Activity(
            Source(
                http=self._http,
                endpoint=self._settings.endpoint,
                token=given,
                calls=self._calls,
                account=self._settings.account,
                messages=self._settings.messages,
                clock=self._clock,
            )
        )

    def _made(self) -> Calls:
        keys: Keys | None = self._bearer
        if self._settings.oauth1 is not None:
            keys = Signatures(self._settings.oauth1, self._clock)
        assert keys is not None
        wiring = Wiring(
            http=self._http,
            endpoint=URL(self._settings.endpoint),
            keys=keys,
            names=self._settings.names,
            rates=self._rates,
            now=self._clock.now,
        )
        return Calls(
            client=Client(wiring),
            ledger=self._ledger,
            now=self._clock.now,
            account=self._settings.account,
            unread=self._unread,
        )

    async def open(self) -> Account:
        """Ask who the login belongs to."""
        me = await self._calls.me()
        if str(me.id) != self._settings.account:
            raise LoginProblem(f"the login belongs to account {me.id}, not to {self._settings.account!r}")
        self._proved = self._bearer.turn if self._bearer else 0
        self._view = replace(self._view, handle=me.username or self._settings.username)
        return Account(id=str(me.id), handle=me.username, own=frozenset({str(me.id)}))

    async def _prove(self) -> None:
        """After each renewal of the login X is asked again whose it is (F03)."""
        if self._bearer is None:
            return
        await self._bearer.sign("GET", URL(self._settings.endpoint))
        if self._bearer.turn != self._proved:
            await self.open()

    async def poll(self, cursor: str | None) -> Page:
        """New posts and messages, edits and deletions; the oldest first."""
        now = self._clock.now()
        place = Place() if cursor is None else unpacked(cursor, Place)
        self._ledger.begin(place.spent, now)
        self._ledger.read(now)
        await self._prove()
        gathered = Round(place, self._view, reposts=self._settings.reposts)
        recovered = await self._polling.read(gathered, now)
        await self._polling.parents(gathered, now)
        for wire in gathered.fresh:
            self._speaker.know(wire)
        wait = max(self._ledger.interval(now), self._rates.interval(now))
        first = cursor is None and not self._settings.backfill
        spent = self._ledger.spent(now)
        watched = snowflake((now - self._settings.watch).timestamp() * 1000)
        page = gathered.page(spent, watched=watched, first=first, wait=wait if wait >= 1 else None, recovered=recovered)
        return replace(page, allowance=self._allowance(now), left=self._left(now))

    def _left(self, now: datetime) -> Mapping[str, float]:
        """The shares of today's budget that are left, and of X's scarcest limit."""
        scarcest = min((a.left / max(a.limit, 1) for a in self._rates.left(now).values()), default=1.0)
        return {**self._ledger.shares(now), "platform": scarcest}

    def _allowance(self, now: datetime) -> str:
        """What is left of today's budget, and of X's scarcest limit."""
        left = self._ledger.left(now)
        words = f"${max(left.money, 0):,.2f} and {max(left.calls, 0):,} requests until {left.resets:%H:%M} UTC"
        scarce = min(self._rates.left(now).items(), key=lambda item: item[1].left / max(item[1].limit, 1), default=None)
        if scarce is None:
            return words
        kind, allowance = scarce
        return f"{words}; {allowance.left:,} of {allowance.limit:,} {kind} until {allowance.resets:%H:%M} UTC"

    def unreadable(self) -> Sequence[Quarantined]:
        """Whole answers of X that could not be read since the last time."""
        return self._unread.handed_over()

    async def publish(self, publication: Publication) -> Posted:
        """Say it once; files go first, since nobody sees them before the post does."""
        await self._prove()
        return await self._speaker.say(publication, self._view)

    async def find(self, publication: Publication) -> Posted | None:
        """Look where it would be; every failure leaves it uncertain."""
        return await still_uncertain(self._speaker.find(publication, self._view))

    async def act(self, deed: Deed, target: str) -> None:
        """Hide a reply to a post of ours, show it again, or take an answer of ours away."""
        await self._prove()
        match deed:
            case Deed.HIDE | Deed.UNHIDE:
                await self._speaker.hide(target, hidden=deed is Deed.HIDE)
            case Deed.DELETE:
                await self._speaker.delete(target)
            case Deed.LIKE:
                raise PermanentProblem("X lets no app of its ordinary plans like a post")

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        if self._activity is not None:
            await self._activity.stop()
        await self._http.close()


def _secrets(settings: Settings) -> Sequence[str]:
    """What X may say back of what it was told: the keys that do not change."""
    one, two = settings.oauth1, settings.oauth2
    keys = [one.consumer_key, one.consumer_secret, one.access_token, one.access_secret] if one else []
    given = [*keys, two.client_secret if two else None, settings.stream]
    return [secret.reveal() for secret in given if secret is not None]


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_length=settings.longest,
        max_private_length=LONGEST_MESSAGE if settings.messages else 0,
        count=weighted,
        caution=_caution(settings.prices),
        max_media=MOST_MEDIA,
        chained=settings.chain,
        deeds=frozenset({Deed.HIDE, Deed.UNHIDE, Deed.DELETE}),
        read_back=ReadBack.BY_AUTHOR,
        read_back_lag=_LAG,
        request_timeout=2 * settings.timeout + SPARE,
        in_flight=settings.in_flight,
    )


def _caution(prices: Prices) -> str:
    """A link in an answer costs twenty times as much; nothing to say where it does not."""
    if prices.link <= prices.answer:
        return ""
    return f"Links: X charges ${prices.link:.2f} for an answer with a link in it, and ${prices.answer:.2f} for one without."


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return X(name, settings, fittings)
