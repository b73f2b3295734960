"""Fittings for adapters under test: a clock that tests may move, keys made on the spot."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta

from bridge.letters.address import KeyRing
from bridge.ports import Clock, Fittings


class MovableClock:
    """The real time, plus what a test added to it; sleeping is real, so keep it short."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """The time in UTC, moved."""
        return datetime.now(UTC) + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Wait for real."""
        await asyncio.sleep(seconds)

    def advance(self, by: timedelta) -> None:
        """Let time jump ahead."""
        self._ahead += by


class HastyClock(MovableClock):
    """Pauses take no time: what follows from them is tested, and not how long they are."""

    async def sleep(self, seconds: float) -> None:  # noqa: ARG002 - as it is asked for
        """Let others go on."""
        await asyncio.sleep(0)


def fittings(clock: Clock, *, reply_domain: str = "bridge.test") -> Fittings:
    """Fittings with a fresh key ring."""
    return Fittings(
        clock=clock,
        ring=KeyRing(keys={"k1": secrets.token_bytes(32)}, signing="k1"),
        reply_domain=reply_domain,
        brand=reply_domain,
        instance="under-test",
        user_agent="bridge (under test)",
    )
