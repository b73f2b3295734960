"""Posts and comments that no listing shows any more, asked for one by one: whether they are still there."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from bridge.channels._graph.call import Graph
from bridge.channels._graph.harvest import Harvest
from bridge.channels._graph.threads import OBJECT
from bridge.core.events import Sighting
from bridge.core.model import Kind, Visibility
from bridge.ports import PermanentProblem, TemporaryProblem

MOST = 1_000
"""How many are kept, the newest."""

A_POLL = 5
"""How many one poll asks for: each costs a call."""


class Elders(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked up in turn: a part of the cursor."""

    items: dict[str, int] = {}
    """Public posts and comments with their times, in the order in which they came."""
    turn: int = 0
    """How many of them the present round has asked for."""


async def looked_up(elders: Elders, harvest: Harvest, graph: Graph, *, now: datetime, age: timedelta) -> Elders:
    """Ask for the next few that are young enough, and tell which are gone; nothing where the limits are nearly used up."""
    begin = int((now - age).timestamp())
    items = {**elders.items, **_new(harvest)}
    young = {name: at for name, at in items.items() if at > begin and name not in harvest.deleted}
    kept = dict(list(young.items())[-MOST:])
    if graph.pace.wait is not None:
        return Elders(items=kept, turn=elders.turn)
    turn = elders.turn if elders.turn < len(kept) else 0
    asked = list(kept)[turn : turn + A_POLL]
    gone = [name for name in asked if await _gone(graph, name)]
    harvest.deleted += gone
    return Elders(items={name: at for name, at in kept.items() if name not in gone}, turn=turn + len(asked) - len(gone))


def _new(harvest: Harvest) -> Mapping[str, int]:
    """What this poll brought and everybody can read, by its name."""
    return {one.post.id: int(one.post.at.timestamp()) for one in harvest.sightings if _is_asked_for(one)}


def _is_asked_for(sighting: Sighting) -> bool:
    """Posts and comments on our own pages: of what stands elsewhere a refusal to show it proves nothing."""
    post = sighting.post
    ours = post.visibility is Visibility.PUBLIC and post.kind in {Kind.TOPIC, Kind.COMMENT}
    return ours and OBJECT.fullmatch(post.id) is not None


async def _gone(graph: Graph, name: str) -> bool:
    """Whether the platform says that it is gone; a question that is refused says nothing and spoils no poll."""
    try:
        return await graph.is_there(name) is False
    except (TemporaryProblem, PermanentProblem):
        return False
