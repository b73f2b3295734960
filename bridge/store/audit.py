"""Whether the record of what happened is whole: every fact is bound to the one before it (G13)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from bridge.store import marker, schema
from bridge.store.chain import ANCHORS, ORIGIN, fact_hash
from bridge.store.codec import from_json

_TABLE = schema.fact
_PAGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A place where the chain does not hold."""

    fact: int
    why: str
    """changed, missing_before, or foreign_start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found; a head that was noted elsewhere earlier must still be among the facts."""

    facts: int
    chains: int
    breaks: tuple[Break, ...]
    head: int
    """The newest fact."""
    hash: str
    """Its hash, to be noted elsewhere: only so can it be seen later that the newest facts were cut off."""


def verify(connection: Connection) -> Audit:
    """Walk along all chains and compute every hash anew."""
    starts = _starts(connection)
    breaks: list[Break] = []
    facts, chains = 0, 0
    last: Row[Any] | None = None
    for row in _in_order(connection):
        facts += 1
        begins = last is None or last.chain != row.chain
        chains += begins
        breaks += _checked(row, None if begins else last, starts)
        last = row
    head, end = marker.newest(connection)
    return Audit(facts=facts, chains=chains, breaks=tuple(breaks), head=head, hash=end)


def _checked(row: Row[Any], last: Row[Any] | None, starts: frozenset[bytes]) -> Iterator[Break]:
    """What is wrong with a row, seen beside the one before it in its chain."""
    if fact_hash(row.before, dict(row._mapping)) != row.hash:  # noqa: SLF001 - the documented way to a row's names
        yield Break(fact=row.id, why="changed")
    if last is None:
        if row.before not in starts:
            yield Break(fact=row.id, why="foreign_start")
    elif row.before != last.hash or row.place != last.place + 1:
        yield Break(fact=row.id, why="missing_before")


def _starts(connection: Connection) -> frozenset[bytes]:
    """Hashes after which a chain may begin: the origin, what retention noted, and facts that other chains began after."""
    noted = connection.execute(sa.select(_TABLE.c.detail).where(_TABLE.c.kind == ANCHORS))
    ends = {bytes.fromhex(name) for row in noted for name in from_json(dict[str, str], row.detail)}
    first = sa.select(sa.func.min(_TABLE.c.place).label("place"), _TABLE.c.chain).group_by(_TABLE.c.chain).subquery()
    begins = _TABLE.join(first, sa.and_(first.c.chain == _TABLE.c.chain, first.c.place == _TABLE.c.place))
    befores = {row.before for row in connection.execute(sa.select(_TABLE.c.before).select_from(begins))}
    present = sa.select(_TABLE.c.hash).where(_TABLE.c.hash.in_(befores))
    return frozenset({ORIGIN} | ends | {row.hash for row in connection.execute(present)})


def _in_order(connection: Connection) -> Iterator[Row[Any]]:
    """All facts, chain by chain, a few at a time."""
    chain, place = "", -1
    while True:
        later = sa.or_(_TABLE.c.chain > chain, sa.and_(_TABLE.c.chain == chain, _TABLE.c.place > place))
        query = sa.select(_TABLE).where(_TABLE.c.chain >= chain, later).order_by(_TABLE.c.chain, _TABLE.c.place)
        rows = connection.execute(query.limit(_PAGE)).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        chain, place = rows[-1].chain, rows[-1].place
