"""What a prepared decision changes: which of its rows are new, which move on, and whether it is stale."""

from dataclasses import dataclass, field, replace

from bridge.core.decision import Fact
from bridge.core.effects import OPEN, TRANSITIONS, State
from bridge.core.replies import LetterOutcome
from bridge.ports import Stale
from bridge.store import rows
from bridge.store.prepared import Intended, Prepared, Settled, Sighted, marking
from bridge.store.statement import Values
from bridge.store.view import OutboxRow, View

_UNCLAIMED = frozenset({State.PACED, State.READY, State.UNSURE, State.HELD})


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
    marks: list[Values] = field(default_factory=list)
    members: list[Values] = field(default_factory=list)
    consents: list[Values] = field(default_factory=list)


def plan(changes: Changes, view: View, prepared: Prepared, now: int) -> bool:
    """Add the decision's changes and note them in the view; False where its key is already among the facts.

    Raises Stale where the state is not the one that the decision was made upon; then nothing was added or noted.
    `now` is in microseconds, of the database's clock.
    """
    if prepared.once and prepared.once in view.facts:
        return False
    _check_record(view, prepared)
    _check_cursor(view, prepared)
    settled = _check_settlements(view, prepared)
    _add_record(changes, view, prepared, now)
    _add_cursor(changes, view, prepared, now)
    for each, row in zip(prepared.settled, settled, strict=True):
        _add_settlement(changes, view, each, before=row, now=now)
    _add_posts(changes, view, prepared, now)
    _add_facts(changes, view, prepared, now)
    _add_letter(changes, view, prepared, now)
    _add_rest(changes, prepared, now)
    return True


def _check_record(view: View, prepared: Prepared) -> None:
    """The record goes over the version that it was read in, and only there."""
    if prepared.record and view.versions.get(prepared.record.key, 0) != prepared.record.version:
        raise Stale("the conversation has moved on")


def _check_cursor(view: View, prepared: Prepared) -> None:
    """The cursor moves on from where the poll started, and only from there (C13, C15)."""
    if prepared.cursor and view.cursors.get(prepared.cursor.channel) != prepared.cursor.before:
        raise Stale("the channel was read on by another poll")


def _check_settlements(view: View, prepared: Prepared) -> list[OutboxRow]:
    """The rows that are settled, as they stand before each settlement."""
    found: dict[str, OutboxRow] = {}
    before = []
    for settled in prepared.settled:
        row = found.get(settled.key) or view.rows.get(settled.key)
        if row is None:
            raise Stale("the row of the outbox is not there")
        _check_settlement(row, settled)
        before.append(row)
        found[settled.key] = replace(row, state=settled.state)
    return before


def _check_settlement(row: OutboxRow, settled: Settled) -> None:
    """A claim settles itself, nobody's row is settled by anybody, and every change is one of the table."""
    if settled.kind and settled.kind != row.kind:
        raise ValueError("a correction cannot make another kind of effect of a row")
    if settled.epoch is None:
        ours = row.state in _UNCLAIMED
    else:
        ours = row.state is State.RUNNING and row.epoch == settled.epoch
    if not ours or settled.state not in TRANSITIONS[row.state]:
        raise Stale("the row of the outbox has moved on")


def _add_record(changes: Changes, view: View, prepared: Prepared, now: int) -> None:
    if prepared.record:
        view.versions[prepared.record.key] = prepared.record.version + 1
        of = changes.records if prepared.record.version else changes.new_records
        of.append(prepared.record.row | {"now": now})


def _add_cursor(changes: Changes, view: View, prepared: Prepared, now: int) -> None:
    if prepared.cursor:
        view.cursors[prepared.cursor.channel] = prepared.cursor.after
        of = changes.new_cursors if prepared.cursor.before is None else changes.cursors
        of.append(prepared.cursor.row | {"now": now})


