"""Answers to all who joined a ticket: who is next, who came too late, and what became of them."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.effects import State
from bridge.core.share import Member, Share, Tally, answer_key, left_out
from bridge.store import schema
from bridge.store.codec import from_json, long, micros, short
from bridge.store.statement import Lookup

_MEMBER = schema.member
_member, _conversation = schema.member.c, schema.conversation.c
_EARLIER = schema.member.alias("earlier")

_LATEST: sa.BindParameter[int] = sa.bindparam("until")

_FIRST_OF_THEIRS = ~(
    sa.exists()
    .where(
        _EARLIER.c.lead == _member.lead,
        _EARLIER.c.channel == _member.channel,
        _EARLIER.c.native < _member.native,
        _EARLIER.c.identity == _member.identity,
        _EARLIER.c.at <= _LATEST,
    )
    .correlate(_MEMBER)
)
"""One post for each customer: nobody gets the same answer twice because they asked twice."""


def crowd(connection: Connection, lead: str, until: datetime) -> int:
    """How many customers joined a ticket until then and have none of their own, answered in it or not."""
    query = (
        sa.select(sa.func.count(sa.distinct(_member.identity)))
        .join(schema.conversation, _conversation.id == _member.conversation)
        .where(
            _member.lead == short(lead),
            _member.at <= micros(until),
            _conversation.phase.in_(["folded", "answered"]),
            _conversation.desk == "",
        )
    )
    return int(connection.execute(query).scalar_one())


def next_member(connection: Connection, lead: str, until: datetime, after: str) -> Member | None:
    """The one who comes after that post among those who joined until then, one for each customer; None at the end."""
    query = (
        sa.select(_member.native, _member.conversation)
        .where(_member.lead == short(lead), _member.at <= _LATEST, _member.native > after, _FIRST_OF_THEIRS)
        .order_by(_member.native)
        .limit(1)
    )
    row = connection.execute(query, {"until": micros(until)}).first()
    return None if row is None else Member(post=row.native, conversation=long(row.conversation))


def late_members(connection: Connection, lead: str, since: datetime) -> tuple[Member, ...]:
    """Who joined later."""
    query = sa.select(_member.native, _member.conversation).where(
        _member.lead == short(lead), _member.at > micros(since)
    )
    rows = connection.execute(query.order_by(_member.at)).all()
    return tuple(Member(post=row.native, conversation=long(row.conversation)) for row in rows)


_ANSWERS = Lookup(sa.select(schema.outbox.c.key, schema.outbox.c.state), schema.outbox.c.key)
_REASONS = Lookup(sa.select(schema.fact.c.key, schema.fact.c.detail), schema.fact.c.key)


def outcomes(connection: Connection, letter: str, conversations: Collection[str]) -> Mapping[str, str]:
    """What became of an answer to all in each of these conversations; those that had no turn yet are not named."""
    keys = {answer_key(letter, one): one for one in conversations} | {
        left_out(letter, one): one for one in conversations
    }
    reasons = {
        row.key: from_json(dict[str, str], row.detail).get("reason", "") for row in _REASONS.rows(connection, keys)
    }
    answers = {row.key: row.state for row in _ANSWERS.rows(connection, keys)}
    told = {keys[key]: "published" if state == State.DONE.value else state for key, state in answers.items()}
    return told | {keys[key]: f"left out: {reason}" for key, reason in reasons.items()}


def tally(connection: Connection, share: Share) -> Tally:
    """What became of an answer to all by now; who had no turn yet is not counted."""
    query = sa.select(_member.conversation).where(
        _member.lead == short(share.conversation), _member.at <= micros(share.until)
    )
    meant = {long(row.conversation) for row in connection.execute(query)}
    answers = _ANSWERS.rows(connection, [answer_key(share.letter, one) for one in meant])
    states = Counter(row.state for row in answers)
    facts = _REASONS.rows(connection, [left_out(share.letter, one) for one in meant])
    reasons = Counter(from_json(dict[str, str], row.detail).get("reason", "") for row in facts)
    published = states.pop(State.DONE.value, 0)
    states.pop(State.DROPPED.value, 0)
    return Tally(published=published, waiting=states.total(), left_out=dict(reasons))
