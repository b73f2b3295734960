"""May a standard response be published without an agent? Every doubt is a no, and the post goes to its desk either way."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bridge.core import gates, lookalikes, particulars, render, responses, wording
from bridge.core.case import Case
from bridge.core.conversation import Given, Phase, PublicConversation, Record, Sent, opened
from bridge.core.effects import Publish
from bridge.core.model import PRIVATE_KINDS, Post, PostKey, Verdict, Visibility
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

FRESH = timedelta(hours=2)
"""How old a post may be: later somebody has seen it, or it was caught up after an outage."""

PATIENCE = timedelta(hours=1)
"""How much later than planned one may go out; then the moment is over."""

_STORM = "storm"

_LABELS = ("risk", "abusive", "spam")
_LIKELY = 0.3
"""A label from which on only people answer: low, since a doubt is a no."""

_PROGRAM = re.compile(r"(?:^|[\W_])(?:bot|robot|autoreply|auto|rss|feed|news)(?:$|[\W_\d])|bot\d*$", re.IGNORECASE)
"""Names of accounts behind which no person sits."""

_CHILD = re.compile(
    r"\b(?:i ?a?[\u2019']?m|ich bin|j[\u2019' ]?ai|tengo|ho|tenho|ik ben|mam|jag \u00e4r)"
    r"(?: only| just| erst| nur| solo| pas| dopiero)? (?:[4-9]|1[0-7])\b(?![.,:]\d|\s?(?:%|km|h\b|min|\u20ac|\$))",
    re.IGNORECASE,
)
"""How children tell their age."""

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
    "closed": "the conversation was closed",
    "erased": "the conversation is not kept any more",
    "cancelled": "it was cancelled",
    "replaced": "an agent's words take its place",
    "withheld": "it was stopped before",
    "refused": "the platform refused it",
}
"""Every reason why none goes out, as tickets say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A post whose route names a standard response, with all that decides upon it."""

    record: Record | None
    post: Post
    verdict: Verdict
    gap: str
    storm: bool
    now: datetime


Hindrance = Callable[[Asked, Policy], bool]


def refusal(asked: Asked, policy: Policy) -> str:
    """The code of why it may not be answered without an agent; empty where only the budget is left to be asked."""
    for code, holds in _HINDRANCES.items():
        if _doubtful(holds, asked, policy):
            return code
    return ""


def _doubtful(holds: Hindrance, asked: Asked, policy: Policy) -> bool:
    """A question that fails has not been answered with yes."""
    try:
        return holds(asked, policy)
    except Exception:  # noqa: BLE001 - whatever goes wrong in a question, nothing is published by itself
        return True


def _rehearsal(asked: Asked, policy: Policy) -> bool:
    return not policy.desks[asked.verdict.desk or ""].live


def _approval(asked: Asked, policy: Policy) -> bool:
    return bool(asked.verdict.approve_by or policy.desks[asked.verdict.desk or ""].approve_by)


def _private(asked: Asked, _policy: Policy) -> bool:
    post = asked.post
    return post.visibility is not Visibility.PUBLIC or post.kind in PRIVATE_KINDS


def _impossible(asked: Asked, policy: Policy) -> bool:
    room = policy.channels[asked.post.channel].limits.room(Visibility.PUBLIC)
    return Visibility.PUBLIC not in asked.post.answers or room <= 0


def _open(asked: Asked, _policy: Policy) -> bool:
    record = asked.record
    return record is not None and bool(record.sent or record.given or record.deleted)


def _ours(asked: Asked, policy: Policy) -> bool:
    author, channel = asked.post.author, policy.channels[asked.post.channel]
    names = (author.name, author.handle)
    known = author.id in channel.own or author.handle.lower() in {ours.lower() for ours in channel.brand}
    return known or any(lookalikes.mixed(name) or lookalikes.resembles(name, channel.brand) for name in names)


def _program(asked: Asked, _policy: Policy) -> bool:
    return any(_PROGRAM.search(name) for name in (asked.post.author.handle, asked.post.author.name))


def _answers_us(asked: Asked, _policy: Policy) -> bool:
    """Two programs that answer each other would never end (D01)."""
    return any(quote.ours for quote in asked.post.context)


def _sensitive(asked: Asked, policy: Policy) -> bool:
    verdict = asked.verdict
    tagged = not policy.automatic.never_tags.isdisjoint(verdict.tags)
    labelled = any(verdict.labels.get(label, 0.0) >= _LIKELY for label in _LABELS)
    return tagged or labelled or _CHILD.search(asked.post.words) is not None


_HINDRANCES: Mapping[str, Hindrance] = {
    "off": lambda _asked, policy: not policy.automatic.on,
    "rehearsal": _rehearsal,
    "approval": _approval,
    "private": _private,
    "impossible": _impossible,
    "repost": lambda asked, _policy: asked.post.is_repost,
    "late": lambda asked, _policy: bool(asked.gap) or asked.now - asked.post.at > FRESH,
    "open": _open,
    "ours": _ours,
    "program": _program,
    "answers_us": _answers_us,
    "storm": lambda asked, _policy: asked.storm and not asked.verdict.auto_in_storm,
    "sensitive": _sensitive,
    "particulars": lambda asked, _policy: bool(particulars.kinds(asked.post.words)),
}
"""What must not be, in the order in which people would ask."""


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
    )
    return Spoken(publish=publish, due=due)


def _case(record: Record, post: Post, verdict: Verdict, *, text: str, desk: DeskPolicy, at: Moment) -> Case:
    """The response as if it had come in a letter that answers the post's own proxy."""
    stub = Sent(
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
        record=record.with_sent(stub),
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
    if any(not given.dropped and given.key != publish.key for given in record.given):
        return "overtaken"
    if storm and _STORM not in publish.waived:
        return "storm"
    desk = policy.desks.get(publish.desk)
    if desk is None or not desk.live:
        return "rehearsal"
    return "" if policy.automatic.on else "off"


def is_ours_alone(given: Given) -> bool:
    """Whether it is an answer that nobody wrote and that does not stand on the platform yet."""
    return given.agent == AGENT and not given.published


def unsaid(record: Record, key: str, reason: str, *, now: datetime) -> Notice:
    """Tell the ticket what became of the answer which it was promised."""
    why = WHY.get(reason, reason.replace("_", " "))
    text = f"The automatic answer did not go out: {why}. The customer has no answer of ours by it."
    if reason == "too_late_to_cancel":
        text = (
            "It was too late to cancel the automatic answer: it is published, or on its way and perhaps there already."
        )
    return wording.to_ticket(record, text, reason="unsaid", once=f"{key}|{reason}", now=now)


def was_promised(given: Given, post: str) -> bool:
    """Whether it is an answer under the post that nobody wrote and that never went out."""
    return given.agent == AGENT and given.post == post and given.dropped
