"""What people ask about one conversation or one person: all that is kept, in one value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy import Row as AnyRow

from bridge.core.conversation import Phase, Record
from bridge.core.effects import Row
from bridge.core.model import PostKey, Priority, Visibility
from bridge.core.replies import Filed
from bridge.core.share import share_keys
from bridge.store import queries, schema
from bridge.store.codec import Unreadable, long, maybe_moment, moment, short
from bridge.store.reports import FactRow, StoredPost, fact_row, post

_conversation, _fact, _letter, _outbox = schema.conversation.c, schema.fact.c, schema.letter.c, schema.outbox.c
_PRIORITIES = tuple(Priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationLine:
    """A conversation in a list."""

    id: str
    channel: str
    visibility: Visibility
    phase: Phase
    desk: str
    route: str
    priority: Priority
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that is kept about a conversation."""

    record: Record
    updated: datetime
    posts: tuple[StoredPost, ...]
    """Those in hand, with their verdicts and reasons."""
    rows: tuple[Row, ...]
    """Proxies, answers and whatever else is intended, in the order of their making."""
    letters: tuple[Filed, ...]
    facts: tuple[FactRow, ...]


def conversations(connection: Connection, phases: frozenset[Phase], limit: int) -> tuple[ConversationLine, ...]:
    """Those in one of the phases, the ones that changed last first."""
    query = sa.select(schema.conversation).where(_conversation.phase.in_([phase.value for phase in phases]))
    rows = connection.execute(query.order_by(_conversation.updated.desc()).limit(limit))
    return tuple(_line(row) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """A conversation that was left alone, with its newest post in hand; None once its words are gone."""

    line: ConversationLine
    stored: StoredPost | None


def left_alone(connection: Connection, limit: int) -> tuple[LeftAlone, ...]:
    """Conversations that were left alone, the ones that changed last first."""
    found = []
    for line in conversations(connection, frozenset({Phase.LEFT}), limit):
        record = queries.conversation(connection, line.id)
        newest = record.posts[-1] if record and record.posts else None
        stored = post(connection, PostKey(channel=newest.channel, id=newest.id)) if newest else None
        found.append(LeftAlone(line=line, stored=stored))
    return tuple(found)


def _line(row: AnyRow[Any]) -> ConversationLine:
    return ConversationLine(
        id=long(row.id),
        channel=row.channel,
        visibility=Visibility(row.visibility),
        phase=Phase(row.phase),
        desk=row.desk,
        route=row.route,
        priority=_PRIORITIES[row.rank],
        updated=moment(row.updated),
    )


def conversation(connection: Connection, conversation_id: str) -> Dossier | None:
    """All about one conversation; None for an unknown id."""
    record = queries.conversation(connection, conversation_id)
    if record is None:
        return None
    key = short(conversation_id)
    updated = sa.select(_conversation.updated).where(_conversation.id == key)
    letters = sa.select(schema.letter).where(_letter.conversation == key).order_by(_letter.filed)
    facts = sa.select(schema.fact).where(_fact.conversation == key).order_by(_fact.id)
    kept = (post(connection, PostKey(channel=each.channel, id=each.id)) for each in record.posts)
    return Dossier(
        record=record,
        updated=moment(connection.execute(updated).scalar_one()),
        posts=tuple(each for each in kept if each is not None),
        rows=_rows(connection, record, key),
        letters=tuple(queries.filed(row) for row in connection.execute(letters)),
        facts=tuple(fact_row(row) for row in connection.execute(facts)),
    )


def _rows(connection: Connection, record: Record, key: bytes | None) -> tuple[Row, ...]:
    """Rows that the record names, and those that are open, paced or held."""
    shares = (key for entry in record.to_all for key in share_keys(entry.letter))
    named = [*(sent.key for sent in record.sent), *(given.key for given in record.given), *shares]
    query = sa.select(schema.outbox).where(_outbox.payload != "")
    found = list(connection.execute(query.where(_outbox.key.in_(named))))
    found += connection.execute(query.where(_outbox.conversation == key, _outbox.due.is_not(None)))
    found += connection.execute(query.where(_outbox.conversation == key, _outbox.waits.is_not(None)))
    held = query.where(schema.ROW_HELD, _outbox.conversation == key)
    found += connection.execute(held)
    unique = {row.id: row for row in found}
    return tuple(row for number in sorted(unique) if (row := _readable(unique[number])) is not None)


def _readable(row: AnyRow[Any]) -> Row | None:
    """The row, unless it cannot be read: such a one is held and stands in the list of what is held."""
    try:
        return queries.outbox_row(row)
    except Unreadable:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One account of a customer on one platform."""

    platform: str
    author: str
    seen: datetime
    """When it was first seen."""
    posts: int
    newest: datetime | None
    """Time of the newest post that is kept."""


def person(connection: Connection, platform: str, author: str) -> tuple[Identity, ...]:
    """The identities that are linked to this one, itself included; empty where it is unknown."""
    return tuple(_identity(connection, row) for row in queries.identities(connection, platform, author))


def _identity(connection: Connection, row: AnyRow[Any]) -> Identity:
    post_table = schema.post.c
    query = sa.select(sa.func.count(), sa.func.max(post_table.at)).where(post_table.identity == row.key)
    count, newest = connection.execute(query).one()
    return Identity(
        platform=row.platform,
        author=row.author,
        seen=moment(row.seen),
        posts=count,
        newest=maybe_moment(newest),
    )
