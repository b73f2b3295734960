"""A decision with all its keys worked out, once and before it waits for the writer."""

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.core.decision import Decision
from bridge.core.effects import Intent, Judge, Settlement
from bridge.core.events import Sighting
from bridge.store.codec import short
from bridge.store.schema import plain

PostId = tuple[str, str]
Lane = tuple[bytes, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """A post as it was seen."""

    id: PostId
    fingerprint: str
    conversation: bytes
    sighting: Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """An effect that shall happen."""

    key: str
    conversation: bytes | None
    about: PostId | None
    """The post that it judges."""
    intent: Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A decision and the keys of the rows that it concerns."""

    decision: Decision
    once: str
    record: bytes | None
    channel: str | None
    """Whose cursor moves."""
    letter: str | None
    sighted: tuple[Sighted, ...]
    intended: tuple[Intended, ...]
    settled: tuple[tuple[str, Settlement], ...]
    facts: tuple[str, ...]


def prepare(decision: Decision) -> Prepared:
    """The decision with its keys; raises ValueError where one is impossible."""
    sighted = tuple(_sighted(sighting) for sighting in decision.sightings)
    posts = {id(each.sighting.post): each for each in sighted}
    return Prepared(
        decision=decision,
        once=plain(decision.once),
        record=short(decision.record.id) if decision.record else None,
        channel=plain(decision.cursor.channel) if decision.cursor else None,
        letter=plain(decision.filed.fingerprint) if decision.filed else None,
        sighted=sighted,
        intended=tuple(_intended(intent, posts) for intent in decision.intents),
        settled=tuple((plain(settlement.key), settlement) for settlement in decision.settlements),
        facts=tuple(plain(fact.key) for fact in decision.facts),
    )


def _sighted(sighting: Sighting) -> Sighted:
    post = sighting.post
    conversation = short(post.conversation.id)
    assert conversation is not None
    return Sighted(
        id=(plain(post.channel), plain(post.id)),
        fingerprint=post.fingerprint,
        conversation=conversation,
        sighting=sighting,
    )


def _intended(intent: Intent, posts: Mapping[int, Sighted]) -> Intended:
    """The intent with its key; one that judges a post of the same page has the post's own keys."""
    effect, about, conversation = intent.effect, None, None
    if isinstance(effect, Judge):
        about = plain(effect.post.channel), plain(effect.post.id)
        if same := posts.get(id(effect.post)):
            conversation = same.conversation
    conversation = conversation or short(effect.conversation)
    return Intended(key=plain(intent.key), conversation=conversation, about=about, intent=intent)
