"""An SMSC on a loopback port: strict about what it takes, with a journal of it, and phones that write and receive."""

import asyncio
import secrets
import ssl
import struct
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime

from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.smsc_tray import Session, Taken, Tray, receipt, written
from bridge.testing.fakes.smsc_wire import (
    ALREADY_BOUND,
    BAD_COMMAND,
    BAD_LENGTH,
    BAD_NAME,
    BAD_PASSWORD,
    BAD_TARGET,
    BIND_TRANSCEIVER,
    DELIVER_SM,
    ENQUIRE_LINK,
    GENERIC_NACK,
    NOT_BOUND,
    OK,
    RESPONSE,
    SUBMIT_FAILED,
    SUBMIT_SM,
    SYSTEM_ERROR,
    THROTTLED,
    UNBIND,
    Message,
    Refused,
    message,
    packet,
    part_of,
    read_text,
    split_header,
    texts,
)

_REFUSALS = {
    Mode.REFUSE: SUBMIT_FAILED,
    Mode.FORBID: BAD_TARGET,
    Mode.ERROR: SYSTEM_ERROR,
    Mode.RATE_LIMIT: THROTTLED,
}


class Smsc:
    """One account at an SMSC; a second bind is refused, as many do."""

    def __init__(self, *, now: Callable[[], datetime], window: int = 10, tls: ssl.SSLContext | None = None) -> None:
        self.system_id, self.password = "acme", secrets.token_hex(4)
        self.number = "4930123456"
        self.port = 0
        self.tray = Tray(now=now, window=window)
        self.journal = Journal(None, now)
        self.taken: list[Taken] = []
        self.statuses: deque[int] = deque()
        """With which the next submissions are refused."""
        self.late_status = OK
        """With which a submission is refused that is answered late."""
        self.binds = self.signs = 0
        """How often a bind was tried, and a sign of life asked for."""
        self.heard: list[tuple[int, int]] = []
        """Commands and statuses of the client's responses to what was asked."""
        self.answers_sign_of_life = True
        self.broken: list[str] = []
        """What the client did that the specification forbids."""
        self._tls, self._faults = tls, Faults()
        self._sessions: set[Session] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._reference = self._asked = 0

    async def start(self, port: int = 0) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and every connection; may be called twice."""
        if self._server is not None:
            self._server.close()
        self.hang_up()
        self.heal()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hang_up(self) -> None:
        """Cut every connection."""
        for session in tuple(self._sessions):
            session.writer.transport.abort()

    @property
    def is_bound(self) -> bool:
        """Whether anybody is."""
        return any(session.bound for session in self._sessions)

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Fail in this way."""
        self._faults.set(mode, times=times, amount=amount)
        if mode is Mode.REVOKED:
            self.hang_up()

    def heal(self) -> None:
        """Be well again; what was late happens now."""
        self._faults.heal()

    def refuse_after(self, good: int, *statuses: int) -> None:
        """Take so many submissions, then refuse the next ones like this."""
        self.statuses.extend((*([OK] * good), *statuses))

    def ask(self, command: int) -> None:
        """Send the client a request without a body."""
        self._asked += 1
        self.write_raw(packet(command, 1_000_000 + self._asked))

    def write_raw(self, octets: bytes) -> None:
        """Send it anything."""
        for session in self._sessions:
            session.writer.write(octets)

    def text(self, source: str, words: str) -> Sequence[Message]:
        """A customer writes; gives back the messages that it takes."""
        self._reference += 1
        made = written(source, self.number, words, number=self._reference)
        for one in made:
            self.deliver(one)
        return made

    def deliver(self, one: Message) -> None:
        """Something for the one who is bound, now or when somebody is."""
        self.tray.add(one)
        self._hand_out()

    def receipt(self, taken: Taken, state: str, *, form: str, error: int = 0, name: str = "") -> None:
        """What became of a message, as text, as optional fields (`tlv`), or as both."""
        self.deliver(receipt(taken, state, form=form, error=error, name=name or taken.id))

    def said(self) -> Sequence[str]:
        """What phones show of our messages: whole texts, in the order in which their last parts came."""
        found: list[str] = []
        parts: dict[tuple[str, int, int], dict[int, Message]] = {}
        for one in self.taken:
            number, total, place = part_of(one.message)
            key = (one.message.target[2], number, total)
            parts.setdefault(key, {})[place] = one.message
            if len(parts[key]) == total:
                whole = parts.pop(key)
                found.append("".join(_shown(whole[at]) for at in sorted(whole)))
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(reader, writer)
        self._sessions.add(session)
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            while True:
                length, command, status, sequence = struct.unpack(">IIII", await reader.readexactly(16))
                body = await reader.readexactly(length - 16)
                await self._request(session, command, status, sequence=sequence, body=body)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._sessions.discard(session)
            if session.bound:
                self.tray.recall()
            writer.close()
            self._tasks.discard(task) if task else None

    async def _request(self, session: Session, command: int, status: int, *, sequence: int, body: bytes) -> None:
        if command == DELIVER_SM | RESPONSE:
            self._delivered(sequence, status)
            return
        if command & RESPONSE:
            self.heard.append((command, status))
            return
        if sequence in session.asked or status != OK:
            self.broken.append(f"command {command:x} has a used sequence or a status")
        session.asked.add(sequence)
        if command == BIND_TRANSCEIVER:
            self._bind(session, sequence, body)
        elif command == ENQUIRE_LINK:
            await self._alive(session, sequence)
        elif command == UNBIND:
            session.writer.write(packet(UNBIND | RESPONSE, sequence))
            session.writer.close()
        elif command == SUBMIT_SM and session.bound:
            self._later(self._submit(session, sequence, body))
        else:
            nack = BAD_COMMAND if command != SUBMIT_SM else NOT_BOUND
            session.writer.write(packet(GENERIC_NACK, sequence, nack))

    def _bind(self, session: Session, sequence: int, body: bytes) -> None:
        self.binds += 1
        status = self._may_bind(body)
        session.bound = status == OK
        name = b"smsc\0" if session.bound else b""
        session.writer.write(packet(BIND_TRANSCEIVER | RESPONSE, sequence, status, body=name))
        self._hand_out()

    def _may_bind(self, body: bytes) -> int:
        try:
            (name, password, _), rest = texts(body, 16, 9, 13)
            _, left = texts(rest[3:], 41)
        except Refused as refused:
            return refused.status
        if left or rest[:1] != b"\x34":
            return BAD_LENGTH
        if name != self.system_id:
            return BAD_NAME
        if password != self.password or self._faults.take(Mode.REVOKED):
            return BAD_PASSWORD
        return ALREADY_BOUND if self.is_bound else OK

    async def _alive(self, session: Session, sequence: int) -> None:
        self.signs += 1
        if self._faults.take(Mode.LISTING_CUT):
            session.writer.transport.abort()
        elif self._faults.take(Mode.MALFORMED):
            session.writer.write(b"\xff" * 64)
        elif self.answers_sign_of_life and not self._faults.take(Mode.LISTING_HANG):
            self._hand_out()
            session.writer.write(packet(ENQUIRE_LINK | RESPONSE, sequence))

    async def _submit(self, session: Session, sequence: int, body: bytes) -> None:
        """Take a message or refuse it."""
        answer = SUBMIT_SM | RESPONSE
        if refused := self._refusal(body):
            session.writer.write(packet(answer, sequence, refused))
            return
        if self._faults.take(Mode.CUT):
            session.writer.transport.abort()
            return
        if late := self._faults.take(Mode.ACCEPT_LATE):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._faults.over.wait(), late.amount)
            if self.late_status != OK:
                session.writer.write(packet(answer, sequence, self.late_status))
                return
        name = self._take(message(body))
        if self._faults.take(Mode.ACCEPT_THEN_HANG):
            await self._faults.over.wait()
        if self._faults.take(Mode.ACCEPT_THEN_CUT):
            session.writer.transport.abort()
        elif self._faults.take(Mode.ACCEPT_WITH_GARBAGE):
            session.writer.write(b"<html>" * 20)
        elif self._faults.take(Mode.ACCEPT_WITHOUT_ID):
            session.writer.write(packet(answer, sequence))
        else:
            session.writer.write(packet(answer, sequence, body=name.encode() + b"\0"))

    def _refusal(self, body: bytes) -> int:
        if self.statuses:
            return self.statuses.popleft()
        for mode, status in _REFUSALS.items():
            if self._faults.take(mode):
                return status
        try:
            message(body)
        except Refused as refused:
            self.broken.append(f"a submission with {refused}")
            return refused.status
        return OK

    def _take(self, one: Message) -> str:
        """Into the journal before anybody is told."""
        name = f"{0xA0000 + len(self.taken):08X}"
        self.taken.append(Taken(id=name, message=one))
        self.journal.append("taken", id=name, target=one.target[2], source=one.source[2], text=_shown(one))
        return name

    def _hand_out(self) -> None:
        """To the one who is bound."""
        session = next((one for one in self._sessions if one.bound), None)
        if session is not None:
            self.tray.hand_out(session)

    def _delivered(self, sequence: int, status: int) -> None:
        if self.tray.answered(sequence, status):
            self._hand_out()

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _shown(one: Message) -> str:
    """The words of one part."""
    _, octets = split_header(one)
    return read_text(octets or one.fields.get(0x0424, b""), one.coding)
