"""The invariants of a sound store: each a question whose answer names what breaks it (delivery.md 8.1)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from bridge.core.effects import OPEN, Publish, State
from bridge.core.model import Priority
from bridge.core.replies import LetterOutcome
from bridge.store import audit, schema
from bridge.store.codec import Unreadable, span, unpack_effect

_letter, _outbox, _post = schema.letter.c, schema.outbox.c, schema.post.c
_EXAMPLES = 5

LONGEST_SETTLE = timedelta(minutes=30)
"""After its lease, a row may stay unclaimed for this long before something is wrong: request timeout and settle time
of the slowest platform, and a courier that is busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An invariant that does not hold."""

    invariant: str
    """Stable code."""
    text: str
    """What it means, in a line."""
    count: int
    examples: tuple[str, ...]
    """A few keys to begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Invariant:
    code: str
    text: str
    broken: Callable[[Connection, int], Iterator[str]]
    """Keys of what breaks it, at a time in microseconds."""


def check(connection: Connection, now: int) -> tuple[Finding, ...]:
    """All invariants that do not hold; `now` in microseconds, of the database's clock.

    Reads whole tables: run it on a connection of bridge.store.open.reading, beside the daemon.
    """
    found = []
    for invariant in INVARIANTS:
        keys = list(invariant.broken(connection, now))
        if keys:
            examples = tuple(keys[:_EXAMPLES])
            found.append(Finding(invariant=invariant.code, text=invariant.text, count=len(keys), examples=examples))
    return tuple(found)


def _names(connection: Connection, query: sa.Select[Any]) -> Iterator[str]:
    return ("/".join(str(part) for part in row) for row in connection.execute(query))


def _state(*states: State) -> ColumnElement[bool]:
    return _outbox.state.in_([state.value for state in states])


def _unjudged(connection: Connection, _now: int) -> Iterator[str]:
    """Posts without a verdict for whom nobody is going to ask one."""
    asked = sa.exists().where(
        _outbox.kind == "judge",
        _outbox.key == sa.literal("judge|") + _post.channel + "/" + _post.native + "|" + _post.fingerprint,
        _state(State.READY, State.RUNNING, State.UNSURE, State.HELD),
    )
    query = sa.select(_post.channel, _post.native).where(_post.judged.is_(None), _post.deleted.is_(None), ~asked)
    return _names(connection, query)


def _unforwarded(connection: Connection, _now: int) -> Iterator[str]:
    """Posts with a route and a desk whose conversation never got a row for the queue, nor was withdrawn."""
    kinds = _outbox.kind.in_(["inject", "tell", "publish"])
    sent = sa.select(_outbox.conversation).where(kinds, _outbox.conversation.is_not(None)).distinct()
    waits = sa.select(_outbox.conversation).where(_outbox.kind == "judge", _outbox.settled.is_(None))
    query = sa.select(_post.channel, _post.native).where(
        _post.route != "",
        _post.conversation.not_in(sent),
        _post.conversation.not_in(waits.where(_outbox.conversation.is_not(None))),
    )
    facts = sa.select(schema.fact.c.conversation).where(schema.fact.c.kind == "withdrawn")
    folded = sa.select(schema.member.c.conversation)
    return _names(connection, query.where(_post.conversation.not_in(facts), _post.conversation.not_in(folded)))


def _folded_into_nothing(connection: Connection, now: int) -> Iterator[str]:
    """Posts of the last day that joined a ticket whose conversation is not there."""
    day = span(timedelta(days=1))
    leads = sa.select(schema.conversation.c.id)
    member = schema.member.c
    return _names(
        connection,
        sa.select(member.channel, member.native).where(member.at > now - day, member.lead.not_in(leads)),
    )


def _handed_without_record(connection: Connection, _now: int) -> Iterator[str]:
    """Proxies that are done without the fact that a server took them; those older than any fact cannot be checked."""
    oldest = sa.select(sa.func.min(schema.fact.c.at)).scalar_subquery()
    key = sa.literal("injected|") + _outbox.key + "|" + sa.cast(_outbox.epoch, sa.Text)
    told = sa.exists().where(schema.fact.c.key == key)
    query = sa.select(_outbox.key).where(_outbox.kind == "inject", _state(State.DONE), _outbox.created > oldest, ~told)
    return _names(connection, query)


def _published_without_id(connection: Connection, _now: int) -> Iterator[str]:
    done = sa.select(_outbox.key).where(_outbox.kind == "publish", _state(State.DONE))
    return _names(connection, done.where(sa.func.coalesce(_outbox.posted_id, "") == ""))


def _published_twice(connection: Connection, _now: int) -> Iterator[str]:
    """One id on a platform that two rows claim to have made."""
    query = sa.select(_outbox.channel, _outbox.posted_id).where(_outbox.posted_id.is_not(None))
    return _names(connection, query.group_by(_outbox.channel, _outbox.posted_id).having(sa.func.count() > 1))


