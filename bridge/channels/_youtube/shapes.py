"""What YouTube's API answers about comments, as far as it is read (discovery document youtube v3, revision 20261104)."""

import zlib
from datetime import datetime
from typing import Annotated

import msgspec

KEY = r"\A[A-Za-z0-9_-]{3,80}(?:\.[A-Za-z0-9_-]{3,80})?\Z"
"""The id of a comment; that of a reply is its thread's, a dot, and its own."""

HELD = frozenset({"heldForReview", "likelySpam", "rejected"})
"""States in which the channel's owner alone sees a comment."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]

_NOTHING = msgspec.Raw(b"null")


class _Named(msgspec.Struct, frozen=True):
    value: str = ""


class Snippet(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A comment's particulars; texts are those of strangers."""

    published_at: Moment
    text_original: str | None = None
    """Told to the comment's author, and not always."""
    text_display: str | None = None
    """Plain, since `textFormat=plainText` is asked for."""
    author_display_name: str | None = None
    author_channel_id: _Named | None = None
    author_channel_url: str | None = None
    author_profile_image_url: str | None = None
    video_id: str | None = None
    parent_id: str | None = None
    moderation_status: str | None = None
    image_url: str | None = None


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment, or a reply to one."""

    id: Annotated[str, msgspec.Meta(pattern=KEY)]
    snippet: Snippet

    @property
    def key(self) -> str:
        """The bridge's id."""
        return self.id

    @property
    def words(self) -> str:
        """As they were written, where that is told, else as they are shown."""
        return self.snippet.text_original or self.snippet.text_display or ""

    @property
    def version(self) -> str:
        """Changes with the words."""
        return f"{zlib.crc32(self.words.encode('utf-8', 'replace')):08x}"

    @property
    def second(self) -> int:
        """When it was written."""
        return int(self.snippet.published_at.timestamp())

    @property
    def thread(self) -> str:
        """The comment at the top: there is one level of replies only."""
        return self.snippet.parent_id or self.id.partition(".")[0]

    @property
    def author(self) -> str:
        """The author's channel; empty where it is gone."""
        return self.snippet.author_channel_id.value if self.snippet.author_channel_id else ""

    @property
    def is_held(self) -> bool:
        """Whether YouTube says that only the owner sees it; it never says so of what is asked for by id."""
        return self.snippet.moderation_status in HELD

    def is_in(self, status: str) -> bool:
        """Whether it is in that state, as far as YouTube tells its state."""
        return self.snippet.moderation_status in {None, status}


class _Replies(msgspec.Struct, frozen=True):
    comments: list[msgspec.Raw] = []


class _Top(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    top_level_comment: Comment
    video_id: str | None = None
    can_reply: bool = True
    is_public: bool = True
    total_reply_count: int = 0


class _Bare(msgspec.Struct, frozen=True):
    class Top(msgspec.Struct, frozen=True, rename="camel"):
        top_level_comment: msgspec.Raw

    snippet: Top


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A comment at the top, with some of its replies."""

    id: str
    snippet: _Top
    replies: msgspec.Raw = _NOTHING

    @property
    def top(self) -> Comment:
        """The comment itself."""
        return self.snippet.top_level_comment

    @property
    def key(self) -> str:
        """The id of the comment."""
        return self.top.id

    @property
    def version(self) -> str:
        """That of the comment."""
        return self.top.version

    @property
    def second(self) -> int:
        """When the comment was written."""
        return self.top.second

    @property
    def shown(self) -> list[msgspec.Raw]:
        """The few replies that come along."""
        try:
            told = msgspec.json.decode(self.replies, type=_Replies | None)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return []
        return told.comments if told else []


def kept_back(raw: msgspec.Raw, thread: Thread, status: str) -> list[msgspec.Raw]:
    """What of a thread is in a state that only the owner sees: the comment at its top, replies, or both."""
    replies = [each for each in thread.shown if (reply := _comment(each)) is None or reply.is_in(status)]
    told = thread.top.snippet.moderation_status
    if told == status or (told is None and not (thread.snippet.is_public and replies)):
        return [*replies, msgspec.json.decode(raw, type=_Bare).snippet.top_level_comment]
    return replies


def _comment(raw: msgspec.Raw) -> Comment | None:
    try:
        return msgspec.json.decode(raw, type=Comment)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


class Listed(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A page of a listing."""

    items: list[msgspec.Raw]
    next_page_token: str | None = None


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What was published."""

    class Particulars(msgspec.Struct, frozen=True, rename="camel"):
        """Whether it is shown to others."""

        moderation_status: str | None = None
        video_id: str | None = None

    id: Annotated[str, msgspec.Meta(pattern=KEY)]
    snippet: Particulars = Particulars()

    @property
    def is_held(self) -> bool:
        """Whether YouTube says that only the owner sees it."""
        return self.snippet.moderation_status in HELD


class Mine(msgspec.Struct, frozen=True, kw_only=True):
    """Whose the token is (channels.list with mine=true)."""

    class Channel(msgspec.Struct, frozen=True, kw_only=True):
        """One of them; mostly there is one."""

        class Particulars(msgspec.Struct, frozen=True, rename="camel"):
            """Its names."""

            title: str = ""
            custom_url: str = ""

        id: str
        snippet: Particulars = Particulars()

    items: list[Channel] = []
