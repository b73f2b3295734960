"""The changes of a whole group of decisions, written table by table in statements of many rows."""

from sqlalchemy import Connection

from bridge.store import sql
from bridge.store.chain import linked
from bridge.store.codec import packed
from bridge.store.plan import Changes
from bridge.store.statement import Values


def write(connection: Connection, changes: Changes, *, chain: str) -> None:
    """Write everything; parents before children, new rows before what moves them on."""
    for rows, column in (
        (changes.posts, "raw"),
        (changes.edits, "new_raw"),
        (changes.intents, "sealed"),
        (changes.settlements, "new_sealed"),
        (changes.new_letters, "new_raw"),
        (changes.quarantined, "raw"),
    ):
        _pack(rows, column)
    sql.NEW_IDENTITY.many(connection, changes.identities)
    sql.NEW_POST.many(connection, changes.posts)
    for edit in changes.edits:
        sql.KEEP_VERSION.run(connection, edit)
        sql.EDIT.run(connection, edit)
    sql.JUDGE.many(connection, changes.verdicts)
    sql.DELETE.many(connection, changes.deletions)
    sql.NEW_INTENT.many(connection, changes.intents)
    sql.SETTLE.many(connection, changes.settlements)
    sql.NEW_RECORD.many(connection, changes.new_records)
    sql.RECORD.many(connection, changes.records)
    sql.NEW_CURSOR.many(connection, changes.new_cursors)
    sql.CURSOR.many(connection, changes.cursors)
    sql.NEW_LETTER.many(connection, changes.new_letters)
    sql.LETTER.many(connection, changes.letters)
    sql.NEW_GAP.many(connection, changes.gaps)
    sql.NEW_QUARANTINE.many(connection, changes.quarantined)
    sql.NEW_MARK.many(connection, changes.marks)
    sql.NEW_MEMBER.many(connection, changes.members)
    for switch in changes.switches:
        sql.CLEAR_SWITCH.run(connection, switch)
        if switch["value"]:
            sql.SET_SWITCH.run(connection, switch)
    for consent in changes.consents:
        sql.FORGET_CONSENT.run(connection, consent)
        sql.NEW_CONSENT.run(connection, consent)
    if changes.facts:
        sql.NEW_FACT.many(connection, linked(connection, changes.facts, chain=chain))


def _pack(rows: list[Values], column: str) -> None:
    """Compress a column.

    Only here, in the writer's thread: zlib lets other threads run meanwhile, and a loop that does so while the writer
    is busy waits for its turn each time (measured: 145 microseconds a post instead of 6).
    """
    for row in rows:
        row[column] = packed(row[column])
