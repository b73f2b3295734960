"""Reddit without an app: the site's public feeds, read by the feed channel, as posts that a person answers there by hand."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import msgspec

from bridge.channels import feed
from bridge.channels._cursor import unpacked
from bridge.channels._reddit.settings import Settings
from bridge.channels._reddit.words import TAKEN_AWAY
from bridge.core.events import Page, Sighting
from bridge.core.model import Account, Author, Kind, Post, Quote
from bridge.core.publications import Posted, Publication
from bridge.ports import Fittings, PermanentProblem

_MOST = "100"
"""Entries of a feed: as many as the site shows at once."""

_PLACE = re.compile(r"/comments/([0-9a-z]{1,13})(?:/[^/]*(?:/([0-9a-z]{1,13}))?)?/?(?:[?#]|$)")
"""A link's id in its address, and a comment's behind it."""

_THREAD = re.compile(r"/u/\S+ on (.+)")
"""A comment's title in a feed."""

_NAME = re.compile(r"/u/([A-Za-z0-9_-]{1,40})")
_TAIL = re.compile(r"submitted by\s+/u/\S+(?:\s+<[^>]*>)?(?:\s+to\s+r/\S+(?:\s+<[^>]*>)?)?\s*(?:\[link\]|<)")
"""How the line begins that a feed puts below a post's own words: who wrote it where, and links to it."""


class _Other(msgspec.Struct, frozen=True):
    """A cursor of the way by an app, as far as it is told from one of feeds."""

    account: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class ByFeed:
    """The feeds of some subreddits and searches."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._feeds = feed.Feed(name, _settings(settings), fittings)
        self.limits = self._feeds.limits

    async def open(self) -> Account:
        """Nobody in particular: feeds need no account."""
        return await self._feeds.open()

    async def poll(self, cursor: str | None) -> Page:
        """New posts and comments, and edits of those that the feeds still show; the oldest first."""
        if cursor is not None and unpacked(cursor, _Other).account is not msgspec.UNSET:
            raise PermanentProblem(
                "this channel was read by an app until now: give the one that reads feeds a new name"
            )
        page = await self._feeds.poll(cursor)
        known = {sighting.post.id: sighting for sighting in map(_seen, page.sightings)}
        gone = [key for key, sighting in known.items() if sighting.post.text in TAKEN_AWAY]
        standing = tuple(sighting for key, sighting in known.items() if key not in gone)
        return replace(page, sightings=standing, deleted=tuple(gone))

    async def publish(self, publication: Publication) -> Posted:
        """Never: feeds take no answers."""
        return await self._feeds.publish(publication)

    async def find(self, publication: Publication) -> Posted | None:
        """Nothing is ever said here, so nothing can be looked for."""
        return await self._feeds.find(publication)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._feeds.close()


def _settings(given: Settings) -> feed.Settings:
    """The feed channel's keys for what is to be read."""
    return feed.Settings(
        urls=tuple(_addresses(given)),
        endpoint=given.site,
        allow_private=given.allow_private,
        timeout=given.timeout,
        spacing=given.spacing,
        backfill=given.backfill,
    )


def _addresses(given: Settings) -> Iterator[str]:
    """Paths of the feeds, newest entries first."""
    for name in given.subreddits:
        yield f"/r/{name}/new/.rss?{urlencode({'limit': _MOST})}"
        yield f"/r/{name}/comments/.rss?{urlencode({'limit': _MOST})}"
    for words in given.search:
        yield f"/search.rss?{urlencode({'q': words, 'sort': 'new', 'limit': _MOST})}"


def _seen(sighting: Sighting) -> Sighting:
    return Sighting(post=_as_on_reddit(sighting.post), raw=sighting.raw)


def _as_on_reddit(post: Post) -> Post:
    """An entry under the names that Reddit's API gives it, so that several feeds show one post and not several."""
    place = _PLACE.search(post.url)
    if place is None:
        return post
    link, comment = f"t3_{place[1]}", f"t1_{place[2]}" if place[2] else ""
    return replace(
        post,
        id=comment or link,
        kind=Kind.COMMENT if comment else Kind.TOPIC,
        thread=link,
        parent="",
        author=_author(post.author),
        title="" if comment else post.title or post.text,
        text=(post.text if comment else _words(post.text)) or post.title or post.url,
        context=_above(post.title) if comment else (),
    )


def _above(title: str) -> tuple[Quote, ...]:
    """The title of the post that a comment belongs to: whose words these are a feed does not say."""
    found = _THREAD.fullmatch(title)
    return (Quote(author="the thread's title", text=found[1]),) if found else ()


def _author(author: Author) -> Author:
    """Names on Reddit never change, and feeds show no ids."""
    found = _NAME.fullmatch(author.name)
    if found is None:
        return author
    return Author(id=f"u/{found[1].lower()}", handle=found[1], url=author.url)


def _words(text: str) -> str:
    """The author's own: all before the last such line, since authors may write one, too."""
    ends = [found.start() for found in _TAIL.finditer(text)]
    return text[: ends[-1]].strip() if ends else text
