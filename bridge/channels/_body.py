"""Answers are read within limits of size, ratio and time, before memory is spent (E02)."""

import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp
import brotli

ACCEPTED = "gzip, deflate, br"
"""What we say that we can unpack."""

_SLACK = 64 * 1024
"""Below this size no ratio is judged: short answers may well shrink a hundredfold."""


class Oversize(Exception):
    """The answer is larger than anything that a channel may send."""


class Unreadable(Exception):
    """The answer is packed in a way that cannot be unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    """How much of an answer is read; bytes."""

    wire: int = 5 * 1024 * 1024
    unpacked: int = 25 * 1024 * 1024
    ratio: int = 100


Unpack = Callable[[bytes, int], bytes]
"""Takes packed bytes and the most that may come out; raises Oversize where more would."""


async def read_body(response: aiohttp.ClientResponse, limits: BodyLimits) -> bytes:
    """The unpacked body; raises Oversize or Unreadable, and reads no byte past a limit."""
    unpack = _unpacker(response.headers.get("Content-Encoding", ""))
    parts: list[bytes] = []
    wire = size = 0
    async for chunk in response.content.iter_any():
        wire += len(chunk)
        if wire > limits.wire:
            raise Oversize("the answer is larger than the limit")
        part = unpack(chunk, limits.unpacked - size) if unpack else chunk
        size += len(part)
        if size > _SLACK and size > wire * limits.ratio:
            raise Oversize("the answer grows more than a hundredfold when it is unpacked")
        parts.append(part)
    return b"".join(parts)


async def lines(response: aiohttp.ClientResponse, longest: int) -> AsyncIterator[bytes]:
    """The lines of an answer that has no end, also the empty ones; raises Oversize for one that is too long."""
    held = b""
    async for chunk in response.content.iter_any():
        *whole, held = (held + chunk).split(b"\n")
        if max(len(held), *map(len, whole), 0) > longest:
            raise Oversize("a line of the stream is larger than the limit")
        for line in whole:
            yield line.strip()


def _unpacker(encoding: str) -> Unpack | None:
    """What undoes the content encoding; None where nothing is packed."""
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    if not names or names == ["identity"]:
        return None
    if names in (["gzip"], ["x-gzip"]):
        return _Zlib(zlib.MAX_WBITS | 16).unpack
    if names == ["deflate"]:
        return _Deflate().unpack
    if names == ["br"]:
        return _Brotli().unpack
    raise Unreadable("the answer is packed in an unknown way")


class _Zlib:
    """Unpacks gzip or zlib, also several members one after another."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inner = zlib.decompressobj(wbits)

    def unpack(self, packed: bytes, room: int) -> bytes:
        """The next stretch; `room` is how many bytes may come out."""
        parts: list[bytes] = []
        while packed:
            part = self._step(packed, room + 1)
            room -= len(part)
            if room < 0:
                raise Oversize("the answer is larger than the limit when it is unpacked")
            parts.append(part)
            packed = self._inner.unused_data
            if packed:
                self._inner = zlib.decompressobj(self._wbits)
        return b"".join(parts)

    def _step(self, packed: bytes, most: int) -> bytes:
        try:
            return self._inner.decompress(packed, most)
        except zlib.error:
            raise Unreadable("the answer cannot be unpacked") from None


class _Deflate:
    """Unpacks what servers call deflate: zlib by the book, bare deflate from some."""

    def __init__(self) -> None:
        self._inner: _Zlib | None = None

    def unpack(self, packed: bytes, room: int) -> bytes:
        """The next stretch; the first byte tells which of the two it is."""
        if self._inner is None:
            is_zlib = packed[:1] and packed[0] & 0x0F == zlib.DEFLATED
            self._inner = _Zlib(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
        return self._inner.unpack(packed, room)


class _Brotli:
    """Unpacks brotli."""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def unpack(self, packed: bytes, room: int) -> bytes:
        """The next stretch; the decompressor holds back what is past the room."""
        try:
            part: bytes = self._inner.process(packed, output_buffer_limit=room + 1)
            while len(part) <= room and not (self._inner.can_accept_more_data() or self._inner.is_finished()):
                part += self._inner.process(b"", output_buffer_limit=room + 1 - len(part))
        except brotli.error:
            raise Unreadable("the answer cannot be unpacked") from None
        if len(part) > room:
            raise Oversize("the answer is larger than the limit when it is unpacked")
        return part
