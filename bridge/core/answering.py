"""What follows from a letter: an answer on its way, orders carried out, or a reason why not.

letter ─► rights (G0-G6) ─► orders        only commands: carried out
└─► words (G7-G11) ─► publications, ready after the undo window (G12)
any no ─► filed with its reason; the verified sender is told once
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bridge.core import approvals, cancelling, commanding, drafting, gates, operators, render, sharing, wishes, wording
from bridge.core.case import Case, Counts, Waiver
from bridge.core.conversation import HeldLetter, Record
from bridge.core.decision import Decision, Fact, Switch
from bridge.core.effects import Intent, Publish
from bridge.core.events import LetterRead
from bridge.core.moment import Moment
from bridge.core.policy import DeskPolicy
from bridge.core.proxies import Notice
from bridge.core.publications import Publication
from bridge.core.replies import Command, Filed, Finding, LetterOutcome, Reading

_RIGHTS = frozenset(gate.name for gate in gates.RIGHTS)

UNPROVEN = 3
"""Letters from unproven senders after which a conversation's address is worthless to them (A02)."""

ALARMING = frozenset({"sender_unproven", "first_answer", "breaker"})
"""Reasons that the operator is told too."""


def answered(record: Record | None, event: LetterRead, *, at: Moment) -> Decision:
    """Decide upon a letter; the same letter again is no decision at all (A07)."""
    held = record.letter(event.reading.fingerprint) if record else None
    event = replace(event, reading=_completed(event.reading, held))
    record = _tagged(record, event.reading)
    case = _case(record, event, held, at=at)
    words = wishes.words(case, at.policy)
    case = replace(case, words=words.parts, seen=_seen(case, words.parts))
    passed = _rejected(held) or _walked(case, words, at=at)
    if isinstance(passed, Finding) or record is None:
        finding = passed if isinstance(passed, Finding) else _unknown()
        return _stopped(record, event, finding, case=case, at=at)
    if not wishes.speaks(event.reading):
        return _filed(commanding.commanded(record, event, case, at=at), event, LetterOutcome.COMMAND, at=at)
    return _accepted(record, event, case, passed=passed, at=at)


def _completed(reading: Reading, held: HeldLetter | None) -> Reading:
    """The reading with the commands that its sender added since."""
    added = tuple(Command(name=name) for name in held.added) if held else ()
    return replace(reading, commands=(*reading.commands, *added))


def _tagged(record: Record | None, reading: Reading) -> Record | None:
    """The ticket system's tag is kept, from whatever mail of it came first; later subjects carry it."""
    return replace(record, tag=reading.tag) if record and reading.tag and not record.tag else record


def _case(record: Record | None, event: LetterRead, held: HeldLetter | None, *, at: Moment) -> Case:
    """Everything that the gates may know."""
    reading, policy = event.reading, at.policy
    return Case(
        reading=reading,
        record=record,
        desk=policy.desks.get(reading.desk),
        channel=policy.channels.get(record.key.channel) if record else None,
        reply_domain=policy.reply_domain,
        now=at.now,
        received=event.received,
        words=(),
        switches=event.switches,
        doubtful=event.doubtful,
        counts=_counts(record, event, at.now),
        private_texts=event.private_texts,
        rows=event.rows,
        others=event.others,
        consent=event.consent,
        approve_by=record.approve_by if record else (),
        approved_by=held.approved_by if held else "",
        asked=held.proposal.asked if held and held.proposal else (),
        waived={w.reason: Waiver.OPERATOR if w.operator else Waiver.SENDER for w in held.waived} if held else {},
    )


def _seen(case: Case, words: tuple[str, ...]) -> bool:
    """Whether another letter already brought the same words to the same post (G6); turns are told apart by their ids."""
    if case.record is None or case.post is None or not words or case.reading.further:
        return False
    others = [g for g in case.record.given if g.letter and g.letter != case.reading.fingerprint and not g.dropped]
    said = {given.text for given in others if given.post == case.post.id}
    return said.issuperset(words)


