"""A feed's document as entries: RSS, Atom and JSON Feed, with bombs refused before anything is parsed (E01)."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from xml.parsers import expat

import fastfeedparser

from bridge.channels._charset import to_utf8
from bridge.channels._feed.model import MAX_ENTRIES, Entry, NotAFeed, Parsed
from bridge.channels._json_feed import parse_json

_MAX_LOOSE = 2 * 1024 * 1024
"""Bytes of a malformed document that the slow, forgiving parser is given."""

_ILLEGAL = bytes(code for code in range(32) if code not in {9, 10, 13})
_LONE_AMPERSAND = re.compile(rb"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,30};)")
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "rdf:rdf"})
_CUT_SHORT = frozenset({3, 5, 6, 20})
"""Expat's errors that mean that the document ends too early: no element, unclosed token, partial character, CDATA."""

_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>")
_PERIOD = re.compile(rb"<\w{1,12}:updatePeriod>\s*(hourly|daily|weekly|monthly|yearly)\s*<")
_FREQUENCY = re.compile(rb"<\w{1,12}:updateFrequency>\s*(\d{1,4})\s*<")
_PERIODS = {b"hourly": 3600, b"daily": 86400, b"weekly": 604800, b"monthly": 2_592_000, b"yearly": 31_536_000}


def parse(body: bytes, charset: str) -> Parsed:
    """Read a document, mended where it must be; raises NotAFeed."""
    if _is_json(body):
        return parse_json(body)
    text, check = _checked(body, charset)
    found = _quick(text) if check.whole else None
    return _parsed(text, check, found or _forgiving(text))


def parse_if_easy(body: bytes, charset: str) -> Parsed | None:
    """Read a well-formed document in a time that grows with its length alone; None for others. Raises NotAFeed."""
    if _is_json(body):
        return parse_json(body)
    text, check = _checked(body, charset)
    found = _quick(text) if check.whole else None
    return _parsed(text, check, found) if found else None


