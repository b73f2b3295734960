"""What Bluesky's servers answer, as far as it is read (github.com/bluesky-social/atproto, lexicons/)."""

import re
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec

DID = r"^did:[a-z]+:[A-Za-z0-9._:%-]{1,240}$"
"""A decentralised identifier: the name of an account that never changes (atproto.com/specs/did)."""

POST = "app.bsky.feed.post"
LIKE = "app.bsky.feed.like"

_AT = re.compile(rf"at://(did:[a-z]+:[A-Za-z0-9._:%-]{{1,240}})/{re.escape(POST)}/([A-Za-z0-9._:~-]{{1,512}})")
_NAME = re.compile(r"(did:[a-z]+:[A-Za-z0-9._:%-]{1,240})/([A-Za-z0-9._:~-]{1,512})")
_NULL = msgspec.Raw(b"null")

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
T = TypeVar("T")


def name_of(uri: str) -> str:
    """A post's address as the bridge's id, `DID/KEY`; empty where it is no post's address."""
    found = _AT.fullmatch(uri)
    return f"{found[1]}/{found[2]}" if found else ""


def uri_of(name: str) -> str:
    """The address behind an id of the bridge; empty where it is no post's."""
    found = _NAME.fullmatch(name)
    return f"at://{found[1]}/{POST}/{found[2]}" if found else ""


class _Chat(msgspec.Struct, frozen=True, rename="camel"):
    allow_incoming: str = ""


class _Associated(msgspec.Struct, frozen=True):
    chat: _Chat | None = None


class _Between(msgspec.Struct, frozen=True, rename="camel"):
    followed_by: str | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Somebody who writes."""

    did: Annotated[str, msgspec.Meta(pattern=DID)]
    handle: str = ""
    display_name: str | None = ""
    followers_count: int | None = None
    created_at: str | None = None
    """Kept as text: an odd one spoils no post."""
    associated: _Associated | None = None
    viewer: _Between | None = None

    @property
    def takes_messages(self) -> bool:
        """Whether we may begin to write to them in private; who says nothing takes messages of those they follow."""
        wish = (self.associated.chat if self.associated else None) or _Chat()
        follows = bool(self.viewer and self.viewer.followed_by)
        return wish.allow_incoming == "all" or (wish.allow_incoming != "none" and follows)

    @property
    def since(self) -> datetime | None:
        """When the account was made; None where the server does not say so in a way that can be read."""
        try:
            made = datetime.fromisoformat(self.created_at or "")
        except ValueError:
            return None
        return made if made.tzinfo else made.replace(tzinfo=UTC)


class Ref(msgspec.Struct, frozen=True):
    """A post in one of its versions."""

    uri: str
    cid: str


class ReplyRef(msgspec.Struct, frozen=True):
    """What a post answers, and the top of its thread."""

    root: Ref
    parent: Ref


class Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the author wrote; `createdAt` is the author's own claim and is not read."""

    text: str
    reply: ReplyRef | None = None
    langs: list[str] = []
    facets: msgspec.Raw = _NULL


class _View(msgspec.Struct, frozen=True, rename="camel"):
    reply_disabled: bool | None = False
    like: str | None = None


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A picture at a post."""

    fullsize: str = ""
    alt: str = ""


class _Quoted(msgspec.Struct, frozen=True, kw_only=True):
    uri: str = ""
    author: Profile | None = None
    value: Record | None = None


class _Embedded(msgspec.Struct, frozen=True, kw_only=True):
    images: list[Image] = []
    record: msgspec.Raw = _NULL
    media: msgspec.Raw = _NULL


class Entry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A post as a listing shows it, or a notification of one: both have these fields."""

    uri: Annotated[str, msgspec.Meta(pattern=rf"\A{_AT.pattern}\Z")]
    cid: str
    author: Profile
    record: Record
    indexed_at: Moment
    reason: str = ""
    """Of a notification."""
    embed: msgspec.Raw = _NULL
    viewer: _View | None = None

    @property
    def key(self) -> str:
        """The bridge's id."""
        return name_of(self.uri)

    @property
    def version(self) -> str:
        """Changes with the words."""
        return self.cid

    @property
    def second(self) -> int:
        """When the network indexed it, in seconds since 1970."""
        return int(self.indexed_at.timestamp())

    @property
    def root(self) -> str:
        """The id of the top of its thread: itself where it answers nothing."""
        return (name_of(self.record.reply.root.uri) if self.record.reply else "") or self.key

    @property
    def parent(self) -> str:
        """The id of the post that it answers, empty without one."""
        return name_of(self.record.reply.parent.uri) if self.record.reply else ""

    @property
    def is_closed(self) -> bool:
        """Whether the author lets us not answer."""
        return bool(self.viewer and self.viewer.reply_disabled)

    @property
    def is_liked(self) -> bool:
        """Whether we like it already."""
        return bool(self.viewer and self.viewer.like)

    @property
    def images(self) -> list[Image]:
        """Its pictures, also beside a quotation."""
        shown = _read(self.embed, _Embedded)
        beside = _read(shown.media, _Embedded) if shown else None
        return [*(shown.images if shown else ()), *(beside.images if beside else ())]

    @property
    def quoted(self) -> _Quoted | None:
        """The post that it quotes, where the server shows it."""
        shown = _read(self.embed, _Embedded)
        inner = _read(shown.record, _Embedded) if shown else None
        for raw in (shown.record if shown else _NULL, inner.record if inner else _NULL):
            found = _read(raw, _Quoted)
            if found is not None and found.author is not None and found.value is not None:
                return found
        return None


def _read(raw: msgspec.Raw, shape: type[T]) -> T | None:
    """What is in there, where it has that shape; an odd picture or quotation spoils no post."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


class Notifications(msgspec.Struct, frozen=True):
    """app.bsky.notification.listNotifications."""

    notifications: list[msgspec.Raw]
    cursor: str = ""


class _Framed(msgspec.Struct, frozen=True):
    post: msgspec.Raw
    reason: msgspec.Raw = _NULL
    """Set where it is a repost or pinned."""


class Feed(msgspec.Struct, frozen=True):
    """app.bsky.feed.getAuthorFeed."""

    feed: list[_Framed]
    cursor: str = ""


class Posts(msgspec.Struct, frozen=True):
    """app.bsky.feed.getPosts and searchPosts."""

    posts: list[msgspec.Raw]
    cursor: str = ""


class Message(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A direct message; without words it was deleted."""

    id: str
    rev: str
    sender: Profile
    sent_at: Moment
    text: str


class Logs(msgspec.Struct, frozen=True):
    """chat.bsky.convo.getLog."""

    logs: list[msgspec.Raw]
    cursor: str = ""


class Log(msgspec.Struct, frozen=True, kw_only=True, rename={"type": "$type", "convo": "convoId"}):
    """Something that happened in our conversations."""

    type: str
    rev: str = ""
    convo: str = ""
    message: msgspec.Raw = _NULL


class Convo(msgspec.Struct, frozen=True):
    """A conversation of two or more."""

    id: str
    members: list[Profile] = []


class ConvoOf(msgspec.Struct, frozen=True):
    """chat.bsky.convo.getConvo and getConvoForMembers."""

    convo: Convo


class Messages(msgspec.Struct, frozen=True):
    """chat.bsky.convo.getMessages, newest first."""

    messages: list[msgspec.Raw]
    cursor: str = ""
