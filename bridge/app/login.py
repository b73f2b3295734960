"""Logging a channel in on a terminal, where its platform gives tokens to a person only."""

import importlib
from collections.abc import Callable

from bridge.app import compose
from bridge.app.compose import WallClock
from bridge.config import Loaded
from bridge.core.model import Account
from bridge.ports import PermanentProblem


async def logged_in(loaded: Loaded, name: str, *, say: Callable[[str], None], ask: Callable[[str], str]) -> Account:
    """Walk through the adapter's own `login`, then ask the platform who we are; raises the problems."""
    part = loaded.channels[name]
    walk = getattr(importlib.import_module(part.build.__module__), "login", None)
    if walk is None:
        raise PermanentProblem(f"channels of kind {part.common.kind} need no login: their credentials are enough")
    fittings = compose.fittings(loaded, WallClock(), instance="login")
    await walk(part.settings, fittings, say=say, ask=ask)
    channel = part.build(name, part.settings, fittings)
    try:
        account: Account = await channel.open()
    finally:
        await channel.close()
    return account
