"""What people taught by their work: answered, moved to another desk, set aside as nothing or as spam, closed, looked at in a sample."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.automatic import AGENT
from bridge.core.conversation import Phase
from bridge.core.model import Post, PostKey, Visibility
from bridge.core.phases import Step
from bridge.core.sampling import REVIEWED, SHOULD
from bridge.store import queries, reports, schema
from bridge.store.reports import FactRow

ACTIONABLE, SPAM = "actionable", "spam"
_PAGE = 500
_ANSWERED = ("published", "answered_natively", "answered_by_hand")
_TEACHING = (*_ANSWERED, "labelled", "escalated", "stepped", str(Step.CLOSED), REVIEWED)
"""Kinds of facts that can say something of a post."""
_fact = schema.fact.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person's word about a public post, by what they did with it."""

    post: Post
    label: str
    holds: bool


def desk_label(desk: str) -> str:
    """The label of posts that belong to a desk, as agents who moved them there say."""
    return f"for {desk}"


def teaching(connection: Connection, after: int) -> Iterator[FactRow]:
    """Every fact with a higher number that can say something of a post, oldest first."""
    wanted = sa.select(schema.fact).where(_fact.kind.in_(_TEACHING))
    while True:
        rows = connection.execute(wanted.where(_fact.id > after).order_by(_fact.id).limit(_PAGE)).all()
        yield from map(reports.fact_row, rows)
        if len(rows) < _PAGE:
            return
        after = rows[-1].id


def latest(connection: Connection, count: int) -> int:
    """The number after which that many teaching facts stand; 0 where there are no more."""
    wanted = sa.select(_fact.id).where(_fact.kind.in_(_TEACHING)).order_by(_fact.id.desc())
    return connection.execute(wanted.offset(count).limit(1)).scalar() or 0


def newest(connection: Connection) -> int:
    """The number of the newest fact of any kind; 0 where there is none."""
    return connection.execute(sa.select(sa.func.max(_fact.id))).scalar() or 0


def said(connection: Connection, fact: FactRow) -> Iterator[Said]:
    """What a fact says of posts; private posts teach nothing, erased ones can't, and an answer that nobody wrote says nothing."""
    posts = _posts(connection, fact) if fact.actor != AGENT else ()
    for label, holds in _words(fact):
        yield from (Said(post=post, label=label, holds=holds) for post in posts)


def everything(connection: Connection) -> tuple[Said, ...]:
    """All that was ever said, the last word about each post and label."""
    words = (word for fact in teaching(connection, 0) for word in said(connection, fact))
    return tuple({(word.post.key, word.label): word for word in words}.values())


def _words(fact: FactRow) -> Iterator[tuple[str, bool]]:
    """Labels, and whether they hold."""
    if fact.kind in _ANSWERED or fact.kind == "escalated" or fact.detail.get("label") == SHOULD:
        yield ACTIONABLE, True
    else:
        yield ACTIONABLE, False
    if fact.kind == "labelled" and fact.detail.get("label") == SPAM:
        yield SPAM, True
    if fact.kind == "escalated":
        yield desk_label(fact.detail.get("desk", "")), True


def _posts(connection: Connection, fact: FactRow) -> tuple[Post, ...]:
    """The public posts that a fact speaks of: the one that it names, or all of a conversation that was closed unanswered."""
    if fact.kind in {"stepped", str(Step.CLOSED)}:
        return tuple(_left(connection, fact))
    named = fact.detail.get("post", "")
    channel, slash, native = (fact.channel, "/", named) if fact.channel else named.partition("/")
    stored = reports.post(connection, PostKey(channel=channel, id=native)) if slash else None
    return (stored.post,) if stored and _teaches(stored) else ()


def _left(connection: Connection, fact: FactRow) -> Iterator[Post]:
    """The posts of a conversation that is closed without any answer, given or under way."""
    record = queries.conversation(connection, fact.conversation)
    if record is None or record.phase is not Phase.CLOSED or not all(given.dropped for given in record.given):
        return
    found = (reports.post(connection, post.key) for post in record.posts)
    yield from (stored.post for stored in found if stored and _teaches(stored))


def _teaches(stored: reports.StoredPost) -> bool:
    return stored.deleted is None and stored.post.visibility is Visibility.PUBLIC
