"""What the tests of the Twilio channel share: a small server, customers' numbers, and the keys of channels before it."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bridge.channels import twilio
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.fakes.twilio import OURS, TwilioServer
from bridge.testing.fittings import MovableClock


@asynccontextmanager
async def twilio_server(clock: MovableClock) -> AsyncIterator[TwilioServer]:
    """A small server, as long as it is needed."""
    server = TwilioServer(now=clock.now)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def number(name: str) -> str:
    """The number of a customer, in Berlin."""
    return f"+4930{int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 10**7:07}"


def settings(server: TwilioServer, **more: object) -> twilio.Settings:
    """The keys of a channel before it."""
    keys: dict[str, object] = {
        "account": server.account,
        "token": Secret(server.token),
        "numbers": (OURS,),
        "endpoint": server.url,
        "watched": timedelta(0),
        "allow_private": True,
        "timeout": timedelta(seconds=2),
    }
    return twilio.Settings.model_validate(keys | more)


@asynccontextmanager
async def opened(server: TwilioServer, fittings: Fittings, **more: object) -> AsyncIterator[twilio.Twilio]:
    """A channel with further keys, which has looked at the server."""
    channel = twilio.build("twilio", settings(server, **more), fittings)
    assert isinstance(channel, twilio.Twilio)
    try:
        await channel.open()
        yield channel
    finally:
        await channel.close()
