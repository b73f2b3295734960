"""What a decision changes, worked out without a database: which rows are new, which move on, and whether it is stale."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bridge.core.decision import Decision, Fact
from bridge.core.effects import OPEN, TRANSITIONS, Settlement, State
from bridge.core.replies import LetterOutcome
from bridge.ports import Stale
from bridge.store import rows
from bridge.store.codec import kind_of, moment
from bridge.store.prepared import Intended, Prepared, Sighted
from bridge.store.schema import plain
from bridge.store.statement import Values
from bridge.store.view import OutboxRow, View

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
            if later := getattr(other, name):
                getattr(self, name).extend(later)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a plan needs besides the decision and the view."""

    now: int
    """Microseconds, of the database's clock."""
    platforms: Mapping[str, str]
    """The platform's word of each channel: accounts on one platform see the same people."""


def plan(view: View, prepared: Prepared, given: Circumstances) -> Changes | None:
    """The decision's changes, noted in the view; None where its key is already among the facts.

    Raises Stale where the state is not the one that the decision was made upon; then the view is as it was.
    """
    if prepared.once and prepared.once in view.facts:
        return None
    fork, changes, now = view.fork(), Changes(), given.now
    _plan_record(changes, fork, prepared, now)
    _plan_cursor(changes, fork, prepared, now)
    changes.settlements.extend(_settled(fork, key, settlement, now=now) for key, settlement in prepared.settled)
    fresh = frozenset(sighted.id for sighted in prepared.sighted if _plan_sighting(changes, fork, sighted, given))
    seen = frozenset(sighted.id for sighted in prepared.sighted)
    for intended in prepared.intended:
        if intended.about in fresh or intended.about not in seen:
            _plan_intent(changes, fork, intended, now)
    _plan_facts(changes, fork, prepared, now)
    _plan_letter(changes, fork, prepared, now)
    _plan_rest(changes, prepared.decision, now)
    view.absorb(fork)
    return changes


def _plan_record(changes: Changes, view: View, prepared: Prepared, now: int) -> None:
    """The record goes over the version that it was read in, and only there."""
    record, key = prepared.decision.record, prepared.record
    if record is None or key is None:
        return
    version = record.version
    if view.versions.get(key, 0) != version:
        raise Stale("the conversation has moved on")
    view.versions[key] = version + 1
    written = rows.record(replace(record, version=version + 1), key, now)
    (changes.records if version else changes.new_records).append(written)


def _plan_cursor(changes: Changes, view: View, prepared: Prepared, now: int) -> None:
    """The cursor moves on from where the poll started, and only from there (C13, C15)."""
    move, channel = prepared.decision.cursor, prepared.channel
    if move is None or channel is None:
        return
    known = view.cursors.get(channel)
    if known != (None if move.before is None else plain(move.before)):
        raise Stale("the channel was read on by another poll")
    view.cursors[channel] = plain(move.after)
    (changes.new_cursors if known is None else changes.cursors).append(rows.cursor(move, now))


def _settled(view: View, key: str, settlement: Settlement, *, now: int) -> Values:
    """The next state of a row of the outbox, if its claim and its state still are what was decided upon."""
    row = view.rows.get(key)
    if row is None:
        raise Stale("the row of the outbox is not there")
    if settlement.state is State.RUNNING:
        raise ValueError("only a claim makes a row running")
    if settlement.effect is not None and kind_of(settlement.effect) != row.kind:
        raise ValueError("a correction cannot make another kind of effect of a row")
    ours = row.state in _UNCLAIMED if settlement.epoch is None else _claimed(row, settlement.epoch)
    if not ours or settlement.state not in TRANSITIONS[row.state]:
        raise Stale("the row of the outbox has moved on")
    view.rows[key] = replace(row, state=settlement.state)
    reopened = settlement.state in OPEN and row.state not in OPEN
    return rows.settlement(key, settlement, _next(view, row.conversation, row.lane) if reopened else None, now)


def _claimed(row: OutboxRow, epoch: int) -> bool:
    return row.state is State.RUNNING and row.epoch == epoch


def _next(view: View, conversation: bytes | None, lane: str) -> int:
    """The next number of a lane: whoever comes into it, or back into it, stands behind all others."""
    if conversation is None:
        return 0
    number = view.ends.get((conversation, lane), 0) + 1
    view.ends[conversation, lane] = number
    return number


def _plan_sighting(changes: Changes, view: View, sighted: Sighted, given: Circumstances) -> bool:
    """One post as it was seen; False where nothing is new about it."""
    known = view.posts.get(sighted.id)
    if sighted.id in view.erased or known == sighted.fingerprint:
        return False
    view.posts[sighted.id] = sighted.fingerprint
    if known is not None:
        changes.edits.append(rows.edit(sighted, given.now))
        return True
    channel = sighted.sighting.post.channel
    author = rows.identity(sighted, given.platforms.get(channel, channel), given.now)
    changes.identities.append(author)
    changes.posts.append(rows.new_post(sighted, author, given.now))
    return True


def _plan_intent(changes: Changes, view: View, intended: Intended, now: int) -> None:
    """A new row, unless there is one of the same key (law 4)."""
    if intended.key in view.rows:
        return
    intent, conversation = intended.intent, intended.conversation
    changes.intents.append(rows.intent(intended, _next(view, conversation, intent.lane), now))
    view.rows[intended.key] = OutboxRow(
        kind=kind_of(intent.effect),
        lane=intent.lane.value,
        conversation=conversation,
        state=State.HELD if intent.held else State.READY,
        epoch=0,
    )


def _plan_facts(changes: Changes, view: View, prepared: Prepared, now: int) -> None:
    """Facts that were not written yet, and the decision's own key."""
    for key, fact in zip(prepared.facts, prepared.decision.facts, strict=True):
        if key not in view.facts:
            view.facts[key] = True
            changes.facts.append(fact)
    if prepared.once and prepared.once not in view.facts:
        view.facts[prepared.once] = True
        changes.facts.append(Fact(key=prepared.once, kind="decided", at=moment(now)))


def _plan_letter(changes: Changes, view: View, prepared: Prepared, now: int) -> None:
    """A letter has one final outcome: one that was held gets it later, any other has it already (P3)."""
    filed, fingerprint = prepared.decision.filed, prepared.letter
    if filed is None or fingerprint is None:
        return
    known = view.letters.get(fingerprint)
    if known is not None and known != LetterOutcome.HELD:
        return
    view.letters[fingerprint] = filed.outcome
    (changes.new_letters if known is None else changes.letters).append(rows.letter(filed, now))


def _plan_rest(changes: Changes, decision: Decision, now: int) -> None:
    """What depends on nothing."""
    channel = decision.cursor.channel if decision.cursor else ""
    changes.verdicts.extend(rows.verdict(judged, now) for judged in decision.judged)
    changes.deletions.extend(rows.deletion(key, now) for key in decision.deleted)
    changes.switches.extend(rows.switch(switch, now) for switch in decision.switches)
    changes.quarantined.extend(rows.quarantined(item, channel, now) for item in decision.quarantined)
    if decision.gap:
        changes.gaps.append(rows.gap(decision.gap, channel, now))
