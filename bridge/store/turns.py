"""What waits for its turn at the desks, and how much each has on its hands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from bridge.core.fairness import MINUTE, REMEMBERED, Load, Waiter, shared
from bridge.core.model import Priority
from bridge.core.policy import Pace
from bridge.store import schema
from bridge.store.codec import micros, moment
from bridge.store.statement import Statement

_TABLE = schema.outbox
_EARLIER = schema.outbox.alias("earlier")
_conversation = schema.conversation.c
_PRIORITIES = tuple(Priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Proxies that wait at one desk: those of one channel and priority, which all open a ticket or all join one."""

    desk: str
    channel: str
    priority: Priority
    opens: bool
    count: int
    oldest: datetime
    """From when on the first of them might have gone."""


_MICROSECONDS = sa.cast(sa.extract("epoch", sa.func.clock_timestamp()) * 1_000_000, schema.Number)


def now_of(connection: Connection, now: datetime) -> datetime:
    """The time by which rows are written: the server's own, or of a file the time of its only process."""
    if connection.dialect.name == "sqlite":
        return now
    return moment(connection.execute(sa.select(_MICROSECONDS)).scalar_one())


LATE_SINCE = sa.case(
    (sa.and_(_TABLE.c.state == sa.literal_column("'ready'"), _TABLE.c.attempt == 0), _TABLE.c.due),
    (_TABLE.c.entered > _TABLE.c.created, _TABLE.c.entered),
    else_=_TABLE.c.created,
)
"""From when on an open row is late: the time that was planned, or its turn.

One that was tried in vain gets a later time again and again, and is as old as it is.
"""

_ROWS = Statement(
    sa.select(
        _TABLE.c.desk,
        _TABLE.c.channel,
        _TABLE.c.rank,
        _TABLE.c.opens,
        sa.func.count().label("number"),
        sa.func.min(_TABLE.c.waits).label("oldest"),
    )
    .where(_TABLE.c.waits.is_not(None))
    .group_by(_TABLE.c.desk, _TABLE.c.channel, _TABLE.c.rank, _TABLE.c.opens)
)


def rows(connection: Connection) -> tuple[Row, ...]:
    """Everything that waits, by desk, channel, priority and what it needs; reads an index alone."""
    return tuple(
        Row(
            desk=row.desk,
            channel=row.channel,
            priority=_PRIORITIES[row.rank],
            opens=bool(row.opens),
            count=row.number,
            oldest=moment(row.oldest),
        )
        for row in _ROWS.run(connection, {})
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """How many proxies of one priority wait at a desk, for people to read."""

    desk: str
    priority: Priority
    count: int
    oldest: datetime


def queued(connection: Connection) -> tuple[Queued, ...]:
    """What waits, by desk and priority."""
    found: dict[tuple[str, Priority], list[Row]] = {}
    for row in rows(connection):
        found.setdefault((row.desk, row.priority), []).append(row)
    return tuple(
        Queued(
            desk=desk,
            priority=priority,
            count=sum(row.count for row in of),
            oldest=min(row.oldest for row in of),
        )
        for (desk, priority), of in sorted(found.items())
    )


_FIRST = ~(
    sa.exists()
    .where(
        _EARLIER.c.conversation == _TABLE.c.conversation,
        _EARLIER.c.waits.is_not(None),
        _EARLIER.c.id < _TABLE.c.id,
    )
    .correlate(_TABLE)
)
"""No earlier proxy of the same conversation waits: a follow-up never comes before what it follows."""
_HEADS = Statement(
    sa.select(_TABLE.c.key, _TABLE.c.waits)
    .where(
        _TABLE.c.desk == bindparam("of_desk"),
        _TABLE.c.channel == bindparam("of_channel"),
        _TABLE.c.rank == bindparam("of_rank"),
        _TABLE.c.opens == bindparam("opening"),
        _TABLE.c.waits <= bindparam("now"),
        _FIRST,
    )
    .order_by(_TABLE.c.waits)
    .limit(bindparam("most"))
)


def heads(connection: Connection, row: Row, *, now: datetime, most: int) -> tuple[Waiter, ...]:
    """The first ones of a row that may have their turn by now."""
    values = {
        "of_desk": row.desk,
        "of_channel": row.channel,
        "of_rank": row.priority.rank,
        "opening": int(row.opens),
        "now": micros(now),
        "most": most,
    }
    return tuple(
        Waiter(key=found.key, channel=row.channel, priority=row.priority, since=moment(found.waits), opens=row.opens)
        for found in _HEADS.run(connection, values)
    )


_ENTERED = Statement(
    sa.select(_TABLE.c.channel, sa.func.count().label("number"))
    .where(_TABLE.c.desk == bindparam("of_desk"), _TABLE.c.entered > bindparam("since"))
    .group_by(_TABLE.c.channel)
)
_LAST = Statement(
    sa.select(_TABLE.c.channel)
    .where(_TABLE.c.desk == bindparam("of_desk"), _TABLE.c.entered.is_not(None))
    .order_by(_TABLE.c.entered.desc())
    .limit(bindparam("most"))
)
_NOT_YET = sa.exists().where(
    _TABLE.c.conversation == _conversation.id, _TABLE.c.waits.is_not(None), _TABLE.c.opens == 1
)
_HANDED = Statement(
    sa.select(sa.func.count()).select_from(
        sa.select(_conversation.id)
        .where(
            _conversation.phase == sa.literal_column("'waiting'"),
            _conversation.desk == bindparam("of_desk"),
            _conversation.updated > bindparam("since"),
            ~_NOT_YET,
        )
        .order_by(_conversation.updated)
        .limit(bindparam("most"))
        .subquery()
    )
)
"""Conversations that wait for an answer, and whose first proxy waits no more; the oldest ones were let in first."""


def load(connection: Connection, desk: str, *, now: datetime, pace: Pace, waiting: Collection[str]) -> Load:
    """How much a desk has on its hands: tickets that wait for an answer there, and what went in of late.

    `waiting` are the channels that have something for it.

    A ticket that was not touched for the pace's `open_for` counts no more: agents may have ended it without a word.
    Tickets are counted no further than the pace allows.
    """
    entered = _ENTERED.run(connection, {"of_desk": desk, "since": micros(now - MINUTE)})
    values = {"of_desk": desk, "since": micros(now - pace.open_for), "most": pace.open or 0}
    last = _LAST.run(connection, {"of_desk": desk, "most": REMEMBERED}).scalars()
    return Load(
        open=_HANDED.run(connection, values).scalar_one(),
        entered=_counts(entered),
        shares=shared(last, waiting, pace),
    )


def _counts(found: sa.CursorResult[tuple[str, int]]) -> Mapping[str, int]:
    return {row.channel: row.number for row in found}
