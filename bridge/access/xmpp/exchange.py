"""The exchange: what comes over the line and from desks goes onto the floor, is kept on the disk, and only then said.

Two things need not wait for the disk, since somebody else keeps them too: a customer's words, which the store sends again,
and an agent's answer, whose receipt waits.

stanza, order, notice, tick ─► floor ─► ledger ─► line
                                   └──► letters for the inbox
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from bridge.access.chat.brought import Order, Word
from bridge.access.chat.kept import Kept
from bridge.access.xmpp import asking, hearing, papers, telling
from bridge.access.xmpp.floor import Floor
from bridge.access.xmpp.ledger import Ledger, Page
from bridge.access.xmpp.line import Address, Line, Patience
from bridge.access.xmpp.queues import Queue
from bridge.access.xmpp.stanzas import Asked, Heard, Incoming, Outgoing, Say
from bridge.access.xmpp.steps import Answer, Step
from bridge.ports import Clock, TemporaryProblem, UncertainProblem

log = structlog.get_logger("bridge.xmpp")

REACHED = 5.0
"""Seconds that a desk waits for the line before it says that nothing happened."""

TICK = 0.5
"""Seconds between two looks at who is away."""

_BATCH = 200
_DOUBT = timedelta(minutes=30)
"""How long after a process was killed words may come again that it had said and not kept: longer than any lease."""
_WAITING = 10_000
"""Stanzas that wait to be looked at, at most; a server that sends more is not read any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """Something to take up, and whoever waits for it."""

    take_up: Callable[[datetime], None]
    done: "asyncio.Future[bool] | None" = None
    """Gets whether everything that followed was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A step on its way to the disk, and what is said once it is there."""

    step: Step
    letters: tuple[Kept, ...]
    later: tuple[Outgoing, ...]
    waiting: "tuple[asyncio.Future[bool], ...]"
    sent: bool
    """Whether what did not wait was said."""


