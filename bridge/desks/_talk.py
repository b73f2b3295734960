"""What is said over an open SMTP connection: commands, several with one write where the server allows it, and their answers."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

_LONGEST = 65_536
"""Bytes of answers that nobody has taken yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: its code and its words, one line under the other."""

    code: int
    text: str


class Talk(asyncio.Protocol):
    """One connection; each command is owed one answer, and an answer that nothing was asked for ends it.

    So no answer can ever be taken for another command's.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        """Take over a connection on which nothing is under way."""
        self._transport = transport
        self._buffer = bytearray()
        self._answers: deque[Answer] = deque()
        self._owed = 0
        self._over = False
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        transport.set_protocol(self)

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be said."""
        return self._over or self._transport.is_closing()

    def say(self, commands: Iterable[bytes]) -> None:
        """Write commands at once; raises ConnectionError where the connection ended, ValueError for what is no command."""
        lines = [command + b"\r\n" for command in commands]
        if any(line.count(b"\n") + line.count(b"\r") + line.count(b"\0") != 2 for line in lines):  # noqa: PLR2004 - its end
            raise ValueError("a command holds a line end")
        self._owed += len(lines)
        self.write(b"".join(lines))

    def end(self, content: bytes) -> None:
        """Write the end of a mail's content, and the dot, which is owed an answer."""
        self._owed += 1
        self.write(content + b".\r\n")

    def write(self, octets: bytes) -> None:
        """Write octets that are owed no answer; raises ConnectionError where the connection ended."""
        if self.is_over:
            raise ConnectionResetError("the connection ended")
        self._transport.write(octets)

    async def drained(self) -> None:
        """Wait until what was written has left the room that there is for it; raises ConnectionError."""
        await self._room.wait()
        if self.is_over:
            raise ConnectionResetError("the connection ended")

    async def answer(self, seconds: float) -> Answer:
        """The next answer that is owed; raises ConnectionError, or TimeoutError after so long."""
        async with asyncio.timeout(seconds):
            while not self._answers:
                if self._over:
                    raise ConnectionResetError("the connection ended")
                self._news.clear()
                await self._news.wait()
        self._owed -= 1
        return self._answers.popleft()

    def cut(self) -> None:
        """Drop the connection."""
        self._over = True
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Take answers as they become whole."""
        self._buffer += data
        try:
            while answer := self._whole():
                self._answers.append(answer)
        except ValueError:
            self._spoil()
        if len(self._answers) > self._owed or len(self._buffer) > _LONGEST:
            self._spoil()
        self._news.set()

    def _whole(self) -> Answer | None:
        """The first answer of which all lines are there; raises ValueError for what is none."""
        said, start = [], 0
        while (end := self._buffer.find(b"\n", start)) >= 0:
            line = bytes(self._buffer[start:end])
            said.append(line[4:].strip())
            start = end + 1
            code = int(line[:3])
            if line[3:4] != b"-":
                del self._buffer[:start]
                return Answer(code, b"\n".join(said).decode("utf-8", "surrogateescape"))
        return None

    def _spoil(self) -> None:
        self._over = True
        self._transport.abort()

    def pause_writing(self) -> None:
        """The far end reads more slowly than we write."""
        self._room.clear()

    def resume_writing(self) -> None:
        """There is room again."""
        self._room.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's signature
        """Let nobody wait for what will never come."""
        self._over = True
        self._room.set()
        self._news.set()


def taken_over(transport: asyncio.BaseTransport | None) -> Talk:
    """The talk over a connection that a library has opened, secured and logged in."""
    return Talk(cast("asyncio.Transport", transport))
