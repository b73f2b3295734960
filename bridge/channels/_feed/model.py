"""What a feed holds, whatever its format."""

from dataclasses import dataclass

MAX_ENTRIES = 1000
"""Entries of one document that are read; feeds show the newest first."""


class NotAFeed(Exception):
    """The document cannot be read as a feed; its text says why, without its contents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as the feed has it, whatever the format; empty where the feed says nothing."""

    id: str = ""
    link: str = ""
    title: str = ""
    body: str = ""
    is_html: bool = True
    author: str = ""
    author_url: str = ""
    published: str = ""
    """ISO 8601."""
    updated: str = ""
    answers: str = ""
    """Id of the entry that this one answers (RFC 4685)."""
    files: tuple[tuple[str, str], ...] = ()
    """Address and type of each enclosure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A whole document."""

    title: str
    lang: str
    entries: tuple[Entry, ...]
    """In the order of the document, usually the newest first."""
    unreadable: tuple[bytes, ...] = ()
    """Entries in no shape that we know."""
    ttl: float = 0.0
    """Seconds that the feed asks to be left alone between two polls; 0 where it doesn't say."""
