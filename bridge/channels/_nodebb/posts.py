"""NodeBB's posts and messages as the bridge understands them."""

import re
from dataclasses import dataclass, replace

from bridge.channels._html import text_of
from bridge.channels._nodebb.shapes import Item, Message, Person, moment
from bridge.channels._text import clean, line
from bridge.core.model import Author, Kind, Media, Post, Quote, Visibility

_BOTH = frozenset({Visibility.PUBLIC, Visibility.PRIVATE})
_OPEN = frozenset({Visibility.PUBLIC})
_ALONE = frozenset({Visibility.PRIVATE})
_QUOTE = re.compile(
    r"^@?([\w.-]{1,80}) [^\n\[\]]{1,60}\[[^\]\n]{0,300}\]\([^)\n]{0,500}/post/[^)\n]{1,40}\):?[ \t]*\n((?:>[^\n]*(?:\n|$))+)",
    re.MULTILINE,
)
"""How the composer quotes, in whatever language: somebody, a link to the post, and its lines behind marks."""

_PICTURE = re.compile(r"!\[([^\]\n]{0,300})\]\(((?:https?:/)?/[^)\s]{1,1000})\)")
_MAX_QUOTES = 5
_MAX_MEDIA = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where the posts are seen."""

    channel: str
    endpoint: str
    account: str
    handle: str
    private: bool
    """Whether a customer can be answered in a chat."""

    def named(self, handle: str) -> "View":
        """The same with the account's present name, by which it is mentioned."""
        return replace(self, handle=handle)

    def post(self, item: Item) -> Post:
        """A public post; `item` is one with its source."""
        source = item.post.content if item.post else ""
        text, quotes = unquoted(source)
        url = self.address(item.id)
        author = self._author(item.summary.user or Person(), item.id)
        return Post(
            channel=self.channel,
            id=item.id,
            kind=self._kind(item, source),
            visibility=Visibility.PUBLIC,
            thread=f"t{item.summary.topic.tid}",
            parent=_parent(item),
            author=author,
            title=line(item.summary.topic.words) if item.opens else "",
            text=_PICTURE.sub("", text).strip() or text,
            at=moment(item.summary.timestamp),
            url=url,
            answer_url=url,
            answers=_BOTH if self.private and author.id.isdigit() else _OPEN,
            likes=item.summary.upvotes,
            media=self._media(source),
            context=quotes,
        )

    def message(self, message: Message) -> Post:
        """A message of a chat."""
        url = f"{self.endpoint}/chats/{message.room_id}"
        return Post(
            channel=self.channel,
            id=message.key,
            kind=Kind.DIRECT,
            visibility=Visibility.PRIVATE,
            thread=f"r{message.room_id}",
            parent=f"r{message.room_id}.{message.to_mid}" if message.to_mid else "",
            author=self._author(message.from_user or Person(uid=message.fromuid), message.key),
            text=text_of(message.content),
            at=moment(message.timestamp),
            url=url,
            answer_url=url,
            answers=_ALONE,
        )

    def address(self, post: str) -> str:
        """Where people read it, also after it was moved."""
        return f"{self.endpoint}/post/{post}"

    def _author(self, user: Person, post: str) -> Author:
        """Guests and users that were deleted have no number of their own: each of their posts is somebody else's."""
        known = str(user.uid) not in {"0", "-1", ""}
        return Author(
            id=str(user.uid) if known else f"guest-{post}",
            handle=line(user.handle) if known else "",
            name=line(user.name),
            url=f"{self.endpoint}/uid/{user.uid}" if known else "",
        )

    def _kind(self, item: Item, source: str) -> Kind:
        if item.opens:
            return Kind.TOPIC
        mentioned = re.search(rf"(?<![\w@])@{re.escape(self.handle)}(?![\w-])", source, re.IGNORECASE)
        return Kind.MENTION if self.handle and mentioned else Kind.COMMENT

    def _media(self, source: str) -> tuple[Media, ...]:
        """Pictures by reference; the forum's own are written without its address."""
        found = [(match[2], line(match[1])) for match in _PICTURE.finditer(source)][:_MAX_MEDIA]
        return tuple(Media(url=self._whole(url), alt=alt) for url, alt in found)

    def _whole(self, url: str) -> str:
        if not url.startswith("/"):
            return url
        host = re.match(r"https?://[^/]+", self.endpoint)
        return f"{host[0] if host else ''}{url}"


def _parent(item: Item) -> str:
    """The post that it answers: without a mark of its own the topic's first."""
    if item.opens:
        return ""
    answered = item.post.to_pid if item.post else None
    return str(answered or item.summary.topic.main_pid or "")


def unquoted(source: str) -> tuple[str, tuple[Quote, ...]]:
    """The writer's own words, and the quotations among them as context: others' words must not be judged as theirs."""
    text = clean(source)
    quotes = tuple(Quote(author=line(found[1]), text=_unmarked(found[2])) for found in _QUOTE.finditer(text))
    own = _QUOTE.sub("", text).strip()
    return (own, quotes[:_MAX_QUOTES]) if own else (text, ())


def _unmarked(lines: str) -> str:
    return "\n".join(each.removeprefix(">").removeprefix(" ") for each in lines.splitlines()).strip()
