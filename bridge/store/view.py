"""What a group of decisions depends on, read at once: one query for each table, whatever the number of decisions."""

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import chain as chained
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row, Select

from bridge.core.decision import Decision
from bridge.core.effects import State
from bridge.store import schema
from bridge.store.codec import short, tombstone_key
from bridge.store.schema import plain

_SIZES = (1, 4, 16, 64, 256, 1024)
"""Lengths to which lists are filled up, so that few different statements exist and all stay prepared."""

K = TypeVar("K")
V = TypeVar("V")

PostId = tuple[str, str]
Lane = tuple[bytes, str]


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

    facts: MutableMapping[str, bool]
    posts: MutableMapping[PostId, str]
    """Fingerprints."""
    erased: frozenset[PostId]
    rows: MutableMapping[str, OutboxRow]
    ends: MutableMapping[Lane, int]
    """The last number given out in each lane."""
    versions: MutableMapping[bytes, int]
    cursors: MutableMapping[str, str]
    letters: MutableMapping[str, str]
    """Outcomes."""

    def fork(self) -> "View":
        """A view to change freely: it sees this one, and this one does not see it."""
        return View(
            facts=ChainMap({}, self.facts),
            posts=ChainMap({}, self.posts),
            erased=self.erased,
            rows=ChainMap({}, self.rows),
            ends=ChainMap({}, self.ends),
            versions=ChainMap({}, self.versions),
            cursors=ChainMap({}, self.cursors),
            letters=ChainMap({}, self.letters),
        )

    def absorb(self, fork: "View") -> None:
        """Take over what was changed in a fork of this view."""
        self.facts.update(_own(fork.facts))
        self.posts.update(_own(fork.posts))
        self.rows.update(_own(fork.rows))
        self.ends.update(_own(fork.ends))
        self.versions.update(_own(fork.versions))
        self.cursors.update(_own(fork.cursors))
        self.letters.update(_own(fork.letters))


def _own(part: Mapping[K, V]) -> Mapping[K, V]:
    """What was put into the fork itself."""
    return part.maps[0] if isinstance(part, ChainMap) else part


def read_view(connection: Connection, decisions: Sequence[Decision], *, salt: bytes) -> View:
    """Everything that the decisions depend on, locked against other nodes where that matters."""
    posts = {(plain(s.post.channel), plain(s.post.id)) for d in decisions for s in d.sightings}
    versions = _versions(connection, decisions)  # first of all locks, so that nodes queue up instead of crossing
    rows = _rows(connection, decisions)
    return View(
        facts=_facts(connection, decisions),
        posts=_posts(connection, posts),
        erased=_erased(connection, posts, salt),
        rows=rows,
        ends=_ends(connection, decisions, rows.values()),
        versions=versions,
        cursors=_cursors(connection, decisions),
        letters=_letters(connection, decisions),
    )


def among(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], keys: Collection[Any]
) -> Iterator[Row[Any]]:
    """Rows of the query whose column is one of the keys, in lists of a few fixed lengths."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), _SIZES[-1]):
        part = ordered[start : start + _SIZES[-1]]
        size = next(size for size in _SIZES if size >= len(part))
        yield from connection.execute(query.where(column.in_(part + part[-1:] * (size - len(part)))))


def _facts(connection: Connection, decisions: Sequence[Decision]) -> dict[str, bool]:
    keys = {plain(key) for d in decisions for key in (d.once, *(fact.key for fact in d.facts)) if key}
    return {row.key: True for row in among(connection, sa.select(schema.fact.c.key), schema.fact.c.key, keys)}


def _posts(connection: Connection, posts: Iterable[PostId]) -> dict[PostId, str]:
    """Fingerprints of the posts that are known, asked channel by channel."""
    table = schema.post.c
    found: dict[PostId, str] = {}
    ids: dict[str, list[str]] = {}
    for channel, native in posts:
        ids.setdefault(channel, []).append(native)
    for channel, natives in ids.items():
        query = sa.select(table.native, table.fingerprint).where(table.channel == channel)
        found |= {(channel, row.native): row.fingerprint for row in among(connection, query, table.native, natives)}
    return found


def _erased(connection: Connection, posts: Iterable[PostId], salt: bytes) -> frozenset[PostId]:
    hashes = {tombstone_key(salt, channel, native): (channel, native) for channel, native in posts}
    key = schema.tombstone.c.key
    return frozenset(hashes[row.key] for row in among(connection, sa.select(key), key, hashes))


def _rows(connection: Connection, decisions: Sequence[Decision]) -> dict[str, OutboxRow]:
    """The rows of the outbox that are settled or intended again."""
    table = schema.outbox.c
    keys = {plain(intent.key) for d in decisions for intent in d.intents}
    keys |= {plain(settlement.key) for d in decisions for settlement in d.settlements}
    query = sa.select(table.key, table.kind, table.lane, table.conversation, table.state, table.epoch)
    query = query.order_by(table.key).with_for_update()
    return {
        row.key: OutboxRow(
            kind=row.kind, lane=row.lane, conversation=row.conversation, state=State(row.state), epoch=row.epoch
        )
        for row in among(connection, query, table.key, keys)
    }


def _ends(connection: Connection, decisions: Sequence[Decision], rows: Iterable[OutboxRow]) -> dict[Lane, int]:
    """The ends of the lanes in which something may be put."""
    intended = (short(intent.effect.conversation) for d in decisions for intent in d.intents)
    conversations = {c for c in chained(intended, (row.conversation for row in rows)) if c is not None}
    table = schema.outbox.c
    query = sa.select(table.conversation, table.lane, sa.func.max(table.seq).label("end"))
    query = query.group_by(table.conversation, table.lane)
    found = among(connection, query, table.conversation, conversations)
    return {(row.conversation, row.lane): row.end for row in found}


def _versions(connection: Connection, decisions: Sequence[Decision]) -> dict[bytes, int]:
    table = schema.conversation.c
    keys = {short(d.record.id) for d in decisions if d.record}
    query = sa.select(table.id, table.version).order_by(table.id).with_for_update()
    return {row.id: row.version for row in among(connection, query, table.id, keys)}


def _cursors(connection: Connection, decisions: Sequence[Decision]) -> dict[str, str]:
    table = schema.cursor.c
    keys = {plain(d.cursor.channel) for d in decisions if d.cursor}
    query = sa.select(table.channel, table.position).order_by(table.channel).with_for_update()
    return {row.channel: row.position for row in among(connection, query, table.channel, keys)}


def _letters(connection: Connection, decisions: Sequence[Decision]) -> dict[str, str]:
    table = schema.letter.c
    keys = {plain(d.filed.fingerprint) for d in decisions if d.filed}
    query = sa.select(table.fingerprint, table.outcome).with_for_update()
    return {row.fingerprint: row.outcome for row in among(connection, query, table.fingerprint, keys)}
