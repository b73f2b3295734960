"""How loops sleep: until the bell says that something was intended, or until they are told to stop."""

import asyncio
from contextlib import suppress


class Bell:
    """Rings for every ear; an ear that was not listening hears it at its next wait."""

    def __init__(self) -> None:
        self._ears: list[asyncio.Event] = []

    def ring(self) -> None:
        """Wake everyone who waits."""
        for ear in self._ears:
            ear.set()

    def ear(self) -> asyncio.Event:
        """A new ear, deaf to what rang before."""
        ear = asyncio.Event()
        self._ears.append(ear)
        return ear


async def listen(ear: asyncio.Event, seconds: float) -> None:
    """Wait for the bell, at most so long."""
    with suppress(TimeoutError):
        await asyncio.wait_for(ear.wait(), max(0.0, seconds))
    ear.clear()


async def stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until told to stop; says whether we were told."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
