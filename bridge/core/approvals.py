"""Answers that wait for a second pair of eyes: who is asked, with what, and what happens where nobody answers.

writer's letter ─► held, its words kept as the proposal ─► one mail to each who may approve
  `#approve`       the letter is read anew, and published only where it still says the very words of the proposal
  other words      they are published in place of the proposal, and the writer sees what changed
  silence          the desk's other leads are asked, then the operator hears of it
  newer words      take the place of the proposal; those who are asked see what changed
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bridge.core import approval_wording, drafting, leads, orders
from bridge.core.case import Case
from bridge.core.conversation import HeldLetter, Proposal, Record
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Intent, Tell
from bridge.core.events import ApprovalWaited, LetterRead
from bridge.core.model import Visibility
from bridge.core.moment import Moment
from bridge.core.publications import PublicAnswer, Publication

REASON = "approval"
SUPERSEDED = "newer words took its place"
"""Why an answer that waited is published no more; its writer knows, or was told with what changed."""


def asked(decision: Decision, event: LetterRead, case: Case, *, at: Moment) -> Decision:
    """The decision with everybody asked who must look at the letter first, and an older answer of its writer ended."""
    record, desk, channel, post = decision.record, case.desk, case.channel, case.post
    held = record.letter(event.reading.fingerprint) if record else None
    if record is None or held is None or desk is None or channel is None or post is None:
        return decision
    made = drafting.publications(record, event.reading, case, post=post, channel=channel)
    older = _older(record, held, post.id)
    before = held.proposal or (older[-1].proposal if older else None)
    first = leads.asked_first(desk, case.approve_by, held.sender) or leads.asked_next(desk, held.sender, asked=())
    proposal = _proposal(made, post.id, desk=desk.name, before=before, asked=first, now=at.now)
    proposal = replace(proposal, others=event.others)
    outdated = held.outdated + bool(held.approved_by)
    held = replace(held, proposal=proposal, approved_by="", outdated=outdated)
    decision = _asking(replace(decision, record=record.with_held(held)), held, to=first, at=at)
    for letter in older:
        decision = ended(decision, letter, by=held.sender, now=at.now)
    return decision


def ended(decision: Decision, letter: HeldLetter, *, by: str, now: datetime) -> Decision:
    """The decision with an answer that waits never published, because newer words took its place."""
    if decision.record is None:
        return decision
    again = orders.reread(decision.record, replace(letter, rejected=SUPERSEDED), by=by, now=now)
    return orders.joined(decision, again)


def approved(held: HeldLetter, by: str) -> HeldLetter:
    """The letter with somebody's yes; one that was given before counts no more."""
    return replace(held, approved_by=by, outdated=held.outdated + bool(held.approved_by))


def not_theirs(case: Case) -> str:
    """Why a yes or no of this sender is about nothing."""
    if not case.may_approve:
        return "only those who are asked may approve or reject an answer"
    return "no answer waits that your mail is surely about: answer the mail that asked you; nobody approves their own"


def taken_back(decision: Decision, event: LetterRead, *, at: Moment) -> Decision:
    """The decision with what its own writer takes back while it waits for approval; the same where nothing of theirs does."""
    record, sender = decision.record, event.reading.sender
    mine = [held for held in record.held if held.sender == sender and _waits(held)] if record else []
    for letter in mine:
        decision = ended(decision, letter, by=sender, now=at.now)
        if decision.record and letter.proposal:
            notice = approval_wording.taken_back(
                decision.record, letter, letter.proposal, desk=event.reading.desk, now=at.now
            )
            decision = replace(decision, intents=(*decision.intents, *at.tell(notice)))
    return decision


def overruled(
    decision: Decision, event: LetterRead, case: Case, *, made: Sequence[Publication], at: Moment
) -> Decision:
    """The decision once a lead answered in other words: the proposal is ended, its writer sees what changed."""
    letter, record = case.overruled, decision.record
    if letter is None or record is None:
        return decision
    by, texts = event.reading.sender, tuple(publication.text for publication in made)
    decision = ended(decision, letter, by=by, now=at.now)
    if letter.proposal is None:
        return decision
    notice = approval_wording.other_words(
        record, letter, letter.proposal, said=texts, by=by, desk=event.reading.desk, now=at.now
    )
    return replace(decision, intents=(*decision.intents, *at.tell(notice)))


