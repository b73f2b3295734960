"""The sandbox forum's posts as it sends them, and as the bridge understands them."""

from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from bridge.channels._overlap import Shown
from bridge.channels._text import clean, line
from bridge.core.model import Author, Kind, Media, Post, Visibility

_BOTH = frozenset({Visibility.PUBLIC, Visibility.PRIVATE})
_ALONE = frozenset({Visibility.PRIVATE})


class Listed(msgspec.Struct, frozen=True):
    """A page of everything that the account can read, oldest first."""

    posts: list[msgspec.Raw]
    oldest: int
    """The lowest id that the forum still lists."""
    newest: int
    """The highest id that it has given out."""


class Thread(msgspec.Struct, frozen=True):
    """A page of one topic, or of the messages with one member."""

    posts: list[msgspec.Raw]
    more: bool = False


class Member(msgspec.Struct, frozen=True):
    """Who wrote it."""

    id: str
    name: str
    since: datetime | None = None


class Item(msgspec.Struct, frozen=True):
    """One post."""

    id: int
    topic: int
    author: Member
    text: str
    at: datetime
    parent: int | None = None
    private: bool = False
    to: str | None = None
    title: str = ""
    media: list[str] = []
    version: int = 1
    deleted: bool = False
    url: str = ""

    @property
    def shown(self) -> Shown:
        """As far as its novelty is concerned."""
        return Shown(id=self.id, version=self.version, deleted=self.deleted)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where the posts are seen."""

    channel: str
    endpoint: str
    account: str
    handle: str = ""

    def named(self, handle: str) -> "View":
        """The same, with the account's present name, by which customers mention it."""
        return replace(self, handle=handle)

    def post(self, item: Item) -> Post:
        """The post as the bridge knows it."""
        url = self.endpoint + item.url if item.url.startswith("/") else ""
        return Post(
            channel=self.channel,
            id=str(item.id),
            kind=self._kind(item),
            visibility=Visibility.PRIVATE if item.private else Visibility.PUBLIC,
            thread=self._thread(item),
            parent=self._parent(item),
            author=Author(id=item.author.id, handle=line(item.author.name), since=item.author.since),
            title=line(item.title),
            text=clean(item.text),
            at=item.at,
            url=url,
            answer_url=url,
            answers=_ALONE if item.private else _BOTH,
            media=tuple(Media(url=self._absolute(address)) for address in item.media),
        )

    def _kind(self, item: Item) -> Kind:
        if item.private:
            return Kind.DIRECT
        if item.id == item.topic:
            return Kind.TOPIC
        mentioned = self.handle and f"@{self.handle}".lower() in item.text.lower()
        return Kind.MENTION if mentioned else Kind.COMMENT

    def _thread(self, item: Item) -> str:
        """`t` and the topic, or `d` and the other one of the two."""
        if not item.private:
            return f"t{item.topic}"
        return f"d{item.to if item.author.id == self.account else item.author.id}"

    def _parent(self, item: Item) -> str:
        if item.parent is not None:
            return str(item.parent)
        return "" if item.private or item.id == item.topic else str(item.topic)

    def _absolute(self, address: str) -> str:
        return self.endpoint + address if address.startswith("/") else address
