"""An append-only journal: what a fake platform accepted, in order, also across restarts."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BufferedWriter
from pathlib import Path

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened on the platform."""

    number: int
    at: datetime
    what: str
    fields: Mapping[str, str | int | bool | None]


class Journal:
    """Entries in memory and, where a path is given, one JSON line each in a file that outlives the process."""

    def __init__(self, path: Path | None, now: Callable[[], datetime]) -> None:
        self._now = now
        self._entries = list(_stored(path)) if path else []
        self._file: BufferedWriter | None = path.open("ab") if path else None

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, what: str, **fields: str | int | bool | None) -> Entry:
        """Record it durably before anyone is told."""
        entry = Entry(number=len(self._entries) + 1, at=self._now(), what=what, fields=fields)
        self._entries.append(entry)
        if self._file is not None:
            self._file.write(msgspec.json.encode(entry) + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        return entry

    def close(self) -> None:
        """Close the file; may be called twice."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _stored(path: Path) -> Iterator[Entry]:
    """The entries of an earlier run; a last line that was torn by a crash was never acknowledged and is dropped."""
    if not path.exists():
        return
    for line in path.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            yield msgspec.json.decode(line, type=Entry)