def is_outdated(held: HeldLetter | None, made: Sequence[Publication]) -> bool:
    """Whether somebody approved other words than would go out now: a standard response was changed since, or the audience."""
    proposal = held.proposal if held and held.approved_by else None
    return proposal is not None and (proposal.texts, proposal.visibility) != _said(made)


def overdue(record: Record | None, event: ApprovalWaited, *, at: Moment) -> Decision:
    """Ask the desk's other leads about an answer that waits too long; nothing where it does not, or nobody is left."""
    held = record.letter(event.letter) if record else None
    if record is None or held is None or held.proposal is None or not may_escalate(held, at):
        return Decision()
    more = _others(held, at)
    proposal = replace(held.proposal, asked=(*held.proposal.asked, *more), since=at.now)
    held = replace(held, proposal=proposal)
    fact = Fact(
        key=f"approval_escalated|{held.fingerprint}|{len(proposal.asked)}",
        kind="approval_escalated",
        at=at.now,
        conversation=record.id,
        channel=record.key.channel,
        detail={"desk": proposal.desk},
    )
    decision = Decision(once=fact.key, record=record.with_held(held), facts=(fact,))
    return _asking(decision, held, to=more, at=at)


def is_due(held: HeldLetter, at: Moment) -> bool:
    """Whether those who were asked about an answer kept silent for as long as its desk lets them."""
    proposal = held.proposal
    desk = at.policy.desks.get(proposal.desk) if proposal else None
    if not _waits(held) or desk is None or proposal is None:
        return False
    return not proposal.asked or at.now - proposal.since >= desk.approve_within


def may_escalate(held: HeldLetter, at: Moment) -> bool:
    """Whether an answer is due and there are leads who were not asked."""
    return is_due(held, at) and bool(_others(held, at))


def is_left_alone(held: HeldLetter, at: Moment) -> bool:
    """Whether an answer is due and nobody is left to ask: the operator should know."""
    return is_due(held, at) and not _others(held, at)


def _others(held: HeldLetter, at: Moment) -> tuple[str, ...]:
    """The leads who were not asked yet."""
    proposal = held.proposal
    desk = at.policy.desks.get(proposal.desk) if proposal else None
    return leads.asked_next(desk, held.sender, asked=proposal.asked) if desk and proposal else ()


def _asking(decision: Decision, held: HeldLetter, *, to: Sequence[str], at: Moment) -> Decision:
    """The decision with a mail to each of these; a yes counts for what it shows."""
    record, proposal = decision.record, held.proposal
    post = record.post(proposal.post) if record and proposal else None
    if record is None or proposal is None or post is None:
        return decision
    notices = [
        approval_wording.wanted(record, post, held, proposal, desk=proposal.desk, to=lead, now=at.now) for lead in to
    ]
    intents: tuple[Intent, ...] = at.tell(*notices)
    ids = tuple(intent.effect.sealed.message_id for intent in intents if isinstance(intent.effect, Tell))
    held = replace(held, asked=tuple(dict.fromkeys((*held.asked, *ids))))
    return replace(decision, record=record.with_held(held), intents=(*decision.intents, *intents))


def _proposal(
    made: Sequence[Publication], post: str, *, desk: str, before: Proposal | None, asked: tuple[str, ...], now: datetime
) -> Proposal:
    texts, visibility = _said(made)
    files = sum(len(publication.media) for publication in made)
    earlier = before.texts if before and before.texts != texts else ()
    return Proposal(
        desk=desk, post=post, texts=texts, visibility=visibility, files=files, before=earlier, asked=asked, since=now
    )


def _older(record: Record, held: HeldLetter, post: str) -> list[HeldLetter]:
    """What the same agent wrote to the same post before, and waits as well."""
    return [
        letter
        for letter in record.held
        if _waits(letter)
        and letter.sender == held.sender
        and letter.fingerprint != held.fingerprint
        and letter.proposal is not None
        and letter.proposal.post == post
    ]


def _waits(letter: HeldLetter) -> bool:
    return letter.reason == REASON and not letter.rejected


def _said(made: Sequence[Publication]) -> tuple[tuple[str, ...], Visibility]:
    """The words of an answer, and who shall read them."""
    public = any(isinstance(publication, PublicAnswer) for publication in made)
    texts = tuple(publication.text for publication in made)
    return texts, Visibility.PUBLIC if public else Visibility.PRIVATE
