"""What people ask about the whole: how things stand, what is held, what happened, which posts came."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from bridge.core.effects import State
from bridge.core.model import Post, PostKey, Verdict, Visibility
from bridge.core.replies import LetterOutcome
from bridge.store import queries, schema, traffic, turns
from bridge.store.codec import from_json, long, maybe_moment, micros, moment, unpacked
from bridge.store.schema import plain

_fact, _letter, _outbox, _post = schema.fact.c, schema.letter.c, schema.outbox.c, schema.post.c

_PAGE = 500
"""Rows that are read at once where many are wanted."""


SAVED: Mapping[str, str] = {
    "answered_by_others": "others",
    "answered_natively": "natively",
    "answered_meanwhile": "meanwhile",
}
"""Why a proxy is not needed any more where somebody answered first: as rows keep it, and as metrics call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Rows of the outbox of one kind in one state that are not settled."""

    kind: str
    state: State
    count: int
    oldest: datetime
    """When the oldest of them was intended, or had its turn; of those never tried yet, from when on they are late.

    Of paced ones, from when on the first might have had its turn.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How far a channel was read."""

    name: str
    polled: datetime
    """When something new last came, or the cursor moved."""
    newest: datetime | None
    """Time of the newest post."""
    gaps: int
    """Stretches that were lost."""
    quarantined: int
    """Items that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How things stand; counts of posts, letters and settled rows are those since the time that was asked for."""

    posts: Mapping[str, int]
    """By route; those that were left alone under the empty name."""
    unjudged: int
    waiting: tuple[Waiting, ...]
    settled: Mapping[tuple[str, State], int]
    letters: Mapping[LetterOutcome, int]
    held_letters: int
    oldest_held_letter: datetime | None
    """When the oldest of them was filed."""
    channels: tuple[ChannelState, ...]
    switches: Mapping[str, str]
    facts: int
    """Number of the newest fact."""
    folded: int
    """Posts that joined the ticket of another one."""
    turns: tuple[turns.Queued, ...]
    """What waits for its turn at the desks."""
    saved: Mapping[str, int] = field(default_factory=dict)
    """Proxies that nobody needed any more, by why: somebody answered first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldItem:
    """Something that waits for a person."""

    key: str
    """For `held show`, `release` and `drop`: a row's key or a letter's fingerprint."""
    kind: str
    """Of the effect, or letter."""
    reason: str
    since: datetime
    conversation: str
    channel: str
    desk: str
    sender: str
    """Of a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One row of the record of everything that happened."""

    id: int
    at: datetime
    kind: str
    key: str
    conversation: str
    channel: str
    actor: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPost:
    """A post with what became of it."""

    post: Post
    seen: datetime
    verdict: Verdict | None
    judged: datetime | None
    deleted: datetime | None
    raw: bytes
    """The platform's own words."""


def status(connection: Connection, since: datetime) -> Status:
    """How things stand."""
    after = micros(since)
    routes = _counts(connection, _post.route, _post.seen >= after)
    held, oldest = connection.execute(
        sa.select(sa.func.count(), sa.func.min(_letter.filed)).where(schema.LETTER_HELD)
    ).one()
    return Status(
        posts={route: count for route, count in routes.items() if route is not None},
        unjudged=routes.get(None, 0),
        waiting=_waiting(connection),
        settled=_settled(connection, after),
        letters={LetterOutcome(o): n for o, n in _counts(connection, _letter.outcome, _letter.filed >= after).items()},
        held_letters=held,
        oldest_held_letter=maybe_moment(oldest),
        channels=_channels(connection),
        switches=queries.switches(connection),
        facts=connection.execute(sa.select(sa.func.max(_fact.id))).scalar() or 0,
        folded=traffic.folded(connection, since),
        turns=turns.queued(connection),
        saved=_saved(connection, after),
    )


def _saved(connection: Connection, after: int) -> dict[str, int]:
    """Proxies dropped since then because somebody answered first, by the reason that their rows keep."""
    dropped = sa.and_(_outbox.kind == "inject", _outbox.state == State.DROPPED.value, _outbox.reason.in_(SAVED))
    counted = _counts(connection, _outbox.reason, sa.and_(_outbox.settled >= after, dropped))
    return {SAVED[reason]: count for reason, count in counted.items()}


def _counts(connection: Connection, column: sa.Column[Any], where: sa.ColumnElement[bool]) -> dict[Any, int]:
    query = sa.select(column, sa.func.count()).where(where).group_by(column)
    return {name: count for name, count in connection.execute(query)}  # noqa: C416 - rows are no pairs for mypy


def _waiting(connection: Connection) -> tuple[Waiting, ...]:
    """Open, paced and held rows, each set found by its own index."""
    found = [row for condition, since in _SETS for row in connection.execute(_piles(condition, since))]
    made = (Waiting(kind=r.kind, state=State(r.state), count=r.number, oldest=moment(r.oldest)) for r in found)
    return tuple(sorted(made, key=lambda waiting: (waiting.kind, waiting.state)))


_SETS: tuple[tuple[sa.ColumnElement[bool], sa.ColumnElement[Any]], ...] = (
    (_outbox.due.is_not(None), turns.LATE_SINCE),
    (_outbox.waits.is_not(None), _outbox.waits),
    (schema.ROW_HELD, _outbox.created),
)


