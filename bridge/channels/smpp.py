"""Text messages over SMPP 3.4: one account at an SMSC, as a transceiver; texts and receipts in, answers out."""

from datetime import timedelta

import structlog

from bridge.access.tls import tls_context
from bridge.channels._cursor import packed, unpacked
from bridge.channels._smpp.ledger import Ledger, NotKept
from bridge.channels._smpp.line import Place
from bridge.channels._smpp.link import Link
from bridge.channels._smpp.pdu import Bind
from bridge.channels._smpp.portions import portions
from bridge.channels._smpp.posts import sighting
from bridge.channels._smpp.reading import Reached, Read, Shelf, begun, over, read
from bridge.channels._smpp.said import Speaker
from bridge.channels._smpp.settings import Settings
from bridge.channels._sms.words import texting
from bridge.channels._unread import Unread
from bridge.core.events import Page, Quarantined, Trouble
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, PermanentProblem, TemporaryProblem, UncertainProblem

__all__ = ["Settings", "Smpp", "build"]

log = structlog.get_logger("bridge.smpp")

KEEPING = "keeping"
"""The part of the channel that keeps texts on the disk."""

REQUEST = timedelta(seconds=90)
"""What an answer may take with all its parts; the courier's lease ends half a minute later."""

LATE = timedelta(seconds=30)
"""How long after a time-out the SMSC's word may still come, each time that it is looked for."""


class Smpp:
    """One account at an SMSC."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._settings = settings
        self._clock = fittings.clock
        self._unread = Unread(secrets=lambda: (settings.password.reveal(),))
        self._ledger = Ledger(settings.keep, fittings.clock.now)
        self._link = self._linked()
        self._speaker = Speaker.of(self._link, settings, fittings.clock)
        self._troubled = False
        self.limits = self._limits()

    def _linked(self) -> Link:
        settings = self._settings
        place = Place(
            host=settings.host,
            port=settings.port,
            tls=tls_context(settings.ca_file) if settings.tls else None,
            patience=settings.timeout.total_seconds(),
            idle=settings.idle.total_seconds(),
        )
        bind = Bind(system_id=settings.system_id, password=settings.password, system_type=settings.system_type)
        return Link(
            place=place,
            bind=bind,
            ledger=self._ledger,
            calling_code=settings.calling_code,
            now=self._clock.now,
            puzzle=self._unread.puzzle,
        )

    def _limits(self) -> Limits:
        return Limits(
            max_length=0,
            max_private_length=self._settings.max_segments,
            count=self._counted,
            unit="segments",
            texting=texting(self._settings.words, self._settings.confirmations),
            read_back=ReadBack.BY_AUTHOR,
            request_timeout=REQUEST,
            in_flight=LATE,
        )

    def _counted(self, text: str) -> int:
        return len(portions(text.encode("utf-8", "replace").decode(), self._settings.alphabet).parts)

    async def open(self) -> Account:
        """Bind; the SMSC knows the account by its name."""
        await self._link.line()
        return Account(
            id=self._settings.system_id, handle=self._settings.numbers[0], own=frozenset(self._settings.numbers)
        )

    async def poll(self, cursor: str | None) -> Page:
        """What came since; texts that we have are shown even while the SMSC is away."""
        before = None if cursor is None else unpacked(cursor, Reached)
        away = await self._away()
        if before is not None and away is None:
            await self._forget(before)
        found = self._read(before)
        if away is not None and not found.texts:
            raise away
        self._say_unmatched(found)
        return self._page(found, first=cursor is None and not self._settings.backfill, away=away is not None)

    async def _away(self) -> TemporaryProblem | PermanentProblem | None:
        """Why the SMSC does not answer; None where everything that it sent until now is kept."""
        try:
            await self._link.prove()
        except (TemporaryProblem, PermanentProblem) as problem:
            return problem
        return None

    def _shelf(self) -> Shelf:
        return Shelf(
            name=self._ledger.name,
            entries=self._ledger.entries,
            last=self._ledger.written,
            now=self._clock.now(),
            wait=self._settings.wait_for_parts,
        )

    def _read(self, before: Reached | None) -> Read:
        return begun(self._shelf(), self._settings.backfill) if before is None else read(self._shelf(), before)

    async def _forget(self, stored: Reached) -> None:
        """What the store has, and the SMSC knows that we have."""
        try:
            await self._ledger.forget(list(over(self._shelf(), stored)))
        except NotKept as problem:
            self._link.trouble = str(problem)

    def _say_unmatched(self, found: Read) -> None:
        if found.unmatched:
            log.warning("smpp_receipts_unmatched", channel=self.name, count=found.unmatched)

    def _page(self, found: Read, *, first: bool, away: bool) -> Page:
        trouble = self._link.trouble
        recovered = (KEEPING,) if self._troubled and not trouble else ()
        self._troubled = bool(trouble)
        return Page(
            sightings=tuple(
                sighting(text, channel=self.name, ledger=self._ledger.name, alphabet=self._settings.alphabet)
                for text in found.texts
            ),
            cursor=packed(found.reached),
            more=found.more or away,
            undelivered=found.undelivered,
            troubles=(Trouble(part=KEEPING, reason=trouble),) if trouble else (),
            recovered=recovered,
            first=first,
        )

    def unreadable(self) -> tuple[Quarantined, ...]:
        """Deliveries that could not be read, kept raw."""
        return tuple(self._unread.handed_over())

    async def publish(self, publication: Publication) -> Posted:
        """Say it once."""
        return await self._speaker.say(publication)

    async def find(self, publication: Publication) -> Posted | None:
        """What the SMSC said of an earlier attempt; it cannot be asked."""
        try:
            await self._link.open_ledger()
        except TemporaryProblem as problem:
            raise UncertainProblem(str(problem)) from None
        await self._ledger.settled()  # the SMSC's late word may be on its way to the disk
        return self._speaker.find(publication)

    async def close(self) -> None:
        """Say good-bye to the SMSC; may be called twice."""
        await self._link.close()


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return Smpp(name, settings, fittings)
