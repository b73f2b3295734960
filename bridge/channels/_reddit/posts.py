"""What Reddit shows, as the core's posts; what can be answered, and by what way, is reckoned here and nowhere else."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bridge.channels._newest_first import Shown
from bridge.channels._reddit.shapes import Thing
from bridge.channels._reddit.words import plain
from bridge.channels._text import clean, line
from bridge.core.model import Author, Kind, Media, Post, Quote, Visibility

_PICTURE = re.compile(r"https://i\.redd\.it/[A-Za-z0-9_.-]{1,100}")
_PRIVATE = "m"
_MENTION = "username_mention"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How one account sees the site."""

    channel: str
    site: str
    account: str
    handle: str
    messages: bool

    def post(self, thing: Thing, above: Mapping[str, Shown[Thing]]) -> Post:
        """The post as the bridge knows it; `above` are things that it may answer."""
        private = thing.kind == "t4"
        url = self.address(thing)
        return Post(
            channel=self.channel,
            id=thing.key,
            kind=self._kind(thing),
            visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
            thread=f"{_PRIVATE}/{thing.thread}" if private else thing.thread,
            parent=thing.data.parent_id or "",
            author=self._author(thing),
            title=line(thing.data.title or "") if thing.kind == "t3" else "",
            text=_words(thing),
            at=thing.at,
            url="" if private else url,
            answer_url=url,
            answers=frozenset(self._answers(thing, above)),
            media=tuple(_media(thing)),
            context=tuple(self._context(thing, above)),
        )

    def address(self, thing: Thing) -> str:
        """Where a person sees it."""
        if thing.kind == "t4":
            return f"{self.site}/message/messages/{thing.key.partition('_')[2]}"
        path = line(thing.data.permalink or (thing.data.context or "").partition("?")[0], 1000)
        return f"{self.site}{path}" if re.fullmatch(r"/[^\s\\]+", path) else self.site

    def is_ours(self, thing: Thing) -> bool:
        """Whether we wrote it."""
        return thing.data.author_fullname == self.account

    def _kind(self, thing: Thing) -> Kind:
        if thing.kind == "t4":
            return Kind.DIRECT
        if thing.data.type == _MENTION or self._names_us(thing.words):
            return Kind.MENTION
        return Kind.TOPIC if thing.kind == "t3" else Kind.COMMENT

    def _names_us(self, words: str) -> bool:
        return bool(re.search(rf"(?<![\w/])/?u/{re.escape(self.handle)}(?![\w-])", plain(words), re.IGNORECASE))

    def _author(self, thing: Thing) -> Author:
        """Somebody whose account is gone, or who is the site itself, is known by nothing but the post."""
        name = line(thing.data.author or "", 60)
        if thing.data.author_fullname is None:
            return Author(id=f"gone-{thing.key}", name=name or line(thing.data.subreddit or "", 60))
        url = f"{self.site}/user/{name}" if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name) else ""
        return Author(id=thing.data.author_fullname, handle=name, url=url)

    def _answers(self, thing: Thing, above: Mapping[str, Shown[Thing]]) -> Iterator[Visibility]:
        top = above.get(thing.thread)
        if thing.kind != "t4" and not thing.is_closed and not (top and top.entry.is_closed):
            yield Visibility.PUBLIC
        if self.messages and thing.data.author_fullname is not None:
            yield Visibility.PRIVATE

    def _context(self, thing: Thing, above: Mapping[str, Shown[Thing]]) -> Iterator[Quote]:
        """The post at the top, and what it answers."""
        for key in dict.fromkeys((thing.thread, thing.data.parent_id or "")):
            if key in above and key != thing.key:
                yield self._quote(above[key].entry)

    def _quote(self, thing: Thing) -> Quote:
        title = line(thing.data.title or "")
        return Quote(
            author=line(f"u/{thing.data.author}" if thing.data.author else "?", 60),
            text=f"{title}\n\n{_words(thing)}".strip() if title and title != _words(thing) else _words(thing),
            at=thing.at,
            url=self.address(thing),
            ours=self.is_ours(thing),
        )


def is_message(name: str) -> bool:
    """Whether a thread or a post of the bridge is a private one."""
    return name.startswith((f"{_PRIVATE}/", "t4_"))


def _words(thing: Thing) -> str:
    """What was written; of a mere link its address, and at least the title."""
    written = clean(plain(thing.words)).strip()
    return written or line(thing.data.url or "", 2000) or line(thing.data.title or "")


def _media(thing: Thing) -> Iterator[Media]:
    """A post's picture by reference."""
    if thing.kind == "t3" and thing.data.url and _PICTURE.fullmatch(thing.data.url):
        yield Media(url=thing.data.url, type="image")