def _piles(condition: sa.ColumnElement[bool], since: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """One of these sets by kind and state, with its size and its oldest."""
    counted = (sa.func.count().label("number"), sa.func.min(since).label("oldest"))
    query = sa.select(_outbox.kind, _outbox.state, *counted).where(condition)
    return query.group_by(_outbox.kind, _outbox.state)


def _settled(connection: Connection, after: int) -> dict[tuple[str, State], int]:
    query = sa.select(_outbox.kind, _outbox.state, sa.func.count()).where(_outbox.settled >= after)
    found = connection.execute(query.group_by(_outbox.kind, _outbox.state))
    return {(kind, State(state)): count for kind, state, count in found}


def _channels(connection: Connection) -> tuple[ChannelState, ...]:
    gaps = _counts(connection, schema.gap.c.channel, sa.true())
    broken = _counts(connection, schema.quarantine.c.channel, sa.true())
    return tuple(
        ChannelState(
            name=row.channel,
            polled=moment(row.polled),
            newest=maybe_moment(row.newest),
            gaps=gaps.get(row.channel, 0),
            quarantined=broken.get(row.channel, 0),
        )
        for row in connection.execute(sa.select(schema.cursor).order_by(schema.cursor.c.channel))
    )


def held(connection: Connection, limit: int) -> tuple[HeldItem, ...]:
    """What waits for a person, oldest first: rows of the outbox and letters."""
    rows = sa.select(schema.outbox).where(schema.ROW_HELD).order_by(_outbox.changed)
    found = [_held_row(row) for row in connection.execute(rows.limit(limit))]
    found += [_held_letter(row) for row in connection.execute(_letters().limit(limit))]
    return tuple(sorted(found, key=lambda item: item.since)[:limit])


def held_letters(connection: Connection, reason: str) -> tuple[HeldItem, ...]:
    """Every letter that is held for this reason, oldest first."""
    return tuple(_held_letter(row) for row in connection.execute(_letters().where(_letter.reason == reason)))


def _letters() -> sa.Select[Any]:
    """Held letters without their bytes, oldest first."""
    columns = (_letter.fingerprint, _letter.reason, _letter.filed, _letter.conversation, _letter.sender)
    return sa.select(*columns).where(schema.LETTER_HELD).order_by(_letter.filed)


def _held_row(row: Row[Any]) -> HeldItem:
    return HeldItem(
        key=row.key,
        kind=row.kind,
        reason=row.reason,
        since=moment(row.changed),
        conversation=long(row.conversation),
        channel=row.channel,
        desk=row.desk,
        sender="",
    )


def _held_letter(row: Row[Any]) -> HeldItem:
    return HeldItem(
        key=row.fingerprint,
        kind="letter",
        reason=row.reason,
        since=moment(row.filed),
        conversation=long(row.conversation),
        channel="",
        desk="",
        sender=row.sender,
    )


def facts(connection: Connection, after: int, limit: int) -> tuple[FactRow, ...]:
    """Facts with a number above `after`, oldest first; the last ones where `after` is negative."""
    query = sa.select(schema.fact)
    if after < 0:
        newest = query.order_by(_fact.id.desc()).limit(limit)
        return tuple(reversed([fact_row(row) for row in connection.execute(newest)]))
    query = query.where(_fact.id > after).order_by(_fact.id).limit(limit)
    return tuple(fact_row(row) for row in connection.execute(query))


def all_facts(connection: Connection) -> Iterator[FactRow]:
    """Every fact, oldest first, a few at a time."""
    number = 0
    while page := facts(connection, number, _PAGE):
        yield from page
        number = page[-1].id


def fact_row(row: Row[Any]) -> FactRow:
    """A fact as people see it."""
    return FactRow(
        id=row.id,
        at=moment(row.at),
        kind=row.kind,
        key=row.key,
        conversation=long(row.conversation),
        channel=row.channel,
        actor=row.actor,
        detail=from_json(dict[str, str], row.detail) if row.detail else {},
    )


def posts_since(
    connection: Connection, since: datetime, *, visibilities: frozenset[Visibility]
) -> Iterator[StoredPost]:
    """Posts that came since then, oldest first, a few at a time; private ones only where they are asked for (I04)."""
    query = sa.select(schema.post).where(_post.visibility.in_([each.value for each in visibilities]))
    seen, last = micros(since), 0
    while True:
        later = sa.or_(_post.seen > seen, sa.and_(_post.seen == seen, _post.id > last))
        page = query.where(_post.seen >= seen, later).order_by(_post.seen, _post.id).limit(_PAGE)
        rows = connection.execute(page).all()
        yield from (stored_post(row) for row in rows)
        if len(rows) < _PAGE:
            return
        seen, last = rows[-1].seen, rows[-1].id


def post(connection: Connection, key: PostKey) -> StoredPost | None:
    """One post with what became of it."""
    query = sa.select(schema.post).where(_post.channel == plain(key.channel), _post.native == plain(key.id))
    row = connection.execute(query).first()
    return None if row is None else stored_post(row)


def stored_post(row: Row[Any]) -> StoredPost:
    """A post as it is stored."""
    return StoredPost(
        post=from_json(Post, row.body),
        seen=moment(row.seen),
        verdict=None if row.verdict is None else from_json(Verdict, row.verdict),
        judged=maybe_moment(row.judged),
        deleted=maybe_moment(row.deleted),
        raw=unpacked(row.raw),
    )
