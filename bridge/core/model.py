"""The nouns of what customers say: people, posts, conversations, verdicts, and who we are among them."""

import hashlib
import unicodedata
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a customer's post is on its platform."""

    MENTION = "mention"
    COMMENT = "comment"
    DIRECT = "direct"
    REVIEW = "review"
    TOPIC = "topic"
    SMS = "sms"


PRIVATE_KINDS = frozenset({Kind.DIRECT, Kind.SMS})
"""Kinds that only the customer and we can read."""


class Visibility(StrEnum):
    """Who can read a post or an answer; it can only shrink on the way (law 9)."""

    PUBLIC = "public"
    PRIVATE = "private"


class Priority(StrEnum):
    """How urgently a route wants its posts in the queue, most urgent first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the most urgent: claims are ordered by it."""
        return list(Priority).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a post; only `id` identifies (threat-model 4.9), names and handles are for people to read."""

    id: str
    handle: str = ""
    name: str = ""
    url: str = ""
    reach: int | None = None
    """Followers, karma or what else the platform counts; None where it does not say."""
    since: datetime | None = None
    """When the account was made."""
    picture: str = ""
    """Address of the picture by which the platform shows them, by reference; nothing of ours fetches it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Something attached to a post, by reference; nothing is fetched by looking at it."""

    url: str
    type: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An earlier text of the same thread, by anybody, given as context only."""

    author: str
    text: str
    at: datetime | None = None
    url: str = ""
    ours: bool = False
    """True where we said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostKey:
    """The natural key of a post: its channel and the platform's own id, opaque to everyone but the adapter."""

    channel: str
    id: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationKey:
    """The natural key of a conversation: one thread with one customer, in public or in private, never both."""

    channel: str
    thread: str
    person: str
    visibility: Visibility

    @property
    def key(self) -> bytes:
        """Ten bytes that stand for the conversation in tables."""
        text = f"conversation\x1f{self.channel}\x1f{self.thread}\x1f{self.person}\x1f{self.visibility}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:10]

    @property
    def id(self) -> str:
        """The same in sixteen lower-case base32 characters, as addresses carry them."""
        return b32encode(self.key).decode().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer's account: accounts on the same platform see the same people, whichever channel of ours they wrote to."""

    platform: str
    """The channel's kind."""
    author: str

    @property
    def key(self) -> bytes:
        """Sixteen bytes that stand for the account in tables."""
        spelled = f"{self.platform}\x1f{self.author}".replace("\0", "\ufffd")
        return hashlib.blake2b(spelled.encode("utf-8", "replace"), digest_size=16).digest()

    @property
    def id(self) -> str:
        """The first ten of them in lower-case base32, as addresses carry them."""
        return b32encode(self.key[:10]).decode().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One thing that a customer wrote; what the platform allows with it was computed at intake."""

    channel: str
    id: str
    kind: Kind
    visibility: Visibility
    thread: str
    author: Author
    text: str
    at: datetime
    title: str = ""
    url: str = ""
    parent: str = ""
    """The id of the post that this one answers, empty at the top of a thread."""
    lang: str = ""
    media: tuple[Media, ...] = ()
    rating: int | None = None
    """Stars of a review, 1 to 5."""
    is_repost: bool = False
    likes: int = 0
    """How many liked it, as far as the platform says so."""
    accepted: bool = False
    """Whether it is marked as the answer that solved it."""
    about: str = ""
    """The id of the post that it quotes or repeats; empty where it does neither."""
    answers: frozenset[Visibility] = frozenset()
    """Which answers the platform accepts for this post from us; empty where it accepts none."""
    private_until: datetime | None = None
    """Until when the platform takes a private answer to it; None where it sets no time."""
    answer_url: str = ""
    """Where a person can answer by hand when the bridge cannot."""
    context: tuple[Quote, ...] = ()

    @property
    def key(self) -> PostKey:
        """Its natural key."""
        return PostKey(channel=self.channel, id=self.id)

    @property
    def conversation(self) -> ConversationKey:
        """The conversation that it belongs to."""
        return ConversationKey(
            channel=self.channel, thread=self.thread, person=self.author.id, visibility=self.visibility
        )

    @property
    def words(self) -> str:
        """Its title and its text, as one text."""
        return "\n".join(part for part in (self.title, self.text) if part)

    @property
    def fingerprint(self) -> str:
        """Changes exactly when the words change: an edit, and the bait and switch of B13, is seen by it."""
        words = " ".join(unicodedata.normalize("NFC", f"{self.title}\n{self.text}").split())
        return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def without_words(self) -> "Post":
        """What is left of it once its author deleted it."""
        return replace(self, text="", title="", media=(), context=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One line of why a verdict is what it is: a rule or route that hit, nearly hit, or a gate's word."""

    rule: str
    hit: bool
    detail: str
    """The words that matched, or the condition that did not."""
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What triage decided about a post, always with its reasons; `route` is None where the post is left alone."""

    route: str | None
    desk: str | None
    priority: Priority = Priority.NORMAL
    points: int = 0
    tags: tuple[str, ...] = ()
    labels: Mapping[str, float] = field(default_factory=dict)
    """Calibrated probabilities of the learned model; empty where it is switched off."""
    lang: str = "und"
    target: timedelta | None = None
    """Service target: how soon the customer should have an answer."""
    approve_by: tuple[str, ...] = ()
    hold_for: timedelta | None = None
    """How long the community may answer first."""
    helped_by: tuple[str, ...] = ()
    """Whose answers count then: authors, `accepted` and `liked` ones; everybody's where empty."""
    fold: timedelta | None = None
    """How long posts that say nearly the same join the first one's ticket."""
    defer_in_storm: timedelta | None = None
    """How long the post may wait when its channel is in a storm."""
    auto_answer: str = ""
    """The standard response that may be published without an agent; empty for none."""
    auto_in_storm: bool = False
    """Whether that may be done while the channel is in a storm."""
    why: tuple[Reason, ...] = ()
    rules: str = ""
    """Version of the rule set: a hash of its files."""
    model: str = ""
    """Version of the learned model, empty without one."""

    @property
    def hits(self) -> tuple[Reason, ...]:
        """The rules and the route that hit."""
        return tuple(reason for reason in self.why if reason.hit)

    @property
    def said(self) -> tuple[str, ...]:
        """What hit and upon which words, a line for each, for people to read."""
        return tuple(f"{reason.rule}: {reason.detail}" for reason in self.hits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who we are on a platform, as the platform says it; `id` must equal the configured one (F03)."""

    id: str
    handle: str = ""
    own: frozenset[str] = frozenset()
    """Ids of all accounts whose posts are ours: they never come back as customers' posts (D02)."""
