"""Room on the disk that is kept for the end: given up where it is full, so that what was begun can be settled (H01)."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger()

SIZE = 16 << 20
"""Bytes: some thousand settlements, with the write-ahead log that they take."""
_AGAIN = 10.0
"""Seconds between two looks whether there is room again."""


@dataclass
class Reserve:
    """A file beside the database that holds nothing but its place."""

    path: Path
    held: bool = field(default=False, init=False)
    _given_up: bool = field(default=False, init=False)
    _looked: float = field(default=float("-inf"), init=False)

    def keep(self) -> None:
        """Take the room where there is enough of it, at most once in a while; free blocks must remain for the work."""
        if self.held or time.monotonic() - self._looked < _AGAIN:
            return
        self._looked = time.monotonic()
        disk = os.statvfs(self.path.parent)
        if disk.f_bavail * disk.f_frsize >= 2 * SIZE or self.path.exists():
            self._take()

    def _take(self) -> None:
        place = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            os.posix_fallocate(place, 0, SIZE)
        except OSError:
            self.path.unlink()
            return
        finally:
            os.close(place)
        self.held = True
        if self._given_up:
            self._given_up = False
            log.info("storage_free")

    def give_up(self) -> None:
        """Let the database have the room."""
        if self.held:
            self.held, self._given_up = False, True
            self._looked = time.monotonic()
            self.path.unlink(missing_ok=True)
            log.error("storage_full")

    def leave(self) -> None:
        """The next process looks for itself."""
        self.path.unlink(missing_ok=True)
