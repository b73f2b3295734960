"""A letter before the gates: what it says, and everything that they may know besides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cached_property

from bridge.core import leads
from bridge.core.consent import Consent
from bridge.core.conversation import HeldLetter, Record, Sent
from bridge.core.effects import Publish, Row, State
from bridge.core.model import Post, Visibility
from bridge.core.policy import ChannelPolicy, DeskPolicy
from bridge.core.replies import Reading

STAMP = timedelta(seconds=1)
"""Mail stores stamp what they receive with whole seconds, so a letter may look this much older than it is."""


class Waiver(IntEnum):
    """Who may let a letter pass a gate that held it; who stands higher may do what the lower may."""

    SENDER = 1
    """The verified sender, by `#release`."""
    OPERATOR = 2
    """An operator, by command."""
    NOBODY = 3
    """It opens by itself once its cause is gone, or never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many publications there were already, in the hour or day before now (D03)."""

    conversation_hour: int = 0
    conversation_day: int = 0
    desk_hour: int = 0
    agent_hour: int = 0


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that is known when a letter is judged."""

    reading: Reading
    record: Record | None
    """Of the conversation that the signed address names; None where it is not kept."""
    desk: DeskPolicy | None
    channel: ChannelPolicy | None
    reply_domain: str
    now: datetime
    received: datetime
    words: tuple[str, ...]
    """The exact texts that would be published, one for each part, standard responses and mentions filled in."""
    switches: Mapping[str, str] = field(default_factory=dict)
    """What operators switched by command: see bridge.core.decision.Switch."""
    seen: bool = False
    """Whether another letter already brought the same words to the same post (A07)."""
    doubtful: bool = False
    """Whether the inbox lost its place, so that the letter may be an old one (C10)."""
    counts: Counts = field(default_factory=Counts)
    private_texts: tuple[str, ...] = ()
    """What the same customer wrote in private, on any channel (B03)."""
    rows: tuple[Row, ...] = ()
    """The conversation's publications that are not settled yet."""
    approve_by: tuple[str, ...] = ()
    """Who must approve by the verdict of triage; what the desk and the agent's own entry demand comes on top."""
    approved_by: str = ""
    """Mailbox of the lead who approved exactly these words."""
    asked: tuple[str, ...] = ()
    """Mailboxes that were asked to approve them."""
    waived: Mapping[str, Waiver] = field(default_factory=dict)
    """Reasons that a person released this letter from, and with which right."""
    others: int = 0
    """How many joined the ticket, where the answer shall go to all of them."""
    consent: Consent | None = None
    """What the customer last said about text messages from us."""
    member: Post | None = None
    """The post of one of them, where it is asked whether the answer may go to that one."""

    @cached_property
    def answered(self) -> Sent | None:
        """The proxy that the letter answers."""
        return answered(self.record, self.reading, received=self.received) if self.record else None

    @cached_property
    def post(self) -> Post | None:
        """The post that the letter answers."""
        if self.member is not None:
            return self.member
        return self.record.post(self.answered.post) if self.record and self.answered else None

    @property
    def corrected(self) -> tuple[Row, ...]:
        """What certainly still waits of the sender's own turn that this one corrects."""
        return corrected(self.rows, self.reading)

    @property
    def asked_about(self) -> HeldLetter | None:
        """The answer that waits for approval and that a lead's mail is about: by the mail that asked for it, else the only one."""
        waiting, named = self._waiting, self._answers
        found = [held for held in waiting if named.intersection(held.asked)]
        proxies = {sent.message_id.lower() for sent in self.record.sent} if self.record else set()
        if found or not proxies.issuperset(named):
            return found[-1] if found else None
        return waiting[0] if len(waiting) == 1 else None

    @property
    def overruled(self) -> HeldLetter | None:
        """Somebody else's answer that waits for approval, where a lead answers the mail that asked for it in other words."""
        held = self.asked_about
        asked = held is not None and self._answers.intersection(held.asked)
        return held if held and asked and held.sender != self.reading.sender else None

    @property
    def may_approve(self) -> bool:
        """Whether the sender is one who may be asked about answers at this desk."""
        return self.desk is not None and self.reading.sender in leads.all_of(self.desk, self.approve_by)

    @property
    def _answers(self) -> frozenset[str]:
        """The mail that the letter says it answers; our own Message-IDs are lower case."""
        return frozenset(name.lower() for name in self.reading.in_reply_to[:1])

    @property
    def _waiting(self) -> list[HeldLetter]:
        """The answers that wait for an approval that the sender may give."""
        return [held for held in self.record.held if self._is_theirs(held)] if self.record else []

    def _is_theirs(self, held: HeldLetter) -> bool:
        """Whether a held letter waits for the sender's yes; never for that of its writer."""
        if self.desk is None or held.reason != "approval" or held.rejected:
            return False
        asked = held.proposal.asked if held.proposal else ()
        return self.reading.sender in leads.allowed(self.desk, self.approve_by, held.sender, asked=asked)

    @property
    def visibility(self) -> Visibility:
        """Who shall read the answer: it can be narrower than the conversation, never wider (law 9)."""
        private = self.record is None or self.record.key.visibility is not Visibility.PUBLIC
        return Visibility.PRIVATE if private or self.reading.asks("private") else Visibility.PUBLIC


def corrected(rows: tuple[Row, ...], reading: Reading) -> tuple[Row, ...]:
    """The rows of the turn that a reading corrects, where its sender said both and nothing was tried yet."""
    waiting = (row for row in rows if row.state is State.READY and row.attempt == 0)
    return tuple(row for row in waiting if isinstance(row.effect, Publish) and _same_turn(row.effect, reading))


def _same_turn(publish: Publish, reading: Reading) -> bool:
    return publish.agent == reading.sender and publish.letter == reading.corrects


def answered(record: Record, reading: Reading, *, received: datetime) -> Sent | None:
    """The proxy that a letter answers.

    The newest one that its thread headers name among this conversation's own; else the newest that was there
    when the letter came: nobody answers what was not yet written.
    """
    own = {sent.message_id.lower(): sent for sent in record.sent}
    named = next((own[name.lower()] for name in reading.in_reply_to if name.lower() in own), None)
    if named is not None:
        return named
    earlier = [sent for sent in record.there if sent.at <= received + STAMP]
    return max(earlier or record.sent[:1], key=lambda sent: sent.at, default=None)
