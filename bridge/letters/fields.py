"""Header fields that hold nothing but what they should: values are cleaned before, and read back after (E07)."""

import re
from collections.abc import Iterable, Sequence
from email.base64mime import header_encode
from email.parser import BytesHeaderParser
from email.policy import compat32

from bridge.core import graphemes, showing
from bridge.letters.mailbox import Malformed, mailboxes

MAX_VALUE = 800
"""Characters of a value: a line stays far below the 998 that RFC 5322 2.1.1 allows."""

MAX_LINE = 998

_WORD = 45
"""Octets that fit into one encoded word of 75 characters (RFC 2047 2)."""
_WIDTH = 76
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_ADDRESSED = frozenset({"From", "Reply-To", "To"})
_PARSER = BytesHeaderParser(policy=compat32)


class Unsendable(Exception):
    """The mail does not say what it should once it is written down; it must go to nobody. Trying again won't help."""


def cleaned(value: str) -> str:
    """A value without line ends, controls, bidi marks and the beginnings of encoded words."""
    return showing.line(value, MAX_VALUE).replace("=?", "= ?")


def text(name: str, value: str) -> str:
    """A field of free text."""
    return f"{name}: {_encoded(cleaned(value), len(name) + 2)}"


def mailbox(display: str, address: str) -> str:
    """The value of a field of one mailbox with the name that people see; an @ in the name could pass for another address."""
    if not display:
        return address
    shown = cleaned(display.replace("@", "\uff20"))
    if shown.isascii():
        escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_encoded(shown, len('Reply-To: '))}\r\n <{address}>"


def identifiers(name: str, ids: Iterable[str]) -> str:
    """A field of Message-IDs, each on a line of its own; raises Unsendable for what is none."""
    given = list(ids)
    if not all(map(_ID.fullmatch, given)):
        raise Unsendable("a reference is no message id")
    return f"{name}: " + "\r\n ".join(given)


def one_mailbox(address: str) -> str:
    """The address in lower case where it is exactly one plain mailbox; raises Unsendable for anything else."""
    try:
        found = mailboxes(address)
    except Malformed:
        found = ()
    if len(found) != 1 or found[0].name:
        raise Unsendable("the recipient is not one plain mailbox")
    return found[0].address


def check(content: bytes, names: Sequence[str], addresses: frozenset[str]) -> None:
    """Read a written mail back; raises Unsendable where its fields, addresses or lines are not the intended ones."""
    head, _, _ = content.partition(b"\r\n\r\n")
    parsed = _PARSER.parsebytes(head + b"\r\n\r\n")
    if parsed.keys() != list(names) or parsed.defects or not all(map(_NAME.fullmatch, names)):
        raise Unsendable("the header has other fields than intended")
    if _addresses({value for name, value in parsed.raw_items() if name in _ADDRESSED}) != addresses:
        raise Unsendable("the header has other addresses than intended")
    lines = content.split(b"\r\n")
    if content.count(b"\n") != len(lines) - 1 or content.count(b"\r") != len(lines) - 1:
        raise Unsendable("the mail has a bare line end")
    if max(map(len, lines)) > MAX_LINE:
        raise Unsendable("the mail has too long a line")


def _addresses(values: set[str]) -> frozenset[str]:
    """All mailboxes that a strict reader finds in the fields; empty where one cannot be read."""
    try:
        return frozenset(box.address for value in values for box in mailboxes(value))
    except Malformed:
        return frozenset()


def _encoded(value: str, column: int) -> str:
    """The value as it is where it is ASCII, else in encoded words that each stand on a line of their own (RFC 2047)."""
    if value.isascii():
        return value
    words: list[str] = []
    room = min(_WORD, (_WIDTH - column - len("=?utf-8?b??=")) // 4 * 3)
    while value:
        at = _fitting(value, room)
        words.append(header_encode(value[:at].encode(), "utf-8"))
        value, room = value[at:], _WORD
    return "\r\n ".join(words)


def _fitting(value: str, room: int) -> int:
    """How many characters go into so many octets; what people see as one stays together where it can."""
    at = len(value.encode()[:room].decode("utf-8", "ignore"))
    return graphemes.cut(value, at) or at
