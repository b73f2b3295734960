"""What a decision changes, worked out without a database: which rows are new, which move on, and whether it is stale."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bridge.core.decision import Decision, Fact
from bridge.core.effects import OPEN, TRANSITIONS, Intent, Judge, Settlement, State
from bridge.core.events import Sighting
from bridge.core.replies import LetterOutcome
from bridge.ports import Stale
from bridge.store import rows
from bridge.store.codec import kind_of, moment, short
from bridge.store.rows import Values
from bridge.store.schema import plain
from bridge.store.view import OutboxRow, PostId, View

_UNCLAIMED = frozenset({State.READY, State.UNSURE, State.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Rows to be written, by what is done with them; the lists keep the order of the decisions."""

    identities: list[Values] = field(default_factory=list)
    posts: list[Values] = field(default_factory=list)
    edits: list[Values] = field(default_factory=list)
    verdicts: list[Values] = field(default_factory=list)
    deletions: list[Values] = field(default_factory=list)
    intents: list[Values] = field(default_factory=list)
    settlements: list[Values] = field(default_factory=list)
    new_records: list[Values] = field(default_factory=list)
    records: list[Values] = field(default_factory=list)
    new_cursors: list[Values] = field(default_factory=list)
    cursors: list[Values] = field(default_factory=list)
    new_letters: list[Values] = field(default_factory=list)
    letters: list[Values] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    switches: list[Values] = field(default_factory=list)
    gaps: list[Values] = field(default_factory=list)
    quarantined: list[Values] = field(default_factory=list)

    def add(self, other: "Changes") -> None:
        """Put the changes of a later decision behind these."""
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a plan needs besides the decision and the view."""

    now: int
    """Microseconds, of the database's clock."""
    platforms: Mapping[str, str]
    """The platform's word of each channel: accounts on one platform see the same people."""


def plan(view: View, decision: Decision, given: Circumstances) -> Changes | None:
    """The decision's changes, noted in the view; None where its key is already among the facts.

    Raises Stale where the state is not the one that the decision was made upon; then the view is as it was.
    """
    if decision.once and plain(decision.once) in view.facts:
        return None
    fork = view.fork()
    changes = Changes()
    _plan_record(changes, fork, decision, given.now)
    _plan_cursor(changes, fork, decision, given.now)
    changes.settlements.extend(_settled(fork, settlement, given.now) for settlement in decision.settlements)
    fresh = _plan_posts(changes, fork, decision, given)
    for intent in decision.intents:
        if _wanted(intent, decision, fresh):
            _plan_intent(changes, fork, intent, given.now)
    _plan_facts(changes, fork, decision, given.now)
    _plan_letter(changes, fork, decision, given.now)
    _plan_rest(changes, decision, given.now)
    view.absorb(fork)
    return changes


def _plan_record(changes: Changes, view: View, decision: Decision, now: int) -> None:
    """The record goes over the version that it was read in, and only there."""
    if decision.record is None:
        return
    key, version = short(decision.record.id), decision.record.version
    assert key is not None
    if view.versions.get(key, 0) != version:
        raise Stale("the conversation has moved on")
    view.versions[key] = version + 1
    written = rows.record(replace(decision.record, version=version + 1), version + 1, now)
    (changes.records if version else changes.new_records).append(written)


def _plan_cursor(changes: Changes, view: View, decision: Decision, now: int) -> None:
    """The cursor moves on from where the poll started, and only from there (C13, C15)."""
    move = decision.cursor
    if move is None:
        return
    channel = plain(move.channel)
    known = view.cursors.get(channel)
    if known != (None if move.before is None else plain(move.before)):
        raise Stale("the channel was read on by another poll")
    view.cursors[channel] = plain(move.after)
    (changes.new_cursors if known is None else changes.cursors).append(rows.cursor(move, now))


def _settled(view: View, settlement: Settlement, now: int) -> Values:
    """The next state of a row of the outbox, if its claim and its state still are what was decided upon."""
    row = view.rows.get(plain(settlement.key))
    if row is None:
        raise Stale("the row of the outbox is not there")
    if settlement.state is State.RUNNING:
        raise ValueError("only a claim makes a row running")
    if settlement.effect is not None and kind_of(settlement.effect) != row.kind:
        raise ValueError("a correction cannot make another kind of effect of a row")
    ours = row.state in _UNCLAIMED if settlement.epoch is None else _claimed(row, settlement.epoch)
    if not ours or settlement.state not in TRANSITIONS[row.state]:
        raise Stale("the row of the outbox has moved on")
    view.rows[plain(settlement.key)] = replace(row, state=settlement.state)
    reopened = settlement.state in OPEN and row.state not in OPEN
    return rows.settlement(settlement, _next(view, row.conversation, row.lane) if reopened else None, now)


