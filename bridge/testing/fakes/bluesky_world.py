"""What a network with Bluesky's protocol knows: accounts, posts, notifications, conversations; the journal has every change."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bridge.testing.fakes.journal import Journal

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
POST = "app.bsky.feed.post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account."""

    did: str
    handle: str
    incoming: str = "all"
    """Whose direct messages are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeet:
    """One post as it stands now."""

    did: str
    key: str
    record: dict[str, object]
    at: datetime
    version: int = 1

    @property
    def uri(self) -> str:
        """Where it is."""
        return f"at://{self.did}/{POST}/{self.key}"

    @property
    def cid(self) -> str:
        """Names its version."""
        return "bafyrei" + hashlib.sha256(f"{self.uri} {self.version}".encode()).hexdigest()[:46]

    @property
    def text(self) -> str:
        """The words."""
        return str(self.record["text"])

    def answers(self, uri: str) -> bool:
        """Whether it stands directly below a post."""
        reply = self.record.get("reply")
        return isinstance(reply, dict) and reply["parent"]["uri"] == uri


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notification."""

    uri: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A direct message."""

    id: str
    rev: str
    convo: str
    did: str
    text: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class World:
    """The state; every change is an entry of the journal too."""

    journal: Journal
    now: Callable[[], datetime]
    brand: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    skeets: dict[str, Skeet] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    likes: dict[str, str] = field(default_factory=dict)
    """Posts that the brand likes, by the keys of the likes."""
    convos: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Members by conversation."""
    messages: list[Message] = field(default_factory=list)
    logs: list[dict[str, object]] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    """Posts that nobody may answer."""
    _last: int = 0

    def person(self, name: str, *, incoming: str = "all") -> Person:
        """The account of that name, which is made when first named."""
        for person in self.people.values():
            if person.handle == name:
                return person
        did = f"did:plc:{hashlib.sha256(name.encode()).hexdigest()[:24]}"
        self.people[did] = Person(did=did, handle=name, incoming=incoming)
        return self.people[did]

    def write(self, did: str, record: dict[str, object], key: str) -> Skeet:
        """Add a post; raises LookupError where its key is taken."""
        skeet = Skeet(did=did, key=key or self.next_key(), record=record, at=self.now())
        if skeet.uri in self.skeets:
            raise LookupError("there is a record with this key")
        self.skeets[skeet.uri] = skeet
        self.journal.append("written", uri=skeet.uri, did=did, text=skeet.text)
        self._tell(skeet)
        return skeet

    def edit(self, uri: str, text: str) -> None:
        """Write the record anew, as some clients do."""
        old = self.skeets[uri]
        self.skeets[uri] = replace(old, record={**old.record, "text": text}, version=old.version + 1)
        self.journal.append("edited", uri=uri, text=text)

    def delete(self, uri: str) -> None:
        """Take a post away, with its notifications."""
        if self.skeets.pop(uri, None) is not None:
            self.told = [told for told in self.told if told.uri != uri]
            self.journal.append("deleted", uri=uri)

    def own(self) -> Sequence[Skeet]:
        """The brand's posts, oldest first."""
        return [skeet for skeet in self.skeets.values() if skeet.did == self.brand]

    def convo(self, members: Sequence[str]) -> str:
        """The conversation of these, which is made when first asked for."""
        wanted = tuple(sorted({self.brand, *members}))
        for name, who in self.convos.items():
            if who == wanted:
                return name
        name = self.next_key()
        self.convos[name] = wanted
        return name

    def send(self, did: str, convo: str, text: str) -> Message:
        """Say something in a conversation."""
        key = self.next_key()
        message = Message(id=key, rev=key, convo=convo, did=did, text=text, at=self.now())
        self.messages.append(message)
        self.logs.append({"what": "logCreateMessage", "rev": key, "message": message})
        self.journal.append("sent", id=key, did=did, convo=convo, text=text)
        return message

    def unsend(self, name: str) -> None:
        """Take a message away."""
        [message] = [each for each in self.messages if each.id == name]
        self.messages.remove(message)
        self.logs.append({"what": "logDeleteMessage", "rev": self.next_key(), "message": message})
        self.journal.append("unsent", id=name)

    def next_key(self) -> str:
        """A TID: microseconds and a clock's number; always higher than the last."""
        self._last = max(self._last + 1, int(self.now().timestamp() * 1_000_000) << 10)
        return "".join(_LETTERS[self._last >> 5 * place & 31] for place in reversed(range(13)))

    def _tell(self, skeet: Skeet) -> None:
        """Tell the brand of what concerns it."""
        if skeet.did == self.brand:
            return
        reply = skeet.record.get("reply")
        parents = [reply[end]["uri"] for end in ("parent", "root")] if isinstance(reply, dict) else []
        if f"@{self.people[self.brand].handle}" in skeet.text:
            self.told.append(Told(uri=skeet.uri, reason="mention"))
        elif any(uri.startswith(f"at://{self.brand}/") for uri in parents):
            self.told.append(Told(uri=skeet.uri, reason="reply"))
