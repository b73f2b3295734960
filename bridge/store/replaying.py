"""Judged posts as a replay against other rules reads them: the post, its verdict and when it was made, without raw forms."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.model import Post, Verdict
from bridge.store import schema
from bridge.store.codec import from_json, micros, moment

_post = schema.post.c
_COLUMNS = (_post.id, _post.seen, _post.conversation, _post.body, _post.verdict, _post.judged)
_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPost:
    """A post and what was decided about it."""

    post: Post
    conversation: bytes
    verdict: Verdict
    judged: datetime


def count(connection: Connection, since: datetime) -> int:
    """How many posts came since then, whatever became of them."""
    query = sa.select(sa.func.count()).select_from(schema.post).where(_post.seen >= micros(since))
    return int(connection.execute(query).scalar_one())


def pages(connection: Connection, since: datetime) -> Iterator[tuple[int, tuple[JudgedPost, ...]]]:
    """The posts that came since then, oldest first, a page at a time, each with the number of posts that it spans.

    Posts that were not judged yet and those that their authors deleted are left out.
    """
    seen, last = micros(since), -1
    while True:
        later = sa.or_(_post.seen > seen, sa.and_(_post.seen == seen, _post.id > last))
        query = sa.select(*_COLUMNS, _post.deleted).where(_post.seen >= seen, later)
        rows = connection.execute(query.order_by(_post.seen, _post.id).limit(_PAGE)).all()
        yield len(rows), tuple(map(_judged, _replayable(rows)))
        if len(rows) < _PAGE:
            return
        seen, last = rows[-1].seen, rows[-1].id


def _replayable(rows: Iterable[Any]) -> Iterator[Any]:
    return (row for row in rows if row.verdict is not None and row.deleted is None)


def _judged(row: sa.Row[Any]) -> JudgedPost:
    return JudgedPost(
        post=from_json(Post, row.body),
        conversation=row.conversation,
        verdict=from_json(Verdict, row.verdict),
        judged=moment(row.judged),
    )
