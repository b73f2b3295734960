"""Writes what Outlook packs into a `winmail.dat` ([MS-OXTNEF]), so that tests need no mail of anybody's."""

import struct
from base64 import encodebytes
from collections.abc import Iterable, Mapping, Sequence

TEXT, HTML, RTF, CODEPAGE, CLASS = 0x1000, 0x1013, 0x1009, 0x3FDE, 0x001A
LONG_NAME, MIME, CONTENT_ID = 0x3707, 0x370E, 0x3712
MESSAGE, FILE, CONTENT, MORE, OEM, BODY = 0x00069003, 0x00069002, 0x0006800F, 0x00069005, 0x00069007, 0x0002800C
_UNICODE, _OCTETS, _NUMBER = 0x001F, 0x0102, 0x0003

Value = str | bytes | int


def stream(properties: Mapping[int, Value], files: Iterable[tuple[str, str, bytes]] = ()) -> bytes:
    """A whole stream: the message's properties, and its files by name, type and content."""
    attributes = [(1, OEM, struct.pack("<II", 1252, 0)), (1, MESSAGE, listed(properties))]
    for name, kind, content in files:
        more = {LONG_NAME: name, MIME: kind}
        attributes += [(2, FILE, bytes(14)), (2, CONTENT, content), (2, MORE, listed(more))]
    return of(attributes)


def of(attributes: Sequence[tuple[int, int, bytes]]) -> bytes:
    """A stream of these attributes: level, type with name, content."""
    pieces = [struct.pack("<IH", 0x223E9F78, 1)]
    for level, name, content in attributes:
        pieces.append(
            struct.pack("<BII", level, name, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)
        )
    return b"".join(pieces)


def listed(properties: Mapping[int, Value]) -> bytes:
    """A list of properties by their names."""
    return struct.pack("<I", len(properties)) + b"".join(_property(*each) for each in properties.items())


def _property(name: int, value: Value) -> bytes:
    if isinstance(value, int):
        return struct.pack("<HHI", _NUMBER, name, value)
    octets = f"{value}\0".encode("utf-16-le") if isinstance(value, str) else value
    kind = _UNICODE if isinstance(value, str) else _OCTETS
    return struct.pack("<HHII", kind, name, 1, len(octets)) + octets + bytes(-len(octets) % 4)


def packed_rtf(source: bytes) -> bytes:
    """Compressed RTF ([MS-OXRTFCP]) in which nothing is repeated."""
    groups = (source[at : at + 8] for at in range(0, len(source), 8))
    tokens = b"".join(b"\0" + group for group in groups)
    return struct.pack("<II4sI", len(tokens) + 12, len(source), b"LZFu", 0) + tokens


def mail(packed: bytes, beside: str = "") -> bytes:
    """A mail of an agent that brings a stream, with a plain text beside it where one is given."""
    part = (
        'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: attachment; filename="winmail.dat"\n\n{encodebytes(packed).decode("ascii")}'
    )
    head = "From: Ann Agent <ann@acme.example>\nSubject: Re: x\nIn-Reply-To: <p@bridge.example>\nMIME-Version: 1.0\n"
    if not beside:
        return f"{head}{part}".encode()
    text = f"--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{beside}\n"
    return f'{head}Content-Type: multipart/mixed; boundary="b"\n\n{text}--b\n{part}--b--\n'.encode()
