"""A queue that is a Maildir: each proxy becomes one file in it, whole or not there at all."""

import asyncio
import hashlib
import os
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

from pydantic import Field

from bridge.access.maildir import furnish, telling
from bridge.access.private_file import sync_names
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.desks._paper import Paper, sealer
from bridge.ports import Fittings, TemporaryProblem, UncertainProblem

_FLAGS = tuple("".join(some) for count in range(7) for some in combinations("DFPRST", count))
"""Every set of flags that a mail client may have written behind a file's name."""


class Settings(Paper):
    """A desk whose queue is a Maildir on this machine, read by any mail client or server."""

    path: Path = Field(description="The Maildir; made where it is missing.")


class MaildirDesk:
    """Delivers as Maildir asks for it: written and synced in `tmp`, then renamed into `new`.

    A file's name comes from the Message-ID, so a repeated delivery finds the first one, also where a client has read it.
    """

    def __init__(self, name: str, path: Path, *, seal: Callable[[Proxy | Notice], Sealed]) -> None:
        self.name = name
        self._path = path
        self._seal = seal

    def seal(self, message: Proxy | Notice) -> Sealed:
        """The message as a mail for this queue."""
        return self._seal(message)

    async def inject(self, sealed: Sealed) -> None:
        """Put a proxy into the Maildir; raises TemporaryProblem where the disk refused, UncertainProblem where it may lie."""
        await asyncio.to_thread(_deliver, self._path, sealed)

    async def tell(self, sealed: Sealed) -> None:
        """Put a notice into the Maildir, in which agents and operators read alike."""
        await self.inject(sealed)

    async def close(self) -> None:
        """Nothing is kept open between two deliveries."""


def build(name: str, settings: Settings, fittings: Fittings) -> MaildirDesk:
    """The desk that a stanza asks for."""
    return MaildirDesk(name, settings.path, seal=sealer(name, settings, fittings))


def file_name(message_id: str) -> str:
    """The same for the same mail, and free of everything that means something in a Maildir's file names."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:40] + ".bridge"


def _deliver(maildir: Path, sealed: Sealed) -> None:
    """One delivery, in a thread of its own."""
    name = file_name(sealed.message_id)
    with telling(TemporaryProblem, "the maildir cannot be written"):
        furnish(maildir)
        if not _is_there(maildir, name):
            _write(maildir / "tmp" / f"{name}.{os.getpid()}", maildir / "new" / name, sealed.content)
    with telling(UncertainProblem, "the maildir cannot be synced"):
        sync_names(maildir / "new")


def _is_there(maildir: Path, name: str) -> bool:
    """Whether the mail was delivered before; asks for names instead of listing, so a full Maildir costs no more."""
    seen = (maildir / "cur" / f"{name}:2,{flags}" for flags in _FLAGS)
    return any(path.exists() for path in (maildir / "new" / name, maildir / "cur" / name, *seen))


def _write(temporary: Path, final: Path, content: bytes) -> None:
    """Write with the line ends of a local file, sync, and only then show it under its final name."""
    try:
        with temporary.open("wb") as file:
            file.write(content.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(final)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
