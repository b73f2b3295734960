"""Tickets that stand for all who say nearly the same: which are open, and who joined them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.likeness import Lead
from bridge.core.model import Post, PostKey
from bridge.core.share import Member
from bridge.store import reports, schema
from bridge.store.codec import long, micros, moment, short
from bridge.store.statement import Lookup

_conversation, _likeness, _member = schema.conversation.c, schema.likeness.c, schema.member.c

MOST = 20
"""Tickets that a post is compared with, the newest first."""

_ALIKE = Lookup(
    sa.select(_likeness.channel, _likeness.native, _likeness.conversation, _likeness.at)
    .join(schema.conversation, _conversation.id == _likeness.conversation)
    .where(_likeness.at > sa.bindparam("since"), _conversation.phase == sa.literal_column("'waiting'")),
    _likeness.mark,
)


def leads(connection: Connection, marks: Sequence[bytes], since: datetime) -> tuple[Lead, ...]:
    """Posts that share a mark, whose tickets are younger than that and still wait for an answer."""
    rows = _ALIKE.rows(connection, marks, since=micros(since))
    found = {(row.channel, row.native): row for row in rows}
    newest = sorted(found.values(), key=lambda row: row.at, reverse=True)[:MOST]
    posts = ((_post(connection, row.channel, row.native), long(row.conversation)) for row in newest)
    return tuple(Lead(post=post, conversation=conversation) for post, conversation in posts if post is not None)


def _post(connection: Connection, channel: str, native: str) -> Post | None:
    stored = reports.post(connection, PostKey(channel=channel, id=native))
    return stored.post if stored is not None and stored.deleted is None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """How many joined a ticket."""

    lead: str
    """The ticket's conversation."""
    count: int
    people: int
    newest: datetime
    """When the last of them joined."""


_COUNTS = Lookup(
    sa.select(
        _member.lead,
        sa.func.count().label("number"),
        sa.func.count(sa.distinct(_member.identity)).label("people"),
        sa.func.max(_member.at).label("newest"),
    ).group_by(_member.lead),
    _member.lead,
)


def groups(connection: Connection, since: datetime) -> tuple[Group, ...]:
    """Groups that somebody joined since then."""
    recent = sa.select(_member.lead).where(_member.at > micros(since))
    leads = {row.lead for row in connection.execute(recent)}  # DISTINCT would make SQLite walk the whole table
    return tuple(
        Group(lead=long(row.lead), count=row.number, people=row.people, newest=moment(row.newest))
        for row in _COUNTS.rows(connection, leads)
    )


def stranded(connection: Connection, leads: Collection[bytes]) -> Iterator[tuple[str, Post]]:
    """Posts that joined one of these tickets, each with its ticket, as far as that waits for an answer; the first ones first."""
    query = (
        sa.select(_member.lead, _member.channel, _member.native)
        .join(schema.conversation, _conversation.id == _member.lead)
        .where(_member.lead.in_(leads), _conversation.phase == sa.literal_column("'waiting'"))
        .order_by(_member.at)
    )
    for row in connection.execute(query).all():
        if (post := _post(connection, row.channel, row.native)) is not None:
            yield long(row.lead), post


def orphaned(connection: Connection, since: datetime) -> tuple[tuple[str, Member], ...]:
    """Who joined tickets that wait for an answer nobody can give: their own posts were deleted since then; with the ticket."""
    post, led, kept = schema.post.c, schema.likeness.alias("led"), schema.post.alias("kept")
    lead, own = schema.conversation.alias("lead"), schema.conversation.alias("own")
    stands = (
        sa.exists()
        .where(led.c.conversation == _member.lead, kept.c.channel == led.c.channel, kept.c.native == led.c.native)
        .where(kept.c.deleted.is_(None))
    )
    query = (
        sa.select(_member.lead, _member.native, _member.conversation)
        .distinct()
        .join(lead, lead.c.id == _member.lead)
        .join(own, own.c.id == _member.conversation)
        .join(schema.likeness, _likeness.conversation == _member.lead)
        .join(schema.post, sa.and_(post.channel == _likeness.channel, post.native == _likeness.native))
        .where(post.deleted > micros(since), lead.c.phase == "waiting", own.c.phase == "folded", ~stands)
    )
    rows = connection.execute(query).all()
    return tuple((long(row.lead), Member(post=row.native, conversation=long(row.conversation))) for row in rows)


_FACTS = Lookup(sa.select(schema.fact.c.key), schema.fact.c.key)


def told(connection: Connection, keys: Collection[str]) -> frozenset[str]:
    """Which of these facts are on record."""
    return frozenset(row.key for row in _FACTS.rows(connection, keys))


def members(connection: Connection, lead: str, limit: int) -> tuple[Post, ...]:
    """Posts that joined a ticket, the last first; those whose words are gone are left out."""
    query = sa.select(_member.channel, _member.native).where(_member.lead == short(lead)).order_by(_member.at.desc())
    rows = connection.execute(query.limit(limit)).all()
    found = (_post(connection, row.channel, row.native) for row in rows)
    return tuple(post for post in found if post is not None)
