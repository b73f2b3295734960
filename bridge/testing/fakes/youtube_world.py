"""What a site like YouTube knows: channels of people, comments and replies below videos; the journal has every change."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bridge.testing.fakes.journal import Journal

PUBLISHED = "published"
VIDEO = "dQw4w9WgXcQ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment or a reply as it stands now."""

    id: str
    author: str
    text: str
    at: datetime
    thread: str
    """The comment at the top; its own id there."""
    video: str = VIDEO
    status: str = PUBLISHED
    edited: datetime | None = None
    closed: bool = False
    """Whether nobody may reply."""
    picture: str = ""


@dataclass(slots=True, kw_only=True)
class World:
    """Everything that there is."""

    journal: Journal
    now: Callable[[], datetime]
    brand: str
    comments: dict[str, Comment] = field(default_factory=dict)
    """By id, oldest first."""
    _count: int = 0

    def channel_of(self, name: str) -> str:
        """The id of a person's channel, from the name."""
        digest = base64.urlsafe_b64encode(hashlib.sha256(name.encode("utf-8", "replace")).digest()).decode()
        return f"UC{digest[:22]}"

    def add(self, author: str, text: str, *, thread: str = "", status: str = PUBLISHED, video: str = VIDEO) -> Comment:
        """Somebody writes a comment, or below one."""
        self._count += 1
        key = f"{thread}.9r{self._count:020d}" if thread else f"Ugx{self._count:017d}4AaABAg"
        comment = Comment(
            id=key, author=author, text=text, at=self.now(), thread=thread or key, status=status, video=video
        )
        self.comments[key] = comment
        self.journal.append("written", id=key, author=author, text=text, status=status)
        return comment

    def change(self, key: str, **more: object) -> None:
        """Change a comment that is there."""
        self.comments[key] = replace(self.comments[key], **more)  # type: ignore[arg-type] # the fields' own types
        self.journal.append("changed", id=key, fields=", ".join(more))

    def remove(self, key: str) -> None:
        """Take a comment away, with everything below it."""
        for each in [each for each in self.comments.values() if key in {each.id, each.thread}]:
            del self.comments[each.id]
        self.journal.append("removed", id=key)

    def threads(self, status: str) -> Iterator[Comment]:
        """Comments at the top in a state, or that have replies in it if others do not see these; oldest first."""
        behind = {each.thread for each in self.comments.values() if each.status == status != PUBLISHED}
        tops = (each for each in self.comments.values() if each.thread == each.id)
        return (each for each in tops if each.status == status or each.id in behind)

    def below(self, thread: str, status: str = PUBLISHED) -> Sequence[Comment]:
        """Replies in a state, newest first."""
        replies = [each for each in self.comments.values() if each.thread == thread and each.id != thread]
        return [each for each in reversed(replies) if each.status == status]

    def own(self) -> Sequence[Comment]:
        """What the brand wrote, oldest first."""
        return [each for each in self.comments.values() if each.author == self.brand]
