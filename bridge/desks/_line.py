"""One SMTP connection, and the sending of one mail over it: exact about what is certain and what is not."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from bridge.core.proxies import Sealed
from bridge.desks._answers import mail_refused
from bridge.desks._talk import Answer, Talk
from bridge.ports import PermanentProblem, TemporaryProblem, UncertainProblem

_DONE, _GO_AHEAD = 250, 354
_UNADDRESSED = re.compile(r"[<>\s\x00-\x1f\x7f]")
_XCHARS = re.compile(r"[!-*,-<>-~]*")
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

    def __init__(self, talk: Talk, extensions: Mapping[str, str], patience: Patience) -> None:
        """Take a connection, and what the server offers on it: names in lower case with their parameters."""
        self._talk = talk
        self._extensions = extensions
        self._patience = patience
        self._under_way = False

    @property
    def is_clean(self) -> bool:
        """Whether the next mail may go over it."""
        return not self._talk.is_over and not self._under_way

    async def is_alive(self) -> bool:
        """Ask whether the server is still there."""
        try:
            return (await self._asked(b"NOOP")).code == _DONE
        except OSError:
            return False

    async def hang_up(self) -> None:
        """Take leave; whatever comes of it, the connection is closed afterwards."""
        with suppress(OSError):
            await self._asked(b"QUIT")
        self.cut()

    def cut(self) -> None:
        """Drop the connection."""
        self._talk.cut()

    async def _asked(self, command: bytes) -> Answer:
        self._talk.say([command])
        return await self._talk.answer(self._patience.leave)

    async def send(self, sealed: Sealed) -> None:
        """Hand over one mail, byte for byte.

        Raises TemporaryProblem for a 4xx answer and for every trouble before the final dot, PermanentProblem for a 5xx answer
        and for what the server cannot take, UncertainProblem where the dot was sent and no clear answer came (C04, C05).
        """
        content = _stuffed(self._fitting(sealed))
        self._under_way = True
        with _certain():
            refused = await self._announce(sealed)
            if refused is None:
                await self._begin(content[:-_LAST])
        if refused is not None:
            raise await self._refused(refused)
        await self._end(content[-_LAST:])
        self._under_way = False

    def _fitting(self, sealed: Sealed) -> bytes:
        """The content as it goes over the wire; PermanentProblem where this server cannot take it, before a word is said."""
        content = sealed.content if sealed.content.endswith(b"\r\n") else sealed.content + b"\r\n"
        if len(sealed.recipients) != 1:
            raise PermanentProblem("a mail needs exactly one recipient")
        if not content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r"):
            raise PermanentProblem("the mail holds a bare line end, which servers read in different ways")
        if not content.isascii() and "8bitmime" not in self._extensions:
            raise PermanentProblem("the mail has letters beyond ASCII and the mail server takes none")
        room = self._extensions.get("size", "")
        if room.isdecimal() and 0 < int(room) < len(content):
            raise PermanentProblem(f"the mail is larger than the {int(room)} bytes that the mail server takes")
        return content

    async def _announce(self, sealed: Sealed) -> Answer | None:
        """Everything up to the go-ahead for the content; the first answer that is a no, None where there is none.

        With PIPELINING all commands go at once, and all their answers are waited for (RFC 2920).
        """
        steps = self._steps(sealed)
        at_once = len(steps) if "pipelining" in self._extensions else 1
        for start in range(0, len(steps), at_once):
            some = steps[start : start + at_once]
            self._talk.say(step.command for step in some)
            answers = [await self._talk.answer(step.seconds) for step in some]
            refused = next((a for a, step in zip(answers, some, strict=True) if a.code not in step.fine), None)
            if refused is not None:
                if answers[-1].code == _GO_AHEAD:
                    self.cut()  # it waits for a mail without sender or recipient
                return refused
        return None

    def _steps(self, sealed: Sealed) -> list["_Step"]:
        mail, rcpt = self._options(sealed)
        seconds = self._patience.command
        return [
            _Step(_command("MAIL FROM:", sealed.sender, mail), frozenset({250}), seconds),
            _Step(_command("RCPT TO:", sealed.recipients[0], rcpt), frozenset({250, 251}), seconds),
            _Step(b"DATA", frozenset({_GO_AHEAD}), self._patience.data),
        ]

    def _options(self, sealed: Sealed) -> tuple[list[str], list[str]]:
        """What the server offers and this mail can use: its size, its letters, and reports of failure (RFC 3461)."""
        mail, rcpt = [], []
        if "size" in self._extensions:
            mail.append(f"SIZE={len(sealed.content)}")
        if "8bitmime" in self._extensions and not sealed.content.isascii():
            mail.append("BODY=8BITMIME")
        if "dsn" in self._extensions and sealed.sender:
            mail += ["RET=HDRS", f"ENVID={_envelope_id(sealed.message_id)}"]
            rcpt.append("NOTIFY=FAILURE,DELAY")
        return mail, rcpt

    async def _begin(self, content: bytes) -> None:
        """All but the end of a large mail; a server that stops reading is noticed by the time-out of a block."""
        if content:
            self._talk.write(content)
            async with asyncio.timeout(self._patience.block):
                await self._talk.drained()

    async def _end(self, content: bytes) -> None:
        """The end of the content and the dot, which makes the mail the server's, and its answer."""
        try:
            self._talk.end(content)
            answer = await self._talk.answer(self._patience.dot)
        except OSError as error:
            raise UncertainProblem("the mail was handed over and the mail server gave no answer") from error
        if answer.code // 100 in {4, 5}:
            raise await self._refused(answer)
        if answer.code // 100 != 2:  # noqa: PLR2004 - the first digit of success
            raise UncertainProblem(f"the mail was handed over and the mail server answered {answer.code}")

    async def _refused(self, answer: Answer) -> TemporaryProblem | PermanentProblem:
        """After a clear answer the line is good for the next mail."""
        if answer.code // 100 in {4, 5} and not self._talk.is_over:
            with suppress(OSError):
                self._under_way = (await self._asked(b"RSET")).code != _DONE
        return mail_refused(answer.code, answer.text)


@dataclass(frozen=True, slots=True)
class _Step:
    """A command, the codes that are a yes to it, and the seconds that its answer may take."""

    command: bytes
    fine: frozenset[int]
    seconds: float


@contextmanager
def _certain() -> Iterator[None]:
    """As long as no dot was sent, nothing happened, whatever breaks."""
    try:
        yield
    except OSError as error:
        raise TemporaryProblem("the connection to the mail server broke before the mail was handed over") from error
    except ValueError as error:
        raise PermanentProblem("an address of the mail cannot be written to the mail server") from error


def _command(verb: str, address: str, options: list[str]) -> bytes:
    """A command about an address; raises ValueError for one beyond ASCII, or that would end its brackets."""
    if _UNADDRESSED.search(address):
        raise ValueError("what should be an address holds more than one")
    return " ".join([f"{verb}<{address}>", *options]).encode("ascii")


def _stuffed(content: bytes) -> bytes:
    """The content with a dot more where a line begins with one (RFC 5321 4.5.2)."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _envelope_id(message_id: str) -> str:
    """The Message-ID without its brackets, in xtext (RFC 3461 4): a report of failure will repeat it."""
    plain = message_id.strip("<>")
    if _XCHARS.fullmatch(plain):
        return plain[:_ENVELOPE_ID]
    coded = "".join(chr(o) if 33 <= o <= 126 and chr(o) not in "+=" else f"+{o:02X}" for o in plain.encode())  # noqa: PLR2004 - xchar
    return coded[:_ENVELOPE_ID]
