"""What an agent's commands change: each command is one small function on a decision that grows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bridge.core import acting, approvals, cancelling, forwarding, orders, phases, sharing, wishes
from bridge.core.case import Case
from bridge.core.conversation import Given, HeldLetter, Record
from bridge.core.decision import Decision, Fact
from bridge.core.deeds import Deed
from bridge.core.effects import Intent, Settlement, State
from bridge.core.events import LetterRead
from bridge.core.model import Verdict
from bridge.core.moment import Moment
from bridge.core.phases import Step
from bridge.core.policy import Policy
from bridge.core.publications import Posted
from bridge.core.replies import Command, Finding, LetterOutcome
from bridge.core.withdrawing import BY_HAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command with all that it may look at."""

    command: Command
    event: LetterRead
    case: Case
    at: Moment


def commanded(record: Record, event: LetterRead, case: Case, *, at: Moment) -> Decision:
    """Carry out a letter's commands in the order in which they stand."""
    decision = Decision(record=record)
    for command in event.reading.commands:
        carry = _CARRY.get(command.name)
        if carry is not None:
            decision = carry(decision, Order(command=command, event=event, case=case, at=at))
    return decision


def trouble(case: Case, policy: Policy) -> Finding | None:
    """A command about what is not there, about one of several, or that cannot be done: better said than guessed."""
    for command in case.reading.commands:
        if command.name == "escalate" and command.argument.strip().lower() not in policy.desks:
            detail = f"there is no desk {command.argument.strip()[:40]!r} to escalate to"
            return Finding(gate="G8", reason="unknown_command", outcome=LetterOutcome.HELD, detail=detail)
        if command.name in {"approve", "reject"} and case.asked_about is None:
            detail = approvals.not_theirs(case)
            return Finding(gate="G8", reason="unknown_command", outcome=LetterOutcome.HELD, detail=detail)
    if case.reading.asks("all") and not wishes.speaks(case.reading):
        detail = "#all: there are no words in your mail that could go to all"
        return Finding(gate="G8", reason="not_possible", outcome=LetterOutcome.REFUSED, detail=detail)
    if case.reading.asks("split") and case.channel is not None and case.channel.limits.one_answer:
        detail = "#split: the platform takes one answer to a post, so write it more briefly"
        return Finding(gate="G8", reason="not_possible", outcome=LetterOutcome.REFUSED, detail=detail)
    if detail := acting.trouble(case):
        return Finding(gate="G8", reason="not_possible", outcome=LetterOutcome.REFUSED, detail=detail)
    return None


def _cancel(decision: Decision, order: Order) -> Decision:
    """Take back what still waits, also for approval; tell where it was too late."""
    taken = approvals.taken_back(decision, order.event, at=order.at)
    going = taken.record is not None and sharing.going(taken.record)
    if taken is not decision and not order.event.rows and not going:
        return taken
    return cancelling.cancelled(taken, order.event, order.case.record, at=order.at)


def _stepping(step: Step) -> Callable[[Decision, Order], Decision]:
    def carry(decision: Decision, order: Order) -> Decision:
        record = decision.record
        if record is None:
            return decision
        fact = _fact(order, "stepped", {"step": str(step)})
        after = replace(record, phase=phases.after(record.phase, step))
        return replace(decision, record=after, facts=(*decision.facts, fact))

    return carry


def _labelled(decision: Decision, order: Order) -> Decision:
    """Set the conversation aside; the label is what the model learns from."""
    decision = _stepping(Step.SET_ASIDE)(decision, order)
    post = order.case.post
    fact = _fact(order, "labelled", {"label": order.command.name, "post": str(post.key) if post else ""})
    return replace(decision, facts=(*decision.facts, fact))


def _note(decision: Decision, order: Order) -> Decision:
    """The letter itself, kept with the conversation, is the note."""
    return replace(
        decision, facts=(*decision.facts, _fact(order, "noted", {"letter": order.event.reading.fingerprint}))
    )


def _escalate(decision: Decision, order: Order) -> Decision:
    """Make a proxy of the same post for another desk; the letter's own words stay with the letter."""
    record, post = decision.record, order.case.post
    desk = order.at.policy.desks.get(order.command.argument.strip().lower())
    if record is None or post is None or order.case.channel is None or desk is None:
        return decision
    letter = order.event.reading.fingerprint
    verdict = Verdict(route=record.route, desk=desk.name, priority=record.priority)
    inject = forwarding.proxied(record, post, verdict, desk=desk, delimiter=letter[:8], at=order.at, letter=letter)
    intent = Intent(effect=inject, at=order.at.now, priority=record.priority)
    sent = forwarding.sent(inject, at=order.at.now, waits=False, leads=False)
    fact = _fact(order, "escalated", {"desk": desk.name, "post": str(post.key)})
    after = replace(record.with_sent(sent), desk=desk.name, phase=phases.after(record.phase, Step.FORWARDED))
    return replace(decision, record=after, intents=(*decision.intents, intent), facts=(*decision.facts, fact))


