"""What a group of decisions depends on, read at once: one query for each table, whatever the number of decisions."""

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam

from bridge.core.effects import State
from bridge.store import schema
from bridge.store.codec import tombstone_key
from bridge.store.prepared import Lane, PostId, Prepared

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_SIZES = (1, 4, 16, 64, 256, 1024)
"""Lengths to which lists are filled up, so that few different statements exist and all stay prepared."""


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


def among(connection: Connection, query: Select[*Ts], keys: Collection[object], **more: object) -> Iterator[Row[*Ts]]:
    """Rows of a query with a parameter made by one_of, asked with lists of a few fixed lengths."""
    ordered = sorted(keys)  # type: ignore[type-var] # keys of one table are of one type
    for start in range(0, len(ordered), _SIZES[-1]):
        part = ordered[start : start + _SIZES[-1]]
        size = next(size for size in _SIZES if size >= len(part))
        yield from connection.execute(query, {"keys": part + part[-1:] * (size - len(part)), **more})


def one_of(column: ColumnElement[T]) -> ColumnElement[bool]:
    """The condition that among() fills."""
    return column.in_(bindparam("keys", expanding=True))


_FACTS = sa.select(schema.fact.c.key).where(one_of(schema.fact.c.key))
_POSTS = sa.select(schema.post.c.native, schema.post.c.fingerprint).where(
    schema.post.c.channel == bindparam("channel"), one_of(schema.post.c.native)
)
_ERASED = sa.select(schema.tombstone.c.key).where(one_of(schema.tombstone.c.key))
_OUTBOX = schema.outbox.c
_ROWS = (
    sa.select(_OUTBOX.key, _OUTBOX.kind, _OUTBOX.lane, _OUTBOX.conversation, _OUTBOX.state, _OUTBOX.epoch)
    .where(one_of(_OUTBOX.key))
    .order_by(_OUTBOX.key)
    .with_for_update()
)
_ENDS = (
    sa.select(_OUTBOX.conversation, _OUTBOX.lane, sa.func.max(_OUTBOX.seq).label("end"))
    .where(one_of(_OUTBOX.conversation))
    .group_by(_OUTBOX.conversation, _OUTBOX.lane)
)
_VERSIONS = (
    sa.select(schema.conversation.c.id, schema.conversation.c.version)
    .where(one_of(schema.conversation.c.id))
    .order_by(schema.conversation.c.id)
    .with_for_update()
)
_CURSORS = (
    sa.select(schema.cursor.c.channel, schema.cursor.c.position)
    .where(one_of(schema.cursor.c.channel))
    .order_by(schema.cursor.c.channel)
    .with_for_update()
)
_LETTERS = (
    sa.select(schema.letter.c.fingerprint, schema.letter.c.outcome)
    .where(one_of(schema.letter.c.fingerprint))
    .order_by(schema.letter.c.fingerprint)
    .with_for_update()
)


def _facts(connection: Connection, group: Sequence[Prepared]) -> dict[str, bool]:
    keys = {key for prepared in group for key in (prepared.once, *prepared.facts) if key}
    return {row.key: True for row in among(connection, _FACTS, keys)}


def _posts(connection: Connection, posts: Iterable[PostId]) -> dict[PostId, str]:
    """Fingerprints of the posts that are known, asked channel by channel."""
    ids: dict[str, list[str]] = {}
    for channel, native in posts:
        ids.setdefault(channel, []).append(native)
    return {
        (channel, row.native): row.fingerprint
        for channel, natives in ids.items()
        for row in among(connection, _POSTS, natives, channel=channel)
    }


def _erased(connection: Connection, posts: Iterable[PostId], salt: bytes) -> frozenset[PostId]:
    hashes = {tombstone_key(salt, channel, native): (channel, native) for channel, native in posts}
    return frozenset(hashes[row.key] for row in among(connection, _ERASED, hashes))


def _rows(connection: Connection, group: Sequence[Prepared]) -> dict[str, OutboxRow]:
    """The rows of the outbox that are settled or intended again."""
    keys = {intended.key for prepared in group for intended in prepared.intended}
    keys |= {key for prepared in group for key, _ in prepared.settled}
    return {
        row.key: OutboxRow(
            kind=row.kind, lane=row.lane, conversation=row.conversation, state=State(row.state), epoch=row.epoch
        )
        for row in among(connection, _ROWS, keys)
    }


def _ends(connection: Connection, group: Sequence[Prepared], rows: Iterable[OutboxRow]) -> dict[Lane, int]:
    """The ends of the lanes in which something may be put."""
    lanes = {intended.conversation for prepared in group for intended in prepared.intended}
    lanes |= {row.conversation for row in rows}
    return {(row.conversation, row.lane): row.end for row in among(connection, _ENDS, lanes - {None})}


def _versions(connection: Connection, group: Sequence[Prepared]) -> dict[bytes, int]:
    keys = {prepared.record for prepared in group} - {None}
    return {row.id: row.version for row in among(connection, _VERSIONS, keys)}


def _cursors(connection: Connection, group: Sequence[Prepared]) -> dict[str, str]:
    keys = {prepared.channel for prepared in group} - {None}
    return {row.channel: row.position for row in among(connection, _CURSORS, keys)}


def _letters(connection: Connection, group: Sequence[Prepared]) -> dict[str, str]:
    keys = {prepared.letter for prepared in group} - {None}
    return {row.fingerprint: row.outcome for row in among(connection, _LETTERS, keys)}
