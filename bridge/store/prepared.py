"""A decision with its keys and rows worked out, before it waits for the writer and can still fail alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.core.decision import Decision, Fact
from bridge.core.effects import Intent, Judge, Settlement, State
from bridge.core.events import Sighting
from bridge.store import rows
from bridge.store.codec import kind_of, moment, short
from bridge.store.schema import plain
from bridge.store.statement import Values

PostId = tuple[str, str]
Lane = tuple[bytes, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A conversation's next version."""

    key: bytes
    version: int
    """The one that was decided on."""
    row: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A cursor's next place."""

    channel: str
    before: str | None
    after: str
    row: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """A post as it was seen."""

    id: PostId
    fingerprint: str
    conversation: bytes
    author: Values
    row: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """An effect that shall happen."""

    key: str
    kind: str
    lane: str
    conversation: bytes | None
    state: State
    about: PostId | None
    """The post that it judges."""
    row: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The next state of a row."""

    key: str
    state: State
    epoch: int | None
    kind: str
    """Of the corrected effect; empty where it stays the same."""
    row: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettered:
    """A letter with its outcome."""

    fingerprint: str
    outcome: str
    row: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything that a decision may write."""

    once: str
    record: Recorded | None
    cursor: Moved | None
    letter: Lettered | None
    sighted: tuple[Sighted, ...]
    intended: tuple[Intended, ...]
    settled: tuple[Settled, ...]
    facts: tuple[tuple[str, Fact], ...]
    verdicts: tuple[Values, ...]
    deletions: tuple[Values, ...]
    switches: tuple[Values, ...]
    gaps: tuple[Values, ...]
    quarantined: tuple[Values, ...]
    marks: tuple[Values, ...]
    members: tuple[Values, ...]
    consents: tuple[Values, ...]

    @property
    def brings(self) -> bool:
        """Whether it takes in something from outside, which may as well be fetched again later."""
        return bool(self.sighted or self.letter or self.quarantined)


def prepare(decision: Decision, platforms: Mapping[str, str]) -> Prepared:
    """The decision's keys and rows; raises ValueError or TypeError where a value is impossible."""
    sighted = tuple(_sighted(sighting, platforms) for sighting in decision.sightings)
    conversations = {id(sighting.post): s.conversation for sighting, s in zip(decision.sightings, sighted, strict=True)}
    channel = decision.cursor.channel if decision.cursor else ""
    return Prepared(
        once=plain(decision.once),
        record=_recorded(decision, platforms),
        cursor=_moved(decision),
        letter=_lettered(decision),
        sighted=sighted,
        intended=tuple(_intended(intent, conversations) for intent in decision.intents),
        settled=tuple(_settled(settlement) for settlement in decision.settlements),
        facts=tuple((plain(fact.key), fact) for fact in decision.facts),
        verdicts=tuple(rows.verdict(judged) for judged in decision.judged),
        deletions=tuple(rows.deletion(key) for key in decision.deleted),
        switches=tuple(rows.switch(switch) for switch in decision.switches),
        gaps=(rows.gap(decision.gap, channel),) if decision.gap else (),
        quarantined=tuple(rows.quarantined(item, channel) for item in decision.quarantined),
        marks=tuple(rows.marks(decision.led)) if decision.led else (),
        members=_members(decision, platforms),
        consents=(rows.consent(decision.consent),) if decision.consent else (),
    )


def _members(decision: Decision, platforms: Mapping[str, str]) -> tuple[Values, ...]:
    joined = decision.joined
    return (rows.member(joined, _platform(joined.post.channel, platforms)),) if joined else ()


def _recorded(decision: Decision, platforms: Mapping[str, str]) -> Recorded | None:
    record = decision.record
    if record is None:
        return None
    key = record.key.key
    return Recorded(
        key=key, version=record.version, row=rows.record(record, key, _platform(record.key.channel, platforms))
    )


def _platform(channel: str, platforms: Mapping[str, str]) -> str:
    """The platform's word; a channel without one stands for itself."""
    return platforms.get(channel, channel)


def _moved(decision: Decision) -> Moved | None:
    move = decision.cursor
    if move is None:
        return None
    before = None if move.before is None else plain(move.before)
    return Moved(channel=plain(move.channel), before=before, after=plain(move.after), row=rows.cursor(move))


def _lettered(decision: Decision) -> Lettered | None:
    filed = decision.filed
    if filed is None:
        return None
    return Lettered(fingerprint=plain(filed.fingerprint), outcome=filed.outcome.value, row=rows.letter(filed))


def _sighted(sighting: Sighting, platforms: Mapping[str, str]) -> Sighted:
    post = sighting.post
    conversation = post.conversation.key
    author = rows.identity(post, _platform(post.channel, platforms))
    row = rows.post(sighting, conversation, author["key"])
    return Sighted(
        id=(row["channel"], row["native"]),
        fingerprint=row["fingerprint"],
        conversation=conversation,
        author=author,
        row=row,
    )


def _intended(intent: Intent, conversations: Mapping[int, bytes]) -> Intended:
    """An intent; one that judges a post of the same page shares the post's conversation."""
    effect, about, conversation = intent.effect, None, None
    if isinstance(effect, Judge):
        about = plain(effect.post.channel), plain(effect.post.id)
        conversation = conversations.get(id(effect.post))
    conversation = conversation or short(effect.conversation)
    row = rows.intent(intent, conversation)
    return Intended(
        key=row["key"],
        kind=row["kind"],
        lane=row["lane"],
        conversation=conversation,
        state=intent.state,
        about=about,
        row=row,
    )


def _settled(settlement: Settlement) -> Settled:
    if settlement.state is State.RUNNING:
        raise ValueError("only a claim makes a row running")
    return Settled(
        key=plain(settlement.key),
        state=settlement.state,
        epoch=settlement.epoch,
        kind="" if settlement.effect is None else kind_of(settlement.effect),
        row=rows.settlement(settlement),
    )


def marking(once: str, now: int) -> Fact:
    """The fact that stands for a decision which brought none of its own key."""
    return Fact(key=once, kind="decided", at=moment(now))
