"""Erasing a person: everything that they wrote, and everything that was written to them (I02)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Table

from bridge.core import grouping
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Intent, Judge, State
from bridge.core.replies import LetterOutcome
from bridge.store import groups, queries, samples, schema
from bridge.store.codec import identity_key, moment
from bridge.store.group import Surroundings, apply_one
from bridge.store.people import UnknownPerson
from bridge.store.retention import BATCH, empty_letters, empty_rows, erase_posts
from bridge.store.schema import plain
from bridge.store.store import SqlStore

_conversation, _identity, _letter, _member, _outbox, _post = (
    schema.conversation,
    schema.identity,
    schema.letter,
    schema.member,
    schema.outbox,
    schema.post,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased of a person; the facts stay, they hold no words.

    Out of our reach are the queue, the mailbox, backups and the system's journal.
    """

    identities: int
    posts: int
    conversations: int
    rows: int
    """Of the outbox, those included that were to be done still and never will be."""
    letters: int


async def erase_person(store: SqlStore, platform: str, author: str, *, by: str) -> Erased:
    """Erase a person with all linked identities, in one transaction; raises UnknownPerson.

    Settled rows of the outbox and conversations have no index by person, since nothing else asks for them so: they
    are looked for beforehand, by a reader, and nobody waits meanwhile.
    """
    identities = await store.read(partial(_identities, platform=platform, author=author))
    conversations = await store.read(partial(_conversations, identities=identities))
    joined = await store.read(partial(_joined, conversations=conversations))
    rows = await store.read(partial(_settled, conversations=conversations, joined=joined))
    person = _Person(identities=identities, conversations=conversations, settled=rows, by=by)
    return await store.chore(partial(_erase, person=person))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """What the readers found, and who wants it to be gone."""

    identities: Sequence[bytes]
    conversations: frozenset[bytes]
    settled: Sequence[int]
    by: str


def _identities(connection: Connection, platform: str, author: str) -> Sequence[bytes]:
    """The linked ones; the named one alone where no post of it is kept any more."""
    found = queries.identities(connection, platform, author)
    return [row.key for row in found] or [identity_key(plain(platform), plain(author))]


def _conversations(connection: Connection, identities: Sequence[bytes]) -> frozenset[bytes]:
    """Those in which the person ever spoke, whether their posts are still kept or not, and samples that show their words."""
    wanted = set(identities)
    kept = sa.select(_conversation.c.id, _conversation.c.identity)
    posts = sa.select(_post.c.conversation, _post.c.channel, _post.c.native).where(_post.c.identity.in_(identities))
    found = connection.execute(posts).all()
    spoken = {row.id for row in connection.execute(kept) if row.identity in wanted}
    shown = samples.showing(connection, [f"{row.channel}/{row.native}" for row in found])
    return frozenset(spoken | shown | {row.conversation for row in found})


def _joined(connection: Connection, conversations: frozenset[bytes]) -> frozenset[bytes]:
    """Tickets of others that these conversations joined."""
    parts = _parts(sorted(conversations))
    found = (sa.select(_member.c.lead).where(_member.c.conversation.in_(part)) for part in parts)
    return frozenset(row.lead for query in found for row in connection.execute(query)) - conversations


def _settled(connection: Connection, conversations: frozenset[bytes], joined: frozenset[bytes]) -> Sequence[int]:
    """Rows of these conversations that will not change any more, and what told the tickets of others who joined them."""
    query = sa.select(_outbox.c.id, _outbox.c.conversation, _outbox.c.key).where(_outbox.c.settled.is_not(None))
    return [
        row.id
        for row in connection.execute(query)
        if row.conversation in conversations or (row.conversation in joined and row.key.startswith(grouping.NOTICES))
    ]


