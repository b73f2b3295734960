"""An inbox that is a Maildir: letters are what lies in `new` and `cur`, and filing moves them into a subfolder."""

import asyncio
import contextlib
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from bridge.access.maildir import furnish, telling
from bridge.core.replies import Form, Letter, LetterOutcome
from bridge.inboxes._folders import Folders, wire_name
from bridge.inboxes._rounds import CHUNK, CHUNK_BYTES, LARGEST, Rounds
from bridge.ports import Fittings, TemporaryProblem
from bridge.stanza import Duration, Stanza

_HEADER_ROOM = 256 * 1024
"""How much of a letter that is too large is searched for the end of its header."""

_UNUSABLE = "the maildir cannot be used"
_LETTER_ROOMS = ("new", "cur")

_COARSE = timedelta(seconds=2)
"""Younger than this, a directory's time may hide a change: file systems stamp in steps."""


class Settings(Stanza):
    """An inbox that is a Maildir on this machine, filled by the local mail server."""

    form: ClassVar[Form] = Form.MAIL

    path: Path = Field(description="The Maildir; made where it is missing.")
    look_every: Duration = Field(
        default=timedelta(milliseconds=500), description="How often it is looked at.", gt=timedelta(0)
    )
    folders: Folders = Field(default=Folders(), description="Where letters are put away.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lying:
    """A letter as it lies on the disk."""

    path: Path
    uid: str
    size: int
    at: float


class MaildirInbox:
    """Hands out everything that was not filed yet; between two looks only two directories' times are read.

    The name of a letter's file without its flags is its uid, so a client that reads or flags it changes nothing (C11).
    """

    form = Form.MAIL

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._path = settings.path
        self._folders = settings.folders
        self._pause = settings.look_every.total_seconds()
        self._clock = fittings.clock
        self._rounds: Rounds[str] = Rounds()
        self._quiet: tuple[int, ...] = ()

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        """At most a hundred letters, oldest first; raises TemporaryProblem where the disk refuses."""
        letters = await self._look(always=True)
        for _ in range(math.ceil(wait.total_seconds() / self._pause)):
            if letters:
                break
            await self._clock.sleep(self._pause)
            letters = await self._look(always=False)
        return letters

    async def file(self, letter: Letter, outcome: LetterOutcome) -> None:
        """Move a letter into its folder; one that somebody took away is fine."""
        folder = self._folders.of(outcome)
        await asyncio.to_thread(_file, self._path, letter.uid, folder=folder, read=folder != self._folders.held)

    async def close(self) -> None:
        """Nothing is kept open between two looks."""

    async def _look(self, *, always: bool) -> list[Letter]:
        return await asyncio.to_thread(self._read_due, self._clock.now(), always=always)

    def _read_due(self, now: datetime, *, always: bool) -> list[Letter]:
        """Read the next letters, in a thread; costs two `stat` calls where nothing has changed."""
        with telling(TemporaryProblem, _UNUSABLE):
            stamp = _stamp(self._path)
            if not always and stamp == self._quiet:
                return []
            lying = {each.uid: each for each in _listing(self._path)}
            due = self._rounds.due(lying, now)
            letters = [letter for uid in _chunk(due, lying) if (letter := _read(lying[uid], self.name))]
            self._rounds.hand_out((letter.uid for letter in letters), now)
            self._quiet = stamp if not due and _is_settled(stamp, now) else ()
            return letters


def build(name: str, settings: Settings, fittings: Fittings) -> MaildirInbox:
    """The inbox that a stanza asks for."""
    return MaildirInbox(name, settings, fittings)


def _stamp(maildir: Path) -> tuple[int, ...]:
    """Changes when a letter comes, goes or is renamed; a Maildir that is missing is made."""
    try:
        return _times(maildir)
    except FileNotFoundError:
        furnish(maildir)
        return _times(maildir)


def _times(maildir: Path) -> tuple[int, ...]:
    return tuple((maildir / room).stat().st_mtime_ns for room in _LETTER_ROOMS)


def _is_settled(stamp: tuple[int, ...], now: datetime) -> bool:
    """Whether the directories' times are old enough to tell of every later change."""
    return max(stamp) / 1e9 < (now - _COARSE).timestamp()


def _listing(maildir: Path) -> list[_Lying]:
    """All letters that were not filed, oldest first."""
    found = []
    for room in _LETTER_ROOMS:
        with os.scandir(maildir / room) as entries:
            found += [_lying(entry) for entry in entries if _is_letter(entry)]
    return sorted(found, key=lambda each: (each.at, each.uid))


def _is_letter(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)


def _lying(entry: os.DirEntry[str]) -> _Lying:
    stat = entry.stat(follow_symlinks=False)
    return _Lying(path=Path(entry.path), uid=_uid(entry.name), size=stat.st_size, at=stat.st_mtime)


def _uid(name: str) -> str:
    """A file's name without the flags that clients change."""
    return name.partition(":")[0]


def _chunk(due: list[str], lying: dict[str, _Lying]) -> Iterator[str]:
    """The first of the due letters that fit into one handing out."""
    room = CHUNK_BYTES
    for count, uid in enumerate(due[:CHUNK]):
        room -= min(lying[uid].size, LARGEST)
        if room < 0 and count:
            return
        yield uid


def _read(lying: _Lying, inbox: str) -> Letter | None:
    """The letter, or only its header where it is too large; None where it has just been moved away."""
    whole = lying.size <= LARGEST
    try:
        with lying.path.open("rb") as file:
            raw = file.read() if whole else _header(file.read(_HEADER_ROOM))
    except FileNotFoundError:
        return None
    return Letter(inbox=inbox, uid=lying.uid, raw=raw, received=datetime.fromtimestamp(lying.at, UTC), whole=whole)


def _header(start: bytes) -> bytes:
    """Everything up to the first empty line, with it."""
    ends = [at + len(end) for end in (b"\n\n", b"\r\n\r\n") if (at := start.find(end)) >= 0]
    return start[: min(ends, default=len(start))]


def _file(maildir: Path, uid: str, *, folder: str, read: bool) -> None:
    """Move the letter, with the flags that it has now, into a Maildir++ subfolder; `read` where nobody needs to look."""
    with telling(TemporaryProblem, _UNUSABLE):
        found = _find(maildir, uid)
        if found is None:
            return
        target = maildir / f".{wire_name(folder)}"
        furnish(target)
        (target / "maildirfolder").touch()
        flags = {*found.name.partition(":2,")[2], *("S" if read else "")}
        with contextlib.suppress(FileNotFoundError):
            found.rename(target / "cur" / f"{uid}:2,{''.join(sorted(flags))}")


def _find(maildir: Path, uid: str) -> Path | None:
    """Where the letter lies: delivered as it was, or read by some client meanwhile."""
    delivered = maildir / "new" / uid
    if delivered.is_file():
        return delivered
    with os.scandir(maildir / "cur") as entries:
        return next((Path(entry.path) for entry in entries if _uid(entry.name) == uid), None)
