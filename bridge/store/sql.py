"""The writing statements, one for each thing that can happen to a row; parameters are the rows of rows.py."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import BindParameter, ColumnElement, Table, Update, bindparam

from bridge.store import schema
from bridge.store.schema import Number
from bridge.store.statement import NewRows, Statement

_conversation, _cursor, _letter, _outbox, _post = (
    schema.conversation,
    schema.cursor,
    schema.letter,
    schema.outbox,
    schema.post,
)


def _new_unless_known(table: Table) -> Statement:
    """A new row, unless its key is there already."""
    names = [column.name for column in table.c]
    values = sa.select(*(bindparam(name, type_=table.c[name].type) for name in names))
    there = sa.exists().where(*(column == bindparam(column.name) for column in table.primary_key))
    return Statement(sa.insert(table).from_select(names, values.where(~there)))


def _of_post(statement: Update) -> Update:
    return statement.where(_post.c.channel == bindparam("of_channel"), _post.c.native == bindparam("of_native"))


NEW_IDENTITY = _new_unless_known(schema.identity)
NEW_GAP = _new_unless_known(schema.gap)
NEW_TOMBSTONE = _new_unless_known(schema.tombstone)
NEW_QUARANTINE = _new_unless_known(schema.quarantine)
NEW_MEMBER = _new_unless_known(schema.member)
NEW_CONSENT = _new_unless_known(schema.consent)
FORGET_CONSENT = Statement(
    sa.delete(schema.consent).where(schema.consent.c.key == bindparam("key"), schema.consent.c.at <= bindparam("at"))
)
"""Before the new one: an older word never takes the place of a newer."""

NEW_MARK = NewRows(schema.likeness, "mark conversation channel native at")
NEW_POST = NewRows(_post, "channel native fingerprint conversation identity visibility at seen body raw")
NEW_INTENT = NewRows(
    _outbox,
    "key kind lane conversation seq state rank due reason channel visibility desk payload sealed created changed"
    " waits opens entered",
)
NEW_FACT = NewRows(schema.fact, "key kind at conversation channel actor detail chain place before hash")
SET_SWITCH = Statement(sa.insert(schema.switch), ["name", "value", "by", "at"])
CLEAR_SWITCH = Statement(sa.delete(schema.switch).where(schema.switch.c.name == bindparam("name")))

KEEP_VERSION = Statement(
    sa.insert(schema.post_version).from_select(
        ["channel", "native", "fingerprint", "body", "raw", "replaced"],
        sa.select(
            _post.c.channel,
            _post.c.native,
            _post.c.fingerprint,
            _post.c.body,
            _post.c.raw,
            bindparam("now", type_=Number),
        ).where(_post.c.channel == bindparam("of_channel"), _post.c.native == bindparam("of_native")),
    )
)
EDIT = Statement(
    _of_post(sa.update(_post)).values(
        fingerprint=bindparam("new_fingerprint"), body=bindparam("new_body"), raw=bindparam("new_raw"), deleted=None
    )
)
JUDGE = Statement(
    _of_post(sa.update(_post)).values(
        verdict=bindparam("new_verdict"), route=bindparam("new_route"), judged=bindparam("now")
    )
)
DELETE = Statement(_of_post(sa.update(_post)).where(_post.c.deleted.is_(None)).values(deleted=bindparam("now")))


def _kept(name: str) -> ColumnElement[Any]:
    """The new value, or the one that stands there where the new one is null."""
    column = _outbox.c[name]
    return sa.func.coalesce(bindparam(f"new_{name}", type_=column.type), column)


SETTLE = Statement(
    sa.update(_outbox)
    .where(_outbox.c.key == bindparam("of_key"))
    .values(
        state=bindparam("new_state"),
        due=bindparam("new_due"),
        reason=bindparam("new_reason"),
        lease_until=None,
        owner="",
        settled=bindparam("new_settled"),
        waits=None,
        changed=bindparam("now"),
        **{name: _kept(name) for name in ("looks", "seq", "entered", "posted_id", "posted_url", "payload", "sealed")},
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
    "identity": bindparam("new_identity"),
    "updated": bindparam("now"),
    "record": bindparam("new_record"),
}
NEW_RECORD = Statement(sa.insert(_conversation).values(id=bindparam("of_id"), **_RECORD_VALUES))
RECORD = Statement(sa.update(_conversation).where(_conversation.c.id == bindparam("of_id")).values(**_RECORD_VALUES))

_NEWEST = bindparam("new_newest", type_=Number)
NEW_CURSOR = Statement(
    sa.insert(_cursor).values(
        channel=bindparam("of_channel"), position=bindparam("new_position"), newest=_NEWEST, polled=bindparam("now")
    )
)
CURSOR = Statement(
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
NEW_LETTER = Statement(
    sa.insert(_letter).values(
        fingerprint=bindparam("of_fingerprint"),
        inbox=bindparam("new_inbox"),
        received=bindparam("new_received"),
        message_id=bindparam("new_message_id"),
        raw=bindparam("new_raw"),
        **_LETTER_VALUES,
    )
)
LETTER = Statement(
    sa.update(_letter).where(_letter.c.fingerprint == bindparam("of_fingerprint")).values(**_LETTER_VALUES)
)
