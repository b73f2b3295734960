"""Answers: encoded, cut into parts, submitted one after the other, and remembered by what the SMSC said of each."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bridge.channels._smpp import wills
from bridge.channels._smpp.entries import Sent, Taken
from bridge.channels._smpp.ledger import Ledger, NotKept
from bridge.channels._smpp.line import Line, Lost
from bridge.channels._smpp.link import Link
from bridge.channels._smpp.numbers import address
from bridge.channels._smpp.pdu import Command, Malformed, Packet, Short, read_name
from bridge.channels._smpp.portions import marked, portions
from bridge.channels._smpp.reading import posted_id
from bridge.channels._smpp.settings import Settings
from bridge.channels._smpp.statuses import OK, Means, problem, status
from bridge.channels._sms.words import texting
from bridge.core.consent import Texting
from bridge.core.pace import Bucket
from bridge.core.publications import Posted, PublicAnswer, Publication
from bridge.ports import Clock, PermanentProblem, StoppedProblem, TemporaryProblem, UncertainProblem

log = structlog.get_logger("bridge.smpp")

_RECEIPT = 1
_NOT_BOUND = 0x04
_UNREADABLE = 0xFF
_LONGEST_PAUSE = 30.0
_EXPONENT = 5


@dataclass(slots=True, kw_only=True)
class Speaker:
    """Says answers, once."""

    link: Link
    ledger: Ledger
    settings: Settings
    clock: Clock
    texting: Texting
    _window: asyncio.Semaphore
    _bucket: Bucket
    _turns: asyncio.Lock = field(default_factory=asyncio.Lock)
    _running: set[asyncio.Task[str]] = field(default_factory=set)
    _throttled: int = 0
    _held_until: datetime | None = None

    @classmethod
    def of(cls, link: Link, settings: Settings, clock: Clock) -> "Speaker":
        """With a full window and nothing held back."""
        rate = settings.per_second
        return cls(
            link=link,
            ledger=link.ledger,
            settings=settings,
            clock=clock,
            texting=texting(settings.words, settings.confirmations),
            _window=asyncio.Semaphore(settings.window),
            _bucket=Bucket.full(max(rate, 1.0), timedelta(seconds=max(1.0, 1.0 / rate)), clock.now()),
        )

    async def say(self, publication: Publication) -> Posted:
        """Submit every part; raises UncertainProblem where some may be there and others not."""
        shorts = self._shorts(publication)
        self._check_pause()
        line = await self.link.line()
        if wills.forbids(self.ledger, self.texting, self.settings.alphabet, publication=publication):
            raise StoppedProblem("the customer ended text messages: nothing may be sent to them until they write START")
        sent = await self._intended(publication, len(shorts))
        for place, short in enumerate(shorts, start=1):
            try:
                await self._submit(line, sent, place, short=short)
            except (TemporaryProblem, PermanentProblem) as problem:
                if place == 1:
                    raise
                raise UncertainProblem(f"only {place - 1} of {len(shorts)} parts were taken: {problem}") from None
        return Posted(id=posted_id(self.ledger.name, sent.n))

    def _shorts(self, publication: Publication) -> Sequence[Short]:
        """What is submitted; raises PermanentProblem for what cannot be said in a text."""
        if isinstance(publication, PublicAnswer):
            raise PermanentProblem("a text message has one reader only: there are no public answers")
        if publication.media:
            raise PermanentProblem("a text message takes no files")
        if publication.thread not in self.settings.numbers:
            raise PermanentProblem("the number that the customer wrote to is none of the channel's numbers")
        if not publication.author.id.lstrip("+").isdecimal():
            raise PermanentProblem("the customer's text came from a name and no number, so it cannot be answered")
        try:
            cut = portions(publication.text, self.settings.alphabet)
        except UnicodeEncodeError:
            raise PermanentProblem("the answer holds half a character, which no network carries") from None
        if not publication.text.strip() or len(cut.parts) > self.settings.max_segments:
            raise PermanentProblem(f"an answer has 1 to {self.settings.max_segments} segments")
        plain = Short(
            source=address(publication.thread),
            target=address(publication.author.id),
            payload=b"",
            coding=cut.coding,
            registered=_RECEIPT if self.settings.receipts else 0,
        )
        shorts = marked(plain, cut.parts, self.settings.long_texts, number=self.ledger.next_reference())
        try:
            [short.body() for short in shorts]
        except Malformed as problem:
            raise PermanentProblem(f"the answer cannot be written in SMPP: {problem}") from None
        return shorts

    def _check_pause(self) -> None:
        """Raises TemporaryProblem while the SMSC wants us to wait."""
        wait = (self._held_until - self.clock.now()).total_seconds() if self._held_until else 0.0
        if wait > 0:
            raise TemporaryProblem(f"{self.settings.host} wants us to send less", wait)

    async def _intended(self, publication: Publication, parts: int) -> Sent:
        """On the disk before anything is submitted."""
        entry = Sent(n=0, at=self.clock.now(), key=publication.key, peer=publication.author.id, parts=parts)
        try:
            kept = await self.ledger.keep(entry)
        except NotKept as problem:
            raise TemporaryProblem(str(problem)) from None
        assert isinstance(kept, Sent)
        return kept

    async def _submit(self, line: Line, sent: Sent, place: int, *, short: Short) -> str:
        """Submit a part; what the SMSC says is remembered, also where it comes too late for us."""
        while True:
            async with self._window:
                await self._turn()
                task = asyncio.create_task(self._answered(line, sent, place, short=short))
                self._running.add(task)
                task.add_done_callback(self._ended)
                try:
                    async with asyncio.timeout(self.settings.timeout.total_seconds()):
                        return await asyncio.shield(task)
                except TimeoutError:
                    raise UncertainProblem(f"{self.settings.host} did not answer in time") from None
                except TemporaryProblem as refused:
                    if place == 1 or refused.after is None:
                        raise
                    wait = refused.after
            await self.clock.sleep(wait)  # a part is out already, so the others follow as soon as they may

    def _ended(self, task: asyncio.Task[str]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # whoever gave up waiting has no use for it

    async def _turn(self) -> None:
        """Wait until the contract's rate has room."""
        async with self._turns:
            now = self.clock.now()
            wait = self._bucket.wait(now, reserve=0)
            if wait > 0:
                await self.clock.sleep(wait)
                now = self.clock.now()
            self._bucket = self._bucket.taken(now)

    async def _answered(self, line: Line, sent: Sent, place: int, *, short: Short) -> str:
        """The SMSC's id of a part; raises what its status means."""
        host = self.settings.host
        try:
            answer = line.send(Command.SUBMIT_SM, short.body())
        except Lost:
            await self._note(sent, place, status=_NOT_BOUND)
            raise TemporaryProblem(f"{host} ended the connection before the answer went out") from None
        try:
            packet = await answer
        except Lost:
            raise UncertainProblem(f"{host} ended the connection before it said that it has the answer") from None
        if packet.status == OK and packet.command == Command.SUBMIT_SM_RESP:
            return await self._accepted(sent, place, packet)
        return await self._refused(sent, place, packet.status or _UNREADABLE)

    async def _accepted(self, sent: Sent, place: int, packet: Packet) -> str:
        """An id that cannot be read costs the receipt only: the status says that it was taken."""
        name = ""
        with suppress(Malformed):
            name = read_name(packet.body)
        self._throttled, self._held_until = 0, None
        await self._note(sent, place, name=name)
        return name

    async def _refused(self, sent: Sent, place: int, number: int) -> str:
        await self._note(sent, place, status=number)
        after = self._paused() if status(number).means is Means.LATER else None
        raise problem(number, self.settings.host, after=after)

    def _paused(self) -> float:
        """Hold everything back, longer each time."""
        self._throttled += 1
        pause = min(float(1 << min(self._throttled - 1, _EXPONENT)), _LONGEST_PAUSE)
        self._held_until = self.clock.now() + timedelta(seconds=pause)
        log.warning("smpp_throttled", host=self.settings.host, pause=pause)
        return pause

    async def _note(self, sent: Sent, place: int, *, name: str = "", status: int = OK) -> None:
        """Without a disk only the receipt's way back is lost: what we know of the answer itself is not."""
        entry = Taken(n=0, at=self.clock.now(), sent=sent.n, place=place, id=name, status=status)
        with suppress(NotKept):
            await self.ledger.keep(entry)

    def find(self, publication: Publication) -> Posted | None:
        """What the SMSC said of an earlier attempt, perhaps late; None where it certainly refused all of it."""
        sent = [one for one in self.ledger.entries.values() if isinstance(one, Sent) and one.key == publication.key]
        doubtful = not sent
        for one in sent:
            said = self._said_of(one)
            good = sum(each.status == OK for each in said)
            if good == one.parts:
                return Posted(id=posted_id(self.ledger.name, one.n))
            doubtful = doubtful or good > 0 or not _certainly_refused(said)
        if doubtful:
            raise UncertainProblem(f"{self.settings.host} never said what became of it, and cannot be asked")
        return None

    def _said_of(self, sent: Sent) -> Sequence[Taken]:
        """The last word on each part."""
        said = [one for one in self.ledger.entries.values() if isinstance(one, Taken) and one.sent == sent.n]
        return list({one.place: one for one in said}.values())


def _certainly_refused(said: Sequence[Taken]) -> bool:
    """Whether the first part was refused for sure: the others are submitted after it only."""
    return any(one.place == 1 and status(one.status).means not in {Means.DOUBT, Means.DONE} for one in said)
