"""Twilio's webhooks as a bell: they say that there is something to read, and which answers did not arrive."""

import asyncio
import os
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from bridge.access.private_file import write_private
from bridge.channels._ringing import Ringing
from bridge.channels._twilio.door import Door, Form, NotKept
from bridge.channels._twilio.settings import Webhook
from bridge.channels._twilio.shapes import UNDELIVERED
from bridge.core.events import Trouble

PART = "webhook"
"""The bell's name among the channel's parts."""

MOST = 1_000
"""Messages that wait to be looked at; more are refused."""

A_POLL = 20
"""Messages that one poll looks at."""

HEARD = 200
"""Messages of which the cursor says that they were looked at."""

_SID = re.compile(r"[A-Za-z0-9]{1,64}")


class Bell:
    """What came by webhook until a stored cursor knows it; without one it is never quiet."""

    def __init__(self, webhook: Webhook | None, *, account: str, net: timedelta) -> None:
        self._account = account
        self._keep = webhook.keep if webhook else None
        self._door = Door(webhook, self._hear) if webhook else None
        self._ringing = Ringing(net)
        self._waiting: dict[str, None] = dict.fromkeys(_kept(self._keep))
        self._on_disk = frozenset(self._waiting)
        self._writing = asyncio.Lock()
        self._trouble = ""

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        return self._door.port if self._door else 0

    async def start(self) -> None:
        """Open the door; tried again with each call while it cannot be opened."""
        if self._door:
            self._trouble = await self._door.open()

    async def stop(self) -> None:
        """Close it; may be called twice."""
        if self._door:
            await self._door.close()
        self._ringing.ring()

    def troubles(self) -> tuple[Trouble, ...]:
        """Why nothing can come, as a trouble of the channel's part."""
        return (Trouble(part=PART, reason=self._trouble),) if self._trouble else ()

    @property
    def well(self) -> tuple[str, ...]:
        """The part, where it works."""
        return (PART,) if self.port and not self._trouble else ()

    def waiting(self, heard: Collection[str]) -> Sequence[str]:
        """Messages of ours to be looked at; those of which the stored cursor knows are let go."""
        for sid in [sid for sid in self._waiting if sid in heard]:
            del self._waiting[sid]
        return list(self._waiting)[:A_POLL]

    def is_quiet(self, cursor: str, now: datetime) -> bool:
        """Whether nothing need be asked: the door is open, all was read not long ago, and nothing rang."""
        return bool(self.port) and not self._waiting and self._ringing.is_quiet(cursor, now)

    def ring(self) -> None:
        """There is something to read, or something spent to be remembered."""
        self._ringing.ring()

    def answer(self) -> None:
        """Before everything is read: what rings from here on is read the next time."""
        self._ringing.answer()

    async def rest(self, cursor: str, now: datetime, *, more: bool) -> None:
        """After everything was read up to a cursor; what waits no longer leaves the disk."""
        self._ringing.rest(cursor, now, more=more)
        with suppress(NotKept):
            await self._write()

    async def _hear(self, form: Form) -> None:
        """A signed form of this account; what a network dropped is on the disk before Twilio is told that it was taken."""
        if _one(form, "AccountSid") != self._account:
            return
        state, sid = _one(form, "MessageStatus"), _one(form, "MessageSid")
        if not state:
            self._ringing.ring()
        elif state in UNDELIVERED and _SID.fullmatch(sid):
            if len(self._waiting) >= MOST:
                raise NotKept
            self._waiting[sid] = None
            await self._write()

    async def _write(self) -> None:
        """Write what waits, if it changed; several that come at once are written once."""
        async with self._writing:
            names = frozenset(self._waiting)
            if self._keep is None or names == self._on_disk:
                return
            try:
                await asyncio.to_thread(write_private, self._keep, msgspec.json.encode(list(self._waiting)))
            except OSError as problem:
                self._trouble = f"what is told cannot be kept: {os.strerror(problem.errno or 0).lower()}"
                raise NotKept from None
            self._on_disk = names


def _one(form: Form, name: str) -> str:
    """A field's value; empty where it is missing."""
    return next(iter(form.get(name, ())), "")


def _kept(path: Path | None) -> Sequence[str]:
    """What an earlier process heard; nothing where there is no such file, or one of another kind."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[str]) if path else ()
    except (OSError, msgspec.DecodeError):
        return ()
