"""A text message as the networks carry it: its coding, how much it counts, and the segments that it goes in.

Sources: 3GPP TS 23.038 (the alphabet and its extension table), TS 23.040 (a user data header of 6 octets per part).
The national shift tables are not used: few networks pass them on, and they would need a header of their own.
"""

from dataclasses import dataclass
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each is an escape and a second septet, and the two stay in one segment."""

_BEYOND_ONE_UNIT = "\uffff"

_PLAINER = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u0060", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\t", " "),
        **dict.fromkeys("\u200b\ufeff\u00ad\u2060", ""),
        "\u2026": "...",
        "\u2022": "*",
    }
)
"""What word processors make of quotes, dashes and spaces, and what it was before."""


class Coding(StrEnum):
    """How the characters of a message are written; one for the whole of it."""

    GSM7 = "gsm7"
    """The alphabet of GSM 03.38: seven bits a character, an escape before those of its extension table."""

    UCS2 = "ucs2"
    """UTF-16 code units; a character beyond the first plane is a pair of them."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much goes into a segment, in units of its coding: septets or UTF-16 code units."""

    alone: int
    in_parts: int
    """Where a message has more than one segment: each then begins with a header that says which it is."""


SIZES = {Coding.GSM7: Size(160, 153), Coding.UCS2: Size(70, 67)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """A message in segments; joined, the parts are its text, character for character."""

    coding: Coding
    units: int
    """Septets or UTF-16 code units, without the headers of the parts."""

    parts: tuple[str, ...]
    forced_by: str | None
    """The first character that GSM 03.38 does not have, and so the reason for UCS-2; None where there is none."""


def segmented(text: str) -> Segments:
    """The message in the coding that it needs, in as few segments as it takes; an empty text is one empty segment."""
    stranger = foreign(text)
    coding = Coding.GSM7 if stranger is None else Coding.UCS2
    costs = [cost(character, coding) for character in text]
    units, size = sum(costs), SIZES[coding]
    parts = (text,) if units <= size.alone else _parts(text, costs, size.in_parts)
    return Segments(coding=coding, units=units, parts=parts, forced_by=stranger)


def count(text: str) -> int:
    """How many segments a message takes: what networks and their resellers ask to be paid for."""
    return len(segmented(text).parts)


def foreign(text: str) -> str | None:
    """The first character that GSM 03.38 does not have; None where it has them all."""
    return next((character for character in text if character not in _BASIC and character not in _EXTENDED), None)


def cost(character: str, coding: Coding) -> int:
    """How many units a character takes; one or two, and the two of a pair are never torn.

    In GSM 03.38 it must be a character of that alphabet.
    """
    if coding is Coding.UCS2:
        return 2 if character > _BEYOND_ONE_UNIT else 1
    return 2 if character in _EXTENDED else 1


def plainer(text: str) -> str:
    """The text with typographic quotes, dashes and spaces as a keyboard has them, where that alone saves it from UCS-2.

    Otherwise it comes back as it is: to lose its typography would buy nothing.
    """
    if foreign(text) is None:
        return text
    typed = text.translate(_PLAINER)
    return typed if foreign(typed) is None else text


def _parts(text: str, costs: list[int], size: int) -> tuple[str, ...]:
    """The text cut before each character that does not go into the segment any more."""
    parts: list[str] = []
    start = filled = 0
    for at, units in enumerate(costs):
        if filled + units > size:
            parts.append(text[start:at])
            start, filled = at, 0
        filled += units
    return (*parts, text[start:])
