"""SMPP 3.4 on the wire: packets with their header, and the bodies of those that an ESME sends and receives."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from bridge.stanza import Secret

HEADER = struct.Struct(">IIII")

LONGEST = 70_000
"""Octets of a packet: a `message_payload` has at most 65,535 (SMPP 3.4, 5.3.2.32)."""

LAST_SEQUENCE = 0x7FFF_FFFF
VERSION = 0x34
_RESPONSE = 0x8000_0000
_BYTE = 0xFF
_FIELDS = 1_000
"""Optional fields of a packet that are read."""


class Malformed(ValueError):
    """These octets are no packet of SMPP; the text says what is wrong and quotes nothing."""


class Command(IntEnum):
    """Requests and their responses (SMPP 3.4, 5.1.2.1)."""

    GENERIC_NACK = 0x8000_0000
    BIND_TRANSCEIVER = 0x0000_0009
    BIND_TRANSCEIVER_RESP = 0x8000_0009
    SUBMIT_SM = 0x0000_0004
    SUBMIT_SM_RESP = 0x8000_0004
    DELIVER_SM = 0x0000_0005
    DELIVER_SM_RESP = 0x8000_0005
    UNBIND = 0x0000_0006
    UNBIND_RESP = 0x8000_0006
    ENQUIRE_LINK = 0x0000_0015
    ENQUIRE_LINK_RESP = 0x8000_0015
    ALERT_NOTIFICATION = 0x0000_0102


class Tag(IntEnum):
    """Optional fields that are read or written (SMPP 3.4, 5.3.2)."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SC_INTERFACE_VERSION = 0x0210
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One packet; the body is not looked into yet."""

    command: int
    """Also one that we do not know."""
    sequence: int
    status: int = 0
    body: bytes = b""

    @property
    def is_response(self) -> bool:
        """Whether it answers a request of ours."""
        return bool(self.command & _RESPONSE)

    def answered(self, status: int, body: bytes = b"") -> "Packet":
        """The response to it."""
        return Packet(command=self.command | _RESPONSE, sequence=self.sequence, status=status, body=body)

    def wire(self) -> bytes:
        """Its octets."""
        length = HEADER.size + len(self.body)
        return HEADER.pack(length, self.command, self.status, self.sequence) + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A number or a name with its type and its plan (SMPP 3.4, 5.2.5 and 5.2.6)."""

    digits: str
    ton: int = 0
    npi: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """Who binds as a transceiver."""

    system_id: str
    password: Secret
    system_type: str = ""
    address_range: str = ""

    def body(self) -> bytes:
        """Its octets; raises Malformed where a field is too long."""
        head = _text(self.system_id, 16) + _text(self.password.reveal(), 9) + _text(self.system_type, 13)
        return head + bytes((VERSION, 0, 0)) + _text(self.address_range, 41)


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """What submit_sm and deliver_sm carry."""

    source: Address
    target: Address
    payload: bytes
    """The text in its coding, behind its user data header where `esm_class` says so."""
    coding: int = 0
    esm_class: int = 0
    registered: int = 0
    """Whether a receipt is wanted."""
    validity: str = ""
    service: str = ""
    fields: Mapping[int, bytes] = field(default_factory=dict)
    """Optional fields by their tags, the first of each."""

    def body(self) -> bytes:
        """Its octets; raises Malformed where a field is too long."""
        if len(self.payload) > _BYTE:
            raise Malformed("a short message has at most 255 octets")
        head = _text(self.service, 6) + _address(self.source) + _address(self.target)
        kind = bytes((self.esm_class, 0, 0)) + _text("", 1) + _text(self.validity, 17)
        tail = bytes((self.registered, 0, self.coding, 0, len(self.payload))) + self.payload
        return head + kind + tail + b"".join(_optional(tag, value) for tag, value in self.fields.items())

    @property
    def octets(self) -> bytes:
        """The payload, wherever it stands."""
        return self.payload or self.fields.get(Tag.MESSAGE_PAYLOAD, b"")

    def number(self, tag: Tag) -> int | None:
        """An optional field as a number; None where it is not there."""
        value = self.fields.get(tag)
        return int.from_bytes(value, "big") if value else None


def read_header(octets: bytes) -> tuple[int, Packet]:
    """How many octets of body follow, and the packet without them; raises Malformed for an impossible length."""
    length, command, status, sequence = HEADER.unpack(octets)
    if not HEADER.size <= length <= LONGEST:
        raise Malformed(f"a packet says that it has {length} octets")
    return length - HEADER.size, Packet(command=command, sequence=sequence, status=status)


def read_short(body: bytes) -> Short:
    """The body of a submit_sm or deliver_sm; raises Malformed."""
    reader = _Reader(body)
    service = reader.text(6)
    source, target = reader.address(), reader.address()
    esm_class = reader.byte()
    reader.take(2)
    reader.text(17)
    validity = reader.text(17)
    registered = reader.byte()
    reader.take(1)
    coding = reader.byte()
    reader.take(1)
    payload = reader.take(reader.byte())
    return Short(
        source=source,
        target=target,
        payload=payload,
        coding=coding,
        esm_class=esm_class,
        registered=registered,
        validity=validity,
        service=service,
        fields=reader.optional(),
    )


def read_name(body: bytes) -> str:
    """The text with which a response begins: a message's id, or a server's name; empty where there is no body."""
    return _Reader(body).text(65) if body else ""


def written_name(name: str) -> bytes:
    """The body of a response that names a message or a server."""
    return _text(name, 65)


class _Reader:
    """Takes a body apart from its beginning."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def take(self, count: int) -> bytes:
        """So many octets."""
        if self._at + count > len(self._body):
            raise Malformed("a packet ends in the middle of a field")
        self._at += count
        return self._body[self._at - count : self._at]

    def byte(self) -> int:
        """One octet."""
        return self.take(1)[0]

    def text(self, size: int) -> str:
        """A text with its zero, in at most so many octets; what is no ASCII is read as Latin-1."""
        end = self._body.find(0, self._at, self._at + size)
        if end < 0:
            raise Malformed(f"a text of at most {size} octets has no end")
        return self.take(end + 1 - self._at)[:-1].decode("latin-1")

    def address(self) -> Address:
        """A number with its type and plan."""
        ton, npi = self.byte(), self.byte()
        return Address(digits=self.text(21), ton=ton, npi=npi)

    def optional(self) -> Mapping[int, bytes]:
        """What is left, as optional fields."""
        found: dict[int, bytes] = {}
        while self._at < len(self._body):
            tag, length = struct.unpack(">HH", self.take(4))
            found.setdefault(tag, self.take(length))
            if len(found) > _FIELDS:
                raise Malformed("a packet has more optional fields than are read")
        return found


def _text(value: str, size: int) -> bytes:
    """A text with its zero; raises Malformed where it is longer than the field."""
    try:
        octets = value.encode("ascii")
    except UnicodeEncodeError:
        raise Malformed("a field takes ASCII only") from None
    if len(octets) >= size:
        raise Malformed(f"a field takes at most {size - 1} characters")
    if 0 in octets:
        raise Malformed("a field holds a zero")
    return octets + b"\0"


def _address(address: Address) -> bytes:
    return bytes((address.ton, address.npi)) + _text(address.digits, 21)


def _optional(tag: int, value: bytes) -> bytes:
    return struct.pack(">HH", tag, len(value)) + value
