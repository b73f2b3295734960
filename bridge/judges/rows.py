"""At which row each of many thousand terms stands: a table of arrays, which takes a tenth of a dictionary's memory."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

_ROOM = 4
"""Slots for each term: three of four unknown terms meet an empty one."""
_LENGTHS = tuple((1 << 8 * octets) - 1 for octets in (5, 4, 3, 2))
"""What is left of a number where only its last octets count, the most first."""
_SHIFTED = (1 << 32) - 1
"""What of five octets stays when one more comes in."""


class Rows(Mapping[int, int]):
    """Terms by number; nearly all that are asked for are unknown, and most of them meet an empty slot."""

    def __init__(self, terms: "array[int]") -> None:
        """Take the terms, row by row; their slots are laid out when one is first asked for."""
        self._terms = terms

    def get(self, term: int, default: Any = None) -> Any:
        """The row, or the default where the term is unknown."""
        slots, crowded = self._table
        slot = slots[term % len(slots)]
        if slot and self._terms[slot - 1] == term:
            return slot - 1
        return crowded.get(term, default)

    def known(self, terms: Iterable[int]) -> list[int]:
        """The rows of those that are known, in their order."""
        (slots, crowded), own = self._table, self._terms
        size = len(slots)
        met = [(slot, term) for term in terms if (slot := slots[term % size])]
        rows = [slot - 1 if own[slot - 1] == term else crowded.get(term) for slot, term in met]
        return [row for row in rows if row is not None]

    def endings(self, text: bytes) -> Iterator[int]:
        """For each place in the text the row of the longest term that ends there, of five octets down to two."""
        (slots, crowded), own = self._table, self._terms
        size, last = len(slots), 0
        for octet in text:
            last = (last & _SHIFTED) << 8 | octet
            for length in _LENGTHS:
                if slot := slots[(last & length) % size]:
                    row = slot - 1 if own[slot - 1] == last & length else crowded.get(last & length)
                    if row is not None:
                        yield row
                        break

    @cached_property
    def _table(self) -> "tuple[array[int], dict[int, int]]":
        """One more than the row of the first term that fell into each slot, and the rows of those that came later."""
        size = _ROOM * len(self._terms) | 1
        slots, crowded = array("I", bytes(4 * size)), dict[int, int]()
        for row, term in enumerate(self._terms):
            if slots[term % size]:
                crowded.setdefault(term, row)
            else:
                slots[term % size] = row + 1
        return slots, crowded

    def __getitem__(self, term: int) -> int:
        found = self.get(term)
        if found is None:
            raise KeyError(term)
        return int(found)

    def __iter__(self) -> Iterator[int]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)
