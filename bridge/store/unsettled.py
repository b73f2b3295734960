"""What people ask about the outbox: which effects are not settled, how far each is and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from bridge.core.effects import Effect, State
from bridge.store import schema
from bridge.store.claims import IS_FIRST
from bridge.store.codec import Unreadable, long, maybe_moment, moment, unpack_effect
from bridge.store.schema import plain
from bridge.store.turns import LATE_SINCE

_outbox = schema.outbox.c

_UNSETTLED = (_outbox.due.is_not(None), _outbox.waits.is_not(None), schema.ROW_HELD)
"""Open, paced and held rows: each set has an index of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of them; an empty word wants all."""

    states: Collection[State]
    kind: str
    channel: str
    desk: str
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """An effect that is not settled."""

    key: str
    kind: str
    state: State
    channel: str
    desk: str
    conversation: str
    since: datetime
    """When it was intended; of one that was never tried, from when on it is late."""
    tries: int
    looks: int
    due: datetime | None
    """When it is tried or looked up next, or has its turn at the earliest; of one in hand the end of its lease; None where it is held."""
    reason: str
    behind: bool
    """Whether an earlier effect of its conversation must be settled first."""
    effect: Effect | None
    """None where it cannot be read."""


def unsettled(connection: Connection, wanted: Wanted) -> tuple[Unsettled, ...]:
    """The oldest of those that are wanted."""
    found = [row for condition in _UNSETTLED for row in connection.execute(_asked(condition, wanted))]
    return tuple(sorted((_shown(row) for row in found), key=lambda each: each.since)[: wanted.most])


def _asked(condition: sa.ColumnElement[bool], wanted: Wanted) -> sa.Select[Any]:
    columns = (schema.outbox, LATE_SINCE.label("since"), IS_FIRST.label("first"))
    query = sa.select(*columns).where(condition, _outbox.state.in_([state.value for state in wanted.states]))
    for column, value in ((_outbox.kind, wanted.kind), (_outbox.channel, wanted.channel), (_outbox.desk, wanted.desk)):
        query = query.where(column == plain(value)) if value else query
    return query.order_by(sa.literal_column("since")).limit(wanted.most)


def _shown(row: Row[Any]) -> Unsettled:
    return Unsettled(
        key=row.key,
        kind=row.kind,
        state=State(row.state),
        channel=row.channel,
        desk=row.desk,
        conversation=long(row.conversation),
        since=moment(row.since or row.created),
        tries=row.attempt,
        looks=row.looks,
        due=maybe_moment(row.waits if row.due is None else row.due),
        reason=row.reason,
        behind=row.due is not None and not row.first,
        effect=_effect(row),
    )


def _effect(row: Row[Any]) -> Effect | None:
    try:
        return unpack_effect(row.kind, row.visibility, row.payload, row.sealed)
    except Unreadable:
        return None
