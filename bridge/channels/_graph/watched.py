"""Listings below others that are watched, one place in the cursor for each: comments of posts, messages of conversations."""

from collections.abc import Mapping

import msgspec

from bridge.channels._graph.known import Known, forgotten

_OWED = 5
"""Refused ones that one poll asks for again: each costs a call, and most of them stay refused."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A listing that is read again only when its sign changes: a part of the cursor."""

    touched: int
    """When it was last written to, as the platform says."""
    sign: int = 0
    known: Known = Known()
    refused: int = 0
    """How often in a row it was refused: it is read again, after all that were refused less often."""


def in_turn(due: Mapping[str, int], watched: Mapping[str, Watched], *, most: int) -> list[str]:
    """Whose turn it is, of names with their times: the oldest that were not refused, and a few others."""
    waiting = [name for name in due if not refused(watched, name)]
    again = [name for name in due if refused(watched, name)]
    waiting.sort(key=lambda name: (due[name], name))
    again.sort(key=lambda name: (watched[name].refused, due[name]))
    return [*waiting[:most], *again[:_OWED]]


def fits(due: Mapping[str, int], watched: Mapping[str, Watched], *, most: int) -> bool:
    """Whether one turn is enough for all that were not refused."""
    return sum(not refused(watched, name) for name in due) <= most


def owed(watched: Mapping[str, Watched]) -> dict[str, int]:
    """What was refused when it was last asked for, with its times."""
    return {name: kept.touched for name, kept in watched.items() if kept.refused}


def refused(watched: Mapping[str, Watched], name: str) -> bool:
    """Whether something was refused when it was last asked for."""
    return name in watched and watched[name].refused > 0


def put_off(watched: Watched) -> Watched:
    """The same place after one more refusal."""
    return msgspec.structs.replace(watched, refused=watched.refused + 1)


def remembered(watched: dict[str, Watched], most: int) -> dict[str, Watched]:
    """The most recent ones, and what is owed, with all that is known of them; of the older ones only how far they were read."""
    order = sorted(watched, key=lambda name: (watched[name].refused > 0, watched[name].touched, name))
    old, young = order[:-most], order[-most:]
    kept = {name: watched[name] for name in young}
    return {**{name: _thinned(watched[name]) for name in old[-most:]}, **kept}


def _thinned(watched: Watched) -> Watched:
    return msgspec.structs.replace(watched, known=forgotten(watched.known))
