"""What does not address us and concerns us all the same: hashtags and searches, each with a health of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bridge.channels._mastodon_listing import Flow, Listing, first, following, since_then
from bridge.channels._mastodon_place import Place, Places
from bridge.core.events import Trouble
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one poll brought of them."""

    flows: Mapping[str, Flow]
    """By the names of their listings, of those that could be read."""
    places: Mapping[str, Place]
    promised: Mapping[str, int]
    troubles: Sequence[Trouble]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookouts:
    """Reads them one after another; mentions come whatever becomes of these."""

    listings: Sequence[Listing]
    backfill: timedelta

    async def read(self, before: Places | None, now: datetime) -> Looked:
        """Read all of them; one that cannot be read is a trouble of its own, also where the token may not (F02)."""
        flows: dict[str, Flow] = {}
        troubles: list[Trouble] = []
        for listing in self.listings:
            try:
                flows[listing.name] = await self._flow(listing, before, now)
            except (TemporaryProblem, PermanentProblem) as problem:
                troubles.append(_trouble(listing.name, problem))
        places = dict(self._known(before)) | {name: flow.place for name, flow in flows.items()}
        promised = self._promised(before, now)
        kept = {listing.name: promised[listing.name] for listing in self.listings if listing.name not in places}
        return Looked(flows=flows, places=places, promised=kept, troubles=troubles)

    def _known(self, before: Places | None) -> Iterator[tuple[str, Place]]:
        """Places of what is still looked for."""
        names = {listing.name for listing in self.listings}
        return ((name, place) for name, place in (before.others if before else {}).items() if name in names)

    def _promised(self, before: Places | None, now: datetime) -> Mapping[str, int]:
        """From when on the posts of each are news: one that fails at the first contact begins there all the same."""
        begun = int((now - self.backfill).timestamp())
        return {listing.name: begun for listing in self.listings} | (before.promised if before else {})

    async def _flow(self, listing: Listing, before: Places | None, now: datetime) -> Flow:
        place = before.others.get(listing.name) if before else None
        if place is not None:
            return await following(listing, place)
        if before is not None and listing.name in before.promised:
            return await since_then(listing, datetime.fromtimestamp(before.promised[listing.name], UTC))
        return await first(listing, since=now - self.backfill if self.backfill else None, now=now)


def _trouble(name: str, problem: TemporaryProblem | PermanentProblem) -> Trouble:
    """As it is told; the mentions before it were read, so a refused login is one of this listing alone."""
    unread = f"the token may not read {name}: give it that scope"
    reason = unread if isinstance(problem, LoginProblem) else str(problem)
    return Trouble(part=name, reason=reason, lasting=isinstance(problem, PermanentProblem))
