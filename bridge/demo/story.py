"""Why each post went where it went, and what became of each answer: read from the store beside the daemon."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.conversation import Record
from bridge.core.effects import Publish, Row, State
from bridge.core.model import Verdict
from bridge.core.phrases import HELD
from bridge.core.publications import PublicAnswer
from bridge.core.replies import Filed, LetterOutcome
from bridge.letters.inspection import inspect
from bridge.letters.mime import Unparsable, read
from bridge.store import queries, schema
from bridge.store.reports import StoredPost, stored_post

MOST = 80
"""Posts and answers that the page tells of, the newest ones."""

Told = dict[str, object]


def story(connection: Connection) -> Told:
    """The newest posts with their verdicts and the newest answers with their outcomes, newest first."""
    posts = [stored_post(row) for row in connection.execute(_newest(schema.post, schema.post.c.id))]
    letters = [queries.filed(row) for row in connection.execute(_newest(schema.letter, schema.letter.c.filed))]
    records = _records(connection, [stored.post.conversation.id for stored in posts])
    return {
        "posts": [_post(stored, records.get(stored.post.conversation.id)) for stored in posts],
        "answers": [_answer(letter, parts) for letter, parts in _with_parts(letters, _publications(connection))],
    }


def reasons(verdict: Verdict) -> list[Told]:
    """Each line of why, hits and misses; the routes are told from the rules."""
    return [
        {
            "rule": why.rule,
            "hit": why.hit,
            "route": why.detail.startswith("route;") or not why.rule,
            "detail": why.detail.removeprefix("route; "),
            "file": why.file,
        }
        for why in verdict.why
    ]


def _newest(table: sa.Table, order: sa.Column[int]) -> sa.Select[tuple[object, ...]]:
    return sa.select(table).order_by(order.desc()).limit(MOST)


def _records(connection: Connection, conversations: Iterable[str]) -> Mapping[str, Record]:
    found = (queries.conversation(connection, each) for each in set(conversations))
    return {record.id: record for record in found if record is not None}


def _publications(connection: Connection) -> Sequence[Row]:
    """Answers on their way or settled, oldest first."""
    outbox = schema.outbox.c
    query = sa.select(schema.outbox).where(outbox.kind == "publish", outbox.payload != "")
    rows = connection.execute(query.order_by(outbox.id.desc()).limit(MOST)).all()
    return [queries.outbox_row(row) for row in reversed(rows)]


def _post(stored: StoredPost, record: Record | None) -> Told:
    post, verdict = stored.post, stored.verdict
    sent = [each for each in record.sent if each.post == post.id] if record else []
    return {
        "key": str(post.key),
        "conversation": post.conversation.id,
        "channel": post.channel,
        "id": post.id,
        "url": post.url,
        "author": post.author.handle or post.author.name,
        "title": post.title,
        "text": post.text[:400],
        "kind": str(post.kind),
        "at": post.at.isoformat(),
        "readonly": not post.answers,
        "deleted": stored.deleted is not None,
        "mail": sent[-1].message_id if sent else "",
        "verdict": _verdict(verdict, stored.judged) if verdict else None,
    }


def _verdict(verdict: Verdict, judged: datetime | None) -> Told:
    return {
        "route": verdict.route or "",
        "desk": verdict.desk or "",
        "priority": str(verdict.priority),
        "points": verdict.points,
        "tags": list(verdict.tags),
        "at": judged.isoformat() if judged else "",
        "why": reasons(verdict),
    }


def _with_parts(letters: Sequence[Filed], rows: Sequence[Row]) -> Iterable[tuple[Filed, list[Row]]]:
    for letter in letters:
        yield (
            letter,
            [row for row in rows if isinstance(row.effect, Publish) and row.effect.letter == letter.fingerprint],
        )


def _answer(letter: Filed, parts: Sequence[Row]) -> Told:
    to, words, orders = _read(letter.raw)
    return {
        "id": letter.fingerprint,
        "message_id": letter.message_id,
        "conversation": letter.conversation,
        "to": to,
        "who": letter.sender,
        "at": letter.received.isoformat(),
        "words": words,
        "orders": orders,
        "outcome": str(letter.outcome),
        "reason": letter.reason,
        "label": HELD[letter.reason].subject if letter.outcome is LetterOutcome.HELD and letter.reason in HELD else "",
        "detail": letter.detail,
        "parts": [_part(row) for row in parts],
    }


def _part(row: Row) -> Told:
    effect = row.effect
    assert isinstance(effect, Publish)
    waits = row.state in {State.READY, State.UNSURE}
    return {
        "key": row.key,
        "text": effect.publication.text,
        "private": not isinstance(effect.publication, PublicAnswer),
        "post": f"{effect.publication.channel}/{effect.publication.parent}",
        "state": str(row.state),
        "reason": row.reason,
        "due": row.due.isoformat() if waits else "",
        "posted": f"{effect.publication.channel}/{row.posted.id}" if row.posted else "",
    }


@lru_cache(maxsize=4 * MOST)
def _read(raw: bytes) -> tuple[str, str, tuple[str, ...]]:
    """Which mail a letter answers, the words that the agent wrote, and the orders above them."""
    said = inspect(raw)
    try:
        fields = read(raw).fields
    except Unparsable:
        fields = {}
    orders = tuple(f"#{order.name} {order.argument}".strip() for order in said.commands)
    return (fields.get("in-reply-to", ("",))[0].strip(), said.text.strip(), orders)