def _add_settlement(changes: Changes, view: View, settled: Settled, *, before: OutboxRow, now: int) -> None:
    """The next state; a row without a time of its own is due at once."""
    view.rows[settled.key] = replace(before, state=settled.state)
    opened = settled.state in OPEN
    values = settled.row | {"now": now, "new_seq": None}
    if opened and before.state not in OPEN:
        values["new_seq"] = _next(view, before.conversation, before.lane)
    if opened and values["new_due"] is None:
        values["new_due"] = now
    values["new_entered"] = now if opened and before.state is State.PACED else None
    values["new_settled"] = None if opened or settled.state is State.HELD else now
    changes.settlements.append(values)


def _next(view: View, conversation: bytes | None, lane: str) -> int:
    """The next number of a lane: whoever comes into it, or back into it, stands behind all who wait there."""
    if conversation is None:
        return 0
    number = view.ends.get((conversation, lane), 0) + 1
    view.ends[conversation, lane] = number
    return number


def _add_posts(changes: Changes, view: View, prepared: Prepared, now: int) -> None:
    """What was seen and is new, and what shall be done; a post that says nothing new is not judged again."""
    stale = {sighted.id for sighted in prepared.sighted if not _add_sighting(changes, view, sighted, now)}
    for intended in prepared.intended:
        if intended.key not in view.rows and intended.about not in stale:
            _add_intent(changes, view, intended, now)


def _add_sighting(changes: Changes, view: View, sighted: Sighted, now: int) -> bool:
    """One post as it was seen; False where nothing is new about it, or it was erased."""
    known = view.posts.get(sighted.id)
    if sighted.id in view.erased or known == sighted.fingerprint:
        return False
    view.posts[sighted.id] = sighted.fingerprint
    if known is None:
        changes.identities.append(sighted.author | {"seen": now})
        changes.posts.append(sighted.row | {"seen": now})
    else:
        changes.edits.append(rows.edit(sighted.row) | {"now": now})
    return True


def _add_intent(changes: Changes, view: View, intended: Intended, now: int) -> None:
    seq = _next(view, intended.conversation, intended.lane) if intended.state in OPEN else 0
    changes.intents.append(intended.row | {"seq": seq, "created": now, "changed": now})
    view.rows[intended.key] = OutboxRow(
        kind=intended.kind, lane=intended.lane, conversation=intended.conversation, state=intended.state, epoch=0
    )


def _add_facts(changes: Changes, view: View, prepared: Prepared, now: int) -> None:
    """Facts that were not written yet, and the decision's own key."""
    for key, fact in prepared.facts:
        if key not in view.facts:
            view.facts.add(key)
            changes.facts.append(fact)
    if prepared.once and prepared.once not in view.facts:
        view.facts.add(prepared.once)
        changes.facts.append(marking(prepared.once, now))


def _add_letter(changes: Changes, view: View, prepared: Prepared, now: int) -> None:
    """A letter has one final outcome: one that was held gets it later, any other has it already (P3)."""
    letter = prepared.letter
    known = view.letters.get(letter.fingerprint) if letter else None
    if letter and known in {None, LetterOutcome.HELD}:
        view.letters[letter.fingerprint] = letter.outcome
        (changes.new_letters if known is None else changes.letters).append(letter.row | {"now": now})


def _add_rest(changes: Changes, prepared: Prepared, now: int) -> None:
    """What depends on nothing."""
    changes.verdicts.extend(values | {"now": now} for values in prepared.verdicts)
    changes.deletions.extend(values | {"now": now} for values in prepared.deletions)
    changes.switches.extend(values | {"at": now} for values in prepared.switches)
    changes.gaps.extend(values | {"found": now} for values in prepared.gaps)
    changes.quarantined.extend(values | {"found": now} for values in prepared.quarantined)
    changes.marks.extend(prepared.marks)
    changes.members.extend(prepared.members)
    changes.consents.extend(prepared.consents)
