"""The hash chain over the facts: what was written once cannot be changed or taken out unnoticed (G13)."""

from collections.abc import Iterable
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.decision import Fact
from bridge.store import schema
from bridge.store.codec import micros, short, to_json
from bridge.store.schema import plain
from bridge.store.statement import Statement, Values

ORIGIN = bytes(32)
"""Stands before the very first fact."""

ANCHORS = "facts_erased"
"""Kind of the fact that names the hashes after which the remaining chains go on: its detail has them as names."""

_TABLE = schema.fact
_HEAD = Statement(
    sa.select(_TABLE.c.place, _TABLE.c.hash)
    .where(_TABLE.c.chain == sa.bindparam("of_chain"))
    .order_by(_TABLE.c.place.desc())
    .limit(1)
)
_NEWEST = Statement(sa.select(_TABLE.c.hash).order_by(_TABLE.c.id.desc()).limit(1))


def fact_hash(before: bytes, values: Values) -> bytes:
    """What a fact's row must carry: SHA-256 over the hash before it and everything that the row says."""
    told = [values[name] for name in ("key", "kind", "at", "channel", "actor", "detail", "chain", "place")]
    conversation = values["conversation"]
    told.append(conversation.hex() if isinstance(conversation, bytes) else "")
    return sha256(before + to_json(told).encode()).digest()


def linked(connection: Connection, facts: Iterable[Fact], *, chain: str) -> list[Values]:
    """Rows of the facts, each bound to the one before it; a new chain is bound to the newest fact of all."""
    head = _HEAD.run(connection, {"of_chain": chain}).first()
    place = head.place if head else 0
    before: bytes = head.hash if head else _NEWEST.run(connection, {}).scalar() or ORIGIN
    linked = []
    for number, fact in enumerate(facts, place + 1):
        values = _row(fact, chain, number)
        values |= {"before": before, "hash": fact_hash(before, values)}
        before = values["hash"]
        linked.append(values)
    return linked


def _row(fact: Fact, chain: str, place: int) -> Values:
    return {
        "key": plain(fact.key),
        "kind": plain(fact.kind),
        "at": micros(fact.at),
        "conversation": short(fact.conversation),
        "channel": plain(fact.channel),
        "actor": plain(fact.actor),
        "detail": to_json(dict(sorted(fact.detail.items()))) if fact.detail else "",
        "chain": chain,
        "place": place,
    }