def _erase(connection: Connection, now: int, around: Surroundings, *, person: _Person) -> Erased:
    posts = sa.select(_post.c.id, _post.c.conversation).where(_post.c.identity.in_(person.identities))
    found = connection.execute(posts).all()
    conversations = sorted(person.conversations | {row.conversation for row in found})
    for part in _parts(sorted(_joined(connection, frozenset(conversations)))):
        begins = (_outbox.c.key.startswith(prefix, autoescape=True) for prefix in grouping.NOTICES)
        _drop_rows(connection, now, part, sa.or_(*begins))
    for part in _parts(conversations):
        _leave_groups(connection, part)
    for part in _parts(conversations):
        _judge_anew(connection, now, around, part)
    erased = Erased(
        posts=erase_posts(connection, now, around, ids=[row.id for row in found]),
        rows=sum(_drop_rows(connection, now, part) for part in _parts(conversations))
        + sum(empty_rows(connection, part) for part in _parts(person.settled)),
        letters=sum(_letters(connection, part) for part in _parts(conversations)),
        conversations=sum(
            _delete(connection, _conversation, _conversation.c.id, part) for part in _parts(conversations)
        ),
        identities=_delete(connection, _identity, _identity.c.key, person.identities),
    )
    if not (erased.posts or erased.conversations or erased.identities):
        raise UnknownPerson("nothing is kept of this author")
    _record(connection, now, around, person)
    return erased


def _parts(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    """Lists that every database takes."""
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _delete(connection: Connection, table: Table, key: ColumnElement[bytes], keys: Sequence[bytes]) -> int:
    return connection.execute(sa.delete(table).where(key.in_(keys))).rowcount


def _drop_rows(connection: Connection, now: int, conversations: Sequence[bytes], *only: ColumnElement[bool]) -> int:
    """What was to be done for the person is not done; a courier who has it in hand finds its claim gone."""
    theirs = _outbox.c.conversation.in_(conversations)
    dropped = sa.update(_outbox).values(
        state=State.DROPPED.value,
        reason="erased",
        due=None,
        waits=None,
        lease_until=None,
        owner="",
        settled=now,
        changed=now,
        payload="",
        sealed=None,
    )
    waiting = (_outbox.c.due.is_not(None), _outbox.c.waits.is_not(None), schema.ROW_HELD)
    return sum(connection.execute(dropped.where(theirs, which, *only)).rowcount for which in waiting)


def _leave_groups(connection: Connection, conversations: Sequence[bytes]) -> None:
    """Their posts count with nobody's ticket any more, and their words are found by nobody."""
    _delete(connection, schema.likeness, schema.likeness.c.conversation, conversations)
    _delete(connection, _member, _member.c.conversation, conversations)


def _judge_anew(connection: Connection, now: int, around: Surroundings, conversations: Sequence[bytes]) -> None:
    """Whoever joined a ticket that is gone and was not answered gets one of their own."""
    anew = [Judge(post=post, again=lead) for lead, post in groups.stranded(connection, conversations)]
    for part in _parts(anew):
        intents = tuple(Intent(effect=judge, at=moment(now)) for judge in part)
        apply_one(connection, Decision(intents=intents), now=now, around=around)
    _delete(connection, _member, _member.c.lead, conversations)


def _letters(connection: Connection, conversations: Sequence[bytes]) -> int:
    """Letters lose their words; one that was held will never be anything else."""
    query = sa.select(_letter.c.fingerprint).where(_letter.c.conversation.in_(conversations))
    found = [row.fingerprint for row in connection.execute(query)]
    refused = sa.update(_letter).where(_letter.c.fingerprint.in_(found), schema.LETTER_HELD)
    connection.execute(refused.values(outcome=LetterOutcome.REFUSED.value, reason="erased"))
    return empty_letters(connection, found)


def _record(connection: Connection, now: int, around: Surroundings, person: _Person) -> None:
    """That it was done and by whom, with hashes only."""
    facts = tuple(
        Fact(key=f"person_erased|{key.hex()}|{now}", kind="person_erased", at=moment(now), actor=person.by)
        for key in person.identities
    )
    apply_one(connection, Decision(facts=facts), now=now, around=around)
