"""(state, event, now) → Decision: the one door to everything that the core decides about a conversation.

A page of a channel concerns many conversations and is sorted out first (arrivals.py); every other event belongs
to one conversation, whose record is the state that is decided upon.
Each decision lives in the file of its subject: verdicts in triage.py, outcomes of effects in settle.py, what
customers and others change on the platform in changes.py, agents' letters in answering.py, operators' words in
orders.py and unsettled.py, a second pair of eyes in approvals.py, what is done on the platform besides speaking in
acting.py, answers to all who joined a ticket in sharing.py and members.py, words that end text messages in
consenting.py; the phase table is in phases.py and the states of the outbox in effects.py.
"""

from bridge.core import (
    acting,
    answering,
    approvals,
    changes,
    consenting,
    grouping,
    orders,
    settle,
    sharing,
    triage,
    unsettled,
)
from bridge.core.conversation import Record
from bridge.core.decision import Decision
from bridge.core.events import (
    AnsweredByOthers,
    AnsweredNatively,
    ApprovalWaited,
    ConversationClosed,
    ConversationReopened,
    DeedOrdered,
    Doubted,
    EffectDropped,
    EffectRetried,
    GroupGrew,
    HeldConfirmed,
    HeldReleased,
    LetterDropped,
    LetterRead,
    LetterReleased,
    NotFound,
    Performed,
    PostDeleted,
    PostEdited,
    PostJudged,
    Postponed,
    Refused,
    Undelivered,
    Withdrawn,
    WordSaid,
)
from bridge.core.moment import Moment
from bridge.core.share_events import FollowedUp, LeftBehind, Reached, ShareEnded, ShareStepped

Order = (
    LetterReleased
    | LetterDropped
    | HeldReleased
    | HeldConfirmed
    | EffectDropped
    | EffectRetried
    | ConversationClosed
    | ConversationReopened
    | DeedOrdered
)
"""An operator's word."""

Event = (
    PostJudged
    | WordSaid
    | PostEdited
    | PostDeleted
    | AnsweredNatively
    | AnsweredByOthers
    | Undelivered
    | GroupGrew
    | Performed
    | Postponed
    | Refused
    | Doubted
    | NotFound
    | Withdrawn
    | LetterRead
    | ApprovalWaited
    | Order
    | Reached
    | LeftBehind
    | ShareStepped
    | ShareEnded
    | FollowedUp
)


def decide(record: Record | None, event: Event, *, at: Moment) -> Decision:
    """Everything that follows from an event; the same arguments always give the same decision."""
    match event:
        case PostJudged():
            return triage.judged(record, event, at=at)
        case Performed() | Postponed() | Refused() | Doubted() | NotFound() | Withdrawn():
            return settle.settled(record, event, at=at)
        case PostEdited() | PostDeleted() | AnsweredNatively() | AnsweredByOthers() | Undelivered():
            return changes.changed(record, event, at=at)
        case WordSaid():
            return consenting.said(record, event, at=at)
        case GroupGrew():
            return grouping.grew(record, event, at=at)
        case Reached() | LeftBehind() | ShareStepped() | ShareEnded() | FollowedUp():
            return sharing.shared(record, event, at=at)
        case LetterRead() | ApprovalWaited():
            return _written(record, event, at=at)
        case _:
            return _ordered(record, event, at=at)


def _written(record: Record | None, event: LetterRead | ApprovalWaited, *, at: Moment) -> Decision:
    """What follows from a letter, or from a lead's silence about one."""
    if isinstance(event, LetterRead):
        return answering.answered(record, event, at=at)
    return approvals.overdue(record, event, at=at)


def _ordered(record: Record | None, event: Order, *, at: Moment) -> Decision:
    """What follows from an operator's word."""
    match event:
        case EffectRetried() | EffectDropped():
            return unsettled.ordered(record, event, at=at)
        case DeedOrdered():
            return acting.ordered(record, event, at=at)
        case _:
            return orders.ordered(record, event, now=at.now)
