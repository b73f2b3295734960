"""Text messages by Twilio, or a server with its API: customers' messages to our numbers in, answers out, consent before anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from yarl import URL

from bridge.channels._api import Api
from bridge.channels._cursor import packed, unpacked
from bridge.channels._gaps import joined
from bridge.channels._newest_first import Flow, Listing, Shown, first, following
from bridge.channels._problems import still_uncertain
from bridge.channels._sms.spending import Spending, Spent
from bridge.channels._sms.words import Confirmations, texting
from bridge.channels._stanza import SPARE, client
from bridge.channels._twilio.asking import Asking, signed
from bridge.channels._twilio.bell import HEARD, Bell
from bridge.channels._twilio.place import Places
from bridge.channels._twilio.posts import View
from bridge.channels._twilio.refusals import judge, undelivered
from bridge.channels._twilio.said import Speaker
from bridge.channels._twilio.settings import Settings
from bridge.channels._twilio.shapes import Files, Message
from bridge.core import segments
from bridge.core.events import Page, Sighting, Undelivered
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem

__all__ = ["Settings", "Twilio", "build"]

_OVERLAP = 600
"""Seconds: what is listed late is seen."""

_FATE = 3600
"""Seconds after which nobody looks any more whether an answer arrived: networks say so within minutes."""

_KEPT = 500
_LOOKUPS = 20
"""Messages whose files one poll asks for; of more, words come without them."""


class Twilio:
    """Some numbers of one account."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._settings = settings
        self._clock = fittings.clock
        self._http = client(
            settings.endpoint,
            allow_private=settings.allow_private,
            user_agent=fittings.user_agent,
            timeout=settings.timeout.total_seconds(),
        )
        api = Api(
            http=self._http,
            endpoint=URL(settings.endpoint),
            headers=signed(settings.key or settings.account, settings.token.reveal()),
            now=fittings.clock.now,
            judge=judge,
        )
        webhook = settings.webhook
        self._asking = Asking(api=api, account=settings.account, callback=webhook.url if webhook else "")
        self._bell = Bell(webhook, account=settings.account, net=settings.net)
        budget = settings.budget
        self._spending = Spending(money=budget.money, segment=budget.segment) if budget else None
        self._texting = texting(settings.words, Confirmations())
        self._speaker = Speaker(
            asking=self._asking,
            settings=settings,
            spending=self._spending,
            clock=fittings.clock,
            texting=self._texting,
        )
        self._view = View(
            channel=name,
            account=settings.account,
            endpoint=settings.endpoint,
            numbers=frozenset(settings.numbers),
            texting=self._texting,
        )
        self.limits = self._limits()

    def _limits(self) -> Limits:
        return Limits(
            max_length=0,
            max_private_length=self._settings.segments,
            count=lambda text: segments.count(self._speaker.words(text)),
            unit="segments",
            texting=self._texting,
            read_back=ReadBack.BY_AUTHOR,
            request_timeout=4 * self._settings.timeout + self._settings.watched + SPARE,
        )

    async def open(self) -> Account:
        """Check the token, and whether the numbers are the account's own."""
        account = await self._asking.who()
        if account.sid != self._settings.account or account.status != "active":
            raise LoginProblem(
                f"the token belongs to another account than {self._settings.account}, or it is not active"
            )
        for number in self._settings.numbers:
            if not await self._asking.has(number):
                raise LoginProblem(f"{number} is no number of account {self._settings.account}")
        numbers = self._settings.numbers
        return Account(id=numbers[0], handle=numbers[0], own=frozenset(numbers))

    async def poll(self, cursor: str | None) -> Page:
        """New messages to and from our numbers; the oldest first."""
        now = self._clock.now()
        before = None if cursor is None else unpacked(cursor, Places)
        await self._bell.start()
        waiting = self._bell.waiting(before.heard) if before else ()
        if cursor is not None and self._bell.is_quiet(cursor, now):
            return Page(sightings=(), cursor=cursor, recovered=self._bell.well)
        self._bell.answer()
        page = await self._read(before, waiting)
        await self._bell.rest(page.cursor, now, more=page.more)
        return replace(page, first=cursor is None and not self._settings.backfill)

    async def _read(self, before: Places | None, waiting: Sequence[str]) -> Page:
        """Everything that the listings show, and what became of the messages that a webhook told of."""
        now = self._clock.now()
        if self._spending:
            self._spending.begin(before.spent if before else Spent(), now)
        flows: dict[str, Flow[Message]] = {}
        for listing in self._listings():
            place = before.talks.get(listing.name) if before else None
            since = now - self._settings.backfill if self._settings.backfill and before is None else None
            flows[listing.name] = await (following(listing, place) if place else first(listing, since, now))
        dropped = [each for each in [await self._fate(sid) for sid in waiting] if each is not None]
        heard = (*(before.heard if before else ()), *waiting)[-HEARD:]
        return await self._page(flows, dropped, heard=heard)

    async def _fate(self, sid: str) -> Message | None:
        """A message of ours that certainly did not arrive; None for any other, and what Twilio does not show."""
        try:
            message = await self._asking.message(sid)
        except LoginProblem:
            raise
        except PermanentProblem:
            return None
        return message if message is not None and message.is_lost else None

    def _listings(self) -> Iterator[Listing[Message]]:
        for number in self._settings.numbers:
            for name, query, overlap in (
                (f"to {number}", {"To": number}, _OVERLAP),
                (f"from {number}", {"From": number}, _FATE),
            ):
                yield Listing(
                    name=name,
                    shape=Message,
                    fetch=partial(self._asking.portion, query),
                    look=self._asking.look,
                    most=1,
                    overlap=overlap,
                    kept=_KEPT,
                )

    async def _page(
        self, flows: Mapping[str, Flow[Message]], dropped: Sequence[Message], *, heard: tuple[str, ...]
    ) -> Page:
        """All listings as one page."""
        now = self._clock.now()
        shown = [each for flow in flows.values() for each in flow.fresh if self._view.concerns(each.entry)]
        ordered = sorted(shown, key=lambda each: each.entry.second)
        files = await self._files([each.entry for each in ordered])
        places = Places(
            talks={name: flow.place for name, flow in flows.items()},
            spent=self._spending.today(now) if self._spending else Spent(),
            heard=heard,
        )
        gone = {each.sid: each for each in (*(one.entry for one in ordered), *dropped) if each.is_lost}
        return Page(
            sightings=tuple(self._sighting(each, files) for each in ordered),
            undelivered=tuple(map(lost, gone.values())),
            troubles=self._bell.troubles(),
            recovered=self._bell.well,
            cursor=packed(places),
            gap=joined([flow.gap for flow in flows.values() if flow.gap is not None]),
            quarantined=tuple({each.id: each for flow in flows.values() for each in flow.quarantined}.values()),
            allowance=self._spending.words(now) if self._spending else "",
            left={"money": self._spending.share(now)} if self._spending else {},
        )

    def _sighting(self, shown: Shown[Message], files: Mapping[str, Files]) -> Sighting:
        return Sighting(post=self._view.post(shown.entry, files.get(shown.entry.sid)), raw=shown.raw)

    async def _files(self, messages: Sequence[Message]) -> Mapping[str, Files]:
        """What came with some of them; where that cannot be told the words come all the same."""
        found: dict[str, Files] = {}
        for message in [each for each in messages if each.inbound and each.pictures][:_LOOKUPS]:
            try:
                found[message.sid] = await self._asking.files(message.sid)
            except LoginProblem:
                raise
            except (TemporaryProblem, PermanentProblem):
                continue
        return found

    async def publish(self, publication: Publication) -> Posted:
        """Send it once, to somebody who wants it."""
        self._bell.ring()
        return await self._speaker.say(publication)

    async def find(self, publication: Publication) -> Posted | None:
        """Look where it would be; every failure leaves it uncertain."""
        return await still_uncertain(self._speaker.find(publication))

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._bell.stop()
        await self._http.close()


def lost(message: Message) -> Undelivered:
    """That an answer did not arrive."""
    return Undelivered(id=message.sid, why=undelivered(message.error_code))


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return Twilio(name, settings, fittings)
