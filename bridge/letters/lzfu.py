"""Compressed RTF as Outlook stores it ([MS-OXRTFCP]): unpacked within a limit, because two octets can stand for seventeen."""

_START = 16
"""Octets of the header: two sizes, the kind and a checksum; of these only the kind is believed, or needed."""
_PACKED, _PLAIN = b"LZFu", b"MELA"
_KNOWN = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What both sides know before the first octet (2.1.2.1)."""
_WINDOW = 4096
_TOKEN = 2
"""Octets of a token that repeats; it repeats that many octets at least."""


def unpacked(octets: bytes, *, limit: int) -> bytes | None:
    """The RTF; None where it is no such stream, or says more than `limit` octets."""
    kind = octets[8:12]
    if kind == _PLAIN:
        return octets[_START:] if len(octets) <= limit else None
    return _inflated(octets, limit) if kind == _PACKED else None


def _inflated(octets: bytes, limit: int) -> bytes | None:
    """Eight tokens follow each control octet; the last one refers to the place where the next letter would stand."""
    text = bytearray(_KNOWN)
    at, goes_on = _START, True
    while goes_on and at < len(octets) and len(text) <= limit:
        control, at = octets[at], at + 1
        for bit in range(8):
            if control >> bit & 1:
                goes_on = _repeat(text, octets[at : at + 2])
                at += 2
            else:
                text += octets[at : at + 1]
                at += 1
            if not goes_on:
                break
    return bytes(text[len(_KNOWN) :]) if len(text) <= limit else None


def _repeat(text: bytearray, token: bytes) -> bool:
    """Write again what stands at a place of the window, which may still be growing; False at the end mark."""
    place, length = divmod(int.from_bytes(token), 16)
    if len(token) < _TOKEN or place == len(text) % _WINDOW:
        return False
    start = len(text) - (len(text) - place) % _WINDOW
    piece = bytes(text[max(start, 0) : start + length + _TOKEN]) or b" "
    text += (piece * (length + _TOKEN))[: length + _TOKEN]
    return True
