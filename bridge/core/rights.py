"""The first gates, G0 to G6: is it a mail of this conversation, from a person, whom we know, for the first time?

Each says why a letter may not pass, in a lower-case sentence without anybody's private text; None where it may.
"""

from collections.abc import Mapping

from bridge.core import leads
from bridge.core.case import STAMP, Case
from bridge.core.conversation import Phase
from bridge.core.policy import DeskPolicy, Way
from bridge.core.replies import LetterKind

PROOFS = frozenset({"dmarc", "dkim", "internal", "signature", "session"})
"""The ways to prove a sender (G5)."""

REVOKED = "revoked"
"""What a switch says that ends a right."""


def unparsable(case: Case) -> str | None:
    """G0: a letter that cannot be read says nothing."""
    return case.reading.unparsable or None


def no_token(case: Case) -> str | None:
    """G1 (A01, A11): without a signed address of ours it is no reply, whatever its thread headers say."""
    if case.reading.conversations or case.reading.forged:
        return None
    return "no reply address of ours is among the recipients"


def many_tokens(case: Case) -> str | None:
    """G1 (A10): an answer to several conversations at once is published in none."""
    count = len(case.reading.conversations) + case.reading.forged
    if count > 1 and case.reading.conversations:
        return f"{count} of our reply addresses are among the recipients: answer each mail by itself"
    return None


def bad_token(case: Case) -> str | None:
    """G2 (A09): told to nobody outside."""
    return None if case.reading.conversations else "the reply address is not one that we made"


def many_conversations(case: Case) -> str | None:
    """G2: an address of a person, and nothing in the letter that chooses among that person's conversations."""
    if case.reading.ambiguous > 1:
        return f"the customer has {case.reading.ambiguous} conversations, and the letter does not say which it answers"
    return None


def unknown_conversation(case: Case) -> str | None:
    """G2: a right address of something that is not kept, or was never sent to a desk."""
    if case.record is None or (case.record.id,) != case.reading.conversations or case.answered is None:
        return "the conversation of this reply address is not kept any more"
    return None


def desk_missing(case: Case) -> str | None:
    """G2: the address names a desk whose rules we do not have."""
    if case.desk is None or case.desk.name != case.reading.desk:
        return "the desk of this reply address is not configured"
    return None


def revoked(case: Case) -> str | None:
    """G2: taken back by an operator, or after too many unproven senders (A02)."""
    names = (f"conversation:{case.reading.conversations[0]}", f"answers:{case.reading.desk}")
    return "this reply address was revoked" if REVOKED in map(case.switches.get, names) else None


def is_taken_back(switches: Mapping[str, str], *, conversation: str, desk: str, agent: str) -> bool:
    """Whether the right was revoked by which an answer was accepted: of its conversation, its desk or its agent (A06)."""
    names = (f"conversation:{conversation}", f"answers:{desk}", f"agent:{agent}")
    return REVOKED in map(switches.get, names)


def late(case: Case) -> str | None:
    """G2 (A08, B16): the address expired, the letter lay too long, what it corrects is out, or the conversation is closed."""
    desk, sent, record = the_desk(case), case.answered, case.record
    if sent is None or case.now - sent.at > desk.expires:
        return "the mail that it answers is older than answers are taken for"
    if case.now - case.received > desk.publish_by:
        return "it lay longer than an answer may wait before it is published"
    if case.reading.corrects and not case.corrected and not case.reading.asks("cancel"):
        return "the words that it corrects do not wait any more"
    if record is not None and record.phase is Phase.CLOSED and case.words and not case.reading.asks("reopen"):
        return "the conversation is closed: write #reopen on the first line"
    return None


def bounce(case: Case) -> str | None:
    """G3 (A13)."""
    return "a mail server reports on a delivery" if case.reading.kind is LetterKind.BOUNCE else None


def machine(case: Case) -> str | None:
    """G3 (A12, A13, A15): only what was recognised as a reply passes."""
    reading = case.reading
    return None if reading.kind is LetterKind.REPLY else f"it is automatic mail ({reading.label or reading.kind})"


def acknowledgement(case: Case) -> str | None:
    """G3 (A14, A15): the target's own automatic texts, with whatever headers they come."""
    said = _folded(f"{case.reading.subject}\n{case.reading.text}")
    if any(_folded(phrase) in said for phrase in the_desk(case).acknowledgements if phrase.strip()):
        return "it holds a text of the target's automatic answers"
    return None


def too_soon(case: Case) -> str | None:
    """G3 (A14): words that came sooner than a person types; commands may be one click."""
    desk, sent = the_desk(case), case.answered
    if not case.reading.text.strip() or (sent is not None and case.received + STAMP - sent.at > desk.min_typing):
        return None
    return f"it came less than {desk.min_typing.total_seconds():.0f} s after the mail that it answers"


def first_answer(case: Case) -> str | None:
    """G3 (A14): an operator must once have seen that people's answers come back from a system and nothing else."""
    desk = the_desk(case)
    confirmed = desk.first_answer_confirmed or case.switches.get(f"desk:{desk.name}") == "confirmed"
    despite_header = case.reading.sender in lower(desk.human_despite_header)
    if confirmed or (desk.way is Way.AGENTS and not despite_header):
        return None
    return f"nobody confirmed yet that a person writes the answers of desk {desk.name}"


def sender_not_allowed(case: Case) -> str | None:
    """G4 (A03, A05, A17): exactly one mailbox in From, on the list, and so is Sender where there is one."""
    reading = case.reading
    if not reading.sender or reading.sender_trouble:
        return reading.sender_trouble or "the sender is not exactly one mailbox"
    refused = [box for box in (reading.sender, reading.submitter) if box and not _may_speak(case, box)]
    return f"{refused[0]} may not answer at desk {the_desk(case).name}" if refused else None


def sender_unproven(case: Case) -> str | None:
    """G5 (A02, A04, A16): our own server says who sent it, or nobody does."""
    proof = case.reading.proof
    if proof not in PROOFS:
        return "our mail server did not prove who sent it"
    if proof == "internal" and case.reading.sender not in lower(the_desk(case).internal_senders):
        return "the sender is not one that only authenticated colleagues can use"
    return None


def replay(case: Case) -> str | None:
    """G6 (A07)."""
    return "it was already taken" if case.seen else None


def doubtful(case: Case) -> str | None:
    """G6 (C10)."""
    return "the mailbox lost its place, and this may be an old mail" if case.doubtful else None


def the_desk(case: Case) -> DeskPolicy:
    """The desk; raises LookupError without one, so that a gate that needs it stays shut."""
    if case.desk is None:
        raise LookupError
    return case.desk


def lower(mailboxes: tuple[str, ...]) -> frozenset[str]:
    """Mailboxes as they are compared."""
    return frozenset(mailbox.lower() for mailbox in mailboxes)


def _may_speak(case: Case, mailbox: str) -> bool:
    desk = the_desk(case)
    if case.switches.get(f"agent:{mailbox}") == REVOKED:
        return False
    if any(a.mailbox.lower() == mailbox and a.until is not None and a.until <= case.now for a in desk.agents):
        return False
    listed = tuple(a.mailbox for a in desk.agents) if desk.way is Way.AGENTS else desk.system_senders
    return mailbox in lower(listed) | leads.all_of(desk, case.approve_by)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
