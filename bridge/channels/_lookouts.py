"""What does not address us and concerns us all the same: hashtags and searches, each with a health of its own."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from bridge.core.events import Trouble
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem

Place = TypeVar("Place")
Place_co = TypeVar("Place_co", covariant=True)


class Named(Protocol):
    """A listing, as far as lookouts know it."""

    @property
    def name(self) -> str:
        """What people know it by."""
        ...


class Placed(Protocol[Place_co]):
    """What a poll brought of a listing, as far as lookouts know it."""

    @property
    def place(self) -> Place_co:
        """How far it was read."""
        ...


class Promising(Protocol[Place]):
    """The part of a cursor that is theirs."""

    @property
    def others(self) -> dict[str, Place]:
        """Places by the listings' names."""
        ...

    @property
    def promised(self) -> dict[str, int]:
        """Those that could not be read yet: from when on their posts are news, in seconds since 1970."""
        ...


Listing = TypeVar("Listing", bound=Named)
Flow = TypeVar("Flow", bound=Placed)  # type: ignore[type-arg] # a bound cannot name another variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[Listing, Place, Flow]):
    """How a platform's listings are read."""

    first: Callable[[Listing, datetime | None, datetime], Awaitable[Flow]]
    """The first contact, with what is younger than a moment, or with nothing; the second moment is now."""
    following: Callable[[Listing, Place], Awaitable[Flow]]
    since_then: Callable[[Listing, datetime], Awaitable[Flow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked(Generic[Place, Flow]):
    """What one poll brought of them."""

    flows: Mapping[str, Flow]
    """By the names of their listings, of those that could be read."""
    places: Mapping[str, Place]
    promised: Mapping[str, int]
    troubles: Sequence[Trouble]
    problem: TemporaryProblem | PermanentProblem | None
    """The first one, where nothing could be read at all: a channel that reads nothing else fails with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookouts(Generic[Listing, Place, Flow]):
    """Reads them one after another; mentions come whatever becomes of these."""

    listings: Sequence[Listing]
    backfill: timedelta
    reading: Reading[Listing, Place, Flow]

    async def read(self, before: Promising[Place] | None, now: datetime) -> Looked[Place, Flow]:
        """Read all of them; one that cannot be read is a trouble of its own, also where the token may not (F02)."""
        flows: dict[str, Flow] = {}
        problems: dict[str, TemporaryProblem | PermanentProblem] = {}
        for listing in self.listings:
            try:
                flows[listing.name] = await self._flow(listing, before, now)
            except (TemporaryProblem, PermanentProblem) as problem:
                problems[listing.name] = problem
        places = dict(self._known(before)) | {name: flow.place for name, flow in flows.items()}
        promised = self._promised(before, now)
        kept = {listing.name: promised[listing.name] for listing in self.listings if listing.name not in places}
        troubles = [_trouble(name, why) for name, why in problems.items()]
        whole = None if flows else next(iter(problems.values()), None)
        return Looked(flows=flows, places=places, promised=kept, troubles=troubles, problem=whole)

    def _known(self, before: Promising[Place] | None) -> Iterator[tuple[str, Place]]:
        """Places of what is still looked for."""
        names = {listing.name for listing in self.listings}
        return ((name, place) for name, place in (before.others if before else {}).items() if name in names)

    def _promised(self, before: Promising[Place] | None, now: datetime) -> Mapping[str, int]:
        """From when on the posts of each are news: one that fails at the first contact begins there all the same."""
        begun = int((now - self.backfill).timestamp())
        return {listing.name: begun for listing in self.listings} | (before.promised if before else {})

    async def _flow(self, listing: Listing, before: Promising[Place] | None, now: datetime) -> Flow:
        place = before.others.get(listing.name) if before else None
        if place is not None:
            return await self.reading.following(listing, place)
        if before is not None and listing.name in before.promised:
            moment = datetime.fromtimestamp(before.promised[listing.name], UTC)
            return await self.reading.since_then(listing, moment)
        return await self.reading.first(listing, now - self.backfill if self.backfill else None, now)


def _trouble(name: str, problem: TemporaryProblem | PermanentProblem) -> Trouble:
    """As it is told; the mentions before it were read, so a refused login is one of this listing alone."""
    unread = f"the token may not read {name}: give it that scope"
    reason = unread if isinstance(problem, LoginProblem) else str(problem)
    return Trouble(part=name, reason=reason, lasting=isinstance(problem, PermanentProblem))
