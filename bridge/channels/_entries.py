"""Entries of a JSON listing, read one by one, so that a broken one spoils no other (C20)."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from bridge.core.events import Quarantined

T = TypeVar("T")

_KEPT = 65_536
"""Bytes of a broken entry that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Generic[T]):
    """An entry in its shape, with the bytes it came in."""

    value: T
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """An entry in no shape that we know."""

    number: int | None
    """Its id, where that at least can be read."""
    reason: str
    raw: bytes

    @property
    def digest(self) -> str:
        """Names it where it has no id."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    @property
    def version(self) -> int:
        """Changes with its bytes: it is reported once, and read again when the platform mends it."""
        return zlib.crc32(self.raw) | 1 << 32

    def quarantined(self) -> Quarantined:
        """As the page reports it."""
        name = self.digest if self.number is None else str(self.number)
        return Quarantined(id=name, reason=self.reason, raw=self.raw[:_KEPT])


class _Numbered(msgspec.Struct, frozen=True):
    id: int


def read_entries(raws: Sequence[msgspec.Raw], shape: type[T]) -> tuple[list[Entry[T]], list[Broken]]:
    """The readable entries and the broken ones, each in the order of the listing."""
    good: list[Entry[T]] = []
    bad: list[Broken] = []
    for raw in raws:
        given = bytes(raw)
        try:
            good.append(Entry(value=msgspec.json.decode(given, type=shape), raw=given))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            bad.append(Broken(number=_number(given), reason=_reason(error), raw=given))
    return good, bad


def _number(raw: bytes) -> int | None:
    """The id, if the entry has a readable one."""
    try:
        return msgspec.json.decode(raw, type=_Numbered).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _reason(error: Exception) -> str:
    """What is wrong with its shape; msgspec names places and types, never contents."""
    return f"unexpected shape: {error}" if isinstance(error, msgspec.ValidationError) else "not readable as JSON"
