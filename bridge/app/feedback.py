"""What agents taught by their work: answered, set aside as nothing or as spam, closed without an answer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.model import Post, PostKey, Visibility
from bridge.core.phases import Step
from bridge.store import reports, schema
from bridge.store.codec import short
from bridge.store.reports import FactRow

ACTIONABLE, SPAM = "actionable", "spam"
_PAGE = 500
_ANSWERED = frozenset({"published", "answered_natively", "answered_by_hand"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person's word about a public post, by what they did with it."""

    post: Post
    label: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a fact says of a post that it names."""

    key: PostKey
    label: str
    holds: bool


def facts_after(connection: Connection, number: int) -> Iterator[FactRow]:
    """Every fact with a higher number, oldest first."""
    while page := reports.facts(connection, number, _PAGE):
        yield from page
        number = page[-1].id


def words(fact: FactRow) -> tuple[Word, ...]:
    """What a fact says at once: an answer, `#ignore`, `#spam`; nothing where it says nothing."""
    if fact.kind == "published":
        return (Word(key=PostKey(channel=fact.channel, id=fact.detail.get("post", "")), label=ACTIONABLE, holds=True),)
    channel, slash, post = fact.detail.get("post", "").partition("/")
    if fact.kind != "labelled" or not slash:
        return ()
    key = PostKey(channel=channel, id=post)
    idle = Word(key=key, label=ACTIONABLE, holds=False)
    return (idle, Word(key=key, label=SPAM, holds=True)) if fact.detail.get("label") == SPAM else (idle,)


def said(connection: Connection, fact: FactRow) -> Iterator[Said]:
    """The words of a fact with their posts; private posts teach nothing, and erased ones can't."""
    for word in words(fact):
        stored = reports.post(connection, word.key)
        if stored and stored.deleted is None and stored.post.visibility is Visibility.PUBLIC:
            yield Said(post=stored.post, label=word.label, holds=word.holds)


def everything(connection: Connection) -> tuple[Said, ...]:
    """All that was ever said, the last word about each post and label; closings without an answer come last."""
    found: dict[tuple[PostKey, str], Said] = {}
    answered: set[str] = set()
    closed: dict[str, None] = {}
    for fact in facts_after(connection, 0):
        if fact.kind in _ANSWERED:
            answered.add(fact.conversation)
        if fact.kind == "stepped" and fact.detail.get("step") == Step.CLOSED:
            closed[fact.conversation] = None
        found.update({(one.post.key, one.label): one for one in said(connection, fact)})
    idle = (Said(post=post, label=ACTIONABLE, holds=False) for post in _posts(connection, closed.keys() - answered))
    found.update({(one.post.key, one.label): one for one in idle})
    return tuple(found.values())


def _posts(connection: Connection, conversations: Iterable[str]) -> Iterator[Post]:
    """The public posts of conversations that were not erased."""
    wanted = sorted(filter(None, map(short, conversations)))
    for at in range(0, len(wanted), _PAGE):
        query = sa.select(schema.post).where(schema.post.c.conversation.in_(wanted[at : at + _PAGE]))
        for stored in map(reports.stored_post, connection.execute(query)):
            if stored.deleted is None and stored.post.visibility is Visibility.PUBLIC:
                yield stored.post
