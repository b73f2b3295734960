"""The line to the XMPP server: one component stream (XEP-0114), dialled again whenever it broke, on slixmpp."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from slixmpp.componentxmpp import ComponentXMPP

from bridge.access.keepalive import keep_alive
from bridge.access.xmpp import stanzas, writing
from bridge.access.xmpp.stanzas import Asked, Incoming, Outgoing

log = structlog.get_logger("bridge.xmpp")

_PING = "urn:xmpp:ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the server takes components, and who we are there."""

    domain: str
    """Ours, as the server's configuration names the component."""
    server: str
    """The domain that agents log in to; its answers to pings show that it has taken what went before."""
    host: str
    port: int
    secret: str = field(repr=False)
    files_from: frozenset[str] = frozenset()
    """Places where it keeps what agents upload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds that each step may take."""

    connect: float = 10.0
    answer: float = 20.0
    """Until the server answers a ping; after that the line is cut and dialled again."""
    quiet: float = 30.0
    """After which a silent line is asked whether it is still there."""
    pause: float = 0.2
    """Before the line is dialled again; it doubles up to `longest`."""
    longest: float = 15.0


class Line:
    """Stanzas in and out, in their order; while it is down nothing is kept here and nothing is sent later."""

    def __init__(
        self, address: Address, *, patience: Patience, take: Callable[[Incoming], None], turned: Callable[[bool], None]
    ) -> None:
        self._address = address
        self._patience = patience
        self._take, self._turned = take, turned
        self.up = asyncio.Event()
        self._over: asyncio.Future[str] | None = None
        self._stream: ComponentXMPP | None = None
        self._pings: dict[str, asyncio.Future[None]] = {}
        self._count = 0

    async def keep(self) -> None:
        """Hold the line until told to stop, by cancelling."""
        pause = self._patience.pause
        while True:
            why = await self._once()
            log.info("xmpp_line_lost" if self.was_up else "xmpp_line_refused", domain=self._address.domain, why=why)
            pause = self._patience.pause if self.was_up else min(2 * pause, self._patience.longest)
            await asyncio.sleep(pause)

    was_up = False
    """Whether the last attempt came so far that stanzas could go."""

    async def _once(self) -> str:
        """One connection, from dialling to its end; why it ended."""
        self.was_up = False
        over = self._over = asyncio.get_running_loop().create_future()
        stream = self._stream = self._made()
        try:
            stream.connect(self._address.host, self._address.port)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience.connect):
                    await asyncio.wait(
                        {over, up := asyncio.ensure_future(self.up.wait())}, return_when="FIRST_COMPLETED"
                    )
                    up.cancel()
            if not self.up.is_set():
                return over.result() if over.done() else "no answer in time"
            return await self._held(over)
        finally:
            self._end(stream)

    def _made(self) -> ComponentXMPP:
        address = self._address
        stream = ComponentXMPP(address.domain, address.secret, address.host, address.port)  # type: ignore[no-untyped-call]
        stream.add_filter("in", self._taken)
        stream.add_event_handler("session_start", self._started)
        stream.add_event_handler("disconnected", lambda why: self._ended(_named(why)))
        stream.add_event_handler("connection_failed", lambda why: self._ended(_named(why)))
        stream.add_event_handler("stream_error", lambda error: self._ended(str(error["condition"])))
        return stream

    def _started(self, _event: object) -> None:
        stream = self._stream
        if stream and stream.transport:
            keep_alive(stream.transport)
        self.was_up = True
        self.up.set()
        log.info("xmpp_line_open", domain=self._address.domain)
        self._turned(True)

    def _ended(self, why: str) -> None:
        if self._over and not self._over.done():
            self._over.set_result(why)

    async def _held(self, over: "asyncio.Future[str]") -> str:
        """Wait for the line's end; a silent line is asked, so that a dead one is noticed."""
        while True:
            done, _ = await asyncio.wait({over}, timeout=self._patience.quiet)
            if done:
                return over.result()
            try:
                await self.settled()
            except ConnectionError as error:
                return str(error)

    def _end(self, stream: ComponentXMPP) -> None:
        """Leave nothing of a connection behind."""
        was, self._stream = self.up.is_set(), None
        self.up.clear()
        stream.cancel_connection_attempt()
        stream.abort()
        if (filters := stream._run_out_filters) is not None:  # noqa: SLF001 - the library never ends this task of its own
            filters.cancel()
        for waiting in self._pings.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the line broke"))
        self._pings.clear()
        if was:
            self._turned(False)

    def _taken(self, stanza: Any) -> Any:
        """Every message, presence and question is ours; the rest is the library's."""
        self._acknowledge()
        found = stanzas.read(stanza.xml)
        if found is None:
            return stanza
        if isinstance(found, Asked) and self._is_pong(found):
            waiting = self._pings.pop(found.id)
            if not waiting.done():
                waiting.set_result(None)
        else:
            self._take(found)
        return None

    def _is_pong(self, found: Asked) -> bool:
        """Whether it is the server's own answer to a ping: anybody may send something under the same id."""
        return found.kind in {"result", "error"} and found.sender == self._address.server and found.id in self._pings

    def _acknowledge(self) -> None:
        """Let the kernel confirm at once what came: the server holds a second small stanza back until the first is confirmed."""
        endpoint = self._stream.transport.get_extra_info("socket") if self._stream and self._stream.transport else None
        if endpoint is not None:
            with suppress(OSError):
                endpoint.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def send(self, *given: Outgoing) -> bool:
        """Hand stanzas to the connection; False where there is none."""
        return self.send_xml("".join(map(writing.written, given)))

    def send_xml(self, xml: str) -> bool:
        """The same for what is XML already."""
        stream = self._stream
        if stream is None or not self.up.is_set() or stream.transport is None or stream.transport.is_closing():
            return False
        stream.transport.write(xml.encode())
        return True

    async def settled(self) -> None:
        """Wait until the server has taken everything that was sent; raises ConnectionError where the line broke first."""
        self._count += 1
        name = f"p{self._count}"
        waiting = self._pings[name] = asyncio.get_running_loop().create_future()
        waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
        ping = f"<iq type='get' id='{name}' from='{self._address.domain}' to='{self._address.server}'><ping xmlns='{_PING}'/></iq>"
        if not self.send_xml(ping):
            self._pings.pop(name, None)
            raise ConnectionError("the line is down")
        try:
            async with asyncio.timeout(self._patience.answer):
                await waiting
        except TimeoutError:
            self._ended("the server does not answer")
            raise ConnectionError("the server does not answer") from None


def _named(why: object) -> str:
    """Why a connection ended, without anything that the far end wrote."""
    if isinstance(why, OSError):
        return (why.strerror or type(why).__name__).lower()
    return type(why).__name__ if isinstance(why, BaseException) else "closed"