def _forgotten(connection: Connection, now: int) -> Iterator[str]:
    late = now - span(LONGEST_SETTLE)
    return _names(connection, sa.select(_outbox.key).where(_state(State.RUNNING), _outbox.lease_until < late))


def _without_time_or_reason(connection: Connection, _now: int) -> Iterator[str]:
    """Rows that nothing would ever wake, and held ones that do not say why; settled ones that still ring."""
    opened = _state(*OPEN)
    wrong = sa.or_(
        sa.and_(opened, _outbox.due.is_(None)),
        sa.and_(~opened, _outbox.due.is_not(None)),
        sa.and_(_state(State.PACED), _outbox.waits.is_(None)),
        sa.and_(~_state(State.PACED), _outbox.waits.is_not(None)),
        sa.and_(_state(State.HELD), _outbox.reason == ""),
        sa.and_(_state(State.DONE, State.DROPPED), _outbox.settled.is_(None)),
    )
    return _names(connection, sa.select(_outbox.key).where(wrong))


def _crowded_lanes(connection: Connection, _now: int) -> Iterator[str]:
    """Conversations with two rows of one lane in hand."""
    query = sa.select(sa.func.min(_outbox.key)).where(_state(State.RUNNING), _outbox.conversation.is_not(None))
    return _names(connection, query.group_by(_outbox.conversation, _outbox.lane).having(sa.func.count() > 1))


def _letters_without_outcome(connection: Connection, _now: int) -> Iterator[str]:
    outcomes = [outcome.value for outcome in LetterOutcome]
    held = sa.and_(schema.LETTER_HELD, _letter.reason == "")
    return _names(connection, sa.select(_letter.fingerprint).where(sa.or_(_letter.outcome.not_in(outcomes), held)))


def _channels_without_cursor(connection: Connection, _now: int) -> Iterator[str]:
    read = sa.select(schema.cursor.c.channel)
    return _names(connection, sa.select(_post.channel).where(_post.channel.not_in(read)).distinct())


def _publications_without_proof(connection: Connection, _now: int) -> Iterator[str]:
    """Publications that do not say who wrote them, which gates they passed and which letter they came in."""
    columns = (_outbox.key, _outbox.kind, _outbox.visibility, _outbox.payload, _outbox.sealed)
    for row in connection.execute(sa.select(*columns).where(_outbox.kind == "publish", _outbox.payload != "")):
        try:
            effect = unpack_effect(row.kind, row.visibility, row.payload, row.sealed)
        except Unreadable:
            yield row.key
            continue
        if isinstance(effect, Publish) and not (effect.agent and effect.gates and effect.letter):
            yield row.key


def _unknown_priorities(connection: Connection, _now: int) -> Iterator[str]:
    """Rows that no claim would ever find."""
    return _names(connection, sa.select(_outbox.key).where(_outbox.rank.not_in(range(len(Priority)))))


def _broken_chain(connection: Connection, _now: int) -> Iterator[str]:
    return (f"{found.fact}/{found.why}" for found in audit.verify(connection).breaks)


def _broken_file(connection: Connection, _now: int) -> Iterator[str]:
    """SQLite's own checks; a server does its own."""
    if connection.dialect.name != "sqlite":
        return
    yield from (row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(5)") if row[0] != "ok")
    yield from (f"{row[0]}/{row[1]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check"))


INVARIANTS = (
    _Invariant(code="file_whole", text="the database file is damaged", broken=_broken_file),
    _Invariant(code="chain_whole", text="the record of what happened was changed", broken=_broken_chain),
    _Invariant(code="post_judged", text="a post has no verdict and nobody asks for one", broken=_unjudged),
    _Invariant(code="post_forwarded", text="a post was to go to a desk and never went", broken=_unforwarded),
    _Invariant(code="post_folded", text="a post joined a ticket that is not there", broken=_folded_into_nothing),
    _Invariant(code="handed_on_record", text="a proxy counts as sent without a record", broken=_handed_without_record),
    _Invariant(
        code="published_with_id", text="an answer counts as published without an id", broken=_published_without_id
    ),
    _Invariant(code="published_once", text="two answers claim the same id on a platform", broken=_published_twice),
    _Invariant(code="lease_settled", text="a row is in nobody's hand since long", broken=_forgotten),
    _Invariant(
        code="row_awake", text="a row waits for nothing, or is held without a reason", broken=_without_time_or_reason
    ),
    _Invariant(code="row_claimable", text="a row has a priority that nobody asks for", broken=_unknown_priorities),
    _Invariant(code="lane_serial", text="two rows of one lane are in hand at once", broken=_crowded_lanes),
    _Invariant(code="letter_decided", text="a letter has no outcome", broken=_letters_without_outcome),
    _Invariant(
        code="channel_read", text="posts came from a channel that was never read", broken=_channels_without_cursor
    ),
    _Invariant(
        code="publication_proved", text="an answer has no agent, gates or letter", broken=_publications_without_proof
    ),
)
"""In the order in which they are worth reading."""
