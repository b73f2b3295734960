"""Entries of a feed as posts: reading only, with a link to where a person can answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from yarl import URL

from bridge.channels._feed.forums import named, unsigned
from bridge.channels._feed.model import Entry, Parsed
from bridge.channels._feed.place import Keyed, KeyKind, digest_of
from bridge.channels._html import text_if_html, text_of
from bridge.channels._text import clean, line
from bridge.core.model import Author, Kind, Media, Post, Visibility

_MAX_FILES = 5
_MAX_URL = 2000
_DEEPEST = 50
"""Steps up a thread within one document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """From where the entries of one document are seen."""

    channel: str
    feed: str
    """The feed's name, which keeps its posts and people apart from those of other feeds."""
    base: URL
    title: str
    kind: KeyKind
    by_id: Mapping[str, Keyed]
    """The document's entries by their own ids and links."""
    now: datetime

    def post(self, keyed: Keyed) -> Post:
        """The post that an entry is."""
        entry = keyed.entry
        title = line(text_if_html(entry.title))
        text = text_of(unsigned(entry.body)) if entry.is_html else clean(entry.body)
        link = self._address(entry.link or entry.id)
        parent = self._digest(entry.answers) if entry.answers else ""
        return Post(
            channel=self.channel,
            id=f"{self.feed}.{keyed.digest}",
            kind=Kind.COMMENT if parent else Kind.TOPIC,
            visibility=Visibility.PUBLIC,
            thread=f"{self.feed}.{self._root(keyed)}",
            parent=f"{self.feed}.{parent}" if parent else "",
            author=self._author(entry),
            title=title if text else "",
            text=text or title,
            at=self._time(entry),
            url=link,
            answer_url=link,
            media=tuple(
                Media(url=address, type=line(kind, 100))
                for file, kind in entry.files[:_MAX_FILES]
                if (address := self._address(file))
            ),
        )

    def _root(self, keyed: Keyed) -> str:
        """The digest of the top of the thread, as far as the document shows it."""
        for _ in range(_DEEPEST):
            if not keyed.entry.answers:
                break
            above = self.by_id.get(keyed.entry.answers)
            if above is None:
                return self._digest(keyed.entry.answers)
            keyed = above
        return keyed.digest

    def _digest(self, reference: str) -> str:
        """The digest of an entry that another one refers to, shown or not."""
        shown = self.by_id.get(reference)
        return shown.digest if shown is not None else digest_of(self.kind, reference)

    def _author(self, entry: Entry) -> Author:
        """Feeds know no accounts: the name within the feed must do, and the feed itself where there is none."""
        given, profile = named(entry.author)
        name = line(given)
        known = f"{self.feed}.{digest_of(KeyKind.WORDS, name)}" if name else self.feed
        return Author(id=known, name=name or self.title, url=self._address(entry.author_url or profile))

    def _address(self, given: str) -> str:
        """An absolute web address; empty for anything else."""
        if not given or len(given) > _MAX_URL:
            return ""
        try:
            url = self.base.join(URL(given))
            return str(url) if url.scheme in {"http", "https"} and url.host else ""
        except ValueError:
            return ""

    def _time(self, entry: Entry) -> datetime:
        """When it was published; now where the feed does not say or names a time to come."""
        return min(_moment(entry.published) or _moment(entry.updated) or self.now, self.now)


def view(parsed: Parsed, kind: KeyKind, *, channel: str, feed: str, base: URL, now: datetime) -> FeedView:
    """The view of a document; `base` is where it was found, for its relative links."""
    by_id: dict[str, Keyed] = {}
    if any(entry.answers for entry in parsed.entries):
        for entry in parsed.entries:
            keyed = Keyed(digest=digest_of(kind, entry.id if kind is KeyKind.ID else entry.link), entry=entry)
            by_id.update({reference: keyed for reference in (entry.link, entry.id) if reference})
    title = line(text_if_html(parsed.title)) or base.host or feed
    return FeedView(channel=channel, feed=feed, base=base, title=title, kind=kind, by_id=by_id, now=now)


def _moment(given: str) -> datetime | None:
    """A time with its zone; UTC where none is given."""
    try:
        at = datetime.fromisoformat(given) if given else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
