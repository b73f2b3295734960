"""A group of decisions in one transaction: read what they depend on, plan each in turn, write all that hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bridge.ports import Receipt
from bridge.store.plan import Changes, Circumstances, plan
from bridge.store.prepared import Prepared
from bridge.store.view import View, read_view
from bridge.store.write import write


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What stays the same from group to group."""

    chain: str
    """The chain of facts that this writer continues."""
    salt: bytes
    """Key of the tombstones' hashes."""
    platforms: Mapping[str, str]
    """The platform's word of each channel."""


def apply_all(
    connection: Connection, group: Sequence[Prepared], *, now: int, around: Surroundings
) -> list[Receipt | Exception]:
    """The outcome of each decision: a stale or faulty one changes nothing and keeps no other from being written."""
    view = read_view(connection, group, salt=around.salt)
    given = Circumstances(now=now, platforms=around.platforms)
    together = Changes()
    outcomes = [_planned(view, prepared, given, together) for prepared in group]
    write(connection, together, chain=around.chain)
    return outcomes


def _planned(view: View, prepared: Prepared, given: Circumstances, together: Changes) -> Receipt | Exception:
    try:
        changes = plan(view, prepared, given)
    except Exception as problem:  # noqa: BLE001 - Stale, or a fault of this one decision: both belong to its caller
        return problem
    if changes is None:
        return Receipt(applied=False)
    together.add(changes)
    return Receipt(applied=True, new_posts=len(changes.posts), new_intents=len(changes.intents))
