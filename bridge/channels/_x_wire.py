"""X's answers as they travel, in the names before and after August 2026, each thing in them read by itself (F05)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from bridge.channels._entries import Broken, Entry
from bridge.ports import TemporaryProblem

T = TypeVar("T")


class Reference(msgspec.Struct, frozen=True):
    """What a post answers, quotes or reposts."""

    type: str
    id: int


class Mention(msgspec.Struct, frozen=True):
    """An account that is named in a text."""

    username: str = ""
    id: int | None = None


class Url(msgspec.Struct, frozen=True):
    """A link as X shortened it, and where it leads."""

    url: str = ""
    expanded_url: str = ""
    media_key: str | None = None


class Entities(msgspec.Struct, frozen=True):
    """What X found in a text."""

    mentions: list[Mention] = []
    urls: list[Url] = []


class Note(msgspec.Struct, frozen=True):
    """The whole text of a long post."""

    text: str = ""
    entities: Entities | None = None


class Attachments(msgspec.Struct, frozen=True):
    """Keys of what is attached."""

    media_keys: list[str] = []


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """A public post."""

    id: int
    text: str
    author_id: int
    created_at: datetime
    conversation_id: int | None = None
    lang: str | None = None
    reply_settings: str | None = None
    referenced_tweets: list[Reference] | None = None
    referenced_posts: list[Reference] | None = None
    edit_history_tweet_ids: list[int] | None = None
    edit_history_post_ids: list[int] | None = None
    note_tweet: Note | None = None
    note_post: Note | None = None
    entities: Entities | None = None
    attachments: Attachments | None = None

    @property
    def versions(self) -> Sequence[int]:
        """The ids of all its versions, the first one first: each edit is a new id."""
        return sorted({*(self.edit_history_post_ids or self.edit_history_tweet_ids or ()), self.id})

    @property
    def references(self) -> Sequence[Reference]:
        """What it answers, quotes or reposts."""
        return self.referenced_posts or self.referenced_tweets or ()

    def referring(self, kind: str) -> int | None:
        """The id of what it answers (`replied_to`), quotes (`quoted`) or reposts (`retweeted`)."""
        return next((reference.id for reference in self.references if reference.type == kind), None)

    @property
    def note(self) -> Note | None:
        """Its whole text, where it is a long one."""
        return self.note_post or self.note_tweet

    @property
    def whole(self) -> str:
        """All its words, with X's escapes and short links."""
        return (self.note.text if self.note else "") or self.text

    @property
    def links(self) -> Sequence[Url]:
        """The links of the whole text."""
        named = self.note.entities if self.note and self.note.entities else self.entities
        return [*(named.urls if named else ()), *(self.entities.urls if self.entities else ())]

    @property
    def mentions(self) -> Sequence[Mention]:
        """The accounts that it names."""
        note = self.note.entities if self.note else None
        return [*(self.entities.mentions if self.entities else ()), *(note.mentions if note else ())]


class Metrics(msgspec.Struct, frozen=True):
    """What X counts of an account."""

    followers_count: int | None = None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """An account."""

    id: int
    username: str = ""
    name: str = ""
    created_at: datetime | None = None
    public_metrics: Metrics | None = None
    receives_your_dm: bool | None = None


class Variant(msgspec.Struct, frozen=True):
    """One form of a film."""

    url: str = ""
    bit_rate: int | None = None


class Medium(msgspec.Struct, frozen=True, kw_only=True):
    """A picture or film."""

    media_key: str
    type: str = ""
    url: str | None = None
    preview_image_url: str | None = None
    alt_text: str | None = None
    variants: list[Variant] | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the direct messages; only MessageCreate has words."""

    id: int
    event_type: str
    created_at: datetime
    dm_conversation_id: str = ""
    sender_id: int | None = None
    text: str | None = None
    attachments: Attachments | None = None
    entities: Entities | None = None


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was asked for and is not shown."""

    resource_id: str = ""
    value: str = ""
    type: str = ""

    @property
    def gone(self) -> int | None:
        """The id of a post that is deleted, or whose author now hides it."""
        given = self.resource_id or self.value
        away = self.type.rpartition("/")[2] in {"resource-not-found", "not-authorized-for-resource"}
        return int(given) if away and given.isascii() and given.isdigit() else None


class Meta(msgspec.Struct, frozen=True):
    """Where a listing goes on."""

    result_count: int = 0
    next_token: str | None = None


class _Listing(msgspec.Struct, frozen=True, kw_only=True):
    meta: Meta
    data: list[msgspec.Raw] | None = None
    includes: msgspec.Raw = msgspec.Raw(b"{}")
    errors: list[msgspec.Raw] | None = None


