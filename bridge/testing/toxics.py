"""What can happen to a connection, in the words of toxiproxy: each toxic spoils one direction of it."""

import asyncio
import ctypes
import random
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time: closing sends RST."""

_ATTACH_FILTER = getattr(socket, "SO_ATTACH_FILTER", 26)
_RETURN = 0x06
"""BPF_RET | BPF_K: with 0, that no byte of a packet is let through."""


class Connection:
    """Both directions of one connection."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self._writers = writers
        self.is_silent = False
        """True where everything that still comes from the server is swallowed."""
        self.is_stalled = False
        """True where both directions swallow everything, as two machines do that a firewall has parted."""
        self.swallowed = asyncio.Event()
        """Set once something was."""
        self.closed = asyncio.Event()
        """Set once a toxic ended both sides."""

    def close(self) -> None:
        """End both sides as a program that exits."""
        for writer in self._writers:
            writer.close()
        self.closed.set()

    def part(self) -> None:
        """From now on the kernel drops every packet that comes from the client, and nothing goes back: half-open (FT08)."""
        self.is_silent = True
        sock = self._writers[0].get_extra_info("socket")
        nothing = ctypes.create_string_buffer(struct.pack("HBBI", _RETURN, 0, 0, 0))
        sock.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(nothing)))

    def reset(self) -> None:
        """End both sides as a machine that lost its memory: RST, and what was under way is gone."""
        for writer in self._writers:
            with suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()


class Link:
    """One direction, as a toxic sees it."""

    def __init__(self, writer: asyncio.StreamWriter, connection: Connection) -> None:
        self._writer = writer
        self.connection = connection
        self.passed: Counter[int] = Counter()
        """Bytes that each toxic was given so far, by the toxic's id."""
        self.tails: dict[int, bytes] = {}
        """The end of what a toxic was given before, by the toxic's id, for words that are torn."""

    async def write(self, piece: bytes) -> None:
        """Let it through."""
        self._writer.write(piece)
        await self._writer.drain()

    def end(self) -> None:
        """Tell the receiver that no more comes."""
        with suppress(OSError, RuntimeError):
            self._writer.write_eof()


class Toxic(Protocol):
    """Something that happens to a direction; it may hold, cut, slow or split what it is given."""

    def feed(self, data: bytes, link: Link, /) -> AsyncIterator[bytes]:
        """What goes on of a piece that came; an empty piece is the stream's end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Every piece comes later."""

    seconds: float
    jitter: float = 0.0
    seed: int = 0
    """Chance is the same in every run."""

    async def feed(self, data: bytes, link: Link) -> AsyncIterator[bytes]:
        """Wait, then let it through."""
        chance = random.Random(f"{self.seed}/{link.passed[id(self)]}").random()  # noqa: S311 - no secret
        link.passed[id(self)] += len(data)
        await asyncio.sleep(self.seconds + self.jitter * chance)
        yield data


@dataclass(frozen=True, slots=True, kw_only=True)
class Bandwidth:
    """A narrow line."""

    rate: int
    """Bytes a second."""

    async def feed(self, data: bytes, _link: Link) -> AsyncIterator[bytes]:
        """Let it through in pieces of a tenth of a second."""
        for piece in _pieces(data, max(1, self.rate // 10)):
            await asyncio.sleep(len(piece) / self.rate)
            yield piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicer:
    """Small pieces, so that every read ends in the middle of something."""

    size: int
    seconds: float = 0.0

    async def feed(self, data: bytes, _link: Link) -> AsyncIterator[bytes]:
        """Cut it up."""
        for piece in _pieces(data, self.size):
            yield piece
            await asyncio.sleep(self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitData:
    """The connection ends after so many bytes."""

    limit: int

    async def feed(self, data: bytes, link: Link) -> AsyncIterator[bytes]:
        """Let the rest of the allowance through, then close."""
        left = self.limit - link.passed[id(self)]
        link.passed[id(self)] += len(data)
        yield data[: max(0, left)]
        if len(data) >= left:
            link.connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """Nothing comes through any more, and after a while the connection ends; never, where `seconds` is None."""

    seconds: float | None

    async def feed(self, _data: bytes, link: Link) -> AsyncIterator[bytes]:
        """Swallow it."""
        if self.seconds is not None:
            await asyncio.sleep(self.seconds)
            link.connection.close()
        else:
            await asyncio.Event().wait()
        yield b""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPeer:
    """The connection is reset some time after the next piece."""

    seconds: float = 0.0

    async def feed(self, _data: bytes, link: Link) -> AsyncIterator[bytes]:
        """Wait, then reset."""
        await asyncio.sleep(self.seconds)
        link.connection.reset()
        yield b""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowClose:
    """The end comes later than it should."""

    seconds: float

    async def feed(self, data: bytes, _link: Link) -> AsyncIterator[bytes]:
        """Hold the end only."""
        if not data:
            await asyncio.sleep(self.seconds)
        yield data


@dataclass(frozen=True, slots=True, kw_only=True)
class CutAfter:
    """The server gets everything up to a word and answers it; the client never sees the answer (FT07).

    For the way up only.
    """

    word: bytes

    async def feed(self, data: bytes, link: Link) -> AsyncIterator[bytes]:
        """Let the word through, swallow the answer, then reset."""
        before = link.tails.get(id(self), b"")
        seen = before + data
        link.tails[id(self)] = seen[max(0, len(seen) - len(self.word) + 1) :]
        if self.word not in seen:
            yield data
            return
        end = seen.find(self.word) + len(self.word) - len(before)
        link.connection.is_silent = True
        yield data[:end]
        await link.connection.swallowed.wait()
        link.connection.reset()


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    """The data cut into pieces; its end is one empty piece."""
    for start in range(0, len(data) or 1, size):
        yield data[start : start + size]
