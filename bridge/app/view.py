"""The daemon's own view of itself, for monitoring: readiness, and the values of every metric."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bridge import __version__
from bridge.app.compose import Current
from bridge.app.metrics import Sample, Seen, samples
from bridge.app.sampling import missed
from bridge.core.sampling import finished
from bridge.shell.health import Lookout
from bridge.shell.house import House
from bridge.store import reports
from bridge.store.store import SqlStore

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a look from inside needs."""

    house: House
    current: Current
    store: SqlStore
    lookout: Lookout

    async def samples(self) -> Iterable[Sample]:
        """Every metric's value of the moment."""
        now = self.house.clock.now()
        status = await self.store.read(lambda connection: reports.status(connection, now - DAY))
        zone = self.current.zone()
        seen = Seen(
            status=status,
            missed=await self.store.read(lambda connection: missed(connection, finished(now, zone), zone)),
            watches={name: watch for name, watch in self.lookout.watches.items() if name not in self.house.elsewhere},
            version=__version__,
            rules=self.current.judge.version,
            reload_fine=self.current.reload_fine,
            now=now,
        )
        return samples(seen)

    async def why_not_ready(self) -> str:
        """Why the daemon does not do its whole work; empty where it does."""
        switches = await self.house.store.switches()
        if switches.get("publishing"):
            return "publishing is paused"
        seen = self.lookout.watches.keys() | self.house.elsewhere
        untried = [name for name in self.house.channels if f"channel {name}" not in seen]
        return f"not yet polled: {', '.join(untried)}" if untried else ""
