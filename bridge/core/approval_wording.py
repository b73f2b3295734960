"""What those who approve answers are told, and writers of what was decided about theirs."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bridge.core import showing
from bridge.core.conversation import HeldLetter, Proposal, Record
from bridge.core.differences import differences
from bridge.core.model import Post, Visibility
from bridge.core.phrases import APPROVE, APPROVE_BEFORE, APPROVE_CHANGED, OTHER_WORDS, TAKEN_BACK, Phrase
from bridge.core.proxies import Notice
from bridge.core.wording import quoted, to_agent


def wanted(
    record: Record, post: Post, held: HeldLetter, proposal: Proposal, *, desk: str, to: str, now: datetime
) -> Notice:
    """Ask somebody to approve, with the post and the exact words; once for each of them and what is asked."""
    changed = differences("\n\n".join(proposal.before), "\n\n".join(proposal.texts)) if proposal.before else ""
    values = {
        "post": quoted(post.words),
        "agent": held.sender,
        "how": _how(proposal),
        "said": _parts(proposal.texts),
        "before": APPROVE_BEFORE.format(before=_parts(proposal.before)) if proposal.before else "",
        "changed": APPROVE_CHANGED.format(changed=showing.marked(changed)) if changed else "",
    }
    return to_agent(
        record,
        APPROVE,
        values,
        reason="approval_wanted",
        once=f"{held.fingerprint}|{to}|{held.outdated}",
        desk=desk,
        to=to,
        said="",
        now=now,
    )


def _how(proposal: Proposal) -> str:
    """Who reads it, and what goes with it."""
    audience = " in public" if proposal.visibility is Visibility.PUBLIC else ", to the customer alone"
    files = f", with {proposal.files} file{'s' if proposal.files > 1 else ''}" if proposal.files else ""
    others = f", and to give the same answer to up to {proposal.others:,} others who joined this ticket"
    return f"{audience}{files}{others if proposal.others else ''}"


def _parts(texts: Sequence[str]) -> str:
    """All parts of an answer, each whole: what is approved is shown to the last letter."""
    return "\n\n".join(showing.marked(showing.block(text, len(text)).strip()) for text in texts)


def other_words(
    record: Record, held: HeldLetter, proposal: Proposal, *, said: tuple[str, ...], by: str, desk: str, now: datetime
) -> Notice:
    """Tell a writer that a lead answers in other words, and which; once for each letter."""
    changed = differences("\n\n".join(proposal.texts), "\n\n".join(said))
    values = {
        "lead": by,
        "said": _parts(said),
        "changed": APPROVE_CHANGED.format(changed=showing.marked(changed)) if changed else "",
    }
    return _of_letter(record, held, OTHER_WORDS, reason="other_words", values=values, desk=desk, now=now)


def taken_back(record: Record, held: HeldLetter, proposal: Proposal, *, desk: str, now: datetime) -> Notice:
    """Tell a writer that the answer that waited for approval is cancelled; once for each letter."""
    values = {"said": _parts(proposal.texts)}
    return _of_letter(record, held, TAKEN_BACK, reason="cancelled", values=values, desk=desk, now=now)


def _of_letter(
    record: Record,
    held: HeldLetter,
    phrase: Phrase,
    *,
    reason: str,
    values: Mapping[str, str],
    desk: str,
    now: datetime,
) -> Notice:
    once = f"{held.fingerprint}|{held.outdated}"
    return to_agent(record, phrase, values, reason=reason, once=once, desk=desk, to=held.sender, said="", now=now)
