"""SMPP 3.4 as a strict SMSC reads and writes it: every field within its bounds, and the codings of text messages."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

BIND_TRANSCEIVER, SUBMIT_SM, DELIVER_SM, UNBIND, ENQUIRE_LINK = 0x09, 0x04, 0x05, 0x06, 0x15
GENERIC_NACK, RESPONSE = 0x80000000, 0x80000000
UDHI = 0x40

OK, BAD_LENGTH, BAD_COMMAND, NOT_BOUND, ALREADY_BOUND = 0x00, 0x02, 0x03, 0x04, 0x05
SYSTEM_ERROR, BAD_SOURCE, BAD_TARGET, BAD_PASSWORD, BAD_NAME = 0x08, 0x0A, 0x0B, 0x0E, 0x0F
BAD_MESSAGE_LENGTH, BAD_CLASS, SUBMIT_FAILED, THROTTLED, BAD_FIELD = 0x01, 0x43, 0x45, 0x58, 0xC4

PAYLOAD, SAR_NUMBER, SAR_TOTAL, SAR_PLACE = 0x0424, 0x020C, 0x020E, 0x020F
RECEIPTED_ID, STATE, NETWORK_ERROR = 0x001E, 0x0427, 0x0423

GSM, UCS2 = 0, 8
_SEPTETS, _OCTETS = 160, 140
_SEPTETS_WITH_HEADER, _OCTETS_WITH_HEADER = 153, 134


class Refused(Exception):
    """A request breaks the specification; its argument is the status."""

    def __init__(self, status: int) -> None:
        super().__init__(hex(status))
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A submit_sm or deliver_sm."""

    source: tuple[int, int, str]
    """Type, plan, digits."""
    target: tuple[int, int, str]
    body: bytes
    coding: int = GSM
    esm_class: int = 0
    registered: int = 0
    fields: Mapping[int, bytes] = field(default_factory=dict)

    def wire(self) -> bytes:
        """Its octets."""
        head = b"\0" + _address(self.source) + _address(self.target)
        kind = bytes((self.esm_class, 0, 0)) + b"\0\0"
        tail = bytes((self.registered, 0, self.coding, 0, len(self.body))) + self.body
        return head + kind + tail + b"".join(struct.pack(">HH", tag, len(v)) + v for tag, v in self.fields.items())


def packet(command: int, sequence: int, status: int = OK, *, body: bytes = b"") -> bytes:
    """A whole packet."""
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def texts(body: bytes, *sizes: int) -> tuple[list[str], bytes]:
    """So many texts with their zeros, none longer than its size, and what follows; raises Refused."""
    found = []
    for size in sizes:
        text, zero, body = body.partition(b"\0")
        if not zero or len(text) >= size or not text.isascii():
            raise Refused(BAD_LENGTH)
        found.append(text.decode())
    return found, body


def message(body: bytes) -> Message:
    """A submit_sm; raises Refused for whatever a strict SMSC would not take."""
    try:
        _, rest = texts(body, 6)
        source, rest = _read_address(rest, BAD_SOURCE)
        target, rest = _read_address(rest, BAD_TARGET)
        esm_class, rest = rest[0], rest[3:]
        _, rest = texts(rest, 17, 17)
        registered, coding, length = rest[0], rest[2], rest[4]
        text, rest = rest[5 : 5 + length], rest[5 + length :]
    except IndexError:
        raise Refused(BAD_LENGTH) from None
    if len(text) != length:
        raise Refused(BAD_MESSAGE_LENGTH)
    read = Message(
        source=source,
        target=target,
        body=text,
        coding=coding,
        esm_class=esm_class,
        registered=registered,
        fields=_fields(rest),
    )
    _check(read)
    return read


def _check(read: Message) -> None:
    """What the specification wants besides the shape."""
    if read.body and PAYLOAD in read.fields:
        raise Refused(BAD_FIELD)
    if not read.body and not read.fields.get(PAYLOAD):
        raise Refused(BAD_MESSAGE_LENGTH)
    if read.esm_class & ~UDHI or read.registered > 1:
        raise Refused(BAD_CLASS)
    sar = [tag in read.fields for tag in (SAR_NUMBER, SAR_TOTAL, SAR_PLACE)]
    if any(sar) and (not all(sar) or len(read.fields[SAR_NUMBER]) != 2):
        raise Refused(BAD_FIELD)
    if PAYLOAD not in read.fields:
        _check_size(read, parts=any(sar))


