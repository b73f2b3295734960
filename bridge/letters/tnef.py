"""What Outlook packs into `winmail.dat` ([MS-OXTNEF]): the body and the files, read once from front to back.

Libraries that read it copy the rest of the stream at each step, or believe counts of four billion that it states.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bridge.letters import charsets, lzfu, rtf

MAX_ATTRIBUTES = 20_000
MAX_PROPERTIES = 20_000
MAX_FILES = 100
MAX_RTF = 1024 * 1024
"""Octets of a body in RTF, unpacked."""

_SIGNATURE = b"\x78\x9f\x3e\x22"
_START = 6
"""Behind a key that nobody needs."""
_TOP, _ATTACHED = 1, 2
"""Levels."""
_ATTRIBUTE = struct.Struct("<BII")
"""Level, name below its type, length; a checksum of two octets follows the content."""
_CHECKSUM = 2
_BODY, _CODEPAGE, _CLASS, _MESSAGE = 0x800C, 0x9007, 0x8008, 0x9003
_FILE, _CONTENT, _TITLE, _MORE = 0x9002, 0x800F, 0x8010, 0x9005

_FIXED = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 4,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
"""Octets of a property by its type."""
_LONG = frozenset({0x000D, 0x001E, 0x001F, 0x0102})
_SHORT, _UNICODE, _MANY, _NAMED = 0x0002, 0x001F, 0x1000, 0x8000
_TEXT, _HTML, _RTF, _PAGE_CODEPAGE, _OUTLOOK_CLASS = 0x1000, 0x1013, 0x1009, 0x3FDE, 0x001A
_LONG_NAME, _SHORT_NAME, _MIME, _CONTENT_ID, _DATA = 0x3707, 0x3704, 0x370E, 0x3712, 0x3701
_CODECS = {932: "cp932", 936: "gb18030", 20127: "us-ascii", 20866: "koi8-r", 21866: "koi8-u", 50220: "iso-2022-jp", 50221: "iso-2022-jp",
           51932: "euc-jp", 51949: "euc-kr", 54936: "gb18030", 65001: "utf-8"}  # fmt: skip
_LATIN = range(28591, 28607)


class Unpackable(ValueError):
    """The octets are no such stream, break a limit, or end too early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedText:
    """A form of the body."""

    text: str
    sure: bool
    """Whether its charset is sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """One attachment."""

    name: str
    content_type: str
    """As the sender states it; empty where they do not."""
    content_id: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What a stream holds."""

    message_class: str
    """What kind of item Outlook made, in lower case, for example ipm.note."""
    plain: PackedText | None
    html: PackedText | None
    files: tuple[PackedFile, ...]


_Properties = Mapping[int, tuple[int, bytes]]
"""Type and content by name."""


def unpacked(octets: bytes) -> Packed:
    """What the stream holds; raises Unpackable, and nothing else."""
    attributes = tuple(_attributes(octets))
    top = {name: content for level, name, content in attributes if level == _TOP}
    codec = _codec(top.get(_CODEPAGE, b""))
    said = _properties(top.get(_MESSAGE, b""))
    plain, html = _bodies(top, said, codec)
    stated = _string(said, _OUTLOOK_CLASS, codec) or top.get(_CLASS, b"").decode("latin-1").rstrip("\0")
    return Packed(
        message_class=stated.lower().removeprefix("ipm.microsoft mail.")[:100],
        plain=plain,
        html=html,
        files=tuple(_file(each, codec) for each in _files(attributes)),
    )