def _release(decision: Decision, order: Order) -> Decision:
    """Let what was held go on: the sender's newest held letter, else what of theirs was held at the last moment."""
    record, sender = decision.record, order.event.reading.sender
    held = [letter for letter in record.held if letter.sender == sender] if record else []
    if record is not None and held:
        released = replace(held[-1], waived=(*held[-1].waived, orders.waiver(held[-1], by=sender, operator=False)))
        return orders.joined(decision, orders.reread(record, released, by=sender, now=order.at.now))
    rows = [row for row in order.event.rows if orders.may_release(row, sender)]
    now = order.at.now
    settlements = tuple(
        Settlement(key=row.key, state=State.READY, at=now, effect=orders.waived(row.effect, row.reason, now))
        for row in rows
    )
    return replace(decision, settlements=(*decision.settlements, *settlements))


def _done(decision: Decision, order: Order) -> Decision:
    """The agent answered by hand, or found a doubtful answer under the post: both are on record as answered."""
    record, post = decision.record, order.case.post
    if record is None or post is None:
        return decision
    rows = [row for row in order.event.rows if row.state is State.HELD and row.reason == "unsure"]
    for row in rows:
        posted = Posted(id=f"{BY_HAND} {row.key}")
        settlement = Settlement(key=row.key, state=State.DONE, posted=posted)
        given = record.answer(row.key)
        record = record.with_given(replace(given, published=posted.id)) if given else record
        decision = replace(decision, settlements=(*decision.settlements, settlement))
    if not rows:
        key = f"{BY_HAND}|{order.event.reading.fingerprint}"
        text = order.event.reading.text.strip()
        given = Given(
            key=key,
            text=text,
            at=order.at.now,
            agent=order.event.reading.sender,
            post=post.id,
            visibility=order.case.visibility,
            published=key,
        )
        record = record.with_given(given)
    after = replace(record, phase=phases.after(record.phase, Step.ANSWERED))
    return replace(
        decision, record=after, facts=(*decision.facts, _fact(order, "answered_by_hand", {"post": str(post.key)}))
    )


def _act(decision: Decision, order: Order) -> Decision:
    """Do it on the platform: hide, unhide, like or delete; of an answer to delete, what still waits is taken back."""
    waiting = acting.waiting(order.case) if order.command.name == Deed.DELETE else ()
    decision = cancelling.taken_back(decision, waiting, at=order.at)
    return acting.intended(decision, order.case, acting.DEEDS[order.command.name], at=order.at)


def _split(decision: Decision, order: Order) -> Decision:
    """Alone in a letter: split the sender's newest answer that was too long."""
    if order.event.reading.text.strip():
        return decision
    mine = [h for h in _held(decision, "too_long") if h.sender == order.event.reading.sender and "split" not in h.added]
    return _again(decision, order, replace(mine[-1], added=(*mine[-1].added, "split"))) if mine else decision


def _approve(decision: Decision, order: Order) -> Decision:
    """A lead's yes to the newest answer that waits for one; whether it counts is asked by the gate."""
    waiting = _for_the_lead(decision, order)
    return _again(decision, order, approvals.approved(waiting, order.event.reading.sender)) if waiting else decision


def _reject(decision: Decision, order: Order) -> Decision:
    """A lead's no, with why; the writer is told."""
    waiting, why = _for_the_lead(decision, order), order.command.argument.strip() or "no reason was given"
    return _again(decision, order, replace(waiting, rejected=why)) if waiting else decision


def _for_the_lead(decision: Decision, order: Order) -> HeldLetter | None:
    """The answer that a lead's mail is about, as long as it waits."""
    waiting = order.case.asked_about
    return waiting if waiting in _held(decision, "approval") else None


def _held(decision: Decision, reason: str) -> list[HeldLetter]:
    return [h for h in decision.record.held if h.reason == reason] if decision.record else []


def _again(decision: Decision, order: Order, held: HeldLetter) -> Decision:
    """Have a held letter read anew."""
    if decision.record is None:
        return decision
    return orders.joined(
        decision, orders.reread(decision.record, held, by=order.event.reading.sender, now=order.at.now)
    )


def _fact(order: Order, kind: str, detail: Mapping[str, str]) -> Fact:
    reading = order.event.reading
    return Fact(
        key=f"{kind}|{reading.fingerprint}|{order.command.name}",
        kind=kind,
        at=order.at.now,
        conversation=reading.conversations[0] if reading.conversations else "",
        actor=reading.sender,
        detail=detail,
    )


_CARRY: Mapping[str, Callable[[Decision, Order], Decision]] = {
    "cancel": _cancel,
    "close": _stepping(Step.CLOSED),
    "reopen": _stepping(Step.REOPENED),
    "ignore": _labelled,
    "spam": _labelled,
    "note": _note,
    "escalate": _escalate,
    "release": _release,
    "done": _done,
    "split": _split,
    "approve": _approve,
    "reject": _reject,
    **dict.fromkeys(acting.DEEDS, _act),
}
"""Commands that change something by themselves; private, use and media shape the words (wishes.py)."""
