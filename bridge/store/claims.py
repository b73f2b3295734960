"""Claims and leases: who may work on what, until when, by the database's own clock."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam

from bridge.core.effects import Claimed, State
from bridge.core.fairness import MINUTE
from bridge.core.model import Priority
from bridge.ports import RESERVED, Batch, Lease
from bridge.store import schema
from bridge.store.codec import Unreadable, maybe_moment, moment, span, unpack_effect
from bridge.store.statement import Lookup, Statement, Values

_TABLE = schema.outbox
_EARLIER = schema.outbox.alias("earlier")
_PRIORITIES = tuple(Priority)

IS_FIRST = ~(
    sa.exists()
    .where(
        _EARLIER.c.conversation == _TABLE.c.conversation,
        _EARLIER.c.lane == _TABLE.c.lane,
        _EARLIER.c.seq < _TABLE.c.seq,
        _EARLIER.c.due.is_not(None),
    )
    .correlate(_TABLE)
)
"""The row is the first open one of its lane; rows without a conversation have no lane."""


def claim(
    connection: Connection, now: int, *, kinds: Collection[str], limit: int, owner: str, lease: timedelta
) -> Batch:
    """Due rows, the most urgent and longest due first, each the first of its lane, now RUNNING under our lease."""
    ordered = tuple(sorted(set(kinds)))
    if not ordered or limit < 1:
        return Batch(rows=(), next_due=None)
    until = now + span(lease)
    take = _taken_by_server if connection.dialect.name == "postgresql" else _taken
    values = {"now": now, "most": limit, "until": until, "owner": owner}
    found = sorted(take(connection, ordered, values), key=lambda row: (row.rank, row.due, row.id))
    claimed = [_claimed(row, until) for row in found]
    broken = [row.id for row, made in zip(found, claimed, strict=True) if made is None]
    _hold(connection, broken, now)
    rest = _next_due(ordered).run(connection, {"mine": owner, "until": until, "most": 1}).scalar()
    return Batch(rows=tuple(made for made in claimed if made is not None), next_due=maybe_moment(rest))


def _taken(connection: Connection, kinds: tuple[str, ...], values: Values) -> list[Row[Any]]:
    """Take due rows, in statements of which each needs the answer of the one before; they come as they were."""
    ids = [row.id for row in _due_rows(kinds).run(connection, values)]
    found = list(_FULL.rows(connection, ids))
    rest = {name: values[name] for name in ("until", "owner", "now")}
    taken = list(_TAKE.rows(connection, ids, **rest))
    assert len(taken) == len(found)
    return found


def _taken_by_server(connection: Connection, kinds: tuple[str, ...], values: Values) -> list[Row[Any]]:
    """The same in one statement, where each costs a way through a network."""
    return list(_taking(kinds).run(connection, values))


@cache
def _taking(kinds: tuple[str, ...]) -> Statement:
    """The rows come from the walk that locked them: nobody can have changed them since."""
    due = _due(kinds, _COLUMNS).cte("picked")
    change = sa.update(_TABLE).values(_RUNNING).where(_TABLE.c.id == due.c.id)
    return Statement(change.returning(*due.c))


@cache
def _due_rows(kinds: tuple[str, ...]) -> Statement:
    """Ids of due rows."""
    due = _due(kinds, (_TABLE.c.id, _TABLE.c.rank, _TABLE.c.due)).subquery()
    return Statement(sa.select(due.c.id).order_by(due.c.rank, due.c.due, due.c.id))


def _due(kinds: tuple[str, ...], columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Due rows: each kind and rank is one walk along the index, whatever else waits."""
    walks = [_walk(kind, rank, columns).where(_TABLE.c.due <= bindparam("now")) for kind in kinds for rank in _ranks()]
    together = _united(walks, locked=True).subquery()
    found = sa.select(together).order_by(together.c.rank, together.c.due, together.c.id)
    return found.limit(bindparam("most"))


@cache
def _next_due(kinds: tuple[str, ...]) -> Statement:
    """When the next row is due that we do not hold by this very claim."""
    ours = sa.and_(_TABLE.c.owner == bindparam("mine"), _TABLE.c.due == bindparam("until"))
    columns = (_TABLE.c.id, _TABLE.c.rank, _TABLE.c.due)
    parts = [_walk(kind, rank, columns).where(_TABLE.c.due.is_not(None), ~ours) for kind in kinds for rank in _ranks()]
    together = _united(parts, locked=False).subquery()
    return Statement(sa.select(sa.func.min(together.c.due)))


def _ranks() -> range:
    return range(len(_PRIORITIES))


