"""Parts of long texts: taken from what the SMSC gives, and put together in whatever order they came."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.channels._smpp.entries import Came, Ref
from bridge.channels._smpp.pdu import Malformed, Short, Tag

_UDH = 0x40
"""The bit of esm_class that says that a user data header stands before the text (SMPP 3.4, 5.2.12)."""

LATE = timedelta(hours=24)
"""How long a text that was shown with a gap still takes its missing parts, as newer words."""

MISSING = " […] "
"""Stands where a part did not come."""


def carried(short: Short) -> tuple[bytes, Ref | None]:
    """The text's octets, and which part of a long text they are; raises Malformed where the header is broken."""
    octets, ref = short.octets, None
    if short.esm_class & _UDH:
        octets, ref = _without_header(octets)
    return octets, ref or _sar(short)


def _without_header(octets: bytes) -> tuple[bytes, Ref | None]:
    """Behind the user data header (3GPP TS 23.040, 9.2.3.24)."""
    length = octets[0] if octets else 0
    header, rest = octets[1 : 1 + length], octets[1 + length :]
    if not octets or len(header) < length:
        raise Malformed("a user data header is longer than the text")
    return rest, next((ref for name, value in _elements(header) if (ref := _concatenated(name, value))), None)


def _elements(header: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(header):
        name, length = header[at], header[at + 1]
        if at + 2 + length > len(header):
            raise Malformed("an element of a user data header is longer than the header")
        yield name, header[at + 2 : at + 2 + length]
        at += 2 + length


def _concatenated(name: int, value: bytes) -> Ref | None:
    """A part's place (9.2.3.24.1 and 9.2.3.24.8); elements with impossible values are ignored, as the specification wants it."""
    match name, len(value):
        case (0x00, 3):
            return _ref("udh", value[0], total=value[1], place=value[2])
        case (0x08, 4):
            return _ref("udh16", int.from_bytes(value[:2], "big"), total=value[2], place=value[3])
        case _:
            return None


def _sar(short: Short) -> Ref | None:
    """A part's place by the optional fields sar_* (SMPP 3.4, 5.3.2.22 to 24)."""
    number, total = short.number(Tag.SAR_MSG_REF_NUM), short.number(Tag.SAR_TOTAL_SEGMENTS)
    place = short.number(Tag.SAR_SEGMENT_SEQNUM)
    if number is None or total is None or place is None:
        return None
    return _ref("sar", number, total=total, place=place)


def _ref(form: str, number: int, *, total: int, place: int) -> Ref | None:
    return Ref(form=form, number=number, total=total, place=place) if total > 1 and 1 <= place <= total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A text of a customer, whole or with parts still missing."""

    parts: tuple[Came, ...]
    """In the order in which they came."""

    @property
    def first(self) -> int:
        """The number by which it is known, whatever comes later."""
        return self.parts[0].n

    @property
    def last(self) -> int:
        """The number of the part that came last."""
        return self.parts[-1].n

    @property
    def at(self) -> datetime:
        """When it began to come."""
        return self.parts[0].at

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        ref = self.parts[0].part
        return ref is None or len(self.parts) == ref.total

    def runs(self) -> Sequence[Sequence[Came]]:
        """Its parts by their places, neighbours together, and apart where one is missing."""
        ordered = sorted(self.parts, key=_place)
        found: list[list[Came]] = []
        for part in ordered:
            if found and _place(part) == _place(found[-1][-1]) + 1 and part.coding == found[-1][-1].coding:
                found[-1].append(part)
            else:
                found.append([part])
        return found


def _place(part: Came) -> int:
    return part.part.place if part.part else 1


def put_together(entries: Iterable[Came]) -> Sequence[Whole]:
    """Whole texts and those with gaps, by the part of each that came first.

    A number is used again by a phone after some time: a place that is taken by other words begins another text.
    """
    texts: list[list[Came]] = []
    open_texts: dict[tuple[str, str, str, int, int], list[Came]] = {}
    for entry in sorted(entries, key=lambda one: one.n):
        if entry.part is None:
            texts.append([entry])
            continue
        key = (entry.source, entry.target, entry.part.form, entry.part.number, entry.part.total)
        known = open_texts.get(key)
        same = next((one for one in known or () if _place(one) == _place(entry)), None)
        if known is None or entry.at - known[0].at > LATE or (same is not None and not _repeats(same, entry, known)):
            texts.append([entry])
            open_texts[key] = texts[-1]
        elif same is None:
            known.append(entry)
    return [Whole(parts=tuple(parts)) for parts in texts]


def _repeats(known: Came, entry: Came, text: Sequence[Came]) -> bool:
    """Whether a part only came once more: the same octets while others are missing. After that it may be another text's."""
    return known.text == entry.text and known.part is not None and len(text) < known.part.total