def _check_size(read: Message, *, parts: bool) -> None:
    """No more than a segment carries."""
    header, text = split_header(read)
    with_header = bool(header) or parts
    if read.coding == GSM:
        limit = _SEPTETS_WITH_HEADER if with_header else _SEPTETS
        good = all(code < 0x80 for code in text) and not text.endswith(b"\x1b")
    elif read.coding == UCS2:
        limit = _OCTETS_WITH_HEADER if with_header else _OCTETS
        good = len(text) % 2 == 0
    else:
        raise Refused(BAD_FIELD)
    if len(text) > limit or not good:
        raise Refused(BAD_MESSAGE_LENGTH)


def split_header(read: Message) -> tuple[bytes, bytes]:
    """The user data header without its length, and the text."""
    if not read.esm_class & UDHI:
        return b"", read.body
    length = read.body[0] if read.body else 0
    header = read.body[1 : 1 + length]
    if len(header) != length or header[:2] != b"\x00\x03" or length != 5 or not 1 <= header[4] <= header[3]:
        raise Refused(BAD_CLASS)
    return header, read.body[1 + length :]


def part_of(read: Message) -> tuple[int, int, int]:
    """Number of the whole, how many parts, which one: 0, 1, 1 for a text in one piece."""
    header, _ = split_header(read)
    if header:
        return header[2], header[3], header[4]
    if SAR_TOTAL in read.fields:
        number = int.from_bytes(read.fields[SAR_NUMBER], "big")
        return number, read.fields[SAR_TOTAL][0], read.fields[SAR_PLACE][0]
    return 0, 1, 1


def _address(address: tuple[int, int, str]) -> bytes:
    return bytes(address[:2]) + address[2].encode("ascii") + b"\0"


def _read_address(body: bytes, status: int) -> tuple[tuple[int, int, str], bytes]:
    ton, npi = body[0], body[1]
    (digits,), rest = texts(body[2:], 21)
    if ton not in {0, 1} or npi != 1 or not digits.isdecimal():
        raise Refused(status)
    return (ton, npi, digits), rest


def _fields(body: bytes) -> dict[int, bytes]:
    """Optional fields, all of them whole and none twice."""
    found: dict[int, bytes] = {}
    while body:
        if len(body) < 4:
            raise Refused(BAD_FIELD)
        tag, length = struct.unpack(">HH", body[:4])
        if tag in found or len(body) < 4 + length:
            raise Refused(BAD_FIELD)
        found[tag] = body[4 : 4 + length]
        body = body[4 + length :]
    return found


_CODES = {
    **{chr(code): code for code in range(0x20, 0x7B) if code not in {0x24, 0x40, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F, 0x60}},
    **dict(zip("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ", [*range(0x1B)], strict=True)),
    **dict(zip("ÆæßÉ", range(0x1C, 0x20), strict=True)),
    **dict(zip("¤¡ÄÖÑÜ§¿äöñüà", (0x24, 0x40, *range(0x5B, 0x61), *range(0x7B, 0x80)), strict=True)),
}
_ESCAPED = dict(zip("\f^{}\\[~]|€", (0x0A, 0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40, 0x65), strict=True))
_CHARACTERS = {code: character for character, code in _CODES.items()}
_ESCAPED_CHARACTERS = {code: character for character, code in _ESCAPED.items()}


def septets(text: str) -> bytes | None:
    """The text in GSM 03.38; None where it has no such characters."""
    found = bytearray()
    for character in text:
        if character in _CODES:
            found.append(_CODES[character])
        elif character in _ESCAPED:
            found += bytes((0x1B, _ESCAPED[character]))
        else:
            return None
    return bytes(found)


def read_text(octets: bytes, coding: int) -> str:
    """What a phone shows."""
    if coding == UCS2:
        return octets.decode("utf-16-be")
    text, codes = "", iter(octets)
    for code in codes:
        text += _ESCAPED_CHARACTERS[next(codes)] if code == 0x1B else _CHARACTERS[code]
    return text


def pieces(text: str) -> tuple[int, Sequence[bytes]]:
    """A customer's text as a phone sends it: its coding, and the octets of its parts."""
    octets = septets(text)
    if octets is None:
        units = text.encode("utf-16-be", "replace")
        size = _OCTETS if len(units) <= _OCTETS else _OCTETS_WITH_HEADER
        return UCS2, [units[at : at + size] for at in range(0, len(units), size)]
    size = _SEPTETS if len(octets) <= _SEPTETS else _SEPTETS_WITH_HEADER
    return GSM, [octets[at : at + size] for at in range(0, len(octets), size)]
