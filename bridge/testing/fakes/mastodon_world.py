"""What a server with Mastodon's API knows: accounts, posts and who may read them, notifications, files."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bridge.testing.fakes.journal import Journal

HOST = "social.test"
MENTION = re.compile(r"(?<![=/\w])@(\w+(?:@[\w.-]*\w)?)")
TAG = re.compile(r"(?<![\w/&])#(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account, here or elsewhere; the id never changes."""

    id: str
    acct: str
    followers: int
    bot: bool
    since: datetime

    @property
    def name(self) -> str:
        """Without the host."""
        return self.acct.partition("@")[0]

    @property
    def host(self) -> str:
        """Where the account is."""
        return self.acct.partition("@")[2] or HOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A post about to be written."""

    author: str
    """The id of an account."""
    text: str
    visibility: str = "public"
    parent: str = ""
    warning: str = ""
    sensitive: bool = False
    media: tuple[str, ...] = ()
    quoted: str = ""
    boosted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toot:
    """One post as it stands now."""

    id: str
    draft: Draft
    at: datetime
    mentioned: tuple[str, ...]
    """Ids of accounts."""
    tags: tuple[str, ...]
    edited: datetime | None = None

    def shown_to(self, person: str) -> bool:
        """Whether that account can read it; nobody follows anybody here."""
        return self.draft.visibility in {"public", "unlisted"} or person in {self.draft.author, *self.mentioned}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notification; its id counts apart from those of posts."""

    id: str
    type: str
    toot: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class File:
    """An upload."""

    id: str
    type: str
    alt: str
    content: bytes
    looks: int
    """How often it is asked for before it is ready."""


@dataclass(slots=True, kw_only=True)
class World:
    """The state; every change is an entry of the journal too."""

    journal: Journal
    now: Callable[[], datetime]
    brand: str = ""
    """The account that notifications are kept for."""
    people: dict[str, Person] = field(default_factory=dict)
    toots: dict[str, Toot] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    liked: set[str] = field(default_factory=set)
    """Posts that the brand likes."""
    ring: Callable[[Told], object] = lambda _: None
    """What is done with each notification as it comes."""
    _last: int = 0

    def person(self, acct: str, *, bot: bool = False) -> Person:
        """The account of that name, which is made when first named."""
        for person in self.people.values():
            if person.acct == acct:
                return person
        number = str(109_300_000_000_000_000 + len(self.people) * 7)
        person = Person(id=number, acct=acct, followers=17 * (len(self.people) + 1), bot=bot, since=self.now())
        self.people[number] = person
        return person

    def rename(self, person: str, acct: str) -> None:
        """Give an account another name (F07)."""
        self.people[person] = replace(self.people[person], acct=acct)

    def write(self, draft: Draft) -> Toot:
        """Add a post; raises LookupError where it answers something that is not there."""
        if draft.parent and draft.parent not in self.toots:
            raise LookupError("there is no such post")
        toot = Toot(
            id=self._next(),
            draft=draft,
            at=self.now(),
            mentioned=self._mentioned(draft.text),
            tags=tuple(tag.lower() for tag in TAG.findall(draft.text)),
        )
        self.toots[toot.id] = toot
        self.journal.append("written", id=toot.id, author=draft.author, text=draft.text, visibility=draft.visibility)
        self._tell(toot)
        return toot

    def edit(self, name: str, text: str) -> None:
        """Change the words; nobody is told again."""
        toot = self.toots[name]
        self.toots[name] = replace(toot, draft=replace(toot.draft, text=text), edited=self.now())
        self.journal.append("edited", id=name, text=text)

    def delete(self, name: str) -> None:
        """Take a post away, with its notifications; answers lose what they answered."""
        del self.toots[name]
        self.told = [told for told in self.told if told.toot != name]
        for other in list(self.toots.values()):
            if other.draft.parent == name:
                self.toots[other.id] = replace(other, draft=replace(other.draft, parent=""))
        self.journal.append("deleted", id=name)

    def shown_to(self, person: str) -> Sequence[Toot]:
        """All that an account can read, oldest first."""
        return [toot for toot in self.toots.values() if toot.shown_to(person)]

    def above(self, name: str) -> Sequence[Toot]:
        """What a post answers, from the top of the thread on."""
        found: list[Toot] = []
        toot = self.toots[name]
        while toot.draft.parent:
            toot = self.toots[toot.draft.parent]
            found.append(toot)
        return found[::-1]

    def below(self, name: str) -> Sequence[Toot]:
        """What answers a post, and what answers that."""
        found: list[Toot] = []
        for toot in self.toots.values():
            if toot.draft.parent in {name, *(each.id for each in found)}:
                found.append(toot)
        return found

    def upload(self, kind: str, alt: str, content: bytes, *, looks: int) -> File:
        """Keep a file."""
        file = File(
            id=str(int(max(self.files, key=int, default="0")) + 1), type=kind, alt=alt, content=content, looks=looks
        )
        self.files[file.id] = file
        return file

    def _next(self) -> str:
        """Milliseconds and a little more, as Mastodon makes its ids; always higher than the last."""
        self._last = max(self._last + 1, int(self.now().timestamp() * 1000) << 16)
        return str(self._last)

    def _mentioned(self, text: str) -> tuple[str, ...]:
        by_name = {person.acct: person.id for person in self.people.values()}
        names = (name.removesuffix(f"@{HOST}") for name in MENTION.findall(text))
        return tuple(dict.fromkeys(by_name[name] for name in names if name in by_name))

    def _tell(self, toot: Toot) -> None:
        """Tell the brand of what addresses it."""
        quoted = self.toots.get(toot.draft.quoted)
        kind = "quote" if quoted is not None and quoted.draft.author == self.brand else "mention"
        addressed = self.brand in toot.mentioned or kind == "quote"
        if addressed and toot.draft.author != self.brand:
            self.told.append(Told(id=str(34_975_000 + len(self.journal)), type=kind, toot=toot.id, at=self.now()))
            self.ring(self.told[-1])
