"""NodeBB's answers, as far as they are read."""

import html
import re
import zlib
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

Number = int | str
"""Ids are numbers, and texts in some places and versions."""

Flag = bool | int
"""Yes and no are written in both ways."""

ELSEWHERE = "elsewhere"
"""The version of a post in a category that is not read: where its topic is moved to one that is, it is news."""

MESSAGE = re.compile(r"r([1-9]\d{0,14})\.([1-9]\d{0,14})")
"""Our name of a chat message: its room and its number."""


class Wrapped(msgspec.Struct, Generic[T], frozen=True):
    """How the write API answers."""

    response: T


class Person(msgspec.Struct, frozen=True):
    """A user; names come escaped for HTML."""

    uid: Number = 0
    username: str = ""
    displayname: str = ""
    userslug: str | None = None

    @property
    def handle(self) -> str:
        """By what others mention it."""
        return html.unescape(self.userslug or self.username)

    @property
    def name(self) -> str:
        """By what others know it."""
        return html.unescape(self.displayname or self.username)


class Heading(msgspec.Struct, frozen=True, rename="camel"):
    """A topic."""

    tid: Number
    cid: int = 0
    title: str = ""
    title_raw: str = ""
    main_pid: Number = 0
    deleted: Flag = False
    locked: Flag = False
    scheduled: Flag = False

    @property
    def words(self) -> str:
        """Its title as it was written."""
        return self.title_raw or html.unescape(self.title)


class Summary(msgspec.Struct, frozen=True):
    """A post as listings show it: rendered, and with its topic and its author."""

    pid: Number
    timestamp: int
    topic: Heading
    content: str = ""
    deleted: Flag = False
    upvotes: int = 0
    user: Person | None = None

    @property
    def gone(self) -> bool:
        """Whether it or its topic was taken away, and a moderator's eyes see it all the same."""
        return bool(self.deleted or self.topic.deleted)

    @property
    def print(self) -> str:
        """Changes when anything changes that is shown of it."""
        return _print(f"{self.topic.cid}\n{self.topic.words}\n{self.content}")


class Detail(msgspec.Struct, frozen=True, rename="camel"):
    """A post with its source."""

    pid: Number
    tid: Number
    uid: Number
    content: str = ""
    to_pid: Number | None = None
    deleted: Flag = False


class Item(msgspec.Struct, frozen=True):
    """A post of the listing, put together from what the forum shows of it in two places."""

    id: str
    summary: Summary
    post: Detail | None
    """None where its category is not read."""

    @property
    def key(self) -> str:
        """The id of its post."""
        return self.id

    @property
    def version(self) -> str:
        """Changes with its words, the first like, and with its coming into a category that is read."""
        if self.post is None:
            return ELSEWHERE
        title = self.summary.topic.words if self.opens else ""
        return _print(f"{title}\n{self.post.content}") + ("+" if self.summary.upvotes > 0 else "")

    @property
    def second(self) -> int:
        """When it was written."""
        return self.summary.timestamp // 1000

    @property
    def opens(self) -> bool:
        """Whether it is its topic's first post."""
        return str(self.summary.topic.main_pid) == str(self.summary.pid)


class Message(msgspec.Struct, frozen=True, rename="camel"):
    """A message of a chat, rendered."""

    message_id: int
    room_id: Number
    fromuid: Number
    timestamp: int
    content: str = ""
    to_mid: Number | None = None
    deleted: Flag = False
    system: Flag = False
    from_user: Person | None = None

    @property
    def key(self) -> str:
        """The id of its post."""
        return f"r{self.room_id}.{self.message_id}"

    @property
    def version(self) -> str:
        """Changes with its words."""
        return _print(self.content)

    @property
    def second(self) -> int:
        """When it was written."""
        return self.timestamp // 1000

    @property
    def said(self) -> bool:
        """Whether it is there, and a person's."""
        return not (self.deleted or self.system)


class Room(msgspec.Struct, frozen=True, rename="camel"):
    """A chat."""

    class Teaser(msgspec.Struct, frozen=True):
        """Its last message."""

        timestamp: int

    room_id: Number
    users: list[Person] = []
    public: Flag = False
    group_chat: Flag = False
    teaser: Teaser | None = None

    def readers(self, account: str) -> frozenset[str]:
        """Who is in it besides the account."""
        return frozenset(str(user.uid) for user in self.users) - {account}

    def alone_with(self, account: str) -> bool:
        """Whether exactly one other is in it."""
        return not (self.public or self.group_chat) and len(self.readers(account)) == 1


class Rooms(msgspec.Struct, frozen=True):
    """A page of chats, the last written to first."""

    rooms: list[Room] = []


class Messages(msgspec.Struct, frozen=True):
    """A page of a chat, oldest first."""

    messages: list[msgspec.Raw] = []


class Source(msgspec.Struct, frozen=True):
    """The source of a message."""

    content: str


class Category(msgspec.Struct, frozen=True):
    """A category; nothing where the account may not read it."""

    cid: int = 0


class Config(msgspec.Struct, frozen=True, rename="camel"):
    """The forum's bounds, in characters; its own defaults where it tells none."""

    minimum_post_length: int = 8
    maximum_post_length: int = 32_767
    maximum_chat_message_length: int = 1000


def _print(words: str) -> str:
    """Changes with the words; never empty."""
    return f"{zlib.crc32(words.encode('utf-8', 'replace')):08x}"


def moment(milliseconds: int) -> datetime:
    """A time as NodeBB writes it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
