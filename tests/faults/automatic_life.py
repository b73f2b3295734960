"""A life of the bridge by a clock of its own, ended at the Nth step that anybody could see afterwards: the store's writes and the platform's answers.

Run as a program: CONFIGURATION, seconds that its clock is ahead at first, pauses between its passes in seconds (with commas),
and the number of the step at which it ends; 0 for none. It prints how many steps there were.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from itertools import count
from pathlib import Path
from typing import ParamSpec, TypeVar

from bridge.app.daemon import opened_by, single_pass
from bridge.channels import sandbox
from bridge.config import Loaded, load
from bridge.shell import inbound
from bridge.store.store import SqlStore
from bridge.testing.fittings import MovableClock

KILLED = 137
P = ParamSpec("P")
T = TypeVar("T")


class Steps:
    """Counts what happens, and ends the process where it was told to."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._numbers = count(1)
        self.seen = 0

    def step(self) -> None:
        """One more; nothing that was begun is ended in order."""
        self.seen = next(self._numbers)
        if self.seen == self._last:
            os._exit(KILLED)

    def around(self, call: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        """The call, with a step before it and one behind it."""

        @wraps(call)
        async def stepping(*args: P.args, **kwargs: P.kwargs) -> T:
            self.step()
            found = await call(*args, **kwargs)
            self.step()
            return found

        return stepping


async def live(configuration: Path, clock: MovableClock, pauses: list[timedelta]) -> None:
    """One pass after each pause."""
    found = load(configuration, configuration / "credentials")
    assert isinstance(found, Loaded), found
    async with opened_by(clock, found) as parts:  # type: ignore[arg-type]  # it tells the time, too
        for pause in pauses:
            clock.advance(pause)
            await single_pass(*parts)


def main() -> None:
    """Live."""
    configuration, ahead, pauses, last = sys.argv[1:]
    inbound.ONCE_WAIT = timedelta(seconds=0.1)
    steps, clock = Steps(int(last)), MovableClock()
    clock.advance(timedelta(seconds=float(ahead)))
    for name in ("apply", "lease", "claim"):
        setattr(SqlStore, name, steps.around(getattr(SqlStore, name)))
    for name in ("publish", "find"):
        setattr(sandbox.Sandbox, name, steps.around(getattr(sandbox.Sandbox, name)))
    asyncio.run(live(Path(configuration), clock, [timedelta(seconds=float(one)) for one in pauses.split(",")]))
    sys.stdout.write(f"{steps.seen}\n")


if __name__ == "__main__":
    main()
