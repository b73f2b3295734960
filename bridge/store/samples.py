"""What samples of left posts are drawn from, and what admins said of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.model import PostKey, Visibility
from bridge.core.sampling import REVIEWED, SAMPLED, Brief, Missed, missed, tally
from bridge.store import schema
from bridge.store.codec import from_json, micros, short
from bridge.store.reports import fact_row

PAGE = 2_000
"""Posts that are looked at in one reading, so that nobody waits long behind it."""

_fact, _post = schema.fact.c, schema.post.c
_LEFT = (_post.route == "", _post.visibility == Visibility.PUBLIC.value, _post.deleted.is_(None), _post.verdict != "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftPage:
    """Some of the posts that were left alone, with the reason in one word, and where the next ones begin."""

    posts: tuple[tuple[PostKey, str], ...]
    seen: int
    last: int
    more: bool


def left(connection: Connection, seen: int, last: int, *, until: datetime) -> LeftPage:
    """Public posts that rules left alone and that came after a time and number, oldest first; deleted ones are left out."""
    later = sa.or_(_post.seen > seen, sa.and_(_post.seen == seen, _post.id > last))
    columns = (_post.id, _post.seen, _post.channel, _post.native, _post.verdict)
    query = sa.select(*columns).where(_post.seen >= seen, _post.seen < micros(until), later, *_LEFT)
    rows = connection.execute(query.order_by(_post.seen, _post.id).limit(PAGE)).all()
    found = tuple((PostKey(channel=r.channel, id=r.native), from_json(Brief, r.verdict).stratum) for r in rows)
    end = (rows[-1].seen, rows[-1].id) if rows else (seen, last)
    return LeftPage(posts=found, seen=end[0], last=end[1], more=len(rows) == PAGE)


def looked_at(connection: Connection, samples: Sequence[str]) -> Missed:
    """How many were missed, by all that was said of these samples."""
    keys = [short(sample) for sample in samples]
    query = sa.select(schema.fact).where(_fact.conversation.in_(keys), _fact.kind.in_((SAMPLED, REVIEWED)))
    facts = [fact_row(row) for row in connection.execute(query.order_by(_fact.id))]
    words = [fact for fact in facts if fact.kind == REVIEWED]
    return missed(
        tally(drawn.detail, (word.detail for word in words if word.conversation == drawn.conversation))
        for drawn in facts
        if drawn.kind == SAMPLED
    )


def showing(connection: Connection, posts: Collection[str]) -> frozenset[bytes]:
    """Samples that show one of these posts, as the keys of their mails and letters."""
    query = sa.select(schema.fact).where(_fact.kind == SAMPLED, _fact.conversation.is_not(None))
    wanted = set(posts)
    facts = (fact_row(row) for row in connection.execute(query))
    found = (short(fact.conversation) for fact in facts if wanted.intersection(fact.detail.values()))
    return frozenset(key for key in found if key is not None)
