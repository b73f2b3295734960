"""Links, names and tags in a text: Bluesky marks them beside the words, by places counted in bytes (app.bsky.richtext.facet)."""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from bridge.channels._bluesky.shapes import Record

_LINK = re.compile(r"(?<![\w@/])https?://[^\s<>\"']+", re.IGNORECASE)
_AFTER = ".,;:!?)]}'\"…»“”"
HANDLE = re.compile(
    r"(?<![\w@./])@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)", re.IGNORECASE
)
"""A name as it is written in a text (atproto.com/specs/handle)."""

_TAG = re.compile(r"(?<!\S)#((?!\d+\b)\w{1,64})")
_SHORTENED = ("…", "...")


class _Feature(msgspec.Struct, frozen=True):
    uri: str = ""


class _Index(msgspec.Struct, frozen=True, rename="camel"):
    byte_start: int
    byte_end: int


class _Facet(msgspec.Struct, frozen=True):
    index: _Index
    features: list[_Feature] = []


def words(record: Record) -> str:
    """The text with whole addresses: clients show long ones shortened, and keep them beside the words."""
    given = record.text.encode("utf-8", "replace")
    for facet in sorted(_facets(record.facets), key=lambda facet: facet.index.byte_start, reverse=True):
        start, end = facet.index.byte_start, facet.index.byte_end
        shown = given[start:end].decode("utf-8", "replace")
        uri = next((f.uri for f in facet.features if f.uri.startswith(("https://", "http://"))), "")
        if 0 <= start < end <= len(given) and uri and shown.endswith(_SHORTENED):
            given = given[:start] + uri.encode("utf-8", "replace") + given[end:]
    return given.decode("utf-8", "replace")


def marked(text: str, names: Mapping[str, str]) -> list[dict[str, object]]:
    """The marks of our own words; `names` are the DIDs of names that are known, in lower case."""
    found = [*_links(text), *_names(text, names), *_tags(text)]
    return [
        _facet(text, start, end, feature=feature) for start, end, feature in sorted(found, key=lambda each: each[0])
    ]


def named(text: str) -> Sequence[str]:
    """The names that a text mentions, in lower case."""
    return list(dict.fromkeys(found[1].lower() for found in HANDLE.finditer(text)))


_Marked = Iterator[tuple[int, int, dict[str, str]]]


def _links(text: str) -> _Marked:
    for found in _LINK.finditer(text):
        link = found[0].rstrip(_AFTER)
        yield found.start(), found.start() + len(link), {"$type": "app.bsky.richtext.facet#link", "uri": link}


def _names(text: str, names: Mapping[str, str]) -> _Marked:
    for found in HANDLE.finditer(text):
        did = names.get(found[1].lower(), "")
        if did:
            yield found.start(), found.end(), {"$type": "app.bsky.richtext.facet#mention", "did": did}


def _tags(text: str) -> _Marked:
    for found in _TAG.finditer(text):
        yield found.start(), found.end(), {"$type": "app.bsky.richtext.facet#tag", "tag": found[1]}


def _facet(text: str, start: int, end: int, *, feature: Mapping[str, str]) -> dict[str, object]:
    """Places in UTF-8 bytes."""
    first = len(text[:start].encode())
    return {"index": {"byteStart": first, "byteEnd": first + len(text[start:end].encode())}, "features": [feature]}


def _facets(raw: msgspec.Raw) -> list[_Facet]:
    """The marks beside a text, where they can be read."""
    try:
        return msgspec.json.decode(raw, type=list[_Facet] | None) or []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
