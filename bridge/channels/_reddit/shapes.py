"""What Reddit's API answers, as far as it is read (reddit.com/dev/api; github.com/reddit-archive/reddit/wiki/JSON)."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from bridge.channels._reddit.words import TAKEN_AWAY

NAME = r"\A(?:t1|t3|t4)_[0-9a-z]{1,13}\Z"
"""The full name of a comment (t1), a post (t3) or a message (t4); the part behind the line is a number in base 36."""

_NOTHING = msgspec.Raw(b'""')

Second = Annotated[float, msgspec.Meta(ge=0, le=253_402_300_799)]
"""Seconds since 1970, up to the year 9999."""

Text = str | None


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """A comment, a post or a message; texts are markdown of strangers."""

    name: Annotated[str, msgspec.Meta(pattern=NAME)]
    created_utc: Second
    author: Text = None
    author_fullname: Text = None
    body: Text = None
    selftext: Text = None
    title: Text = None
    url: Text = None
    is_self: bool | None = None
    permalink: Text = None
    context: Text = None
    """The address of a comment in the inbox, which has no `permalink`."""
    subreddit: Text = None
    link_id: Text = None
    parent_id: Text = None
    first_message_name: Text = None
    dest: Text = None
    type: Text = None
    """Why a comment stands in the inbox: username_mention, comment_reply, post_reply."""
    locked: bool | None = None
    archived: bool | None = None
    removed_by_category: Text = None
    replies: msgspec.Raw = _NOTHING


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a listing."""

    kind: Literal["t1", "t3", "t4"]
    data: Data

    @property
    def key(self) -> str:
        """The bridge's id: the full name."""
        return self.data.name

    @property
    def words(self) -> str:
        """The markdown; empty for a post that is a mere link."""
        return (self.data.selftext if self.kind == "t3" else self.data.body) or ""

    @property
    def version(self) -> str:
        """Changes with the words."""
        return f"{zlib.crc32(self.words.encode('utf-8', 'replace')):08x}"

    @property
    def second(self) -> int:
        """When it was written."""
        return int(self.data.created_utc)

    @property
    def at(self) -> datetime:
        """The same with its zone."""
        return datetime.fromtimestamp(self.data.created_utc, UTC)

    @property
    def is_gone(self) -> bool:
        """Whether the author or a moderator took it away: the thing itself stays, with a mark in place of its words."""
        return self.words.strip() in TAKEN_AWAY or bool(self.data.removed_by_category)

    @property
    def is_closed(self) -> bool:
        """Whether nobody may answer it any more."""
        return bool(self.data.locked or self.data.archived)

    @property
    def thread(self) -> str:
        """The post of a comment; a post itself; the first message of a message."""
        top = {"t1": self.data.link_id, "t3": self.key, "t4": self.data.first_message_name}[self.kind]
        return top or self.key


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a listing, newest first."""

    children: list[msgspec.Raw] = []
    after: Text = None


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A listing; what is none does not have the shape."""

    kind: Literal["Listing"]
    data: Slice


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who we are (api/v1/me); the id comes without its `t2_`."""

    id: str
    name: str
    is_suspended: bool = False


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What became of something that was said (`api_type=json`); what is refused has an error in it."""

    class Answer(msgspec.Struct, frozen=True):
        """Whatever was made, if it is told."""

        class Things(msgspec.Struct, frozen=True):
            """Mostly one."""

            things: list[msgspec.Raw] = []

        errors: list[msgspec.Raw]
        data: Things = Things()

    json: Answer


class _Kind(msgspec.Struct, frozen=True):
    kind: str = ""


def kind_of(raw: bytes | msgspec.Raw) -> str:
    """What an entry is; empty where not even that can be read."""
    try:
        return msgspec.json.decode(raw, type=_Kind).kind
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def thing_of(raw: bytes | msgspec.Raw) -> Thing | None:
    """An entry, where it has that shape."""
    try:
        return msgspec.json.decode(raw, type=Thing)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def standing(raws: Sequence[msgspec.Raw]) -> list[msgspec.Raw]:
    """Entries without those that were taken away; what cannot be read stays, to be kept aside."""
    return [raw for raw in raws if (thing := thing_of(raw)) is None or not thing.is_gone]


def number_of(name: str) -> int:
    """The number in a full name, by which things of one kind are counted."""
    return int(name.partition("_")[2], 36)
