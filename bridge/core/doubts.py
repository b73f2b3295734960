"""Every doubt that keeps a standard response from being published without an agent: questions to a post, its verdict and its conversation."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.core import lookalikes, particulars
from bridge.core.conversation import Record
from bridge.core.model import PRIVATE_KINDS, Post, Verdict, Visibility
from bridge.core.policy import Policy

FRESH = timedelta(hours=2)
"""How old a post may be: later somebody has seen it, or it was caught up after an outage."""

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
