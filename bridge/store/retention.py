"""What is kept no longer: by age, and where a platform said that it is gone; a hash stays, so that nothing comes back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Table

from bridge.core.decision import Decision, Fact
from bridge.core.likeness import LONGEST_FOLD
from bridge.core.replies import LetterOutcome
from bridge.ports import RESERVED
from bridge.store import schema
from bridge.store.chain import ANCHORS
from bridge.store.codec import moment, span, tombstone_key
from bridge.store.group import Surroundings, apply_one
from bridge.store.sql import NEW_TOMBSTONE
from bridge.store.store import SqlStore

_fact, _letter, _outbox, _post = schema.fact, schema.letter, schema.outbox, schema.post

BATCH = 500
"""Rows of one table that one transaction erases, so that nobody's commit waits long."""

DELETED = timedelta(hours=24)
"""How long the words of a post stay that its platform says is gone (I03); less is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long things are kept (I01)."""

    posts: timedelta
    """Posts, their earlier words, conversations, proxies and answers."""
    letters: timedelta
    """Mails; their fingerprints stay as long as the facts."""
    facts: timedelta
    """What happened, without texts."""


async def retain(store: SqlStore, keep: Keep) -> Mapping[str, int]:
    """Erase all that is too old, a little at a time; returns how many rows of each table.

    Nothing that is open or held goes: it has its own alarm.
    """
    erased: dict[str, int] = {}
    for step in _STEPS:
        count = BATCH
        while count >= BATCH:
            table, count = await store.chore(partial(step, keep=keep))
            erased[table] = erased.get(table, 0) + count
    return erased


_Step = Callable[..., tuple[str, int]]


