"""The way to an SMSC: one line at a time, dialled again with growing pauses, and what comes over it kept before it is acknowledged."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bridge.channels._smpp.alphabets import is_text
from bridge.channels._smpp.entries import Came, Ref, Told
from bridge.channels._smpp.ledger import Ledger, NotKept
from bridge.channels._smpp.line import Ears, Line, Place, dial
from bridge.channels._smpp.numbers import is_answerable, number
from bridge.channels._smpp.parts import carried
from bridge.channels._smpp.pdu import Bind, Malformed, Short
from bridge.channels._smpp.receipts import is_receipt, receipt
from bridge.channels._smpp.statuses import OK, TRY_LATER
from bridge.core.pace import spread
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem

log = structlog.get_logger("bridge.smpp")

LONGEST_PAUSE = 60.0
"""Seconds between two dials; they grow from one second."""

_EXPONENT = 6

AGAIN = timedelta(minutes=10)
"""How long after a bind a delivery may be one whose acknowledgement was lost."""

RECENT = timedelta(hours=1)
"""How old a text of an earlier process may be of which the SMSC may not have heard that we have it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Mark = tuple[str, str, int, bytes, Ref | None]


@dataclass(slots=True, kw_only=True)
class Link:
    """One account at an SMSC."""

    place: Place
    bind: Bind
    ledger: Ledger
    calling_code: str
    now: Callable[[], datetime]
    puzzle: Callable[[bytes, str], None]
    """Takes the body of a delivery that cannot be read, and why."""
    trouble: str = ""
    """Why texts are not taken at the moment; empty where they are."""
    _line: Line | None = None
    _dialling: asyncio.Lock = field(default_factory=asyncio.Lock)
    _failures: int = 0
    _not_before: datetime = _EPOCH
    _why: TemporaryProblem | PermanentProblem | None = None
    _unsure: list[tuple[_Mark, int]] = field(default_factory=list)
    """Texts whose acknowledgement the SMSC may not have read, with their numbers, in the order in which they came."""
    _doubtful: dict[str, list[_Mark]] = field(default_factory=dict)
    """The same of an earlier line, by their senders: the SMSC may bring them again."""
    _doubt_ends: datetime = _EPOCH
    _lost_at: datetime = _EPOCH
    """When the last bound line ended."""
    _down_at: datetime = _EPOCH
    """When the last line ended, or was not made."""

    async def line(self) -> Line:
        """A bound line; raises TemporaryProblem and LoginProblem, and is dialled no sooner than the pause after failures allows."""
        async with self._dialling:
            if self._line is not None and self._line.alive:
                return self._line
            await self._let_go()
            await self.open_ledger()
            wait = (self._not_before - self.now()).total_seconds()
            if wait > 0:
                raise self._still(wait)
            await self._dial()
            if self._line is None:
                raise TemporaryProblem(f"{self.place.host} is not reached")
            return self._line

    async def _dial(self) -> None:
        self._doubt_ends = min(
            self.now() + AGAIN, self._lost_at + RECENT
        )  # what comes at once is heard before it is bound
        try:
            ears = Ears(hear=self.hear, puzzle=self.puzzle, ended=self._ended)
            self._line = await dial(self.place, ears=ears, bind=self.bind)
        except (TemporaryProblem, PermanentProblem) as problem:
            self._down_at = self.now()
            pause = self._failed(problem)
            raise (
                TemporaryProblem(str(problem), pause) if isinstance(problem, TemporaryProblem) else problem
            ) from None
        log.info("smpp_bound", host=self.place.host, system_id=self.bind.system_id)

    async def open_ledger(self) -> None:
        """Take up what an earlier process left, with its doubts; raises TemporaryProblem. The only way to open it, and no line is needed."""
        if self.ledger.name:
            return
        try:
            await self.ledger.open()
        except NotKept as problem:
            raise TemporaryProblem(str(problem)) from None
        begin, sure = self.now() - RECENT, self.ledger.sure
        left = [entry for n, entry in self.ledger.entries.items() if n > sure and isinstance(entry, Came)]
        self._doubtful.clear()
        self._suspect([_mark(entry) for entry in sorted(left, key=lambda one: one.n) if entry.at > begin])
        self._lost_at = self.now()

    def _ended(self) -> None:
        self._down_at = self.now()

    def _failed(self, problem: TemporaryProblem | PermanentProblem) -> float:
        """Count it, and give back how long nobody dials."""
        self._failures += 1
        pause = pause_after(self.place.host, self._failures)
        self._why, self._not_before = problem, self._down_at + timedelta(seconds=pause)
        return pause

    def _still(self, wait: float) -> TemporaryProblem | PermanentProblem:
        """The trouble of the last dial, again."""
        if isinstance(self._why, LoginProblem):
            return LoginProblem(str(self._why))
        return TemporaryProblem(str(self._why or f"{self.place.host} is not reached"), wait)

    async def _let_go(self) -> None:
        """Forget a line that ended; one that never gave a sign of life counts as a failure."""
        line, self._line = self._line, None
        if line is None:
            return
        await line.close()
        self._doubt()
        self._failures = 0 if line.proved else self._failures
        log.warning("smpp_lost", host=self.place.host)
        if not line.proved:
            self._failed(TemporaryProblem(f"{self.place.host} ended the connection"))

    def _suspect(self, marks: Sequence[_Mark]) -> None:
        for mark in marks:
            self._doubtful.setdefault(mark[0], []).append(mark)

    def _comes_again(self, mark: _Mark) -> bool:
        """Whether it is one of those in doubt.

        What somebody sent stays in its order: before something later comes again the SMSC knew of the earlier ones, and
        with something new it knew of all of them; the same words after that are another text.
        """
        doubts = self._doubtful.pop(mark[0], [])
        if mark not in doubts or self.now() > self._doubt_ends:
            return False
        self._doubtful[mark[0]] = doubts[doubts.index(mark) + 1 :]
        return True

    async def prove(self) -> None:
        """Ask for a sign of life: what the SMSC sent before it is kept, and what we acknowledged before it is read there."""
        line, before = await self.line(), len(self._unsure)
        await line.prove()
        self._failures = 0
        await self._trust(before)

    async def _trust(self, count: int) -> None:
        """The SMSC read our acknowledgement of the first so many."""
        trusted, self._unsure = self._unsure[:count], self._unsure[count:]
        await self.ledger.trust(max((number for _, number in trusted), default=0))

    async def hear(self, short: Short) -> int:
        """Keep a text or a receipt; gives back the status of the response, which says that it is kept. Raises Malformed."""
        try:
            kept = await (self._hear_receipt(short) if is_receipt(short) else self._hear_text(short))
        except NotKept as problem:
            self._not_kept(str(problem))
            return TRY_LATER
        self.trouble = "" if kept else self.trouble
        return OK

    def _not_kept(self, why: str) -> None:
        """One line where it begins."""
        if not self.trouble:
            log.error("smpp_not_kept", host=self.place.host, why=why)
        self.trouble = why

    async def _hear_receipt(self, short: Short) -> bool:
        said = receipt(short)
        if said is None:
            raise Malformed("a delivery receipt names no message or no state")
        peer = number(short.source, self.calling_code)
        await self.ledger.keep(Told(n=0, at=self.now(), id=said.id, state=said.state, error=said.error, peer=peer))
        return True

    async def _hear_text(self, short: Short) -> bool:
        """False where it is one that we have already, whose acknowledgement was lost with its line."""
        if not is_text(short.coding):
            raise Malformed(f"a delivery has the coding 0x{short.coding:02X}, which is none of text")
        octets, part = carried(short)
        came = Came(
            n=0,
            at=self.now(),
            source=number(short.source, self.calling_code),
            target=number(short.target, self.calling_code),
            coding=short.coding,
            text=octets,
            part=part,
            answerable=is_answerable(short.source),
        )
        mark = _mark(came)
        if self._comes_again(mark):
            self._unsure.append((mark, 0))
            log.info("smpp_repeated", host=self.place.host)
            return False
        kept = await self.ledger.keep(came)
        self._unsure.append((mark, kept.n))
        return True

    async def close(self) -> None:
        """Say good-bye; the next call dials anew. May be called twice."""
        async with self._dialling:
            line, self._line = self._line, None
            if line is not None:
                answered = await line.close()
                await self._trust(len(self._unsure) if answered else 0)
                self._doubt()
            await self.ledger.close()

    def _doubt(self) -> None:
        """The line is gone: what it acknowledged last may not have been read there. Older doubts are over."""
        if self.now() > self._doubt_ends:
            self._doubtful.clear()
        self._suspect([mark for mark, _ in self._unsure])
        self._unsure.clear()
        self._lost_at = self._down_at


def pause_after(host: str, failures: int) -> float:
    """Seconds until the next dial after so many failures in a row: 1, 2, 4 … 60, spread by up to a fifth (D09)."""
    pause = float(min(1 << min(failures - 1, _EXPONENT), LONGEST_PAUSE))
    return pause * (1 + spread(f"{host}|{failures}") / 5)


def _mark(came: Came) -> _Mark:
    """By what the same delivery is known when it comes once more."""
    return (came.source, came.target, came.coding, came.text, came.part)
