"""What a site like Reddit knows: people, posts, comments, messages; the journal has every change."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bridge.testing.fakes.journal import Journal

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
DELETED, REMOVED = "[deleted]", "[removed]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A post (t3), a comment (t1) or a message (t4) as it stands now."""

    kind: str
    id: str
    author: str
    """A name; empty for a message of the site itself."""
    text: str
    at: datetime
    subreddit: str = "acme"
    title: str = ""
    address: str = ""
    """Where a post that is a mere link leads."""
    link: str = ""
    """The post of a comment, by its full name."""
    parent: str = ""
    """What a comment or message answers, by its full name."""
    to: str = ""
    """Whom a message is for."""
    told: str = ""
    """Why a comment stands in the brand's inbox."""
    edited: datetime | None = None
    gone: str = ""
    """What stands in place of the words."""
    locked: bool = False
    archived: bool = False

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.kind}_{self.id}"

    @property
    def path(self) -> str:
        """Where people read it."""
        if self.kind == "t1":
            return f"/r/{self.subreddit}/comments/{self.link[3:]}/a_question/{self.id}/"
        return f"/r/{self.subreddit}/comments/{self.id}/a_question/"


@dataclass(slots=True, kw_only=True)
class World:
    """Everything that there is."""

    journal: Journal
    now: Callable[[], datetime]
    brand: str
    things: dict[str, Thing] = field(default_factory=dict)
    """By full name, oldest first."""
    _count: int = 2_000_000_000

    def person(self, name: str) -> str:
        """The lasting id of an account, from its name."""
        number = int(hashlib.sha256(name.encode()).hexdigest()[:10], 16)
        return f"t2_{spelled(number)}"

    def add(self, kind: str, author: str, text: str, **more: str) -> Thing:
        """Add something new."""
        self._count += 1
        thing = Thing(kind=kind, id=spelled(self._count), author=author, text=text, at=self.now(), **more)  # type: ignore[arg-type] # texts only
        self.things[thing.name] = thing
        self.journal.append("written", name=thing.name, author=author, text=text)
        return thing

    def change(self, name: str, **more: object) -> None:
        """Change something that is there."""
        self.things[name] = replace(self.things[name], **more)  # type: ignore[arg-type] # the fields' own types
        self.journal.append("changed", name=name, fields=", ".join(more))

    def kept(self, kind: str) -> Iterator[Thing]:
        """What is there of a kind and was not taken away, oldest first."""
        return (thing for thing in self.things.values() if thing.kind == kind and not thing.gone)

    def own(self, kind: str) -> Sequence[Thing]:
        """What the brand wrote, oldest first."""
        return [thing for thing in self.kept(kind) if thing.author == self.brand]


def spelled(number: int) -> str:
    """A number in base 36, as Reddit's ids are."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"