def _walk(kind: str, rank: int, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """The first rows of their lanes of one kind and rank, the longest due first."""
    table = _TABLE.c
    query = sa.select(*columns).where(table.kind == kind, table.rank == rank, IS_FIRST)
    return query.order_by(table.due).limit(bindparam("most"))


def _united(parts: Sequence[Select[Any]], *, locked: bool) -> sa.CompoundSelect[Any]:
    """All walks in one statement; the locks leave out what another node is claiming in the same moment."""
    if locked:
        parts = [part.with_for_update(skip_locked=True, of=_TABLE) for part in parts]
    return sa.union_all(*(sa.select(part.cte(f"walk{number}")) for number, part in enumerate(parts)))


_COLUMNS = (
    _TABLE.c.id,
    _TABLE.c.key,
    _TABLE.c.kind,
    _TABLE.c.state,
    _TABLE.c.rank,
    _TABLE.c.due,
    _TABLE.c.epoch,
    _TABLE.c.attempt,
    _TABLE.c.looks,
    _TABLE.c.visibility,
    _TABLE.c.payload,
    _TABLE.c.sealed,
    _TABLE.c.created,
    _TABLE.c.entered,
)
_FULL = Lookup(sa.select(*_COLUMNS), _TABLE.c.id)
_RUNNING: dict[str, Any] = {
    "attempt": _TABLE.c.attempt + sa.case((_TABLE.c.state == State.READY.value, 1), else_=0),
    "state": State.RUNNING.value,
    "epoch": _TABLE.c.epoch + 1,
    "due": bindparam("until"),
    "lease_until": bindparam("until"),
    "owner": bindparam("owner"),
    "changed": bindparam("now"),
}
"""What becomes of a row that is claimed."""


def _claimed(row: Row[Any], until: int) -> Claimed | None:
    """The row as the courier sees it, after the claim; None where it cannot be read."""
    try:
        effect = unpack_effect(row.kind, row.visibility, row.payload, row.sealed)
    except Unreadable:
        return None
    was = State(row.state)
    return Claimed(
        key=row.key,
        effect=effect,
        was=was,
        attempt=row.attempt + (was is State.READY),
        looks=row.looks,
        epoch=row.epoch + 1,
        begun=moment(max(row.created, row.entered or 0)),
        due=moment(row.due),
        lease_until=moment(until),
        priority=_PRIORITIES[row.rank],
    )


_TAKE = Lookup(sa.update(_TABLE).values(_RUNNING).returning(_TABLE.c.id), _TABLE.c.id)


def _hold(connection: Connection, ids: Collection[int], now: int) -> None:
    """A row that cannot be read waits for a person; it must not keep the others from being claimed (C20)."""
    _HOLD.many(connection, [{"of_id": one, "now": now} for one in ids])


_HOLD = Statement(
    sa.update(_TABLE)
    .where(_TABLE.c.id == bindparam("of_id"))
    .values(state=State.HELD.value, reason="unreadable", due=None, lease_until=None, owner="", changed=bindparam("now"))
)

_LEASE = schema.lease
_LEASED = Statement(sa.select(_LEASE).where(_LEASE.c.name == bindparam("of_name")).with_for_update())
_NEW_LEASE = Statement(sa.insert(_LEASE), ["name", "owner", "epoch", "until"])
_RENEW = Statement(
    sa.update(_LEASE)
    .where(_LEASE.c.name == bindparam("name"))
    .values(owner=bindparam("new_owner"), epoch=bindparam("new_epoch"), until=bindparam("new_until"))
)


def take_lease(connection: Connection, now: int, *, name: str, owner: str, length: timedelta) -> Lease | None:
    """Take or renew a lease; None while another owner holds it."""
    until = now + span(length)
    row = _LEASED.run(connection, {"of_name": name}).first()
    if row is None:
        _NEW_LEASE.run(connection, {"name": name, "owner": owner, "epoch": 1, "until": until})
        return Lease(name=name, owner=owner, epoch=1, until=moment(until))
    free = row.until <= now
    if row.owner != owner and not free:
        return None
    epoch = row.epoch + 1 if free else row.epoch
    _RENEW.run(connection, {"name": name, "new_owner": owner, "new_epoch": epoch, "new_until": until})
    return Lease(name=name, owner=owner, epoch=epoch, until=moment(until))


_EXPIRE = Statement(
    sa.update(_TABLE)
    .where(_TABLE.c.state == State.RUNNING.value, _TABLE.c.due.is_not(None))
    .values(due=bindparam("now"), lease_until=bindparam("now"))
)
_END_LEASES = Statement(sa.delete(_LEASE).where(~_LEASE.c.name.startswith(RESERVED, autoescape=True)))


def expire(connection: Connection, now: int) -> None:
    """End every lease of a process: for the one that has just become the only owner, since former owners are dead.

    What they were performing comes back as in doubt at the next claim (delivery.md 8).
    """
    _EXPIRE.run(connection, {"now": now})
    _END_LEASES.run(connection, {})


_MOVE = (
    Statement(
        sa.update(_TABLE)
        .where(_TABLE.c.due.is_not(None))
        .values(due=_TABLE.c.due + bindparam("by"), lease_until=_TABLE.c.lease_until + bindparam("by"))
    ),
    Statement(sa.update(_TABLE).where(_TABLE.c.waits.is_not(None)).values(waits=_TABLE.c.waits + bindparam("by"))),
    Statement(sa.update(_LEASE).values(until=_LEASE.c.until + bindparam("by"))),
)
_MOVE_ENTERED = Statement(
    sa.update(_TABLE).where(_TABLE.c.entered > bindparam("since")).values(entered=_TABLE.c.entered + bindparam("by"))
)
"""What went in earlier counts for no pace any more."""


def move(connection: Connection, now: int, by: int) -> None:
    """Move every waiting time, turn and lease along with a clock that was set anew; a server has its own clock (C12).

    `now` is the old time.
    """
    if connection.dialect.name == "sqlite":
        for statement in _MOVE:
            statement.run(connection, {"by": by})
        _MOVE_ENTERED.run(connection, {"by": by, "since": now - span(MINUTE)})
