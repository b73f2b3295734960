"""The tokens of an account that X renews: one file, written whole, readable by us alone, used by one process at a time."""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bridge.access.private_file import write_private
from bridge.ports import Clock, LoginProblem, TemporaryProblem

_TRIES = 150
_PAUSE = 0.2


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a login gives."""

    access: str
    refresh: str
    until: datetime
    """When the access token ends."""
    app: str
    """Recognises the app that they belong to."""
    turn: int = 0
    """How often they were renewed."""

    def __repr__(self) -> str:
        return f"Tokens(until={self.until:%Y-%m-%dT%H:%M}, turn={self.turn})"


def mark(client_id: str) -> str:
    """Recognises an app without telling which."""
    return hashlib.sha256(b"x-app\0" + client_id.encode()).hexdigest()[:32]


class TokenFile:
    """Where they are kept; a refresh token works once, so losing the next one locks the account out."""

    def __init__(self, path: Path, client_id: str, clock: Clock) -> None:
        self._path = path
        self._app = mark(client_id)
        self._clock = clock

    def load(self) -> Tokens:
        """What is kept; raises LoginProblem where there is nothing of use for this app."""
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=Tokens)
        except FileNotFoundError:
            raise LoginProblem(
                f"nobody has logged in yet: run bridge channel login ({self._path.name} is missing)"
            ) from None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            raise LoginProblem(f"{self._path.name} cannot be read: run bridge channel login again") from None
        if kept.app != self._app:
            raise LoginProblem(f"{self._path.name} belongs to another app: run bridge channel login again")
        return kept

    def save(self, tokens: Tokens) -> None:
        """Keep them, durably and before they are used; raises TemporaryProblem where the disk refuses."""
        try:
            _write(self._path, msgspec.json.encode(tokens))
        except OSError as error:
            raise TemporaryProblem(f"renewed tokens cannot be kept: {(error.strerror or '').lower()}") from None

    def writable(self) -> None:
        """Raises TemporaryProblem where renewed tokens could not be kept: seen before the old ones are given away."""
        probe = self._path.with_name(f".{self._path.name}.probe")
        try:
            _write(probe, b"probe")
            probe.unlink()
        except OSError as error:
            raise TemporaryProblem(f"renewed tokens could not be kept: {(error.strerror or '').lower()}") from None

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Keep every other process out while tokens are renewed; raises TemporaryProblem where one does not end."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path.with_name(f".{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise TemporaryProblem(f"renewed tokens could not be kept: {(error.strerror or '').lower()}") from None
        try:
            await self._locked(descriptor)
            yield
        finally:
            os.close(descriptor)

    async def _locked(self, descriptor: int) -> None:
        for _ in range(_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(_PAUSE)
            else:
                return
        raise TemporaryProblem("another process renews the tokens and does not end")

    def made(self, access: str, refresh: str, until: datetime, *, turn: int) -> Tokens:
        """Tokens of this app."""
        return Tokens(access=access, refresh=refresh, until=until.astimezone(UTC), app=self._app, turn=turn)


def _write(path: Path, content: bytes) -> None:
    """Into a directory that is made where it is missing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(path, content)
