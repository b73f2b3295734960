"""What the tests of the SMPP channel share: a small SMSC, and an opened channel before it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bridge.channels import smpp
from bridge.core.model import Post
from bridge.core.publications import PrivateAnswer
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.fakes.smsc import Smsc
from bridge.testing.fittings import MovableClock

ANN = "+491701234567"
BOB = "+33612345678"
OURS = "+4930123456"
SOON = timedelta(minutes=2)
"""Longer than any pause between two dials."""


@asynccontextmanager
async def smsc(clock: MovableClock, **more: object) -> AsyncIterator[Smsc]:
    """A small SMSC, as long as it is needed."""
    server = Smsc(now=clock.now, **more)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def settings(server: Smsc, keep: Path, **more: object) -> smpp.Settings:
    """The keys of a channel before it."""
    keys: dict[str, object] = {
        "host": "127.0.0.1",
        "port": server.port,
        "system_id": server.system_id,
        "password": Secret(server.password),
        "numbers": (OURS,),
        "keep": keep,
        "tls": False,
        "per_second": 1000,
        "timeout": timedelta(seconds=1),
    }
    return smpp.Settings.model_validate(keys | more)


@asynccontextmanager
async def opened(server: Smsc, keep: Path, fittings: Fittings, **more: object) -> AsyncIterator[smpp.Smpp]:
    """A channel with further keys, which is bound."""
    channel = smpp.Smpp("sms", settings(server, keep, **more), fittings)
    try:
        await channel.open()
        yield channel
    finally:
        await channel.close()


def answer(to: Post, text: str, *, key: str = "key-1") -> PrivateAnswer:
    """An answer to a text."""
    return PrivateAnswer(key=key, channel=to.channel, thread=to.thread, parent=to.id, author=to.author, text=text)