def _claimed(row: OutboxRow, epoch: int) -> bool:
    return row.state is State.RUNNING and row.epoch == epoch


def _next(view: View, conversation: bytes | None, lane: str) -> int:
    """The next number of a lane: whoever comes into it, or back into it, stands behind all others."""
    if conversation is None:
        return 0
    number = view.ends.get((conversation, lane), 0) + 1
    view.ends[conversation, lane] = number
    return number


def _plan_posts(changes: Changes, view: View, decision: Decision, given: Circumstances) -> frozenset[PostId]:
    """Posts that are new, newer words, verdicts and deletions; returns which of the sighted posts say something new."""
    fresh = frozenset(
        _id(sighting) for sighting in decision.sightings if _plan_sighting(changes, view, sighting, given)
    )
    changes.verdicts.extend(rows.verdict(judged, given.now) for judged in decision.judged)
    changes.deletions.extend(
        {"of_channel": key.channel, "of_native": plain(key.id), "now": given.now} for key in decision.deleted
    )
    return fresh


def _id(sighting: Sighting) -> PostId:
    return plain(sighting.post.channel), plain(sighting.post.id)


def _plan_sighting(changes: Changes, view: View, sighting: Sighting, given: Circumstances) -> bool:
    """One post as it was seen; False where nothing is new about it."""
    key, post = _id(sighting), sighting.post
    known = view.posts.get(key)
    if key in view.erased or known == post.fingerprint:
        return False
    view.posts[key] = post.fingerprint
    if known is not None:
        changes.edits.append(rows.edit(sighting, given.now))
        return True
    platform = given.platforms.get(post.channel, post.channel)
    changes.identities.append(rows.identity(post, platform, given.now))
    changes.posts.append(rows.new_post(sighting, platform, given.now))
    return True


def _wanted(intent: Intent, decision: Decision, fresh: frozenset[PostId]) -> bool:
    """A judgement of a post that came with the same page is wanted only where the post said something new."""
    effect = intent.effect
    if not isinstance(effect, Judge) or not decision.sightings:
        return True
    key = plain(effect.post.channel), plain(effect.post.id)
    return key in fresh or all(_id(sighting) != key for sighting in decision.sightings)


def _plan_intent(changes: Changes, view: View, intent: Intent, now: int) -> None:
    """A new row, unless there is one of the same key (law 4)."""
    key = plain(intent.key)
    if key in view.rows:
        return
    conversation = short(intent.effect.conversation)
    state = State.HELD if intent.held else State.READY
    changes.intents.append(rows.intent(intent, _next(view, conversation, intent.lane), now))
    view.rows[key] = OutboxRow(
        kind=kind_of(intent.effect), lane=intent.lane, conversation=conversation, state=state, epoch=0
    )


def _plan_facts(changes: Changes, view: View, decision: Decision, now: int) -> None:
    """Facts that were not written yet, and the decision's own key."""
    for fact in decision.facts:
        if plain(fact.key) not in view.facts:
            view.facts[plain(fact.key)] = True
            changes.facts.append(fact)
    if decision.once and plain(decision.once) not in view.facts:
        view.facts[plain(decision.once)] = True
        changes.facts.append(Fact(key=decision.once, kind="decided", at=moment(now)))


def _plan_letter(changes: Changes, view: View, decision: Decision, now: int) -> None:
    """A letter has one final outcome: one that was held gets it later, any other has it already (P3)."""
    if decision.filed is None:
        return
    fingerprint = plain(decision.filed.fingerprint)
    known = view.letters.get(fingerprint)
    if known is not None and known != LetterOutcome.HELD:
        return
    view.letters[fingerprint] = decision.filed.outcome
    (changes.new_letters if known is None else changes.letters).append(rows.letter(decision.filed, now))


def _plan_rest(changes: Changes, decision: Decision, now: int) -> None:
    """What depends on nothing."""
    channel = decision.cursor.channel if decision.cursor else ""
    changes.switches.extend(rows.switch(switch, now) for switch in decision.switches)
    changes.quarantined.extend(rows.quarantined(item, channel, now) for item in decision.quarantined)
    if decision.gap:
        changes.gaps.append(rows.gap(decision.gap, channel, now))
