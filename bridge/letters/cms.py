"""What an opaque S/MIME signature holds (RFC 5652, 5.1; RFC 8551, 3.5.2): taken out, not verified."""

_SEQUENCE, _EXPLICIT, _OCTETS, _OCTET_PIECES = 0x30, 0xA0, 0x04, 0x24
_LONG, _HIGH_TAG = 0x80, 0x1F
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_END = b"\0\0"
_MAX_DEPTH = 16
_MAX_PIECES = 20_000


class _Unreadable(Exception):
    """The octets are no such structure."""


def signed_content(octets: bytes) -> bytes | None:
    """The MIME entity inside a signed-data structure, DER or BER; None where there is none (encrypted, detached, broken)."""
    try:
        at = _expect(octets, _enter(octets, 0, _SEQUENCE), _SIGNED_DATA)
        at = _enter(octets, _enter(octets, at, _EXPLICIT), _SEQUENCE)
        at = _skip(octets, _skip(octets, at, _MAX_DEPTH), _MAX_DEPTH)
        at = _expect(octets, _enter(octets, at, _SEQUENCE), _DATA)
        return _string(octets, _enter(octets, at, _EXPLICIT))
    except _Unreadable:
        return None


def _header(octets: bytes, at: int) -> tuple[int, int, int]:
    """Tag, where the content begins, and where it ends; -1 where only an end mark tells (BER)."""
    if at + 2 > len(octets) or octets[at] & _HIGH_TAG == _HIGH_TAG:
        raise _Unreadable
    first, begin = octets[at + 1], at + 2
    if first < _LONG:
        end = begin + first
    elif first == _LONG:
        return octets[at], begin, -1
    else:
        begin += first - _LONG
        end = begin + int.from_bytes(octets[at + 2 : begin])
    if end > len(octets) or first - _LONG > _MAX_DEPTH:
        raise _Unreadable
    return octets[at], begin, end


def _enter(octets: bytes, at: int, tag: int) -> int:
    """Where the content of an element of that tag begins."""
    found, begin, _ = _header(octets, at)
    if found != tag:
        raise _Unreadable
    return begin


def _expect(octets: bytes, at: int, element: bytes) -> int:
    """Where the element after this very one begins."""
    if not octets.startswith(element, at):
        raise _Unreadable
    return at + len(element)


def _skip(octets: bytes, at: int, depth: int) -> int:
    """Where the next element begins."""
    _, begin, end = _header(octets, at)
    if end >= 0:
        return end
    if not depth:
        raise _Unreadable
    while not octets.startswith(_END, begin):
        begin = _skip(octets, begin, depth - 1)
    return begin + len(_END)


def _string(octets: bytes, at: int) -> bytes:
    """An octet string, whole or in pieces."""
    tag, begin, end = _header(octets, at)
    if tag == _OCTETS and end >= 0:
        return octets[begin:end]
    if tag != _OCTET_PIECES:
        raise _Unreadable
    pieces: list[bytes] = []
    while begin != end and not (end < 0 and octets.startswith(_END, begin)):
        tag, start, stop = _header(octets, begin)
        if tag != _OCTETS or stop < 0 or len(pieces) > _MAX_PIECES:
            raise _Unreadable
        pieces.append(octets[start:stop])
        begin = stop
    return b"".join(pieces)
