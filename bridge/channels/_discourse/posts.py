"""Discourse's posts as it sends them, and as the bridge understands them."""

import re
import zlib
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from bridge.channels._html import text_of
from bridge.channels._overlap import Shown
from bridge.channels._text import clean, line
from bridge.core.model import Author, Kind, Media, Post, Quote, Visibility

REGULAR = 1
"""`post_type` of what people write; 2 is a moderator's note, 3 a small action, 4 a whisper."""

_BOTH = frozenset({Visibility.PUBLIC, Visibility.PRIVATE})
_ALONE = frozenset({Visibility.PRIVATE})
_QUOTE = re.compile(r'\[quote(?:="?([^",\]]{1,80})[^\]]{0,200})?\]\s*((?:(?!\[/?quote)[\s\S]){0,20000}?)\s*\[/quote\]')
_UPLOAD = re.compile(r"!\[([^\]]{0,300})\]\((upload://[^)\s]{1,200}|https?://[^)\s]{1,1000})\)")
_MAX_QUOTES = 5
_LIKE = 2
"""The number of a like among the deeds (`PostActionType`)."""


class Deeds(msgspec.Struct, frozen=True):
    """How often something was done to a post."""

    id: int
    count: int = 0


class Item(msgspec.Struct, frozen=True):
    """One post of a listing, a topic, or asked for by its id."""

    id: int
    topic_id: int
    post_number: int
    user_id: int
    username: str
    created_at: datetime
    raw: str = ""
    cooked: str = ""
    name: str | None = None
    topic_title: str = ""
    reply_to_post_number: int | None = None
    post_type: int = REGULAR
    deleted_at: datetime | None = None
    user_deleted: bool = False
    hidden: bool = False
    accepted_answer: bool | None = None
    """The mark of the plugin Solved."""
    actions_summary: list[Deeds] | None = None

    @property
    def likes(self) -> int:
        """How many liked it."""
        return sum(deed.count for deed in self.actions_summary or () if deed.id == _LIKE)

    @property
    def gone(self) -> bool:
        """Whether its author or a moderator took it away."""
        return self.deleted_at is not None or self.user_deleted

    @property
    def shown(self) -> Shown:
        """As far as its novelty is concerned: its words, since edits within minutes do not raise Discourse's own version, and whether it helped."""
        helps = f"\n{bool(self.accepted_answer)} {bool(self.likes)}" if self.accepted_answer or self.likes else ""
        version = zlib.crc32(f"{self.words}{helps}".encode("utf-8", "replace"))
        return Shown(id=self.id, version=version, deleted=self.gone)

    @property
    def words(self) -> str:
        """Its source where we may see it, else its text."""
        return self.raw or text_of(self.cooked)

    @property
    def answers(self) -> int:
        """The number of the post that it answers: without its own mark the topic's first."""
        return self.reply_to_post_number or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where the posts are seen."""

    channel: str
    endpoint: str
    account: str
    handle: str

    def named(self, handle: str) -> "View":
        """The same with the account's present name, by which it is mentioned."""
        return replace(self, handle=handle)

    def post(self, item: Item, *, private: bool, parent: str) -> Post:
        """The post as the bridge knows it; `parent` is the id of the post that it answers."""
        text, quotes = unquoted(item.words)
        url = self.address(item)
        return Post(
            channel=self.channel,
            id=str(item.id),
            kind=self._kind(item, private=private),
            visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
            thread=f"{'p' if private else 't'}{item.topic_id}",
            parent=parent,
            author=Author(
                id=str(item.user_id),
                handle=line(item.username),
                name=line(item.name or ""),
                url=f"{self.endpoint}/u/{item.username}" if item.username.isascii() else "",
            ),
            title=line(item.topic_title) if item.post_number == 1 else "",
            text=_without_uploads(text),
            at=item.created_at,
            url=url,
            answer_url=url,
            answers=_ALONE if private else _BOTH,
            likes=item.likes,
            accepted=bool(item.accepted_answer),
            media=self._media(item.raw),
            context=quotes,
        )

    def address(self, item: Item) -> str:
        """Where people read it."""
        return f"{self.endpoint}/t/{item.topic_id}/{item.post_number}"

    def _kind(self, item: Item, *, private: bool) -> Kind:
        if private:
            return Kind.DIRECT
        if item.post_number == 1:
            return Kind.TOPIC
        mentioned = re.search(rf"(?<![\w@])@{re.escape(self.handle)}(?![\w-])", item.words, re.IGNORECASE)
        return Kind.MENTION if self.handle and mentioned else Kind.COMMENT

    def _media(self, raw: str) -> tuple[Media, ...]:
        """Pictures by reference; Discourse's own short addresses are resolved by the forum."""
        short = f"{self.endpoint}/uploads/short-url/"
        return tuple(
            Media(url=found[2].replace("upload://", short, 1), alt=line(found[1].partition("|")[0]))
            for found in _UPLOAD.finditer(raw)
        )[:10]


def unquoted(raw: str) -> tuple[str, tuple[Quote, ...]]:
    """The writer's own words, and the quotations among them as context: others' words must not be judged as theirs."""
    text = clean(raw)
    quotes = tuple(
        Quote(author=line(found[1] or "?"), text=found[2].strip())
        for found in _QUOTE.finditer(text)
        if found[2].strip()
    )
    own = _QUOTE.sub("", text).strip()
    return (own, quotes[:_MAX_QUOTES]) if own else (text, ())


def _without_uploads(text: str) -> str:
    """The words without the marks of pictures, unless there is nothing else."""
    return _UPLOAD.sub("", text).strip() or text


def own_words(raw: str) -> str:
    """What was said, apart from the pictures that were put below it."""
    return _UPLOAD.sub("", raw)
