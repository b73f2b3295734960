"""The alphabets of text messages: octets to characters and back, one septet in each octet as SMPP carries them."""

from collections.abc import Iterator, Mapping

from bridge.channels._smpp.pdu import Malformed
from bridge.channels._smpp.settings import Alphabet

GSM = 0x00
"""The SMSC's default alphabet."""

LATIN1 = 0x03
UCS2 = 0x08

_ESCAPE = 0x1B
_SEPTETS = 0x7F

_TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038, 6.2.1, by code."""

_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
"""3GPP TS 23.038, 6.2.1.1."""

_OCTETS = {
    **{character: bytes((code,)) for code, character in enumerate(_TABLE) if code != _ESCAPE},
    **{character: bytes((_ESCAPE, code)) for code, character in _EXTENSION.items()},
}

_CODECS: Mapping[int, str] = {
    0x01: "ascii",
    LATIN1: "latin-1",
    0x05: "shift_jis",
    0x06: "iso8859_5",
    0x07: "iso8859_8",
    UCS2: "utf-16-be",
    0x0A: "iso2022_jp",
    0x0E: "euc_kr",
}
"""SMPP 3.4, 5.2.19."""

_CLASSES = 0x03


def is_text(coding: int) -> bool:
    """Whether a data_coding means text that can be read."""
    return _plain(coding) in {GSM, *_CODECS}


def _plain(coding: int) -> int:
    """Without its class: whether a text pops up or is stored on the card says nothing of its alphabet (3GPP TS 23.038, 4)."""
    without = coding & ~_CLASSES
    return {0x10: GSM, 0x18: UCS2, 0xF0: GSM}.get(without, coding)


def decoded(octets: bytes, coding: int, default: Alphabet) -> str:
    """The text; what cannot be read of it stands as U+FFFD, so that a person sees where. Raises Malformed where it is no text."""
    if not is_text(coding):
        raise Malformed(f"a text has the coding 0x{coding:02X}, which is none of text")
    plain = _plain(coding)
    if plain == GSM:
        return octets.decode("latin-1") if default is Alphabet.LATIN1 else "".join(_characters(octets))
    return octets.decode(_CODECS[plain], "replace")


def _characters(octets: bytes) -> Iterator[str]:
    """A code of the extension table that is not in it is the character of the basic one (3GPP TS 23.038, 6.2.1.1)."""
    codes = iter(octets)
    for code in codes:
        if code == _ESCAPE:
            second = next(codes, None)
            if second is not None:
                yield _EXTENSION.get(second) or (_TABLE[second] if second <= _SEPTETS else "\ufffd")
        else:
            yield _TABLE[code] if code <= _SEPTETS else "\ufffd"


def encoded(text: str) -> bytes:
    """In the alphabet of GSM 03.38; raises KeyError for any other character."""
    return b"".join(_OCTETS[character] for character in text)
