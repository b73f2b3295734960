"""One bound connection to an SMSC: requests and their responses, what it delivers, and signs of life both ways."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from bridge.access.keepalive import keep_alive
from bridge.access.tls import tls_trouble
from bridge.channels._smpp.pdu import (
    HEADER,
    LAST_SEQUENCE,
    Bind,
    Command,
    Malformed,
    Packet,
    Short,
    read_header,
    read_short,
)
from bridge.channels._smpp.statuses import INVALID_COMMAND, INVALID_COMMAND_LENGTH, OK, problem
from bridge.ports import TemporaryProblem

log = structlog.get_logger("bridge.smpp")

_AT_ONCE = 100
"""Deliveries that are being kept; no more is read meanwhile."""

_FAREWELL = 2.0
"""Seconds that an unbind may take."""

REFUSED_FOR_GOOD = 0x65
"""ESME_RX_P_APPN: what came cannot be read, and coming again would not help."""


class Lost(Exception):
    """The connection ended before the answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """Who hears what the SMSC sends by itself."""

    hear: Callable[[Short], Awaitable[int]]
    """Takes a text or a receipt and gives back the status for the response; raises Malformed."""
    puzzle: Callable[[bytes, str], None]
    """Takes the body of a delivery that cannot be read, and why."""
    ended: Callable[[], None]
    """Is told when the connection ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the SMSC is, how it is reached, and how patient we are."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    patience: float
    """Seconds for a connection, a bind and a sign of life."""
    idle: float
    """Seconds of silence after which a sign of life is asked for."""


class Line:
    """A connection that is bound as a transceiver until it ends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: Place, *, ears: Ears) -> None:
        self.place = place
        self.proved = False
        """Whether it has answered a sign of life."""
        self._reader, self._writer, self._ears = reader, writer, ears
        self._open: dict[int, asyncio.Future[Packet]] = {}
        self._sequence = 0
        self._kept: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._over = asyncio.Event()
        self._heard = asyncio.Event()
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._live())]

    @property
    def alive(self) -> bool:
        """Whether it can be spoken over."""
        return not self._over.is_set()

    def send(self, command: Command, body: bytes = b"") -> asyncio.Future[Packet]:
        """Write a request; the future is its response, or Lost. Raises Lost where nothing was written."""
        if not self.alive:
            raise Lost
        self._sequence = self._sequence % LAST_SEQUENCE + 1
        answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_looked_at)
        self._open[self._sequence] = answer
        self._write(Packet(command=command, sequence=self._sequence, body=body))
        return answer

    async def bind(self, bind: Bind) -> None:
        """Log in; raises TemporaryProblem and LoginProblem."""
        host = self.place.host
        try:
            answer = await asyncio.wait_for(self.send(Command.BIND_TRANSCEIVER, bind.body()), self.place.patience)
        except TimeoutError:
            raise TemporaryProblem(f"{host} does not answer the bind") from None
        except Lost:
            raise TemporaryProblem(f"{host} ended the connection before we were bound") from None
        if answer.status != OK:
            raise problem(answer.status, host)

    async def prove(self) -> None:
        """Ask for a sign of life; what was delivered before it is kept when this returns. Raises TemporaryProblem."""
        try:
            await asyncio.wait_for(self.send(Command.ENQUIRE_LINK), self.place.patience)
        except (TimeoutError, Lost):
            self.drop()
            raise TemporaryProblem(f"{self.place.host} does not answer on the open connection") from None
        self.proved = True
        if self._kept:
            await asyncio.wait(self._kept)

    async def close(self) -> bool:
        """Say good-bye and end; gives back whether the SMSC answered, and so read all that we sent. May be called twice."""
        answered = False
        with suppress(TimeoutError, Lost):
            await asyncio.wait_for(self.send(Command.UNBIND), _FAREWELL)
            answered = True
        self.drop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._kept, return_exceptions=True)
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(self._writer.wait_closed(), _FAREWELL)
        return answered

    def drop(self) -> None:
        """End at once: whoever waits for an answer will not get it here."""
        if self._over.is_set():
            return
        self._over.set()
        self._ears.ended()
        self._writer.transport.abort()
        for answer in self._open.values():
            if not answer.done():
                answer.set_exception(Lost())
        self._open.clear()

    def _write(self, packet: Packet) -> None:
        if self.alive and not self._writer.is_closing():
            self._writer.write(packet.wire())

    async def _read(self) -> None:
        """Take packets until the connection ends."""
        try:
            while self.alive:
                length, packet = read_header(await self._reader.readexactly(HEADER.size))
                body = await self._reader.readexactly(length)
                self._heard.set()
                await self._taken(
                    Packet(command=packet.command, sequence=packet.sequence, status=packet.status, body=body)
                )
        except Malformed as trouble:
            log.warning("smpp_stream_unreadable", host=self.place.host, why=str(trouble))
            self._write(Packet(command=Command.GENERIC_NACK, sequence=0, status=INVALID_COMMAND_LENGTH))
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self.drop()

    async def _taken(self, packet: Packet) -> None:
        """One packet of the SMSC."""
        if packet.is_response:
            answer = self._open.pop(packet.sequence, None)
            if answer is not None and not answer.done():
                answer.set_result(packet)
            return
        match packet.command:
            case Command.DELIVER_SM:
                await self._room.acquire()
                task = asyncio.create_task(self._deliver(packet))
                self._kept.add(task)
                task.add_done_callback(self._delivered)
            case Command.ENQUIRE_LINK:
                self._write(packet.answered(OK))
            case Command.UNBIND:
                self._write(packet.answered(OK))
                await self._writer.drain()
                self.drop()
            case Command.ALERT_NOTIFICATION:
                pass  # it wants no response (SMPP 3.4, 4.12)
            case _:
                self._write(Packet(command=Command.GENERIC_NACK, sequence=packet.sequence, status=INVALID_COMMAND))

    async def _deliver(self, packet: Packet) -> None:
        """A text or a receipt: the response goes when it is kept."""
        try:
            status = await self._ears.hear(read_short(packet.body))
        except Malformed as trouble:
            self._refuse(packet, str(trouble))
        except Exception as problem:  # noqa: BLE001 - one text that breaks the program keeps no other from coming (C20)
            log.error("smpp_delivery_failed", host=self.place.host, problem=type(problem).__name__)  # noqa: TRY400 - a traceback may hold the text (law 7)
            self._refuse(packet, f"the program itself failed at it: {type(problem).__name__}")
        else:
            self._write(packet.answered(status, b"\0"))

    def _refuse(self, packet: Packet, why: str) -> None:
        """For good: it is kept raw, and the SMSC need not bring it again."""
        self._ears.puzzle(packet.body, why)
        self._write(packet.answered(REFUSED_FOR_GOOD, b"\0"))

    def _delivered(self, task: asyncio.Task[None]) -> None:
        self._kept.discard(task)
        self._room.release()

    async def _live(self) -> None:
        """Ask for a sign of life whenever it was silent for a while."""
        while self.alive:
            self._heard.clear()
            try:
                await asyncio.wait_for(self._over.wait(), self.place.idle)
            except TimeoutError:
                if not self._heard.is_set():
                    with suppress(TemporaryProblem):
                        await self.prove()


def _looked_at(answer: asyncio.Future[Packet]) -> None:
    """An answer that nobody waits for any more is no mistake of the program."""
    if not answer.cancelled():
        answer.exception()


async def dial(place: Place, *, ears: Ears, bind: Bind) -> Line:
    """A bound line; raises TemporaryProblem and LoginProblem, and then nothing is open."""
    line = Line(*await _connected(place), place, ears=ears)
    try:
        await line.bind(bind)
    except BaseException:
        line.drop()
        await line.close()
        raise
    return line


async def _connected(place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        async with asyncio.timeout(place.patience):
            reader, writer = await asyncio.open_connection(place.host, place.port, ssl=place.tls)
    except TimeoutError:
        trouble = "the connection was not made in time"
    except ssl.SSLError as error:
        trouble = tls_trouble(error)
    except OSError as error:
        trouble = f"no connection: {(error.strerror or type(error).__name__).lower()}"
    else:
        keep_alive(writer.transport)
        return reader, writer
    raise TemporaryProblem(f"{place.host}: {trouble}")