class Exchange:
    """One component's conversations; desks bring, the inbox fetches, and both speak over one line."""

    def __init__(self, address: Address, path: Path, clock: Clock, *, patience: Patience) -> None:
        self._address, self._path, self._clock, self._patience = address, path, clock, patience
        self._queues: dict[str, Queue] = {}
        self._users: set[object] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._letters: dict[int, Kept] = {}
        self._filed: list[int] = []
        self.arrived = asyncio.Event()
        """Set when a letter came."""

    def serve(self, queue: Queue) -> None:
        """Take up a desk's queue, or its newer settings."""
        self._queues[queue.name] = queue

    def open(self, user: object) -> None:
        """Be there for a desk or an inbox; raises TemporaryProblem where the disk refuses."""
        self._users.add(user)
        if self._tasks:
            return
        try:
            self._ledger = Ledger(self._path / "floor.db")
            chats, letters = self._ledger.chats(), self._ledger.letters()
        except (OSError, sqlite3.Error) as error:
            raise TemporaryProblem(f"the chat floor's file cannot be used: {type(error).__name__}") from error
        self._floor = Floor(self._address.domain, self._queues.values(), chats)
        self._floor.files_from = self._address.files_from
        self._letters = {kept.uid: kept for kept in letters}
        self._events: asyncio.Queue[_Event] = asyncio.Queue()
        self._uid = self._ledger.last_uid()
        if not self._ledger.ended_well:
            self._floor.doubtful_until = self._clock.now() + _DOUBT
        self._due: list[_Due] = []
        self._at_disk: list[_Due] = []
        self._is_due = asyncio.Event()
        self._unsettled: list[Outgoing] = []
        self._sent = asyncio.Event()
        self._line = Line(self._address, patience=self._patience, take=self._came, turned=self._turned)
        loops = (self._line.keep(), self._work(), self._keep(), self._tick(), self._settle())
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def leave(self, user: object) -> None:
        """Be no longer there for one of them; the last one closes the line and the file."""
        self._users.discard(user)
        if self._users or not self._tasks:
            return
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._ledger.close(Page(filed=self._filed))
        self._filed = []

    async def bring(self, order: Order) -> None:
        """Put a customer's words onto the floor; raises TemporaryProblem where the server is out of reach, and nothing happened."""
        await self._reached()
        await self._put(partial(self._floor.brought, order))

    async def tell(self, word: Word) -> None:
        """Tell a notice; raises TemporaryProblem where nothing was said, UncertainProblem where it may have been."""
        await self._reached()
        if not await self._put(lambda _now: telling.told(self._floor, word)):
            raise TemporaryProblem("the connection to the chat server broke before the notice was told")
        try:
            await self._line.settled()
        except ConnectionError as error:
            raise UncertainProblem("the connection to the chat server broke while a notice was told") from error

    @property
    def letters(self) -> Sequence[Kept]:
        """Answers that were not filed, oldest first."""
        return list(self._letters.values())

    async def keep(self, raw: bytes, received: datetime) -> None:
        """Keep a letter for the inbox."""
        self._uid += 1
        kept = Kept(uid=self._uid, raw=raw, received=received)
        await self._ledger.write(Page(letters=(kept,)))
        self._take_in((kept,))

    def drop(self, uid: int) -> None:
        """Forget a letter that was filed; the next commit does so on the disk."""
        if self._letters.pop(uid, None):
            self._filed.append(uid)
            self._events.put_nowait(_Event(take_up=_nothing))

    async def _reached(self) -> None:
        try:
            async with asyncio.timeout(REACHED):
                await self._line.up.wait()
        except TimeoutError:
            raise TemporaryProblem("the chat server cannot be reached") from None

    async def _put(self, take_up: Callable[[datetime], None]) -> bool:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._events.put_nowait(_Event(take_up=take_up, done=done))
        return await done

    def _came(self, stanza: Incoming) -> None:
        """From the line; questions are answered at once, everything else in its turn."""
        match stanza:
            case Asked():
                if xml := asking.answer(stanza, self._floor):
                    self._line.send_xml(xml)
            case Heard():
                self._events.put_nowait(_Event(take_up=partial(hearing.heard, self._floor, stanza)))
            case _:
                self._events.put_nowait(_Event(take_up=partial(hearing.seen, self._floor, stanza)))

    def _turned(self, up: bool) -> None:  # noqa: FBT001 - the line's own callback
        """The line came up, or broke: then nobody is known to be there."""
        take_up = hearing.lined if up else hearing.broke
        self._events.put_nowait(_Event(take_up=lambda _now: take_up(self._floor)))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            if self._line.up.is_set():
                self._events.put_nowait(_Event(take_up=partial(hearing.ticked, self._floor)))

    async def _work(self) -> None:
        """Take up what came, in its order; what need not wait for the disk goes at once."""
        while True:
            batch = [await self._events.get()]
            while len(batch) < _BATCH and not self._events.empty():
                batch.append(self._events.get_nowait())
            now = self._clock.now()
            for event in batch:
                self._take_up(event, now)
            step = self._floor.step()
            for name, about in step.events:
                log.info(name, **about)
            self._due.append(self._begun(step, tuple(event.done for event in batch if event.done)))
            self._is_due.set()

    def _begun(self, step: Step, waiting: "tuple[asyncio.Future[bool], ...]") -> _Due:
        """Hand out what agents said, and pass on what they wait for, unless something before it still waits for the disk."""
        letters = tuple(self._numbered(answer) for answer in step.answers)
        self._take_in(letters)
        overtaken = {s.sender for due in (*self._due, *self._at_disk) for s in due.later if isinstance(s, Say)}
        prompt = [stanza for stanza in step.prompt if stanza.sender not in overtaken]
        later = (*(stanza for stanza in step.prompt if stanza.sender in overtaken), *step.stanzas)
        sent = self._send(prompt) if prompt else True
        return _Due(step=step, letters=letters, later=later, waiting=waiting, sent=sent)

    def _numbered(self, answer: Answer) -> Kept:
        self._uid += 1
        return Kept(uid=self._uid, raw=papers.letter(answer), received=answer.at)

    async def _keep(self) -> None:
        """Keep what changed, then say what follows; what comes meanwhile shares the next commit."""
        while True:
            await self._is_due.wait()
            self._is_due.clear()
            self._at_disk, self._due = self._due, []
            await self._kept(self._at_disk)
            for due in self._at_disk:
                sent = (self._send(due.later) if due.later else True) and due.sent
                for done in due.waiting:
                    if not done.done():
                        done.set_result(sent)
            self._at_disk = []

    def _take_up(self, event: _Event, now: datetime) -> None:
        """One event; one that breaks the floor's rules spoils no other (C20)."""
        try:
            event.take_up(now)
        except TemporaryProblem as problem:
            if event.done and not event.done.done():
                event.done.set_exception(problem)
        except Exception as problem:
            log.exception("chat_event_failed")
            if event.done and not event.done.done():
                event.done.set_exception(UncertainProblem(f"the chat floor failed: {type(problem).__name__}"))

    def _send(self, stanzas: Sequence[Outgoing]) -> bool:
        """Say these; whether there was a line to say them on."""
        sent = self._line.send(*stanzas)
        if sent and any(isinstance(stanza, Say) and not stanza.group for stanza in stanzas):
            self._unsettled += stanzas
            self._sent.set()
        return sent

    async def _kept(self, due: Sequence[_Due]) -> None:
        """On the disk, however long it refuses: what was not kept is not confirmed."""
        filed, self._filed = self._filed, []
        chats = {chat.local: chat for each in due for chat in each.step.chats}
        gone = [local for each in due for local in each.step.gone]
        letters = [letter for each in due for letter in each.letters]
        page = Page(chats=list(chats.values()), gone=gone, letters=letters, filed=filed)
        if not (chats or gone or letters or filed):
            return
        told = False
        while True:
            try:
                await self._ledger.write(page)
            except (OSError, sqlite3.Error) as error:
                if not told:
                    log.error("chat_floor_not_kept", why=type(error).__name__)  # noqa: TRY400 - no trace of paths
                told = True
                await asyncio.sleep(1)
            else:
                return

    def _take_in(self, kept: Iterable[Kept]) -> None:
        for each in kept:
            self._letters[each.uid] = each
            self.arrived.set()

    async def _settle(self) -> None:
        """Ask the server, now and then, whether it has taken what was sent."""
        while True:
            await self._sent.wait()
            self._sent.clear()
            sent, self._unsettled = self._unsettled, []
            with suppress(ConnectionError):
                await self._line.settled()
                self._events.put_nowait(_Event(take_up=partial(self._were_taken, sent)))

    def _were_taken(self, sent: Iterable[Outgoing], _now: datetime) -> None:
        self._floor.settled(sent)


def _nothing(_now: datetime) -> None:
    """For what only the commit is wanted for."""
