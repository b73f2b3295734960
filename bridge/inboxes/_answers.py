"""Reading what an IMAP server says: pure, tolerant of order and of what was not asked for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_ITEM = re.compile(rb"\d+ FETCH \(")
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_INTERNALDATE = re.compile(rb'\bINTERNALDATE "([^"]*)"')
_QUOTED = re.compile(rb'\bBODY\[[^\]]*\] "((?:[^"\\]|\\.)*)"')
_VALIDITY = re.compile(rb"\[?UIDVALIDITY (\d+)\]?")
_EXISTS = re.compile(rb"(\d+) EXISTS")
_PERMANENT = re.compile(rb"PERMANENTFLAGS \(([^)]*)\)")

Lines = Sequence[bytes | bytearray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What one FETCH answer says of a message."""

    uid: int
    size: int
    at: datetime | None
    body: bytes | None
    """None where no body was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What a server says of a mailbox that was opened."""

    validity: int
    exists: int
    lasting_flags: frozenset[str]
    """Flags that last; `\\*` among them means that we may make up our own."""


def items(lines: Lines) -> list[Item]:
    """The messages of an answer; what has no UID was not asked for, and is left out."""
    return [item for group in _groups(lines) if (item := _item(group))]


def uids(lines: Lines) -> list[int]:
    """The numbers of a SEARCH answer in rising order; its last line is the server's status and says nothing."""
    found = (word for line in lines[:-1] if re.fullmatch(rb"[\d ]*", line) for word in line.split())
    return sorted({int(word) for word in found})


def selected(lines: Lines) -> Selected | None:
    """The state of an opened mailbox; None where the server does not give its UIDVALIDITY, without which UIDs mean nothing."""
    text = b"\n".join(lines)
    validity, exists, flags = _VALIDITY.search(text), _EXISTS.search(text), _PERMANENT.search(text)
    if not validity:
        return None
    return Selected(
        validity=int(validity[1]),
        exists=int(exists[1]) if exists else 0,
        lasting_flags=frozenset(flags[1].decode("ascii", "replace").split()) if flags else frozenset(),
    )


def date(text: str) -> datetime | None:
    """An INTERNALDATE, in UTC; None where it is none."""
    found = _DATE.fullmatch(text)
    if not found or found[2].title() not in _MONTHS:
        return None
    day, month, year = int(found[1]), _MONTHS.index(found[2].title()) + 1, int(found[3])
    offset = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == "-" else 1)
    try:
        zone = timezone(offset)
        return datetime(year, month, day, int(found[4]), int(found[5]), int(found[6]), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def quoted(text: str) -> str:
    """A string as IMAP quotes it; for names that hold neither CR, LF nor NUL (RFC 3501 4.3)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def listed(numbers: Iterable[int]) -> str:
    """A set of numbers as IMAP writes it."""
    return ",".join(str(number) for number in numbers)


def _groups(lines: Lines) -> Iterator[list[bytes | bytearray]]:
    """The lines of each message: its FETCH line and everything up to the next."""
    group: list[bytes | bytearray] = []
    for line in lines:
        if isinstance(line, bytes) and _ITEM.match(line):
            if group:
                yield group
            group = [line]
        elif group:
            group.append(line)
    if group:
        yield group


def _item(group: list[bytes | bytearray]) -> Item | None:
    text = b" ".join(line for line in group if isinstance(line, bytes))
    literal = next((bytes(line) for line in group if isinstance(line, bytearray)), None)
    uid, size, at, short = _UID.search(text), _SIZE.search(text), _INTERNALDATE.search(text), _QUOTED.search(text)
    if not uid:
        return None
    if literal is None and short:
        literal = re.sub(rb"\\(.)", rb"\1", short[1])
    return Item(
        uid=int(uid[1]),
        size=int(size[1]) if size else 0,
        at=date(at[1].decode("ascii", "replace")) if at else None,
        body=literal,
    )
