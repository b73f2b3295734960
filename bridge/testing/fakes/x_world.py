"""What a small X knows: accounts, posts with all their versions, direct messages, all folded from its journal."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from bridge.testing.fakes.journal import Entry, Journal

_EPOCH = 1_288_834_974_657


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account; its name may change, its number never does."""

    id: int
    username: str
    since: datetime
    open_to_messages: bool = True
    protected: bool = False
    followers: int = 97


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A post, or a version of one: each edit has a number of its own."""

    id: int
    first: int
    author: int
    text: str
    at: datetime
    conversation: int
    reply_to: int | None = None
    quotes: int | None = None
    reposts: int | None = None
    media: tuple[str, ...] = ()
    sent: str = ""
    """The words as the account's app sent them, before X put mentions before them."""
    replies_by: str = "everyone"
    hidden: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Whispered:
    """A direct message."""

    id: int
    sender: int
    to: int
    text: str
    at: datetime
    media: tuple[str, ...] = ()

    @property
    def conversation(self) -> str:
        """The smaller number first, as X names conversations of two."""
        return "-".join(str(number) for number in sorted((self.sender, self.to)))


class World:
    """Its state; every change is an entry of the journal first."""

    def __init__(self, journal: Journal, now: Callable[[], datetime]) -> None:
        self.journal = journal
        self._now = now
        self.people: dict[int, Person] = {}
        self.posts: dict[int, Told] = {}
        self.messages: list[Whispered] = []
        self.files: dict[str, bytes] = {}
        self.alts: dict[str, str] = {}
        self.subscriptions: list[dict[str, object]] = []
        self._last = 0
        for entry in journal:
            self._apply(entry)

    def person(self, username: str) -> Person:
        """The account of that name, which is opened when first named."""
        known = next((p for p in self.people.values() if p.username.lower() == username.lower()), None)
        if known is not None:
            return known
        number = self._number()
        self._record("joined", id=number, username=username)
        return self.people[number]

    def change(self, person: Person, **changes: str | int | bool) -> None:
        """Let an account be renamed, protected, closed to messages, or followed by others."""
        self._record("changed", id=person.id, changes=msgspec.json.encode(changes).decode())

    def keep(self, key: str, content: bytes) -> None:
        """Keep an uploaded file, which nobody sees before a post has it."""
        self._record("uploaded", key=key, content=b64encode(content).decode())

    def describe(self, key: str, alt: str) -> None:
        """Give a file its words for people who cannot see it."""
        self._record("described", key=key, alt=alt)

    def subscribe(self, row: Mapping[str, object]) -> None:
        """Let something be told by the Activity stream from now on."""
        self._record("subscribed", row=msgspec.json.encode(row).decode())

    def post(
        self,
        author: int,
        text: str,
        *,
        reply_to: int | None = None,
        quotes: int | None = None,
        reposts: int | None = None,
        media: Sequence[str] = (),
        sent: str = "",
    ) -> Told:
        """Add a post; raises LookupError where what it answers is gone."""
        if reply_to is not None and self.shown(reply_to) is None:
            raise LookupError("deleted or not visible")
        number = self._number()
        self._record(
            "posted",
            id=number,
            author=author,
            text=text,
            reply_to=reply_to,
            quotes=quotes,
            reposts=reposts,
            media=" ".join(media),
            sent=sent,
        )
        return self.posts[number]

    def whisper(self, sender: int, to: int, text: str, *, media: Sequence[str] = ()) -> Whispered:
        """Add a direct message."""
        self._record("whispered", id=self._number(), sender=sender, to=to, text=text, media=" ".join(media))
        return self.messages[-1]

    def edit(self, number: int, text: str) -> Told:
        """Add a newer version of a post."""
        first = self.posts[number].first
        self._record("edited", id=self._number(), first=first, text=text)
        return self.newest(first)

    def delete(self, number: int) -> None:
        """Take all versions of a post away."""
        self._record("deleted", first=self.posts[number].first)

    def hide(self, number: int, *, hidden: bool) -> None:
        """Hide a reply, or show it again."""
        self._record("hid", id=number, hidden=hidden)

    def versions(self, first: int) -> Sequence[Told]:
        """All versions of a post, the oldest first."""
        return sorted((post for post in self.posts.values() if post.first == first), key=lambda post: post.id)

    def newest(self, first: int) -> Told:
        """The version that readers see."""
        return self.versions(first)[-1]

    def shown(self, number: int) -> Told | None:
        """A post by the number of any of its versions; None where it is gone or its author hides it."""
        post = self.posts.get(number)
        hidden = post is not None and self.people[post.author].protected
        return None if post is None or post.gone or hidden else post

    def standing(self) -> Sequence[Told]:
        """The newest version of every post that can be seen, the oldest first."""
        last: dict[int, Told] = {}
        for post in sorted(self.posts.values(), key=lambda post: post.id):
            if self.shown(post.id) is not None:
                last[post.first] = post
        return sorted(last.values(), key=lambda post: post.id)

    def mentioned(self, post: Told) -> Sequence[Person]:
        """The accounts that a post names."""
        names = {name.lower() for name in re.findall(r"(?<!\w)@(\w{1,50})", post.text)}
        return [person for person in self.people.values() if person.username.lower() in names]

    def _number(self) -> int:
        """The next id: a time, and a count within it."""
        milliseconds = int(self._now().timestamp() * 1000) - _EPOCH
        self._last = max(milliseconds << 22, self._last + 1)
        return self._last

    def _record(self, what: str, **fields: str | int | bool | None) -> None:
        self._apply(self.journal.append(what, **fields))

    def _apply(self, entry: Entry) -> None:
        """Fold one entry into the state."""
        fields = entry.fields
        match entry.what:
            case "joined":
                number = _int(fields["id"])
                since = entry.at - timedelta(days=400)
                self.people[number] = Person(id=number, username=str(fields["username"]), since=since)
            case "posted":
                self._posted(entry)
            case "edited":
                old = self.newest(_int(fields["first"]))
                number = _int(fields["id"])
                self.posts[number] = replace(old, id=number, text=str(fields["text"]), at=entry.at)
            case "deleted":
                for version in self.versions(_int(fields["first"])):
                    self.posts[version.id] = replace(version, gone=True)
            case "hid":
                number = _int(fields["id"])
                self.posts[number] = replace(self.posts[number], hidden=bool(fields["hidden"]))
            case "whispered":
                self._whispered(entry)
            case _:
                self._settle(entry)
        if isinstance(fields.get("id"), int):
            self._last = max(self._last, _int(fields["id"]))

    def _settle(self, entry: Entry) -> None:
        """Fold what is neither post nor message."""
        fields = entry.fields
        match entry.what:
            case "changed":
                number = _int(fields["id"])
                changes = msgspec.json.decode(str(fields["changes"]))
                self.people[number] = replace(self.people[number], **changes)
            case "uploaded":
                self.files[str(fields["key"])] = b64decode(str(fields["content"]))
            case "described":
                self.alts[str(fields["key"])] = str(fields["alt"])
            case "subscribed":
                self.subscriptions.append(msgspec.json.decode(str(fields["row"])))

    def _posted(self, entry: Entry) -> None:
        fields = entry.fields
        number, above = _int(fields["id"]), fields["reply_to"]
        parent = self.posts.get(_int(above)) if above is not None else None
        self.posts[number] = Told(
            id=number,
            first=number,
            author=_int(fields["author"]),
            text=str(fields["text"]),
            at=entry.at,
            conversation=parent.conversation if parent else number,
            reply_to=parent.id if parent else None,
            quotes=None if fields["quotes"] is None else _int(fields["quotes"]),
            reposts=None if fields["reposts"] is None else _int(fields["reposts"]),
            media=tuple(str(fields["media"]).split()),
            sent=str(fields["sent"]),
        )

    def _whispered(self, entry: Entry) -> None:
        fields = entry.fields
        message = Whispered(
            id=_int(fields["id"]),
            sender=_int(fields["sender"]),
            to=_int(fields["to"]),
            text=str(fields["text"]),
            at=entry.at,
            media=tuple(str(fields["media"]).split()),
        )
        self.messages.append(message)


def _int(value: object) -> int:
    """A number as the journal keeps it."""
    if not isinstance(value, int):
        raise TypeError("the journal holds something else than a number")
    return value