def _attributes(octets: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Level, name and content of each."""
    if not octets.startswith(_SIGNATURE):
        raise Unpackable("it has no signature")
    at, count = _START, 0
    while at + _ATTRIBUTE.size <= len(octets):
        level, name, length = _ATTRIBUTE.unpack_from(octets, at)
        at += _ATTRIBUTE.size
        count += 1
        if at + length > len(octets) or count > MAX_ATTRIBUTES or level not in {_TOP, _ATTACHED}:
            raise Unpackable("an attribute does not fit")
        yield level, name & 0xFFFF, octets[at : at + length]
        at += length + _CHECKSUM


def _codec(octets: bytes) -> str:
    """Python's name for a codepage, stated in four octets."""
    number = int.from_bytes(octets[:4], "little") or 1252
    if number in _LATIN:
        return f"iso-8859-{number - _LATIN.start + 1}"
    return _CODECS.get(number, f"cp{number}")


def _properties(octets: bytes) -> _Properties:
    """The single values of a list of properties, each within what is there."""
    found: dict[int, tuple[int, bytes]] = {}
    if not octets:
        return found
    count, at = _number(octets, 0), 4
    if count > MAX_PROPERTIES:
        raise Unpackable("it states too many properties")
    for _ in range(count):
        kind, name = _number(octets, at) & 0xFFFF, _number(octets, at) >> 16
        at = _named(octets, at + 4) if name >= _NAMED else at + 4
        values, at = _values(octets, at, kind)
        if len(values) == 1 and name < _NAMED:
            found.setdefault(name, (kind & ~_MANY, values[0]))
    return found


def _named(octets: bytes, at: int) -> int:
    """Where the value of a property begins that has a name of its own."""
    if _number(octets, at + 16) == 0:
        return at + 24
    return at + 24 + _padded(_number(octets, at + 20))


def _values(octets: bytes, at: int, kind: int) -> tuple[list[bytes], int]:
    """The values of one property, and where the next one begins."""
    single, count = kind & ~_MANY, 1
    if kind & _MANY or single in _LONG:
        count, at = _number(octets, at), at + 4
    if count > MAX_PROPERTIES or (single not in _FIXED and single not in _LONG):
        raise Unpackable("a property cannot be read")
    if single == _SHORT and kind & _MANY:
        return [b""] * count, _within(octets, at + _padded(2 * count))
    values: list[bytes] = []
    for _ in range(count):
        length, at = (_FIXED[single], at) if single in _FIXED else (_number(octets, at), at + 4)
        _within(octets, at + length)
        values.append(octets[at : at + length])
        at += _padded(length)
    return values, at


def _number(octets: bytes, at: int) -> int:
    _within(octets, at + 4)
    return int.from_bytes(octets[at : at + 4], "little")


def _within(octets: bytes, end: int) -> int:
    if end > len(octets) + 3:  # the padding of the last value may be missing
        raise Unpackable("it ends too early")
    return end


def _padded(length: int) -> int:
    return length + -length % 4


def _bodies(top: Mapping[int, bytes], said: _Properties, codec: str) -> tuple[PackedText | None, PackedText | None]:
    """The plain body and the page; where there is neither, what the RTF shows."""
    plain = _text(said, _TEXT, codec) or (_decoded(top[_BODY], codec) if _BODY in top else None)
    page = _codec(said[_PAGE_CODEPAGE][1]) if _PAGE_CODEPAGE in said else ""
    html = _text(said, _HTML, page)
    if html is None and _RTF in said:
        shown = _shown(said[_RTF][1])
        html = PackedText(text=shown.text, sure=shown.sure) if shown.is_html else None
        plain = plain or (None if html else PackedText(text=shown.text, sure=shown.sure))
    return plain, html


def _shown(octets: bytes) -> rtf.Spelled:
    source = lzfu.unpacked(octets, limit=MAX_RTF)
    shown = rtf.spelled(source.rstrip(b"\0")) if source is not None else None
    if shown is None:
        raise Unpackable("its RTF cannot be read")
    return shown


def _text(said: _Properties, name: int, codec: str) -> PackedText | None:
    kind, octets = said.get(name, (0, b""))
    if not octets:
        return None
    if kind != _UNICODE and not codec:
        codec = charsets.declared_in_html(octets)
    return _decoded(octets, "utf-16-le" if kind == _UNICODE else codec)


def _decoded(octets: bytes, codec: str) -> PackedText | None:
    text, sure = charsets.decode(octets, codec)
    text = text.rstrip("\0").replace("\r\n", "\n").replace("\r", "\n")
    return PackedText(text=text, sure=sure) if text.strip() else None


def _string(said: _Properties, name: int, codec: str) -> str:
    found = _text(said, name, codec)
    return found.text.strip() if found else ""


def _files(attributes: tuple[tuple[int, int, bytes], ...]) -> list[dict[int, bytes]]:
    """The attributes of each attachment."""
    found: list[dict[int, bytes]] = []
    for level, name, content in attributes:
        if level == _ATTACHED and name == _FILE:
            found.append({})
        elif level == _ATTACHED and found:
            found[-1].setdefault(name, content)
    if len(found) > MAX_FILES:
        raise Unpackable("it holds too many files")
    return found


def _file(given: Mapping[int, bytes], codec: str) -> PackedFile:
    """An attachment; a message inside is a file like any, and is not opened."""
    said = _properties(given.get(_MORE, b""))
    name = _string(said, _LONG_NAME, codec) or _string(said, _SHORT_NAME, codec)
    titled = charsets.decode(given.get(_TITLE, b""), codec)[0].strip("\0 ")
    return PackedFile(
        name=name or titled,
        content_type=_string(said, _MIME, codec).lower(),
        content_id=_string(said, _CONTENT_ID, codec),
        content=given.get(_CONTENT) or said.get(_DATA, (0, b""))[1],
    )