def _posts(connection: Connection, now: int, around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """Posts by age, and those that are gone from their platform."""
    old = _post.c.seen < now - span(keep.posts)
    gone = _post.c.deleted < now - span(min(DELETED, keep.posts))
    idle = ~_waits(_post.c.conversation)
    ids = [row.id for row in _some(connection, _post, _post.c.id, idle, old)]
    ids += [row.id for row in _some(connection, _post, _post.c.id, gone)]
    return "post", erase_posts(connection, now, around, ids=ids[:BATCH])


def _waits(conversation: ColumnElement[bytes]) -> ColumnElement[bool]:
    """Whether something of the conversation is open, paced or held; a warning for later has nothing to say without it."""
    held = sa.select(_outbox.c.conversation).where(schema.ROW_HELD)
    later = _outbox.c.kind == sa.literal_column("'remind'")
    opened = sa.exists().where(_outbox.c.conversation == conversation, _outbox.c.due.is_not(None), ~later)
    paced = sa.exists().where(_outbox.c.conversation == conversation, _outbox.c.waits.is_not(None))
    letters = sa.select(_letter.c.conversation).where(schema.LETTER_HELD)
    held = held.where(_outbox.c.conversation.is_not(None))
    letters = letters.where(_letter.c.conversation.is_not(None))
    return sa.or_(opened, paced, conversation.in_(held), conversation.in_(letters))


def erase_posts(connection: Connection, now: int, around: Surroundings, *, ids: Sequence[int]) -> int:
    """Take posts and their earlier words away, and leave hashes; returns how many posts."""
    parts = (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
    return sum(_erase_posts(connection, now, around, part) for part in parts)


def _erase_posts(connection: Connection, now: int, around: Surroundings, ids: Sequence[int]) -> int:
    wanted = sa.select(_post.c.id, _post.c.channel, _post.c.native).where(_post.c.id.in_(ids))
    rows = connection.execute(wanted).all()
    keys = [tombstone_key(around.salt, row.channel, row.native) for row in rows]
    NEW_TOMBSTONE.many(connection, [{"key": key, "erased": now} for key in keys])
    version = schema.post_version.c
    for row in rows:
        same = sa.and_(version.channel == row.channel, version.native == row.native)
        connection.execute(sa.delete(schema.post_version).where(same))
    connection.execute(sa.delete(_post).where(_post.c.id.in_([row.id for row in rows])))
    return len(rows)


def _versions(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """Earlier words of posts that are younger themselves."""
    table = schema.post_version
    return _erase(connection, table, table.c.id, table.c.replaced < now - span(keep.posts))


def _conversations(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """Records whose last change is long ago."""
    table = schema.conversation
    old = table.c.updated < now - span(keep.posts)
    return _erase(connection, table, table.c.id, old, ~_waits(table.c.id))


def _likeness(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:  # noqa: ARG001 - one signature for all steps
    """Marks by which nobody can join a ticket any more."""
    table = schema.likeness
    return _erase(connection, table, table.c.id, table.c.at < now - span(LONGEST_FOLD))


def _members(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """Who joined a ticket long ago."""
    table = schema.member
    old = table.c.at < now - span(keep.posts)
    return _erase(connection, table, table.c.lead, old)


def _rows(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """Settled rows that left nothing on a platform."""
    old = _outbox.c.settled < now - span(keep.posts)
    return _erase(connection, _outbox, _outbox.c.id, old, _outbox.c.posted_id.is_(None))


def _publications(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """Publications lose their words; the id on the platform stays, to be known when it comes back (D02)."""
    old = _outbox.c.settled < now - span(keep.posts)
    found = _some(connection, _outbox, _outbox.c.id, old, _outbox.c.payload != "")
    return "outbox", empty_rows(connection, [row.id for row in found])


def empty_rows(connection: Connection, ids: Sequence[int]) -> int:
    """Take the words out of settled rows of the outbox; returns of how many."""
    settled = sa.and_(_outbox.c.id.in_(ids), _outbox.c.settled.is_not(None))
    return connection.execute(sa.update(_outbox).where(settled).values(payload="", sealed=None)).rowcount


def _published(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """Ids of publications go with the facts."""
    return _erase(connection, _outbox, _outbox.c.id, _outbox.c.settled < now - span(keep.facts))


def _letters(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """Letters that have their final outcome lose their words; their fingerprints still refuse a replay."""
    old = sa.and_(_letter.c.filed < now - span(keep.letters), _letter.c.outcome != LetterOutcome.HELD.value)
    found = _some(connection, _letter, _letter.c.fingerprint, old, _letter.c.raw.is_not(None))
    return "letter", empty_letters(connection, [row.fingerprint for row in found])


def empty_letters(connection: Connection, fingerprints: Sequence[str]) -> int:
    """Take everything that somebody wrote out of letters; returns of how many."""
    bare = {"raw": None, "sender": "", "message_id": "", "detail": ""}
    connection.execute(sa.update(_letter).where(_letter.c.fingerprint.in_(fingerprints)).values(bare))
    return len(fingerprints)


def _fingerprints(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """Letters whose fingerprint no mailbox can still hold."""
    old = sa.and_(_letter.c.filed < now - span(keep.facts), _letter.c.outcome != LetterOutcome.HELD.value)
    return _erase(connection, _letter, _letter.c.fingerprint, old)


def _quarantined(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    table = schema.quarantine
    return _erase(connection, table, table.c.native, table.c.found < now - span(keep.posts))


def _tombstones(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    table = schema.tombstone
    return _erase(connection, table, table.c.key, table.c.erased < now - span(keep.facts))


def _identities(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """Authors of whom nothing is left; a link between two identities lasts as long as either has posts."""
    table = schema.identity
    other = schema.identity.alias("other")
    posts = sa.exists().where(_post.c.identity == other.c.key)
    alive = sa.exists().where(other.c.person == table.c.person, posts).correlate(table)
    return _erase(connection, table, table.c.key, table.c.seen < now - span(keep.posts), ~alive)


def _reserved(connection: Connection, now: int, _around: Surroundings, *, keep: Keep) -> tuple[str, int]:  # noqa: ARG001 - one signature for all steps
    """What was reserved for a time that is over."""
    table = schema.lease
    over = (table.c.name.startswith(RESERVED, autoescape=True), table.c.until < now)
    return _erase(connection, table, table.c.name, *over)


def _facts(connection: Connection, now: int, around: Surroundings, *, keep: Keep) -> tuple[str, int]:
    """The oldest facts of each chain; what the next one is bound to is noted in a new fact, so that it can be checked."""
    old = _fact.c.at < now - span(keep.facts)
    newest = sa.select(sa.func.max(_fact.c.id)).scalar_subquery()
    found = connection.execute(
        sa.select(_fact.c.id, _fact.c.chain, _fact.c.place, _fact.c.hash)
        .where(old, _fact.c.id < newest)
        .order_by(_fact.c.id)
        .limit(BATCH)
    ).all()
    ends = {row.chain: row for row in sorted(found, key=lambda row: row.place)}
    for chain, last in ends.items():
        connection.execute(sa.delete(_fact).where(_fact.c.chain == chain, _fact.c.place <= last.place))
    if found:
        _note(connection, now, around, {last.hash.hex(): chain for chain, last in ends.items()})
    return "fact", len(found)


def _note(connection: Connection, now: int, around: Surroundings, ends: Mapping[str, str]) -> None:
    fact = Fact(key=f"{ANCHORS}|{now}", kind=ANCHORS, at=moment(now), detail=ends)
    apply_one(connection, Decision(facts=(fact,)), now=now, around=around)


def _some(
    connection: Connection, table: Table, key: ColumnElement[object], *conditions: ColumnElement[bool]
) -> Sequence[sa.Row[object]]:
    """The next rows of a table that meet the conditions, by their key."""
    return connection.execute(sa.select(key).select_from(table).where(*conditions).limit(BATCH)).all()


def _erase(
    connection: Connection, table: Table, key: ColumnElement[object], *conditions: ColumnElement[bool]
) -> tuple[str, int]:
    """Take the next rows of a table away; returns its name and how many."""
    keys = [row[0] for row in _some(connection, table, key, *conditions)]
    connection.execute(sa.delete(table).where(key.in_(keys), *conditions))
    return table.name, len(keys)


_STEPS: tuple[_Step, ...] = (
    _posts,
    _versions,
    _conversations,
    _likeness,
    _members,
    _rows,
    _publications,
    _published,
    _letters,
    _fingerprints,
    _quarantined,
    _tombstones,
    _identities,
    _reserved,
    _facts,
)
