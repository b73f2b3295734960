"""A conversation's state: what was said, sent and answered, and the phase that it is in."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bridge.core.model import ConversationKey, Post, Priority, Quote, Visibility
from bridge.core.share import ToAll

KEPT = 30
"""How many posts, proxies and answers a record keeps in memory; older ones stay in their tables."""


class Phase(StrEnum):
    """Where a conversation stands between the customer and the queue."""

    NEW = "new"
    LEFT = "left"
    FOLDED = "folded"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A proxy of the conversation: which post it carried, under which Message-ID, and the text that readers saw."""

    key: str
    post: str
    fingerprint: str
    """Of the post's words when the proxy was made (B13)."""
    message_id: str
    desk: str
    text: str
    delimiter: str
    at: datetime
    waits: bool = False
    """No queue has it yet, as planned: it waits for its turn, the end of a storm, or an answer of others.

    Records of earlier versions do not say so.
    """
    leads: bool = False
    """Others may have joined it who say nearly the same: it goes into its queue whatever becomes of its own post."""
    helped_by: tuple[str, ...] = ()
    """Whose answers keep it from the queue while it is held for the community; everybody's where empty."""
    tried: tuple[Quote, ...] = ()
    """Answers of others that came meanwhile and that nobody vouched for; kept until the ticket is told of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer that is intended, published or seen on the platform."""

    key: str
    text: str
    at: datetime
    agent: str = ""
    post: str = ""
    """The post that it answers."""
    visibility: Visibility = Visibility.PUBLIC
    published: str = ""
    """The platform's id once it is there."""
    url: str = ""
    letter: str = ""
    """Fingerprint of the letter that it came in."""
    dropped: bool = False
    group: str = ""
    """The conversation whose ticket stands for many, where the answer went to all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A reason from which a person released a held letter."""

    reason: str
    by: str
    operator: bool
    """Operators may overrule what senders may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The exact answer that somebody is asked to approve, and who was asked."""

    desk: str
    post: str
    texts: tuple[str, ...]
    """One for each part, as the platform would get them."""
    visibility: Visibility
    files: int
    """How many go out with it."""
    before: tuple[str, ...]
    """What the same agent wanted to say before; empty where this is the first."""
    asked: tuple[str, ...]
    """Mailboxes, lower case."""
    since: datetime
    """When the last of them was asked."""
    others: int = 0
    """How many others the same words go to, who joined the ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLetter:
    """A letter that waits for a person, and what people said about it since."""

    fingerprint: str
    reason: str
    sender: str
    at: datetime
    waived: tuple[Waived, ...] = ()
    added: tuple[str, ...] = ()
    """Commands that the sender added afterwards, such as split."""
    asked: tuple[str, ...] = ()
    """Message-IDs of the mails that asked leads about it."""
    approved_by: str = ""
    outdated: int = 0
    """How many approvals count no more: the words changed since, or somebody else's came."""
    proposal: Proposal | None = None
    """What waits for approval; None for other reasons, and in records of earlier versions."""
    rejected: str = ""
    """Why a person said that it shall never be published; empty where nobody did."""

    @property
    def turns(self) -> int:
        """How often people spoke about it: each time it is read anew."""
        spoken = bool(self.approved_by) + self.outdated + bool(self.rejected)
        return len(self.waived) + len(self.added) + spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that is kept in hand about one conversation; `version` counts its changes."""

    key: ConversationKey
    version: int = 0
    phase: Phase = Phase.NEW
    desk: str = ""
    route: str = ""
    priority: Priority = Priority.NORMAL
    approve_by: tuple[str, ...] = ()
    """Who must approve answers, by the verdicts on what waits for one; the desk's own demand comes on top."""
    subject: str = ""
    person: str = ""
    """The customer's id (Customer.id)."""
    tag: str = ""
    """The ticket system's own tag, kept in later subjects so that follow-ups join the ticket."""
    posts: tuple[Post, ...] = ()
    sent: tuple[Sent, ...] = ()
    given: tuple[Given, ...] = ()
    deleted: tuple[str, ...] = ()
    """Ids of posts that the customer took away."""
    held: tuple[HeldLetter, ...] = ()
    """Letters that wait for a person, oldest first."""
    group: str = ""
    """The conversation whose ticket its newest folded post joined; records of earlier versions do not say so."""
    to_all: tuple[ToAll, ...] = ()
    """Answers to all who joined this ticket, oldest first."""
    follow_ups: int = 0
    """How many customers wrote again after such an answer."""

    @property
    def id(self) -> str:
        """The key's short form."""
        return self.key.id

    def post(self, post_id: str) -> Post | None:
        """The post with that id, if it is still in hand."""
        return next((post for post in reversed(self.posts) if post.id == post_id), None)

    def with_post(self, post: Post) -> "Record":
        """The same with one post more, or with its newer words."""
        others = tuple(known for known in self.posts if known.id != post.id)
        return replace(self, posts=(*others, post)[-KEPT:])

    def with_sent(self, sent: Sent) -> "Record":
        """The same with one proxy more."""
        return replace(self, sent=(*(s for s in self.sent if s.key != sent.key), sent)[-KEPT:])

    def without_waiting(self, key: str) -> "Record":
        """The same once a proxy that waits will never go into a queue."""
        return replace(self, sent=tuple(sent for sent in self.sent if not (sent.waits and sent.key == key)))

    @property
    def there(self) -> tuple[Sent, ...]:
        """Proxies that do not wait any more: what is told to the ticket comes after them."""
        return tuple(sent for sent in self.sent if not sent.waits)

    def answer(self, key: str) -> Given | None:
        """The answer with that key, if it is still in hand."""
        return next((given for given in self.given if given.key == key), None)

    def with_given(self, given: Given) -> "Record":
        """The same with one answer more, or with what became of it."""
        others = tuple(known for known in self.given if known.key != given.key)
        ordered = sorted((*others, given), key=lambda answer: answer.at)
        return replace(self, given=tuple(ordered[-KEPT:]))

    def is_of(self, group: str) -> bool:
        """Whether its post, which is known to have joined that ticket, did not join another one since."""
        return self.group in {"", group}

    def shared(self, letter: str) -> ToAll | None:
        """The answer to all that came in that letter."""
        return next((entry for entry in self.to_all if entry.letter == letter), None)

    def with_shared(self, entry: ToAll) -> "Record":
        """The same with one answer to all more, or with what became of it."""
        known = {one.letter: one for one in self.to_all} | {entry.letter: entry}
        return replace(self, to_all=tuple(known.values())[-KEPT:])

    def letter(self, fingerprint: str) -> HeldLetter | None:
        """The held letter with that fingerprint."""
        return next((letter for letter in self.held if letter.fingerprint == fingerprint), None)

    def with_held(self, letter: HeldLetter) -> "Record":
        """The same with one held letter more, or with what was said about it."""
        others = tuple(known for known in self.held if known.fingerprint != letter.fingerprint)
        return replace(self, held=(*others, letter)[-KEPT:])

    def without_held(self, fingerprint: str) -> "Record":
        """The same once a letter waits no longer."""
        return replace(self, held=tuple(known for known in self.held if known.fingerprint != fingerprint))


@dataclass(frozen=True, slots=True)
class PublicConversation:
    """A conversation that everyone can read; it may be answered in public or in private."""

    record: Record

    def __post_init__(self) -> None:
        if self.record.key.visibility is not Visibility.PUBLIC:
            raise ValueError("a private conversation cannot be opened as a public one")


@dataclass(frozen=True, slots=True)
class PrivateConversation:
    """A conversation that only the customer and we can read; it may be answered in private only."""

    record: Record

    def __post_init__(self) -> None:
        if self.record.key.visibility is not Visibility.PRIVATE:
            raise ValueError("a public conversation cannot be opened as a private one")


Conversation = PublicConversation | PrivateConversation


def opened(record: Record) -> Conversation:
    """The record as the class that its visibility demands."""
    if record.key.visibility is Visibility.PUBLIC:
        return PublicConversation(record)
    return PrivateConversation(record)
