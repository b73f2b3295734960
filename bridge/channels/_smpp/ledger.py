"""What an SMPP channel must not forget: texts and receipts before the SMSC hears that we have them, and what it took of ours."""

import asyncio
import errno
import fcntl
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from bridge.access.private_file import write_private
from bridge.channels._smpp.entries import Came, Entry, Sent, Taken, Told

log = structlog.get_logger("bridge.smpp")

MOST = 5_000
"""Texts and receipts that wait for the store at most; of more the SMSC hears that it shall try later."""

SENT_KEPT = timedelta(days=7)
"""How long an answer's ids are remembered for its receipts: no network tries longer."""

MOST_SENT = 20_000

_DEAD = 2_000
"""Lines of which nothing is needed any more, after which the file is written anew."""

TIDY = timedelta(hours=1)
"""The longest that such a line stays on the disk, while the channel is polled."""


class _Sure(msgspec.Struct, frozen=True, kw_only=True, tag="sure"):
    """The SMSC knows that we have everything up to this number."""

    upto: int


class _Head(msgspec.Struct, frozen=True, kw_only=True, tag="head"):
    """The first line: whose numbers these are, and the last one that was given."""

    name: str
    last: int


_Line = _Head | _Sure | Came | Told | Sent | Taken
_LINE: msgspec.json.Decoder[_Line] = msgspec.json.Decoder(_Line)


class NotKept(Exception):
    """The disk refuses; the text says why."""


@dataclass(slots=True)
class Ledger:
    """An append-only file whose entries are numbered for ever; every entry is on the disk before `keep` returns."""

    path: Path
    now: Callable[[], datetime]
    name: str = ""
    """Random, and the same as long as the file lives."""
    entries: dict[int, Entry] = field(default_factory=dict)
    sure: int = 0
    """Up to which number the SMSC knows that we have it."""
    waiting: int = 0
    """Texts and receipts that are kept."""
    written: int = 0
    """Whatever has a number up to this one is kept, or never will be."""
    _last: int = 0
    _lines: int = 0
    _tidied: datetime | None = None
    _lock: int | None = None
    _queue: list[tuple[Entry, asyncio.Future[None]]] = field(default_factory=list)
    _disk: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self) -> None:
        """Take up what an earlier process left; raises NotKept. May be called twice."""
        async with self._disk:
            if self.name:
                return
            try:
                self._lock = _locked(self.path)
                head, lines = await asyncio.to_thread(_read, self.path)
                self._take_up(head, lines)
                await self._rewrite(head.name)
            except OSError as problem:
                self._unlock()
                raise _refused(problem) from None
            self.name = head.name

    def _take_up(self, head: _Head, lines: Sequence[_Sure | Entry]) -> None:
        self.entries = {line.n: line for line in lines if not isinstance(line, _Sure)}
        self.sure = max((line.upto for line in lines if isinstance(line, _Sure)), default=0)
        self._last = self.written = max([head.last, *self.entries])
        self.waiting = sum(isinstance(entry, Came | Told) for entry in self.entries.values())

    async def trust(self, upto: int) -> None:
        """The SMSC knows that we have everything up to this number; a disk that refuses leaves a doubt and nothing worse."""
        if upto <= self.sure:
            return
        self.sure = upto
        async with self._disk:
            with suppress(OSError):
                await asyncio.to_thread(_append, self.path, msgspec.json.encode(_Sure(upto=upto)) + b"\n")
                self._lines += 1

    async def close(self) -> None:
        """Leave the file to others; what is being kept is kept first. May be called twice."""
        async with self._disk:
            await self._flush()
            if self.name:
                with suppress(OSError):
                    await self._rewrite(self.name)
            self.name = ""
            self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def next_reference(self) -> int:
        """A number for the parts of the next long answer, of 16 bits."""
        return (self._last + 1) & 0xFFFF

    async def keep(self, entry: Entry) -> Entry:
        """Number it and write it durably; several at once are written together. Raises NotKept, and then it is not there."""
        if not self.name:
            raise NotKept("the file in which texts are kept is not open")
        if isinstance(entry, Came | Told) and self.waiting >= MOST:
            raise NotKept("more texts wait for the store than are kept")
        self._last += 1
        entry = msgspec.structs.replace(entry, n=self._last)
        done = asyncio.get_running_loop().create_future()
        self._queue.append((entry, done))
        async with self._disk:
            await self._flush()
        await done
        return entry

    async def settled(self) -> None:
        """Everything that was being kept is kept, or refused."""
        async with self._disk:
            await self._flush()

    async def forget(self, numbers: Sequence[int]) -> None:
        """Entries that nothing asks for any more; the file shrinks now and then, and a disk that refuses is no loss. Raises NotKept."""
        for number in numbers:
            self.waiting -= isinstance(self.entries.pop(number, None), Came | Told)
        dead = self._lines - len(self.entries)
        if dead > _DEAD or (dead and self._tidied is not None and self.now() - self._tidied > TIDY):
            async with self._disk:
                await self._tidy()

    async def _tidy(self) -> None:
        try:
            await self._rewrite(self.name)
        except OSError as problem:
            raise _refused(problem) from None

    async def _flush(self) -> None:
        """Write what is queued; those who wait hear of it. The lock is held."""
        queue, self._queue = self._queue, []
        if not queue:
            return
        content = b"".join(msgspec.json.encode(entry) + b"\n" for entry, _ in queue)
        try:
            await asyncio.to_thread(_append, self.path, content)
        except OSError as problem:
            for _, done in queue:
                done.set_exception(_refused(problem))
            return
        self._lines += len(queue)
        self.written = queue[-1][0].n
        for entry, done in queue:
            self.entries[entry.n] = entry
            self.waiting += isinstance(entry, Came | Told)
            done.set_result(None)

    async def _rewrite(self, name: str) -> None:
        """The file with what is needed only; raises OSError. The lock is held."""
        self._drop_old_answers()
        lines = [_Head(name=name, last=self._last), _Sure(upto=self.sure), *self.entries.values()]
        content = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        await asyncio.to_thread(write_private, self.path, content)
        self._lines, self._tidied = len(self.entries), self.now()

    def _drop_old_answers(self) -> None:
        begin = self.now() - SENT_KEPT
        sent = [entry for entry in self.entries.values() if isinstance(entry, Sent)]
        gone = {entry.n for entry in sent[:-MOST_SENT]} | {entry.n for entry in sent if entry.at < begin}
        self.entries = {
            n: entry
            for n, entry in self.entries.items()
            if n not in gone and not (isinstance(entry, Taken) and entry.sent in gone)
        }


