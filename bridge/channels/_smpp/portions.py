"""An answer as it travels: its coding, the octets of its parts, and how the parts say that they belong together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.channels._smpp.alphabets import GSM, UCS2, encoded
from bridge.channels._smpp.pdu import Short, Tag
from bridge.channels._smpp.settings import Alphabet, LongTexts
from bridge.core.segments import SIZES, Coding, cost, segmented

_UDHI = 0x40
_BYTE = 0xFF


@dataclass(frozen=True, slots=True)
class Portions:
    """The data_coding of an answer, and the octets of each part."""

    coding: int
    parts: tuple[bytes, ...]


def portions(text: str, alphabet: Alphabet) -> Portions:
    """The answer in the SMSC's alphabet where that has every character, else in UCS-2; raises UnicodeEncodeError."""
    cut = segmented(text)
    if cut.coding is Coding.UCS2:
        return Portions(UCS2, tuple(part.encode("utf-16-be") for part in cut.parts))
    if alphabet is Alphabet.GSM:
        return Portions(GSM, tuple(encoded(part) for part in cut.parts))
    try:
        return Portions(GSM, tuple(part.encode("latin-1") for part in cut.parts))
    except UnicodeEncodeError:
        return Portions(UCS2, tuple(part.encode("utf-16-be") for part in _cut_wide(text)))


def _cut_wide(text: str) -> Sequence[str]:
    """A text in parts of UCS-2, though GSM 03.38 would have its characters."""
    size = SIZES[Coding.UCS2]
    if len(text) <= size.alone:
        return (text,)
    parts, filled = [""], 0
    for character in text:
        units = cost(character, Coding.UCS2)
        if filled + units > size.in_parts:
            parts.append("")
            filled = 0
        parts[-1] += character
        filled += units
    return parts


def marked(plain: Short, parts: Sequence[bytes], way: LongTexts, *, number: int) -> Sequence[Short]:
    """One message for each part; `number` is the same for all parts of an answer, and another for the next one."""
    total = len(parts)
    if total == 1:
        return [replace(plain, payload=parts[0])]
    if way is LongTexts.PAYLOAD:
        return [replace(plain, fields={Tag.MESSAGE_PAYLOAD: b"".join(parts)})]
    if way is LongTexts.SAR:
        return [
            replace(plain, payload=part, fields=_sar(number, total, place)) for place, part in enumerate(parts, start=1)
        ]
    head = (5, 0, 3, number & _BYTE, total)
    return [
        replace(plain, payload=bytes((*head, place)) + part, esm_class=_UDHI)
        for place, part in enumerate(parts, start=1)
    ]


def _sar(number: int, total: int, place: int) -> dict[int, bytes]:
    return {
        Tag.SAR_MSG_REF_NUM: number.to_bytes(2, "big"),
        Tag.SAR_TOTAL_SEGMENTS: bytes((total,)),
        Tag.SAR_SEGMENT_SEQNUM: bytes((place,)),
    }
