"""A group of decisions in one transaction: read what they depend on, plan each in turn, write all that hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bridge.core.decision import Decision
from bridge.ports import Receipt, Stale
from bridge.store.plan import Changes, plan
from bridge.store.prepared import Prepared, prepare
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
    changes = Changes()
    outcomes = [_planned(changes, view, prepared, now) for prepared in group]
    write(connection, changes, chain=around.chain)
    return outcomes


def apply_one(connection: Connection, decision: Decision, *, now: int, around: Surroundings) -> None:
    """Write a decision of the house's own within a transaction that is under way; raises what keeps it from being written."""
    (outcome,) = apply_all(connection, [prepare(decision, {})], now=now, around=around)
    if isinstance(outcome, Exception):
        raise outcome


def _planned(changes: Changes, view: View, prepared: Prepared, now: int) -> Receipt | Exception:
    posts, intents = len(changes.posts), len(changes.intents)
    try:
        applied = plan(changes, view, prepared, now)
    except (Stale, ValueError) as problem:  # of this one decision, and its caller's alone
        return problem
    return Receipt(applied=applied, new_posts=len(changes.posts) - posts, new_intents=len(changes.intents) - intents)
