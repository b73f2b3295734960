"""What the loops ask: cursors, known posts, conversations, contacts, single rows, switches."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from bridge.core import consent
from bridge.core.consent import Consent
from bridge.core.conversation import Record
from bridge.core.effects import Row, State
from bridge.core.model import Post, Visibility
from bridge.core.proxies import Contact
from bridge.core.publications import Posted
from bridge.core.replies import Filed, LetterOutcome
from bridge.ports import Known
from bridge.store import schema
from bridge.store.codec import (
    consent_key,
    from_json,
    identity_key,
    long,
    moment,
    short,
    tombstone_key,
    unpack_effect,
    unpacked,
)
from bridge.store.schema import plain
from bridge.store.statement import Lookup, Statement

_post, _outbox, _conversation, _identity, _letter = (
    schema.post.c,
    schema.outbox.c,
    schema.conversation.c,
    schema.identity.c,
    schema.letter.c,
)

_CURSOR = Statement(sa.select(schema.cursor.c.position).where(schema.cursor.c.channel == bindparam("channel")))
_POSTS = Lookup(
    sa.select(_post.native, _post.fingerprint, _post.conversation, _post.deleted, _post.route).where(
        _post.channel == bindparam("channel")
    ),
    _post.native,
)
_PUBLISHED = Lookup(
    sa.select(_outbox.posted_id, _outbox.conversation).where(_outbox.channel == bindparam("channel")),
    _outbox.posted_id,
)
_ERASED = Lookup(sa.select(schema.tombstone.c.key), schema.tombstone.c.key)
_RECORD = Statement(sa.select(_conversation.record).where(_conversation.id == bindparam("id")))
_SWITCHES = Statement(sa.select(schema.switch.c.name, schema.switch.c.value))
_NAMED = sa.and_(_identity.key >= bindparam("low"), _identity.key <= bindparam("high"))
_PERSON = sa.select(_identity.person).where(_NAMED).limit(1).scalar_subquery()
_HISTORY = Statement(
    sa.select(_post.channel, _post.at, _post.body, _post.visibility, _conversation.phase)
    .select_from(schema.post.outerjoin(schema.conversation, _conversation.id == _post.conversation))
    .where(_post.identity.in_(sa.select(_identity.key).where(_identity.person == _PERSON)))
    .order_by(_post.at.desc(), _post.id.desc())
    .limit(bindparam("most"))
)
_KEY = 16
"""Bytes of an identity's key."""
_ROW = Statement(sa.select(schema.outbox).where(_outbox.key == bindparam("key")))
_CONSENT = Statement(sa.select(schema.consent).where(schema.consent.c.key == bindparam("key")))
_LETTER = Statement(sa.select(schema.letter).where(_letter.fingerprint == bindparam("key")))


def cursor(connection: Connection, channel: str) -> str | None:
    """How far the channel was read."""
    position: str | None = _CURSOR.run(connection, {"channel": plain(channel)}).scalar()
    return position


def known(connection: Connection, channel: str, ids: Collection[str], *, salt: bytes) -> Mapping[str, Known]:
    """Posts by their id, our own publications by theirs, and what was erased."""
    wanted = {plain(native): native for native in ids}
    posts = _posts(connection, channel, wanted)
    others = {clean: native for clean, native in wanted.items() if native not in posts}
    return _erased(connection, channel, others, salt) | _published(connection, channel, others) | posts


def _posts(connection: Connection, channel: str, wanted: Mapping[str, str]) -> dict[str, Known]:
    return {
        wanted[row.native]: Known(
            fingerprint=row.fingerprint,
            conversation=long(row.conversation),
            deleted=row.deleted is not None,
            route=row.route,
        )
        for row in _POSTS.rows(connection, wanted, channel=channel)
    }


def _published(connection: Connection, channel: str, wanted: Mapping[str, str]) -> dict[str, Known]:
    return {
        wanted[row.posted_id]: Known(fingerprint="", conversation=long(row.conversation))
        for row in _PUBLISHED.rows(connection, wanted, channel=channel)
    }


def _erased(connection: Connection, channel: str, wanted: Mapping[str, str], salt: bytes) -> dict[str, Known]:
    hashes = {tombstone_key(salt, channel, clean): native for clean, native in wanted.items()}
    return {
        hashes[row.key]: Known(fingerprint="", conversation="", deleted=True)
        for row in _ERASED.rows(connection, hashes)
    }


def conversation(connection: Connection, conversation_id: str) -> Record | None:
    """The record of a conversation; None for an unknown or impossible id."""
    try:
        key = short(conversation_id)
    except ValueError:
        return None
    text = _RECORD.run(connection, {"id": key}).scalar()
    return None if text is None else from_json(Record, text)


def history(connection: Connection, customer: str, *, limit: int) -> Sequence[Contact]:
    """Earlier contacts over all linked identities, newest first; `customer` is a Customer.id, the first part of a key."""
    start = short(customer)
    if start is None:
        return ()
    rest = _KEY - len(start)
    found = _HISTORY.run(connection, {"low": start + bytes(rest), "high": start + b"\xff" * rest, "most": limit})
    return tuple(_contact(row) for row in found)


def _contact(row: Any) -> Contact:
    post = from_json(Post, row.body)
    return Contact(
        channel=row.channel,
        at=moment(row.at),
        text=post.text,
        conversation=post.conversation.id,
        phase=row.phase or "new",
        visibility=Visibility(row.visibility),
    )


def identities(connection: Connection, platform: str, author: str) -> Sequence[sa.Row[Any]]:
    """The identities of the same person, this one included; empty where it is unknown."""
    key = identity_key(plain(platform), plain(author))
    person = sa.select(_identity.person).where(_identity.key == key).scalar_subquery()
    return connection.execute(sa.select(schema.identity).where(_identity.person == person)).all()


def kept(connection: Connection, key: str) -> Row | Filed | Consent | None:
    """A row of the outbox or a consent by its key, or a letter by its fingerprint; None for what retention has emptied."""
    if key.startswith(consent.KEY):
        return _consent(connection, key)
    row = _ROW.run(connection, {"key": plain(key)}).first()
    if row is not None:
        return outbox_row(row) if row.payload else None
    letter = _LETTER.run(connection, {"key": plain(key)}).first()
    return None if letter is None else filed(letter)


def _consent(connection: Connection, key: str) -> Consent | None:
    row = _CONSENT.run(connection, {"key": consent_key(key)}).first()
    return None if row is None else Consent(key=key, stopped=bool(row.stopped), at=moment(row.at), post=row.post)


def outbox_row(row: sa.Row[Any]) -> Row:
    """A row of the outbox as people see it."""
    return Row(
        key=row.key,
        effect=unpack_effect(row.kind, row.visibility, row.payload, row.sealed),
        state=State(row.state),
        reason=row.reason,
        attempt=row.attempt,
        created=moment(row.created),
        due=moment(row.changed if row.due is None else row.due),
        changed=moment(row.changed),
        posted=None if row.posted_id is None else Posted(id=row.posted_id, url=row.posted_url),
    )


def filed(row: sa.Row[Any]) -> Filed:
    """A letter as it was filed."""
    return Filed(
        fingerprint=row.fingerprint,
        inbox=row.inbox,
        outcome=LetterOutcome(row.outcome),
        reason=row.reason,
        received=moment(row.received),
        raw=unpacked(row.raw),
        conversation=long(row.conversation),
        sender=row.sender,
        message_id=row.message_id,
        detail=row.detail,
    )


def switches(connection: Connection) -> Mapping[str, str]:
    """What operators switched by command."""
    return {row.name: row.value for row in _SWITCHES.run(connection, {})}