def _read(path: Path) -> tuple[_Head, list[_Sure | Entry]]:
    """What a file holds; nobody was told of a last line that is torn, and a file with another bad one is kept aside.

    A new file gets a name of its own.
    """
    head = _Head(name=secrets.token_hex(4), last=0)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return head, []
    found = [_decoded(line) for line in content[: content.rfind(b"\n") + 1].splitlines()]
    if None in found:
        write_private(path.with_name(f"{path.name}.damaged"), content)
        log.error("ledger_damaged", file=path.name)
    head = next((line for line in found if isinstance(line, _Head)), head)
    return head, [line for line in found if line is not None and not isinstance(line, _Head)]


def _decoded(line: bytes) -> _Line | None:
    """A line; None where it is damaged."""
    try:
        return _LINE.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _locked(path: Path) -> int:
    """Held as long as it is open: two programs with one ledger would give the same number twice."""
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise OSError(errno.EBUSY, "another channel or program uses this file") from None
    return descriptor


def _append(path: Path, content: bytes) -> None:
    """Add lines durably; what was written of them in vain is cut off again, so that none is torn."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        size = os.fstat(descriptor).st_size
        try:
            _write_all(descriptor, content)
        except OSError:
            os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    if os.write(descriptor, content) != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(descriptor)


def _refused(problem: OSError) -> NotKept:
    return NotKept(f"what comes cannot be kept: {(problem.strerror or 'no reason given').lower()}")
