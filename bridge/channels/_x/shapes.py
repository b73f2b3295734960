"""The things of X as they travel, in the names before and after August 2026 (F05)."""

from collections.abc import Sequence
from datetime import datetime

import msgspec


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
