"""Answers that still wait are taken back: by order, or because newer words take their place."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from bridge.core import automatic, render, share_wording, sharing, withdrawing, wording
from bridge.core.case import corrected as corrected_turn
from bridge.core.conversation import Record
from bridge.core.decision import Decision
from bridge.core.effects import Publish, Row, Settlement, State
from bridge.core.events import LetterRead
from bridge.core.moment import Moment


def corrected(decision: Decision, event: LetterRead, post_id: str, *, at: Moment) -> Decision:
    """The decision with what still waits under the post dropped, for newer words; whoever else wrote it is told.

    A further turn takes the place of nothing but the turn that it says it corrects.
    """
    reading = event.reading
    found = corrected_turn(event.rows, reading) if reading.further else _open_to_change(event, post_id)
    rows = _unsettled(decision, found)
    decision = _without(decision, rows, "corrected")
    publishes = [row.effect for row in rows if isinstance(row.effect, Publish)]
    for publish in publishes:
        if publish.agent != event.reading.sender:
            decision = _telling(decision, publish, "replaced", at=at)
    return _no_more_to_all(decision, event, {publish.letter for publish in publishes}, at=at)


def cancelled(decision: Decision, event: LetterRead, record: Record | None, *, at: Moment) -> Decision:
    """The decision with everything that certainly still waits taken back; whoever is too late is told."""
    waiting = [row for row in event.rows if _is_unsent(row, at)]
    decision = _nobody_else(taken_back(decision, waiting, at=at), event, "cancelled", at=at)
    late = [row.effect for row in event.rows if row not in waiting and isinstance(row.effect, Publish)]
    if not event.rows and (last := _last_published(event, record, at=at)):
        late = [last]
    for publish in late:
        decision = _telling(decision, publish, "too_late_to_cancel", at=at)
    return decision


def _no_more_to_all(decision: Decision, event: LetterRead, letters: Collection[str], *, at: Moment) -> Decision:
    """The decision where newer words for one take the place of words that were for all: nobody else gets either."""
    record = decision.record
    taken = record is not None and any(entry.letter in letters for entry in sharing.going(record))
    return _nobody_else(decision, event, "taken_back", at=at) if taken and not event.reading.asks("all") else decision


def _nobody_else(decision: Decision, event: LetterRead, why: str, *, at: Moment) -> Decision:
    """The decision with every answer to all stopped that somebody may still get."""
    record, reading = decision.record, event.reading
    if record is None or not sharing.going(record):
        return decision
    record = sharing.stopped(record, why)
    notice = share_wording.stopped(record, reading.fingerprint, desk=reading.desk, to=reading.sender, now=at.now)
    return replace(decision, record=record, intents=(*decision.intents, *at.tell(notice)))


def _is_unsent(row: Row, at: Moment) -> bool:
    channel = at.policy.channels.get(row.effect.publication.channel) if isinstance(row.effect, Publish) else None
    return channel is not None and withdrawing.is_unsent(row, channel)


def taken_back(decision: Decision, rows: Iterable[Row], *, at: Moment) -> Decision:
    """The decision with these publications dropped before anybody saw them, as their agents are told."""
    rows = _unsettled(decision, rows)
    decision = _without(decision, rows, "cancelled")
    for row in rows:
        if isinstance(row.effect, Publish):
            decision = _telling(decision, row.effect, "cancelled", at=at)
    return decision


def _unsettled(decision: Decision, rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows that another command of the same letter has not settled: nothing is dropped twice."""
    settled = {settlement.key for settlement in decision.settlements}
    return tuple(row for row in rows if row.key not in settled)


def _open_to_change(event: LetterRead, post_id: str) -> tuple[Row, ...]:
    """Publications about a post that still wait for the end of their undo window."""
    return tuple(
        row
        for row in event.rows
        if row.state is State.READY
        and row.attempt == 0
        and isinstance(row.effect, Publish)
        and row.effect.publication.parent == post_id
        and row.effect.letter != event.reading.fingerprint
    )


def _without(decision: Decision, rows: Iterable[Row], reason: str) -> Decision:
    """The decision with these publications dropped."""
    record = decision.record
    settlements = []
    for row in rows:
        settlements.append(Settlement(key=row.key, state=State.DROPPED, reason=reason))
        given = record.answer(row.key) if record else None
        record = record.with_given(replace(given, dropped=True)) if record and given else record
    return replace(decision, record=record, settlements=(*decision.settlements, *settlements))


def _last_published(event: LetterRead, record: Record | None, *, at: Moment) -> Publish | None:
    """The sender's newest answer that already stands on the platform, as far as it is needed to speak of it."""
    reading = event.reading
    speakers = {reading.sender, automatic.AGENT}
    given = [g for g in record.given if g.published and g.agent in speakers] if record else []
    post = record.post(given[-1].post) if record and given else None
    if record is None or post is None:
        return None
    return Publish(
        publication=render.spoken(given[-1], post),
        conversation=record.id,
        agent=reading.sender,
        gates=(),
        letter=given[-1].letter,
        publish_by=at.now,
        notify=reading.sender,
        desk=reading.desk,
    )


def _telling(decision: Decision, publish: Publish, reason: str, *, at: Moment) -> Decision:
    """The decision with a notice of what became of a publication."""
    record = decision.record
    if record is None:
        return decision
    if publish.agent == automatic.AGENT:
        unsaid = automatic.unsaid(record, publish.key, reason, now=at.now)
        return replace(decision, intents=(*decision.intents, *at.tell(unsaid)))
    given = record.answer(publish.key)
    notice = wording.outcome(record, publish, reason, url=given.url if given else "", now=at.now)
    return replace(decision, intents=(*decision.intents, *at.tell(notice)))
