"""A standard response that is published without an agent: the answer that is intended, what overtakes it, and what its ticket hears."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bridge.core import gates, render, responses, wording
from bridge.core.case import Case
from bridge.core.conversation import Given, Phase, PublicConversation, Record, Sent, opened
from bridge.core.effects import Publish
from bridge.core.model import Post, PostKey, Verdict
from bridge.core.moment import Moment
from bridge.core.notes import moment
from bridge.core.policy import DeskPolicy, Policy
from bridge.core.proxies import Notice
from bridge.core.publications import PublicAnswer
from bridge.core.replies import Finding, LetterKind, Reading

AGENT = "bridge"
"""Stands where an answer names its agent; no mailbox is called so."""

GRANTED = "granted"

DAY = timedelta(hours=24)
"""Within which nobody gets a second one."""

PATIENCE = timedelta(hours=1)
"""How much later than planned one may go out; then the moment is over."""

_STORM = "storm"

WHY: Mapping[str, str] = {
    "off": "automatic answers are switched off",
    "rehearsal": "the desk is in rehearsal",
    "approval": "answers of this desk need an approval",
    "private": "the post is private",
    "impossible": "the platform takes no public answer from us here",
    "repost": "it repeats somebody else's post",
    "late": "the post is not fresh any more",
    "open": "the conversation is not new",
    "ours": "the author is one of our accounts, or looks like one",
    "program": "the author's name is that of a program",
    "answers_us": "the post answers something that we said",
    "storm": "the channel is in a storm",
    "sensitive": "its tags, labels or words want a person",
    "particulars": "the post holds personal particulars",
    "unknown_response": "there is no such standard response",
    "words": "the response may not be published under this post",
    "person": "the customer had one within a day",
    "thread": "another one stands in the thread",
    "budget": "the channel's budget is used up",
    "overtaken": "somebody else answered",
    "target_changed": "the post was changed since",
    "closed": "the conversation was closed",
    "erased": "the conversation is not kept any more",
    "cancelled": "it was cancelled",
    "replaced": "an agent's words take its place",
    "withheld": "it was stopped before",
    "refused": "the platform refused it",
    "operator": "an operator gave it up",
}
"""Every reason why none goes out, as tickets say it."""


def letter(key: PostKey) -> str:
    """What stands for the letter that nobody wrote: one for each post, whatever its words become."""
    return sha256(f"automatic\x1f{key}".encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The answer that is intended, or why there is none."""

    publish: Publish | None
    due: datetime
    refused: str = ""

    @property
    def remark(self) -> str:
        """What the ticket says of it."""
        if self.publish is None:
            return f"Automatic: no answer goes out by itself, {WHY.get(self.refused, self.refused)}."
        words = " ".join(self.publish.publication.text.split())
        return (
            f"Automatic: at {moment(self.due)} this goes out as our answer, unless you answer before, "
            f"or write a line #cancel: {words}"
        )


def spoken(record: Record, post: Post, verdict: Verdict, *, grant: str, desk: DeskPolicy, at: Moment) -> Spoken:
    """The publication of the response that the route names, through every gate that asks about words; the record has the post."""
    due = at.now + max(desk.undo, at.policy.automatic.undo)
    if grant != GRANTED:
        return Spoken(publish=None, due=due, refused=grant or "off")
    channel = at.policy.channels[post.channel]
    text = responses.chosen(at.policy.responses, verdict.auto_answer, post, platform=channel.platform)
    if not text:
        return Spoken(publish=None, due=due, refused="unknown_response")
    passed = gates.walk_automatic(_case(record, post, verdict, text=text, desk=desk, at=at))
    conversation = opened(record)
    if isinstance(passed, Finding) or not isinstance(conversation, PublicConversation):
        return Spoken(publish=None, due=due, refused="words")
    draft = render.Draft(letter=letter(post.key), part=1, text=text)
    answer = render.public_answer(conversation, post, draft, channel=channel)
    if not isinstance(answer, PublicAnswer):
        return Spoken(publish=None, due=due, refused="words")
    publish = Publish(
        publication=answer,
        conversation=record.id,
        agent=AGENT,
        gates=passed.gates,
        letter=draft.letter,
        publish_by=due + PATIENCE,
        waived=(_STORM,) if verdict.auto_in_storm else (),
        desk=desk.name,
        said=post.fingerprint,
    )
    return Spoken(publish=publish, due=due)


def _case(record: Record, post: Post, verdict: Verdict, *, text: str, desk: DeskPolicy, at: Moment) -> Case:
    """The response as if it had come in a letter that answers the post's own proxy."""
    proxy = Sent(
        key="",
        post=post.id,
        fingerprint=post.fingerprint,
        message_id="",
        desk=desk.name,
        text="",
        delimiter="",
        at=at.now,
    )
    reading = Reading(
        fingerprint=letter(post.key),
        conversations=(record.id,),
        desk=desk.name,
        kind=LetterKind.REPLY,
        sender=AGENT,
        text=text,
        confident=True,
    )
    return Case(
        reading=reading,
        record=record.with_sent(proxy),
        desk=desk,
        channel=at.policy.channels[post.channel],
        reply_domain=at.policy.reply_domain,
        now=at.now,
        received=at.now,
        words=(text,),
        approve_by=verdict.approve_by,
    )


def overtaken(publish: Publish, record: Record | None, *, storm: bool, policy: Policy) -> str:
    """Why an answer that nobody wrote must not go out any more; empty where all is as it was."""
    if record is None:
        return "erased"
    if record.phase in {Phase.CLOSED, Phase.LEFT}:
        return "closed"
    others = any(not given.dropped and given.key != publish.key for given in record.given)
    if others or record.phase is Phase.ANSWERED:
        return "overtaken"
    post = record.post(publish.publication.parent)
    if publish.said and (post is None or post.fingerprint != publish.said):
        return "target_changed"
    if storm and _STORM not in publish.waived:
        return "storm"
    desk = policy.desks.get(publish.desk)
    if desk is None or not desk.live:
        return "rehearsal"
    return "" if policy.automatic.on else "off"


_PERHAPS: Mapping[str, str] = {
    "too_late_to_cancel": "It was too late to cancel the automatic answer: it is published, or on its way and perhaps "
    "there already.",
    "unsure": "It is not certain whether the automatic answer stands there, and an operator must say so: please look.",
    "dropped_in_doubt": "It is not certain whether the automatic answer stands there, and an operator decided that "
    "nobody looks for it any more.",
}
"""What became of one that may stand on the platform, as tickets say it."""


def is_ours_alone(given: Given) -> bool:
    """Whether it is an answer that nobody wrote and that does not stand on the platform yet."""
    return given.agent == AGENT and not given.published


def unsaid(record: Record, key: str, reason: str, *, now: datetime) -> Notice:
    """Tell the ticket what became of the answer which it was promised."""
    why = WHY.get(reason, reason.replace("_", " "))
    text = f"The automatic answer did not go out: {why}. The customer has no answer of ours by it."
    text = _PERHAPS.get(reason, text)
    return wording.to_ticket(record, text, reason="unsaid", once=f"{key}|{reason}", now=now)


def was_promised(given: Given, post: str) -> bool:
    """Whether it is an answer under the post that nobody wrote and that never went out."""
    return given.agent == AGENT and given.post == post and given.dropped
