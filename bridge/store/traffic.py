"""How many posts came by each channel, lately and usually."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.store import schema
from bridge.store.codec import maybe_moment, micros

_post = schema.post.c

_LATE = timedelta(minutes=5)
"""A post that is older than its window by more was caught up after an outage, and is no sign of a storm."""


def counts(connection: Connection, since: datetime, until: datetime) -> Mapping[str, int]:
    """Posts by channel that came in that time, and were written in it or little before."""
    query = sa.select(_post.channel, sa.func.count()).where(
        _post.seen >= micros(since), _post.seen < micros(until), _post.at >= micros(since - _LATE)
    )
    rows = connection.execute(query.group_by(_post.channel)).all()
    return {channel: count for channel, count in rows}  # noqa: C416 - rows are no pairs for mypy


def beginning(connection: Connection) -> datetime | None:
    """When the oldest post came that is kept; None before the first."""
    return maybe_moment(connection.execute(sa.select(sa.func.min(_post.seen))).scalar())
