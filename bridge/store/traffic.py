"""How many posts came by each channel, lately and usually, and how many of them joined a ticket."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.conversation import Phase
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


def folded(connection: Connection, since: datetime) -> int:
    """Posts that came since then and joined a ticket, without those that went to a desk of their own later."""
    member, conversation, start = schema.member.c, schema.conversation.c, micros(since)
    found = (
        sa.select(sa.func.count(sa.distinct(_post.id)))
        .join_from(schema.member, schema.post, sa.and_(_post.channel == member.channel, _post.native == member.native))
        .join(schema.conversation, conversation.id == _post.conversation)
        .where(member.at >= start, _post.seen >= start, _post.route != "", conversation.phase == Phase.FOLDED.value)
    )
    return int(connection.execute(found).scalar_one())