def _counts(record: Record | None, event: LetterRead, now: datetime) -> Counts:
    times = [g.at for g in record.given if g.letter and not g.dropped] if record else []
    return Counts(
        conversation_hour=sum(time > now - timedelta(hours=1) for time in times),
        conversation_day=sum(time > now - timedelta(days=1) for time in times),
        desk_hour=event.desk_hour,
        agent_hour=event.agent_hour,
    )


def _rejected(held: HeldLetter | None) -> Finding | None:
    """A person's no is final."""
    if held is None or not held.rejected:
        return None
    reason = "superseded" if held.rejected == approvals.SUPERSEDED else "rejected"
    return Finding(gate="approval", reason=reason, outcome=LetterOutcome.REFUSED, detail=held.rejected)


def _walked(case: Case, words: wishes.Words, *, at: Moment) -> gates.Passed | Finding:
    """The first no: of the gates that ask who writes, then, where words shall go out, of all others."""
    if not case.reading.unknown_commands and not wishes.speaks(case.reading):
        admitted = gates.admit(case)
        return admitted if isinstance(admitted, Finding) else commanding.trouble(case, at.policy) or admitted
    passed = gates.walk(case)
    if isinstance(passed, Finding) and passed.gate in _RIGHTS:
        return passed
    return commanding.trouble(case, at.policy) or words.trouble or passed


def _unknown() -> Finding:
    return Finding(gate="G2", reason="late", outcome=LetterOutcome.HELD, detail="the conversation is not kept any more")


def _accepted(record: Record, event: LetterRead, case: Case, *, passed: gates.Passed, at: Moment) -> Decision:
    """All gates are open: intend the publications for the end of the undo window, or show them in rehearsal."""
    desk, channel, post = case.desk, case.channel, case.post
    if desk is None or channel is None or post is None:
        return _stopped(record, event, _unknown(), case=case, at=at)
    made = drafting.publications(record, event.reading, case, post=post, channel=channel)
    if approvals.is_outdated(record.letter(event.reading.fingerprint), made):
        changed = Finding(
            gate="G11", reason="approval", outcome=LetterOutcome.HELD, detail="it says something else now"
        )
        return _stopped(record, event, changed, case=case, at=at)
    ordered = commanding.commanded(record, event, case, at=at)
    if not desk.live:
        notices = [_rehearsed(record, publication, event, now=at.now) for publication in made]
        decision = replace(ordered, intents=(*ordered.intents, *at.tell(*notices)))
        return _filed(decision, event, LetterOutcome.ANSWER, at=at, reason="rehearsal")
    decision = cancelling.corrected(ordered, event, post.id, at=at)
    decision = approvals.overruled(decision, event, case, made=made, at=at)
    for publication in made:
        publish = _publish(record, publication, event, desk=desk, passed=passed, now=at.now)
        decision = _with(decision, publish, due=at.now + desk.undo_for(case.visibility), now=at.now)
    if event.reading.asks("all"):
        decision = sharing.accepted(decision, event, post, passed=passed, at=at)
    return _filed(decision, event, LetterOutcome.ANSWER, at=at)


def _publish(
    record: Record,
    publication: Publication,
    event: LetterRead,
    *,
    desk: DeskPolicy,
    passed: gates.Passed,
    now: datetime,
) -> Publish:
    return Publish(
        publication=publication,
        conversation=record.id,
        agent=event.reading.sender,
        gates=passed.gates,
        letter=event.reading.fingerprint,
        publish_by=now + desk.publish_by,
        waived=passed.waived,
        notify=event.reading.sender,
        desk=desk.name,
    )


def _with(decision: Decision, publish: Publish, *, due: datetime, now: datetime) -> Decision:
    """The decision with one publication more."""
    assert decision.record is not None
    intent = Intent(effect=publish, at=due, priority=decision.record.priority)
    after = decision.record.with_given(render.given(publish, now))
    return replace(decision, record=after, intents=(*decision.intents, intent))


def _rehearsed(record: Record, publication: Publication, event: LetterRead, *, now: datetime) -> Notice:
    reading = event.reading
    return wording.rehearsed(record, publication, others=event.others, desk=reading.desk, to=reading.sender, now=now)


