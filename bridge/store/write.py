"""The changes of a whole group of decisions, written table by table in statements of many rows."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BindParameter, Connection, Insert, Table, Update, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import UpdateBase

from bridge.store import schema
from bridge.store.chain import linked
from bridge.store.plan import Changes
from bridge.store.rows import Values

_conversation, _cursor, _outbox, _post, _switch = (
    schema.conversation,
    schema.cursor,
    schema.outbox,
    schema.post,
    schema.switch,
)


def write(connection: Connection, changes: Changes, *, chain: str) -> None:
    """Write everything; parents before children, new rows before what moves them on."""
    _many(connection, _ignoring(connection.dialect.name, schema.identity), changes.identities)
    _many(connection, _NEW_POST, changes.posts)
    for edit in changes.edits:
        connection.execute(_KEEP_VERSION, edit)
        connection.execute(_EDIT, edit)
    _many(connection, _JUDGE, changes.verdicts)
    _many(connection, _DELETE, changes.deletions)
    _many(connection, _NEW_INTENT, changes.intents)
    _many(connection, _SETTLE, changes.settlements)
    _many(connection, _NEW_RECORD, changes.new_records)
    _many(connection, _RECORD, changes.records)
    _many(connection, _NEW_CURSOR, changes.new_cursors)
    _many(connection, _CURSOR, changes.cursors)
    _many(connection, _NEW_LETTER, changes.new_letters)
    _many(connection, _LETTER, changes.letters)
    _many(connection, _ignoring(connection.dialect.name, schema.gap), changes.gaps)
    _many(connection, _ignoring(connection.dialect.name, schema.quarantine), changes.quarantined)
    for switch in changes.switches:
        _write_switch(connection, switch)
    if changes.facts:
        _many(connection, _NEW_FACT, linked(connection, changes.facts, chain=chain))


def _many(connection: Connection, statement: UpdateBase, values: Sequence[Values]) -> None:
    if values:
        connection.execute(statement, values)


@cache
def _ignoring(dialect: str, table: Table) -> Insert:
    """An insertion that leaves what stands there already."""
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def _write_switch(connection: Connection, values: Values) -> None:
    """The newest word of an operator stands; an empty one takes the switch away."""
    connection.execute(sa.delete(_switch).where(_switch.c.name == values["name"]))
    if values["value"]:
        connection.execute(sa.insert(_switch), values)


def _of_post(statement: Update) -> Update:
    return statement.where(_post.c.channel == bindparam("of_channel"), _post.c.native == bindparam("of_native"))


_NEW_POST = sa.insert(_post)
_NEW_INTENT = sa.insert(_outbox)
_NEW_FACT = sa.insert(schema.fact)
_KEEP_VERSION = sa.insert(schema.post_version).from_select(
    ["channel", "native", "fingerprint", "body", "raw", "replaced"],
    sa.select(
        _post.c.channel,
        _post.c.native,
        _post.c.fingerprint,
        _post.c.body,
        _post.c.raw,
        bindparam("now", type_=schema.Number),
    ).where(_post.c.channel == bindparam("of_channel"), _post.c.native == bindparam("of_native")),
)
_EDIT = _of_post(sa.update(_post)).values(
    fingerprint=bindparam("new_fingerprint"), body=bindparam("new_body"), raw=bindparam("new_raw"), deleted=None
)
_JUDGE = _of_post(sa.update(_post)).values(
    verdict=bindparam("new_verdict"), route=bindparam("new_route"), judged=bindparam("now")
)
_DELETE = _of_post(sa.update(_post)).where(_post.c.deleted.is_(None)).values(deleted=bindparam("now"))


def _kept(name: str) -> sa.ColumnElement[object]:
    """The new value, or the one that stands there where the new one is null."""
    column = _outbox.c[name]
    return sa.func.coalesce(bindparam(f"new_{name}", type_=column.type), column)


_SETTLE = (
    sa.update(_outbox)
    .where(_outbox.c.key == bindparam("of_key"))
    .values(
        state=bindparam("new_state"),
        due=bindparam("new_due"),
        reason=bindparam("new_reason"),
        lease_until=None,
        owner="",
        settled=bindparam("new_settled"),
        changed=bindparam("now"),
        **{name: _kept(name) for name in ("looks", "seq", "posted_id", "posted_url", "payload", "sealed")},
    )
)

_RECORD_VALUES: dict[str, BindParameter[Any]] = {
    "version": bindparam("new_version"),
    "phase": bindparam("new_phase"),
    "channel": bindparam("new_channel"),
    "desk": bindparam("new_desk"),
    "route": bindparam("new_route"),
    "rank": bindparam("new_rank"),
    "visibility": bindparam("new_visibility"),
    "updated": bindparam("now"),
    "record": bindparam("new_record"),
}
_NEW_RECORD = sa.insert(_conversation).values(id=bindparam("of_id"), **_RECORD_VALUES)
_RECORD = sa.update(_conversation).where(_conversation.c.id == bindparam("of_id")).values(**_RECORD_VALUES)

_NEWEST = bindparam("new_newest", type_=schema.Number)
_NEW_CURSOR = sa.insert(_cursor).values(
    channel=bindparam("of_channel"), position=bindparam("new_position"), newest=_NEWEST, polled=bindparam("now")
)
_CURSOR = (
    sa.update(_cursor)
    .where(_cursor.c.channel == bindparam("of_channel"))
    .values(
        position=bindparam("new_position"),
        newest=sa.case(
            (sa.or_(_cursor.c.newest.is_(None), _cursor.c.newest < _NEWEST), _NEWEST), else_=_cursor.c.newest
        ),
        polled=bindparam("now"),
    )
)

_LETTER_VALUES: dict[str, BindParameter[Any]] = {
    "outcome": bindparam("new_outcome"),
    "reason": bindparam("new_reason"),
    "detail": bindparam("new_detail"),
    "filed": bindparam("now"),
    "conversation": bindparam("new_conversation"),
    "sender": bindparam("new_sender"),
}
_NEW_LETTER = sa.insert(schema.letter).values(
    fingerprint=bindparam("of_fingerprint"),
    inbox=bindparam("new_inbox"),
    received=bindparam("new_received"),
    message_id=bindparam("new_message_id"),
    raw=bindparam("new_raw"),
    **_LETTER_VALUES,
)
_LETTER = (
    sa.update(schema.letter).where(schema.letter.c.fingerprint == bindparam("of_fingerprint")).values(**_LETTER_VALUES)
)