def _is_json(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def _checked(body: bytes, charset: str) -> tuple[bytes, "_Check"]:
    """The document in UTF-8, with lone ampersands mended if that is all it lacks, and what expat says of it."""
    text = to_utf8(body, charset).translate(None, _ILLEGAL)
    if not text.strip():
        raise NotAFeed("the document is empty")
    check = _Check(text)
    if check.error and (mended := _LONE_AMPERSAND.sub(b"&amp;", text)) != text:
        text, check = mended, _Check(mended)
    if check.root and check.root.lower() not in _FEED_ROOTS:
        raise NotAFeed("it is a web page or another document, not a feed")
    return text, check


def _parsed(text: bytes, check: "_Check", found: "_Found") -> Parsed:
    """The document; the last entry of one that ends too early may be cut, so it waits for the next poll."""
    title, lang, entries = found
    if check.error in _CUT_SHORT:
        entries = entries[:-1]
    entries = _with_threads(entries, check.answers)[:MAX_ENTRIES]
    return Parsed(title=title, lang=lang, entries=tuple(entries), ttl=_ttl(text))


class _Check:
    """One pass of expat: is it well-formed, does it declare anything, and which entry answers which."""

    def __init__(self, text: bytes) -> None:
        self.error = 0
        self.root = ""
        self.has_doctype = False
        self.answers: list[str] = []
        """For each entry the id that it answers; empty where the feed has no threads."""
        parser = expat.ParserCreate("utf-8", "\n")  # whatever is declared: Python's codecs are not asked
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        threaded = b"in-reply-to" in text
        parser.StartElementHandler = self._threads if threaded else self._first
        self._parser = parser
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            self.error = error.code

    @property
    def whole(self) -> bool:
        """Well-formed, and with nothing declared: fit for the quick parser."""
        return not self.error and not self.has_doctype

    def _doctype(self, name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset or name.lower() not in _FEED_ROOTS:
            raise NotAFeed("it declares entities or another document type, which is refused")
        self.has_doctype = True

    def _entity(self, *_: object) -> None:
        raise NotAFeed("it declares entities, which is refused")

    def _first(self, name: str, _attributes: Mapping[str, str]) -> None:
        self.root = name.rpartition("\n")[2]
        self._parser.StartElementHandler = None

    def _threads(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition("\n")[2]
        self.root = self.root or local
        if local in {"entry", "item"}:
            self.answers.append("")
        elif local == "in-reply-to" and self.answers:
            self.answers[-1] = attributes.get("ref", "") or attributes.get("href", "")


def _with_threads(entries: Sequence[Entry], answers: Sequence[str]) -> list[Entry]:
    """The entries with what they answer, where both passes saw the same entries."""
    if len(answers) != len(entries):
        return list(entries)
    return [replace(entry, answers=ref) if ref else entry for entry, ref in zip(entries, answers, strict=True)]


_Found = tuple[str, str, list[Entry]]
"""Title, language and entries."""


def _quick(text: bytes) -> _Found | None:
    """What a well-formed document holds; None where the quick parser stumbles all the same."""
    try:
        found = fastfeedparser.parse(text)
        entries = _with_honest_ids(text, [_entry(e) for e in found["entries"]])
        return _word(found["feed"], "title"), _word(found["feed"], "language"), entries
    except Exception:  # noqa: BLE001 - it raises what its parts raise; the other parser is the net under it
        return None


def _with_honest_ids(text: bytes, entries: list[Entry]) -> list[Entry]:
    """The quick parser gives entries without an id their link for one: taken back where ids are too few."""
    start = text.find(b"<entry")
    ids = text.count(b"<guid") if start < 0 else text.count(b"<id", start)
    if ids >= len(entries) or b"rdf:about" in text:
        return entries
    return [replace(entry, id="") if entry.id == entry.link else entry for entry in entries]


def _forgiving(text: bytes) -> _Found:
    """The same of a malformed one, at sixty times the cost; never given an address or a string, which it would open."""
    if len(text) > _MAX_LOOSE:
        raise NotAFeed("it is not well-formed, and too large to be mended")
    if b"<!entity" in text.lower():
        raise NotAFeed("it declares entities, which is refused")
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        found = feedparser.parse(
            io.BytesIO(text), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as problem:  # it falls over some documents of strangers, for example a space in a namespace
        raise NotAFeed("it is not well-formed, and cannot be mended") from problem
    if not found.get("version") and not found.entries:
        raise NotAFeed("it is not a feed")
    return _word(found.feed, "title"), _word(found.feed, "language"), [_loose_entry(e) for e in found.entries]


def _entry(found: Mapping[str, Any]) -> Entry:
    """An entry of the quick parser."""
    content: Mapping[str, Any] = next((part for part in found.get("content") or () if part.get("value")), {})
    return Entry(
        id=_word(found, "id"),
        link=_word(found, "link"),
        title=_word(found, "title"),
        body=_word(content, "value") or _word(found, "description"),
        is_html=_word(content, "type") not in {"text", "text/plain"},
        author=_word(found, "author"),
        published=_word(found, "published"),
        updated=_word(found, "updated"),
        files=_files(found.get("enclosures"), "url"),
    )


def _loose_entry(found: Mapping[str, Any]) -> Entry:
    """An entry of the forgiving parser."""
    content: Mapping[str, Any] = next((part for part in found.get("content") or () if part.get("value")), {})
    reply = found.get("thr_in-reply-to")
    return Entry(
        id=_word(found, "id"),
        link=_word(found, "link"),
        title=_word(found, "title"),
        body=_word(content, "value") or _word(found, "summary"),
        is_html=_word(content, "type") != "text/plain",
        author=_word(found, "author"),
        published=_time(found.get("published_parsed")),
        updated=_time(found.get("updated_parsed")),
        answers=_word(reply, "ref") if isinstance(reply, Mapping) else "",
        files=_files(found.get("enclosures"), "href"),
    )


def _word(found: Mapping[str, Any], key: str) -> str:
    """A text of the parser's; anything else counts as nothing."""
    value = found.get(key)
    return value.strip() if isinstance(value, str) else ""


def _time(value: Any) -> str:
    """A parsed time, which is in UTC, as ISO 8601."""
    return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+00:00".format(*value[:6]) if value else ""


def _files(found: Any, address: str) -> tuple[tuple[str, str], ...]:
    """Addresses and types of enclosures."""
    return tuple((_word(file, address), _word(file, "type")) for file in found or () if _word(file, address))


def _ttl(text: bytes) -> float:
    """What RSS's `ttl` (minutes) or the syndication module's period asks for, read before the first entry."""
    ends = [at for at in (text.find(b"<item"), text.find(b"<entry")) if at >= 0]
    head = text[: min(ends, default=len(text))][:65_536]
    if found := _TTL.search(head):
        return 60.0 * int(found[1])
    if found := _PERIOD.search(head):
        times = _FREQUENCY.search(head)
        return _PERIODS[found[1]] / max(int(times[1]) if times else 1, 1)
    return 0.0
