"""The daemon with a stopwatch beside it: for each turn of a channel how much later than planned it began, and how long it took."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bridge.app import daemon
from bridge.cli import main
from bridge.shell import intake

LINES = Path(os.environ["STOPWATCH"]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - for the life of the process
PLANNED: dict[str, datetime] = {}
"""When each channel's next turn shall begin."""


class Noting(AsyncIOScheduler):
    """Notes what is planned."""

    def add_job(self, func: Any, *given: Any, args: tuple[str, ...] = (), run_date: datetime, **more: Any) -> Any:
        """Plan it, and remember for when."""
        PLANNED[args[0]] = run_date
        return super().add_job(func, *given, args=args, run_date=run_date, **more)


async def timed(house: Any, name: str, interval: timedelta, *, lookout: Any) -> timedelta:
    """A turn between two looks at the clock."""
    late, begun = (datetime.now(UTC) - PLANNED[name]).total_seconds(), time.perf_counter()
    try:
        return await _TURN(house, name, interval, lookout=lookout)
    finally:
        took = time.perf_counter() - begun
        LINES.write(json.dumps({"channel": name, "late": late, "took": took}) + "\n")


_TURN = intake.turn
intake.turn = timed
daemon.AsyncIOScheduler = Noting  # type: ignore[misc]

if __name__ == "__main__":
    main()
