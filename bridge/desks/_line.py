"""One SMTP connection, and the sending of one mail over it: exact about what is certain and what is not."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import aiosmtplib

from bridge.access.keepalive import keep_alive
from bridge.core.proxies import Sealed
from bridge.desks._answers import mail_refused
from bridge.ports import PermanentProblem, TemporaryProblem, UncertainProblem

_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_DOT = re.compile(rb"(?m)^\.")
_LAST = 65_536
"""Bytes that go together with the dot: in the kernel's buffer they are as good as sent, so nothing would be known of them."""

_ENVELOPE_ID = 100
"""Characters of an envelope id, at most (RFC 3461 4.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds that each step may take; RFC 5321 4.5.3.2 names them, because impatience after the dot makes duplicates."""

    connect: float = 60.0
    """Until the greeting; giving up here is always safe."""
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    dot: float = 600.0
    leave: float = 5.0


class Line:
    """A connection that is open and logged in, for one mail at a time."""

    def __init__(self, client: aiosmtplib.SMTP, protocol: aiosmtplib.protocol.SMTPProtocol, patience: Patience) -> None:
        self._client = client
        self._protocol = protocol
        self._patience = patience
        self._under_way = False
        transport = protocol.transport
        assert isinstance(transport, asyncio.WriteTransport)
        keep_alive(transport)
        self._writer = asyncio.StreamWriter(transport, protocol, None, asyncio.get_running_loop())

    @property
    def is_clean(self) -> bool:
        """Whether the next mail may go over it."""
        return self._client.is_connected and not self._under_way

    async def is_alive(self) -> bool:
        """Ask whether the server is still there."""
        try:
            await self._client.noop(timeout=self._patience.leave)
        except (aiosmtplib.SMTPException, OSError):
            return False
        return True

    async def hang_up(self) -> None:
        """Take leave; whatever comes of it, the connection is closed afterwards."""
        with suppress(aiosmtplib.SMTPException, OSError):
            await self._client.quit(timeout=self._patience.leave)
        self.cut()

    def cut(self) -> None:
        """Drop the connection."""
        self._client.close()

    async def send(self, sealed: Sealed) -> None:
        """Hand over one mail, byte for byte.

        Raises TemporaryProblem for a 4xx answer and for every trouble before the final dot, PermanentProblem for a 5xx answer
        and for what the server cannot take, UncertainProblem where the dot was sent and no clear answer came (C04, C05).
        """
        content = _DOT.sub(b"..", self._fitting(sealed))
        self._under_way = True
        async with self._certain():
            await self._announce(sealed)
            await self._begin(content[:-_LAST])
        await self._end(content[-_LAST:])
        self._under_way = False

    def _fitting(self, sealed: Sealed) -> bytes:
        """The content as it goes over the wire; PermanentProblem where this server cannot take it, before a word is said."""
        content = sealed.content if sealed.content.endswith(b"\r\n") else sealed.content + b"\r\n"
        if len(sealed.recipients) != 1:
            raise PermanentProblem("a mail needs exactly one recipient")
        if _BARE.search(content):
            raise PermanentProblem("the mail holds a bare line end, which servers read in different ways")
        if not content.isascii() and not self._client.supports_extension("8bitmime"):
            raise PermanentProblem("the mail has letters beyond ASCII and the mail server takes none")
        room = self._client.esmtp_extensions.get("size", "")
        if room.isdecimal() and 0 < int(room) < len(content):
            raise PermanentProblem(f"the mail is larger than the {int(room)} bytes that the mail server takes")
        return content

    async def _announce(self, sealed: Sealed) -> None:
        """Everything up to the go-ahead for the content."""
        mail, rcpt = self._options(sealed)
        seconds = self._patience.command
        await self._client.mail(sealed.sender, options=mail, timeout=seconds)
        await self._client.rcpt(sealed.recipients[0], options=rcpt, timeout=seconds)
        answer = await self._client.execute_command(b"DATA", timeout=self._patience.data)
        if answer.code != aiosmtplib.SMTPStatus.start_input:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)

    def _options(self, sealed: Sealed) -> tuple[list[str], list[str]]:
        """What the server offers and this mail can use: its size, its letters, and reports of failure (RFC 3461)."""
        mail, rcpt = [], []
        if self._client.supports_extension("size"):
            mail.append(f"SIZE={len(sealed.content)}")
        if self._client.supports_extension("8bitmime") and not sealed.content.isascii():
            mail.append("BODY=8BITMIME")
        if self._client.supports_extension("dsn") and sealed.sender:
            mail += ["RET=HDRS", f"ENVID={_envelope_id(sealed.message_id)}"]
            rcpt.append("NOTIFY=FAILURE,DELAY")
        return mail, rcpt

    async def _begin(self, content: bytes) -> None:
        """All but the end of a large mail; a server that stops reading is noticed by the time-out of a block."""
        if content:
            self._protocol.write(content)
            async with asyncio.timeout(self._patience.block):
                await self._writer.drain()

    async def _end(self, content: bytes) -> None:
        """The end of the content and the dot, which makes the mail the server's, and its answer."""
        try:
            self._protocol.write(content + b".\r\n")
            answer = await self._protocol.read_response(timeout=self._patience.dot)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise UncertainProblem("the mail was handed over and the mail server gave no answer") from error
        if answer.code // 100 in {4, 5}:
            raise await self._refused(answer.code, answer.message)
        if answer.code // 100 != 2:  # noqa: PLR2004 - the first digit of success
            raise UncertainProblem(f"the mail was handed over and the mail server answered {answer.code}")

    @asynccontextmanager
    async def _certain(self) -> AsyncIterator[None]:
        """As long as no dot was sent, nothing happened, whatever breaks."""
        try:
            yield
        except aiosmtplib.SMTPResponseException as error:
            raise await self._refused(error.code, error.message) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TemporaryProblem("the connection to the mail server broke before the mail was handed over") from error
        except ValueError as error:
            raise PermanentProblem("an address of the mail cannot be written to the mail server") from error

    async def _refused(self, code: int, text: str) -> TemporaryProblem | PermanentProblem:
        """After a clear answer the line is good for the next mail."""
        if code // 100 in {4, 5} and self._client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.rset(timeout=self._patience.leave)
                self._under_way = False
        return mail_refused(code, text)


def _envelope_id(message_id: str) -> str:
    """The Message-ID without its brackets, in xtext (RFC 3461 4): a report of failure will repeat it."""
    plain = message_id.strip("<>").encode()
    coded = "".join(chr(o) if 33 <= o <= 126 and chr(o) not in "+=" else f"+{o:02X}" for o in plain)  # noqa: PLR2004 - xchar
    return coded[:_ENVELOPE_ID]