class _Looked(msgspec.Struct, frozen=True, kw_only=True):
    data: list[msgspec.Raw] | None = None
    includes: msgspec.Raw = msgspec.Raw(b"{}")
    errors: list[msgspec.Raw] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Included:
    """What comes along with posts: their authors, what they refer to, what is attached."""

    users: Mapping[int, User] = field(default_factory=dict)
    posts: Mapping[int, Wire] = field(default_factory=dict)
    media: Mapping[str, Medium] = field(default_factory=dict)

    def with_posts(self, posts: Mapping[int, Wire], users: Mapping[int, User]) -> "Included":
        """The same with more of the thread."""
        return Included(users={**users, **self.users}, posts={**posts, **self.posts}, media=self.media)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of a listing."""

    raws: Sequence[msgspec.Raw]
    included: Included
    faults: Sequence[Fault]
    next_token: str | None = None


def decoded(body: bytes, shape: type[T]) -> T | None:
    """The body in the expected shape, ids as numbers or texts alike; None where it has another one."""
    try:
        return msgspec.json.decode(body, type=shape, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
        return None


def listing(body: bytes) -> Listed:
    """A page of a listing; raises TemporaryProblem where the body is something else (C21)."""
    read = decoded(body, _Listing)
    if read is None:
        raise TemporaryProblem("X answers something else than a listing")
    return Listed(
        raws=read.data or (),
        included=included(read.includes),
        faults=_faults(read.errors),
        next_token=read.meta.next_token or None,
    )


def looked(body: bytes) -> Listed:
    """Posts that were asked for by their ids; raises TemporaryProblem where the body is something else."""
    read = decoded(body, _Looked)
    if read is None or (read.data is None and read.errors is None):
        raise TemporaryProblem("X answers something else than it was asked for")
    return Listed(raws=read.data or (), included=included(read.includes), faults=_faults(read.errors))


def included(raw: bytes | msgspec.Raw) -> Included:
    """What came along; what cannot be read is left out."""
    read = decoded(bytes(raw), dict[str, msgspec.Raw]) or {}
    posts = [*_each(read, "tweets", Wire), *_each(read, "posts", Wire)]
    return Included(
        users={user.id: user for user in people(read.get("users", msgspec.Raw(b"[]")))},
        posts={post.id: post for post in posts},
        media={medium.media_key: medium for medium in _each(read, "media", Medium)},
    )


class _Wrapped(msgspec.Struct, frozen=True):
    data: User


def people(raw: msgspec.Raw) -> Iterator[User]:
    """Accounts as a list or by their ids, bare or wrapped: events have them in all four ways."""
    listed = decoded(bytes(raw), list[msgspec.Raw])
    for one in (decoded(bytes(raw), dict[str, msgspec.Raw]) or {}).values() if listed is None else listed:
        user = decoded(bytes(one), User)
        wrapped = decoded(bytes(one), _Wrapped) if user is None else None
        found = user or (wrapped.data if wrapped else None)
        if found is not None:
            yield found


def _each(read: Mapping[str, msgspec.Raw], name: str, shape: type[T]) -> Iterator[T]:
    for raw in decoded(bytes(read.get(name, b"[]")), list[msgspec.Raw]) or ():
        value = decoded(bytes(raw), shape)
        if value is not None:
            yield value


def _faults(raws: Sequence[msgspec.Raw] | None) -> Sequence[Fault]:
    return [fault for raw in raws or () if (fault := decoded(bytes(raw), Fault)) is not None]


class _Numbered(msgspec.Struct, frozen=True):
    id: int


def entries(raws: Sequence[msgspec.Raw], shape: type[T]) -> tuple[list[Entry[T]], list[Broken]]:
    """The readable entries and the broken ones, each in the order of the listing."""
    good: list[Entry[T]] = []
    bad: list[Broken] = []
    for raw in raws:
        given = bytes(raw)
        try:
            good.append(Entry(value=msgspec.json.decode(given, type=shape, strict=False), raw=given))
        except msgspec.ValidationError as error:
            bad.append(_broken(given, f"unexpected shape: {error}"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
            bad.append(_broken(given, "not readable as JSON"))
    return good, bad


def _broken(raw: bytes, reason: str) -> Broken:
    numbered = decoded(raw, _Numbered)
    return Broken(number=numbered.id if numbered else None, reason=reason, raw=raw)


POST_FIELDS = [
    "author_id", "created_at", "conversation_id", "in_reply_to_user_id", "referenced_tweets", "entities", "lang",
    "reply_settings", "note_tweet", "edit_history_tweet_ids", "attachments",
]  # fmt: skip
EXPANSIONS = ["author_id", "attachments.media_keys", "referenced_tweets.id", "referenced_tweets.id.author_id"]
USER_FIELDS = ["username", "name", "created_at", "public_metrics", "receives_your_dm"]
MEDIA_FIELDS = ["media_key", "type", "url", "preview_image_url", "alt_text", "variants"]

WHOLE: Mapping[str, Any] = {
    "tweet_fields": POST_FIELDS,
    "expansions": EXPANSIONS,
    "user_fields": USER_FIELDS,
    "media_fields": MEDIA_FIELDS,
}
"""What every question about posts asks for, in tweepy's words; X sends no more than ids and texts unasked."""

MESSAGES: Mapping[str, Any] = {
    "dm_event_fields": [
        "id",
        "text",
        "event_type",
        "created_at",
        "dm_conversation_id",
        "sender_id",
        "attachments",
        "entities",
    ],
    "expansions": ["sender_id", "attachments.media_keys"],
    "user_fields": USER_FIELDS,
    "media_fields": MEDIA_FIELDS,
}
"""The same for direct messages."""
