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


_OWN = schema.conversation.alias("own")
_UNREACHED = sa.and_(
    _OWN.c.phase == sa.literal_column("'folded'"),
    sa.exists().where(
        schema.outbox.c.conversation == _member.lead,
        schema.outbox.c.kind == sa.literal_column("'share'"),
        sa.or_(schema.outbox.c.due.is_not(None), schema.ROW_HELD),
    ),
)
"""Who joined a ticket whose answer to all is on its way, and does not have it yet."""


def stranded(connection: Connection, leads: Collection[bytes]) -> Iterator[tuple[str, Post]]:
    """Posts that joined one of these tickets, each with its ticket, as far as they wait for an answer; the first ones first."""
    query = (
        sa.select(_member.lead, _member.channel, _member.native)
        .join(schema.conversation, _conversation.id == _member.lead)
        .outerjoin(_OWN, _OWN.c.id == _member.conversation)
        .where(_member.lead.in_(leads), sa.or_(_conversation.phase == sa.literal_column("'waiting'"), _UNREACHED))
        .order_by(_member.at)
    )
    for row in connection.execute(query).all():
        if (post := _post(connection, row.channel, row.native)) is not None:
            yield long(row.lead), post


_KEPT = schema.post.alias("kept")
_LED = schema.likeness.alias("led")
_UNANSWERABLE = Lookup(
    sa.select(_likeness.conversation)
    .join(schema.conversation, _conversation.id == _likeness.conversation)
    .where(
        _conversation.phase == sa.literal_column("'waiting'"),
        ~sa.exists()
        .where(_LED.c.conversation == _likeness.conversation)
        .where(_KEPT.c.channel == _LED.c.channel, _KEPT.c.native == _LED.c.native, _KEPT.c.deleted.is_(None))
        .correlate(schema.likeness),
    ),
    _likeness.conversation,
)
"""Tickets for many that wait for an answer, though each of their own posts is gone."""

_FOLDED = Lookup(
    sa.select(_member.lead, _member.native, _member.conversation)
    .join(schema.conversation, _conversation.id == _member.conversation)
    .where(_conversation.phase == sa.literal_column("'folded'")),
    _member.lead,
)


def orphaned(connection: Connection, since: datetime) -> tuple[tuple[str, Member], ...]:
    """Who joined tickets that nobody can answer, since their own posts were deleted after that time; with the ticket."""
    post = schema.post.c
    deleted = connection.execute(sa.select(post.conversation).where(post.deleted > micros(since)))
    leads = {row.conversation for row in _UNANSWERABLE.rows(connection, {row.conversation for row in deleted})}
    return tuple(
        (long(row.lead), Member(post=row.native, conversation=long(row.conversation)))
        for row in _FOLDED.rows(connection, leads)
    )


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
