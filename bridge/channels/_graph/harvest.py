"""What one poll gathers from many listings, as one page, the oldest first."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from bridge.channels._graph.listing import Flow, Listable
from bridge.core.events import Gap, Page, Quarantined, Sighting, Trouble
from bridge.core.model import Kind, Post
from bridge.ports import PermanentProblem

S = TypeVar("S", bound=Listable)


@dataclass(slots=True, kw_only=True)
class Harvest:
    """What one poll gathers."""

    sightings: list[Sighting] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    deleted: list[str] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    """Parts that could be read."""
    looked: set[str] = field(default_factory=set)
    """Posts whose comments had their turn."""
    complete: bool = True

    def add(self, post: Post, raw: bytes) -> None:
        """One post, with the platform's own words; what several places show comes once."""
        if post.id not in self.names:
            self.names.add(post.id)
            self.sightings.append(Sighting(post=post, raw=raw))

    def refuse(self, part: str, problem: PermanentProblem) -> None:
        """A part that could not be read, and that only a person can mend; all others are read."""
        self.troubles.append(Trouble(part=part, reason=str(problem), lasting=True))

    def take(self, flow: Flow[S]) -> None:
        """Everything of a listing but its posts."""
        self.deleted += flow.gone
        self.quarantined += flow.quarantined
        self.gaps += [flow.gap] if flow.gap else []

    def page(self, cursor: str) -> Page:
        """All of it, the oldest first."""
        gap = Gap(since=", ".join(g.since for g in self.gaps), until=", ".join(g.until for g in self.gaps))
        return Page(
            sightings=tuple(sorted(self.sightings, key=_order)),
            cursor=cursor,
            more=not self.complete,
            deleted=tuple(self.deleted),
            quarantined=tuple(self.quarantined),
            gap=gap if self.gaps else None,
            troubles=tuple(self.troubles),
        )


def _order(sighting: Sighting) -> tuple[datetime, int]:
    """By time; ids break ties, as far as they grow, and messages keep the order in which they came."""
    post = sighting.post
    number = post.id.rpartition("_")[2]
    return post.at, int(number) if number.isdecimal() and post.kind is not Kind.DIRECT else 0
