"""The outside checker of the fault tests: what was lost or doubled, read at the far ends alone (delivery.md 9)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message

from bridge.testing.correspondence import plain

TAG = re.compile(r"\b(?:post|answer)-\d{4,}\b")
"""Each text of a workload has a tag of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the far ends say about a workload."""

    lost: tuple[str, ...]
    """Tags that stand neither at their far end nor among what is held."""
    doubled: tuple[str, ...]
    """Posts under two Message-IDs, and answers that stand there more than once."""
    repeated: int
    """Mails that came again under the same Message-ID: allowed, and counted."""

    @property
    def fine(self) -> bool:
        """Whether nothing was lost and nothing doubled."""
        return not self.lost and not self.doubled


def check(wanted: Iterable[str], *, mails: Sequence[Message], said: Sequence[str], held: Iterable[str] = ()) -> Finding:
    """Compare a workload's tags with the queue's mails and the platform's own record of what we said."""
    ids: dict[str, list[str]] = {}
    for mail in mails:
        for tag in dict.fromkeys(TAG.findall(_own(mail))):
            ids.setdefault(tag, []).append(str(mail["Message-ID"]))
    answers = [tag for text in said for tag in TAG.findall(text)]
    arrived = {*held, *(tag for tag in ids if _is_post(tag)), *(tag for tag in answers if not _is_post(tag))}
    lost = [tag for tag in wanted if tag not in arrived]
    twice = [tag for tag, found in ids.items() if _is_post(tag) and len(set(found)) > 1]
    doubled = [*twice, *(tag for tag in dict.fromkeys(answers) if answers.count(tag) > 1)]
    return Finding(lost=tuple(lost), doubled=tuple(doubled), repeated=_repeated(ids))


def _own(mail: Message) -> str:
    """What a proxy is about: its first paragraphs, without the thread and the customer's earlier contacts below them."""
    text = plain(mail)
    ends = [found for word in ("EARLIER", "SO FAR", "THE THREAD") if (found := text.find(word)) > 0]
    return text[: min(ends)] if ends else text


def _repeated(ids: Mapping[str, Sequence[str]]) -> int:
    return sum(len(found) - len(set(found)) for tag, found in ids.items() if _is_post(tag))


def _is_post(tag: str) -> bool:
    """Posts belong into the queue, answers onto the platform: each is looked for where it belongs, and nowhere else."""
    return tag.startswith("post")