def _stopped(record: Record | None, event: LetterRead, finding: Finding, *, case: Case, at: Moment) -> Decision:
    """File it with its reason; tell the verified sender, and the operator where it alarms."""
    after = record
    if record and finding.outcome is LetterOutcome.HELD:
        after = record.with_held(_held(record, event, finding, at.now))
    notices = [notice for notice in (_told(record, event, finding, case=case, now=at.now),) if notice]
    subject = record.id if record else event.inbox
    alarms = (
        operators.alert(at.policy, finding.reason, subject=subject, now=at.now) if finding.reason in ALARMING else ()
    )
    if finding.outcome is LetterOutcome.BOUNCE and event.reading.bounce and event.reading.bounce.permanent:
        alarms = operators.alert(at.policy, "bounced", subject=subject, now=at.now)
    intents = (*at.tell(*notices), *at.tell(*alarms))
    decision = Decision(record=after, intents=intents, switches=_revoked(after, finding))
    if finding.reason == approvals.REASON:
        decision = approvals.asked(decision, event, case, at=at)
    return _filed(decision, event, finding.outcome, at=at, reason=finding.reason, detail=finding.detail)


def _revoked(record: Record | None, finding: Finding) -> tuple[Switch, ...]:
    """An address that unproven senders keep using is known to strangers: end it (A02)."""
    if record is None or finding.reason != "sender_unproven":
        return ()
    strangers = [letter for letter in record.held if letter.reason == "sender_unproven"]
    switch = Switch(name=f"conversation:{record.id}", value="revoked", by="gate G5")
    return (switch,) if len(strangers) >= UNPROVEN else ()


def _held(record: Record, event: LetterRead, finding: Finding, now: datetime) -> HeldLetter:
    known = record.letter(event.reading.fingerprint)
    if known is not None:
        return replace(known, reason=finding.reason)
    reading = event.reading
    return HeldLetter(fingerprint=reading.fingerprint, reason=finding.reason, sender=reading.sender, at=now)


def _told(record: Record | None, event: LetterRead, finding: Finding, *, case: Case, now: datetime) -> Notice | None:
    """What the sender is told: nobody but a sender who is allowed and proven ever gets an answer."""
    wanted = finding.outcome in {LetterOutcome.HELD, LetterOutcome.REFUSED}
    if record is None or not wanted or not gates.may_be_told(case):
        return None
    reading = event.reading
    overrun = drafting.overrun(case) if finding.reason == "too_long" else None
    if overrun is not None:
        whole = case.channel is not None and case.channel.limits.one_answer
        return wording.too_long(record, reading, overrun, whole=whole, desk=reading.desk, to=reading.sender, now=now)
    return wording.held(record, reading, finding, desk=reading.desk, to=reading.sender, now=now)


def _filed(
    decision: Decision, event: LetterRead, outcome: LetterOutcome, *, at: Moment, reason: str = "", detail: str = ""
) -> Decision:
    """The decision with the letter's outcome, once for each time that it is read."""
    reading, record = event.reading, decision.record
    held = record.letter(reading.fingerprint) if record else None
    turn = f"|{held.turns}" if held and held.turns else ""
    once = f"letter|{reading.fingerprint}{turn}"
    if record and held and outcome is not LetterOutcome.HELD:
        record = record.without_held(reading.fingerprint)
    fact = Fact(
        key=once,
        kind="letter",
        at=at.now,
        conversation=record.id if record else "",
        channel=record.key.channel if record else "",
        actor=reading.sender,
        detail={"outcome": str(outcome), "reason": reason, "label": reading.label, "inbox": event.inbox},
    )
    filed = Filed(
        fingerprint=reading.fingerprint,
        inbox=event.inbox,
        outcome=outcome,
        reason=reason,
        received=event.received,
        raw=event.raw,
        conversation=record.id if record else "",
        sender=reading.sender,
        message_id=reading.message_id,
        detail=detail,
    )
    return replace(decision, once=once, record=record, facts=(*decision.facts, fact), filed=filed)
