"""Webhooks of one account as a bell: they say that there is something to read, and keep what polling would never find."""

import asyncio
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec

from bridge.access.private_file import write_private
from bridge.channels._graph.door import Door, Member, NotKept, door
from bridge.channels._graph.settings import Webhook
from bridge.channels._graph.told import Hint, Kind, Unclear, told
from bridge.channels._ringing import Ringing
from bridge.channels._unread import Unread
from bridge.core.events import Trouble
from bridge.stanza import Secret

MOST = 1_000
"""Hints that wait at most; more are asked to be told again."""

HEARD = 200
"""Hints of which the cursor says that they were read: more than one poll reads."""


PART = "webhook"
"""The bell's name among the channel's parts."""

OLDEST = timedelta(hours=48)
"""How long ago Meta may have told something first: it repeats what was not taken for 36 hours."""

A_POLL = 20
"""Hints that one poll reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Who listens, where, and how often everything is read though nothing rang."""

    sort: str
    account: str
    app_secret: Secret
    webhook: Webhook | None
    """None where only polling brings anything."""
    net: timedelta
    unread: Unread
    now: Callable[[], datetime]


@dataclass(slots=True)
class Bell:
    """What came by webhook until a stored cursor knows it."""

    stand: Stand
    trouble: str = ""
    """Why nothing can come at the moment; empty while the port is open, or before it was tried."""
    _door: Door | None = None
    _member: Member | None = None
    _waiting: dict[str, Hint] = field(default_factory=dict)
    _on_disk: frozenset[str] = frozenset()
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ringing: Ringing = field(init=False)

    def __post_init__(self) -> None:
        """With everything to be read."""
        self._ringing = Ringing(self.stand.net)

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        return self._door.port if self._door is not None else 0

    async def start(self) -> None:
        """Open the door, and take up what an earlier process heard; tried again with each call while it cannot be opened."""
        webhook = self.stand.webhook
        if webhook is None:
            return
        if self._door is None or self._member is None:
            self._waiting = {hint.key: hint for hint in _kept(webhook.keep)}
            self._on_disk = frozenset(self._waiting)
            self._door, self._member = door(webhook.listen), self._made(webhook)
        self.trouble = await self._door.join(self._member)

    def _made(self, webhook: Webhook) -> Member:
        return Member(
            sort=self.stand.sort,
            account=self.stand.account,
            app_secret=self.stand.app_secret,
            verify=webhook.verify,
            hear=partial(self._hear, keep=webhook.keep),
            puzzle=self.stand.unread.puzzle,
        )

    async def stop(self) -> None:
        """Close it; may be called twice."""
        if self._door is not None and self._member is not None:
            await self._door.leave(self._member)
        self._door, self._member = None, None
        self._ringing.ring()

    def troubles(self) -> tuple[Trouble, ...]:
        """Why nothing can come, as a trouble of the channel's part."""
        return (Trouble(part=PART, reason=self.trouble),) if self.trouble else ()

    @property
    def well(self) -> tuple[str, ...]:
        """The part, where it works."""
        return (PART,) if self.port else ()

    def waiting(self, heard: Collection[str]) -> Sequence[Hint]:
        """What is to be read; what the stored cursor knows is let go."""
        for key in [key for key in self._waiting if key in heard]:
            del self._waiting[key]
        return list(self._waiting.values())[:A_POLL]

    def is_quiet(self, cursor: str, now: datetime) -> bool:
        """Whether nothing needs to be read: all was read up to this cursor, the door is open, and nothing rang."""
        return bool(self.port) and not self._waiting and self._ringing.is_quiet(cursor, now)

    def answer(self) -> None:
        """Before everything is read: what rings from here on is read the next time."""
        self._ringing.answer()

    async def rest(self, cursor: str, now: datetime, *, more: bool) -> None:
        """After everything was read up to a cursor; what is not waited for any more leaves the disk."""
        self._ringing.rest(cursor, now, more=more)
        if self.stand.webhook is not None:
            with suppress(NotKept):
                await self._keep(self.stand.webhook.keep)

    async def _hear(self, raw: bytes, *, keep: Path) -> None:
        """An entry of ours: what nothing else would show is on the disk before Meta is told that it was taken."""
        try:
            heard = told(self.stand.sort, self.stand.account, raw)
        except Unclear as problem:
            self.stand.unread.puzzle(raw, str(problem))
            return
        if heard.at and self.stand.now().timestamp() - heard.at > OLDEST.total_seconds():
            return  # Meta gives up sooner: somebody says again what it said long ago
        if heard.unclear:
            self.stand.unread.puzzle(raw, heard.unclear)
        if len(self._waiting) + len(heard.hints) > MOST:
            raise NotKept
        self._waiting.update({hint.key: hint for hint in heard.hints})
        if heard.rings:
            self._ringing.ring()
        await self._keep(keep)

    async def _keep(self, path: Path) -> None:
        """Write what waits, if it changed; several that come at once are written once."""
        async with self._writing:
            names = frozenset(self._waiting)
            if names == self._on_disk:
                return
            content = msgspec.json.encode(list(self._waiting.values()))
            try:
                await asyncio.to_thread(write_private, path, content)
            except OSError as problem:
                self.trouble = f"what is told cannot be kept: {os.strerror(problem.errno or 0).lower()}"
                raise NotKept from None
            self._on_disk = names


def _kept(path: Path) -> Sequence[Hint]:
    """What an earlier process heard; nothing where there is no such file, or one of another kind."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Hint])
    except (OSError, msgspec.DecodeError):
        return ()


def below(hints: Sequence[Hint]) -> list[str]:
    """Our own posts whose comments are to be read."""
    return list(dict.fromkeys(hint.post for hint in hints if hint.kind is Kind.BELOW))


def remembered(before: Mapping[str, int], read: Collection[Hint], now: datetime) -> dict[str, int]:
    """The newest hints that were read, for the cursor."""
    heard = {**before, **{hint.key: int(now.timestamp()) for hint in read}}
    return dict(sorted(heard.items(), key=lambda item: (item[1], item[0]))[-HEARD:])
