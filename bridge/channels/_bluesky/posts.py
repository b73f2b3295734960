"""What Bluesky shows, as the core's posts; what can be answered, and by what way, is reckoned here and nowhere else."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bridge.channels._bluesky.facets import words
from bridge.channels._bluesky.shapes import Entry, Message, Profile
from bridge.channels._newest_first import Shown
from bridge.channels._text import clean, line
from bridge.core.model import Author, Kind, Media, Post, Quote, Visibility

_SITE = "https://bsky.app"
_MOST_MEDIA = 20
_PRIVATE = "m"
_SUMMONS = frozenset({"mention", "quote"})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How one account sees the network."""

    channel: str
    account: str
    handle: str
    messages: bool

    def post(self, shown: Entry, *, above: Mapping[str, Shown[Entry]]) -> Post:
        """The post as the bridge knows it; `above` are posts that it may answer."""
        return Post(
            channel=self.channel,
            id=shown.key,
            kind=self._kind(shown),
            visibility=Visibility.PUBLIC,
            thread=shown.root,
            parent=shown.parent,
            author=_author(shown.author),
            text=clean(self._unaddressed(words(shown.record))),
            at=shown.indexed_at,
            url=address(shown.key),
            answer_url=address(shown.key),
            lang=line(next(iter(shown.record.langs), ""), 16),
            answers=frozenset(self._answers(shown)),
            media=tuple(_media(shown)),
            context=tuple(self._context(shown, above)),
        )

    def message(self, message: Message, *, convo: str, sender: Profile, alone: bool) -> Post:
        """A direct message; where others than the customer and we read it, it is answered by hand."""
        return Post(
            channel=self.channel,
            id=message_name(convo, message.id),
            kind=Kind.DIRECT,
            visibility=Visibility.PRIVATE,
            thread=f"{_PRIVATE}/{convo}",
            author=_author(sender),
            text=clean(message.text),
            at=message.sent_at,
            answer_url=f"{_SITE}/messages/{convo}",
            answers=frozenset({Visibility.PRIVATE} if alone else ()),
        )

    def is_ours(self, entry: Entry) -> bool:
        """Whether we wrote it."""
        return entry.author.did == self.account

    def _kind(self, entry: Entry) -> Kind:
        if entry.reason in _SUMMONS:
            return Kind.MENTION
        return Kind.COMMENT if entry.parent else Kind.TOPIC

    def _answers(self, entry: Entry) -> Iterator[Visibility]:
        if not entry.is_closed:
            yield Visibility.PUBLIC
        if self.messages and entry.author.takes_messages:
            yield Visibility.PRIVATE

    def _unaddressed(self, text: str) -> str:
        """Without our own name at the beginning."""
        if not self.handle:
            return text
        return re.sub(rf"^(?:@{re.escape(self.handle)}[\s,:]+)+", "", text, flags=re.IGNORECASE) or text

    def _context(self, entry: Entry, above: Mapping[str, Shown[Entry]]) -> Iterator[Quote]:
        """What it answers, and what it quotes."""
        for key in dict.fromkeys((entry.root, entry.parent)):
            if key in above and key != entry.key:
                yield self._quote(above[key].entry)
        quoted = entry.quoted
        if quoted is not None and quoted.author is not None and quoted.value is not None:
            ours = quoted.author.did == self.account
            yield Quote(author=_handle(quoted.author), text=clean(words(quoted.value)), ours=ours)

    def _quote(self, entry: Entry) -> Quote:
        return Quote(
            author=_handle(entry.author),
            text=clean(words(entry.record)),
            at=entry.indexed_at,
            url=address(entry.key),
            ours=self.is_ours(entry),
        )


def address(key: str) -> str:
    """Where a person sees a post."""
    did, _, record = key.partition("/")
    return f"{_SITE}/profile/{did}/post/{record}"


def message_name(convo: str, message: str) -> str:
    """The bridge's id of a direct message."""
    return f"{_PRIVATE}/{convo}/{message}"


def convo_of(name: str) -> str:
    """The conversation of a direct message or of a private thread; empty where it is neither."""
    sort, _, rest = name.partition("/")
    return rest.partition("/")[0] if sort == _PRIVATE else ""


def _author(profile: Profile) -> Author:
    count = profile.followers_count
    return Author(
        id=profile.did,
        handle=line(profile.handle),
        name=line(profile.display_name or ""),
        url=f"{_SITE}/profile/{profile.did}",
        reach=count if count is not None and count >= 0 else None,
        since=profile.since,
    )


def _handle(profile: Profile) -> str:
    return line(f"@{profile.handle}" if profile.handle else profile.did)


def _media(entry: Entry) -> Iterator[Media]:
    for image in entry.images[:_MOST_MEDIA]:
        url = line(image.fullsize, 2000)
        if url.startswith("https://") and " " not in url:
            yield Media(url=url, type="image", alt=line(image.alt, 1000))
