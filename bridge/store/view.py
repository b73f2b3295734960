"""What a group of decisions depends on, read at once: one query for each table, whatever the number of decisions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from bridge.core.effects import State
from bridge.store import schema
from bridge.store.codec import tombstone_key
from bridge.store.prepared import Lane, PostId, Prepared
from bridge.store.statement import Lookup


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """Where a row of the outbox stands."""

    kind: str
    lane: str
    conversation: bytes | None
    state: State
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What stands in the database for the decisions at hand, and what earlier decisions of the group change in it."""

    facts: set[str]
    posts: dict[PostId, str]
    """Fingerprints."""
    erased: frozenset[PostId]
    rows: dict[str, OutboxRow]
    ends: dict[Lane, int]
    """The highest number among the open rows of each lane."""
    versions: dict[bytes, int]
    cursors: dict[str, str]
    letters: dict[str, str]
    """Outcomes."""


def read_view(connection: Connection, group: Sequence[Prepared], *, salt: bytes) -> View:
    """Everything that the decisions depend on, locked against other nodes where that matters."""
    posts = {sighted.id for prepared in group for sighted in prepared.sighted}
    versions = _versions(connection, group)  # first of all locks, so that nodes queue up instead of crossing
    rows = _rows(connection, group)
    return View(
        facts=_facts(connection, group),
        posts=_posts(connection, posts),
        erased=_erased(connection, posts, salt),
        rows=rows,
        ends=_ends(connection, group, rows.values()),
        versions=versions,
        cursors=_cursors(connection, group),
        letters=_letters(connection, group),
    )


_FACTS = Lookup(sa.select(schema.fact.c.key), schema.fact.c.key)
_POSTS = Lookup(
    sa.select(schema.post.c.native, schema.post.c.fingerprint).where(schema.post.c.channel == bindparam("channel")),
    schema.post.c.native,
)
_ERASED = Lookup(sa.select(schema.tombstone.c.key), schema.tombstone.c.key)
_OUTBOX = schema.outbox.c
_ROWS = Lookup(
    sa.select(_OUTBOX.key, _OUTBOX.kind, _OUTBOX.lane, _OUTBOX.conversation, _OUTBOX.state, _OUTBOX.epoch)
    .order_by(_OUTBOX.key)
    .with_for_update(),
    _OUTBOX.key,
)
_ENDS = Lookup(
    sa.select(_OUTBOX.conversation, _OUTBOX.lane, sa.func.max(_OUTBOX.seq).label("end"))
    .where(_OUTBOX.due.is_not(None))
    .group_by(_OUTBOX.conversation, _OUTBOX.lane),
    _OUTBOX.conversation,
)
_VERSIONS = Lookup(
    sa.select(schema.conversation.c.id, schema.conversation.c.version)
    .order_by(schema.conversation.c.id)
    .with_for_update(),
    schema.conversation.c.id,
)
_CURSORS = Lookup(
    sa.select(schema.cursor.c.channel, schema.cursor.c.position).order_by(schema.cursor.c.channel).with_for_update(),
    schema.cursor.c.channel,
)
_LETTERS = Lookup(
    sa.select(schema.letter.c.fingerprint, schema.letter.c.outcome)
    .order_by(schema.letter.c.fingerprint)
    .with_for_update(),
    schema.letter.c.fingerprint,
)


def _facts(connection: Connection, group: Sequence[Prepared]) -> set[str]:
    keys = {key for prepared in group for key in (prepared.once, *(key for key, _ in prepared.facts)) if key}
    return {row.key for row in _FACTS.rows(connection, keys)}


def _posts(connection: Connection, posts: Iterable[PostId]) -> dict[PostId, str]:
    """Fingerprints of the posts that are known, asked channel by channel."""
    ids: dict[str, list[str]] = {}
    for channel, native in posts:
        ids.setdefault(channel, []).append(native)
    return {
        (channel, row.native): row.fingerprint
        for channel, natives in ids.items()
        for row in _POSTS.rows(connection, natives, channel=channel)
    }


def _erased(connection: Connection, posts: Iterable[PostId], salt: bytes) -> frozenset[PostId]:
    hashes = {tombstone_key(salt, channel, native): (channel, native) for channel, native in posts}
    return frozenset(hashes[row.key] for row in _ERASED.rows(connection, hashes))


def _rows(connection: Connection, group: Sequence[Prepared]) -> dict[str, OutboxRow]:
    """The rows of the outbox that are settled or intended again."""
    keys = {intended.key for prepared in group for intended in prepared.intended}
    keys |= {settled.key for prepared in group for settled in prepared.settled}
    return {
        row.key: OutboxRow(
            kind=row.kind, lane=row.lane, conversation=row.conversation, state=State(row.state), epoch=row.epoch
        )
        for row in _ROWS.rows(connection, keys)
    }


def _ends(connection: Connection, group: Sequence[Prepared], rows: Iterable[OutboxRow]) -> dict[Lane, int]:
    """The ends of the lanes in which something may be put."""
    lanes = {intended.conversation for prepared in group for intended in prepared.intended}
    lanes |= {row.conversation for row in rows}
    return {(row.conversation, row.lane): row.end for row in _ENDS.rows(connection, lanes - {None})}


def _versions(connection: Connection, group: Sequence[Prepared]) -> dict[bytes, int]:
    keys = {prepared.record.key for prepared in group if prepared.record}
    return {row.id: row.version for row in _VERSIONS.rows(connection, keys)}


def _cursors(connection: Connection, group: Sequence[Prepared]) -> dict[str, str]:
    keys = {prepared.cursor.channel for prepared in group if prepared.cursor}
    return {row.channel: row.position for row in _CURSORS.rows(connection, keys)}


def _letters(connection: Connection, group: Sequence[Prepared]) -> dict[str, str]:
    keys = {prepared.letter.fingerprint for prepared in group if prepared.letter}
    return {row.fingerprint: row.outcome for row in _LETTERS.rows(connection, keys)}
