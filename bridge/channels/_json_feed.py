"""JSON Feed (jsonfeed.org, versions 1 and 1.1) as entries."""

import msgspec

from bridge.channels._entries import read_entries
from bridge.channels._feed.model import MAX_ENTRIES, Entry, NotAFeed, Parsed


class _Author(msgspec.Struct, frozen=True):
    name: str = ""
    url: str = ""


class _File(msgspec.Struct, frozen=True):
    url: str
    mime_type: str = ""


class _Item(msgspec.Struct, frozen=True):
    id: str | int | float = ""
    url: str = ""
    title: str = ""
    content_html: str = ""
    content_text: str = ""
    summary: str = ""
    date_published: str = ""
    date_modified: str = ""
    authors: tuple[_Author, ...] = ()
    author: _Author | None = None
    attachments: tuple[_File, ...] = ()


class _Feed(msgspec.Struct, frozen=True):
    version: str
    items: list[msgspec.Raw]
    title: str = ""
    language: str = ""


def parse_json(body: bytes) -> Parsed:
    """Read a document; raises NotAFeed."""
    try:
        feed = msgspec.json.decode(body.lstrip(b"\xef\xbb\xbf"), type=_Feed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotAFeed("it is JSON, but no JSON Feed") from None
    if "jsonfeed.org" not in feed.version:
        raise NotAFeed("it is JSON, but no JSON Feed")
    items, broken = read_entries(feed.items[:MAX_ENTRIES], _Item)
    return Parsed(
        title=feed.title,
        lang=feed.language,
        entries=tuple(_entry(item.value) for item in items),
        unreadable=tuple(each.raw for each in broken),
    )


def _entry(item: _Item) -> Entry:
    """An item as an entry."""
    author = next(iter(item.authors), item.author) or _Author()
    return Entry(
        id=str(item.id),
        link=item.url,
        title=item.title,
        body=item.content_html or item.content_text or item.summary,
        is_html=bool(item.content_html),
        author=author.name,
        author_url=author.url,
        published=item.date_published,
        updated=item.date_modified,
        files=tuple((file.url, file.mime_type) for file in item.attachments),
    )
