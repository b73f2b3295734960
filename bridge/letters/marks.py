"""What was cut from a reply, and the marks that the readers put on its lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Why a line is not the agent's own word."""

    QUOTE = "quote"
    ATTRIBUTION = "attribution"
    HEADER_BLOCK = "header_block"
    SIGNATURE = "signature"
    DEVICE_LINE = "device_line"
    DISCLAIMER = "disclaimer"
    FOOTER = "footer"
    FORWARD = "forward"
    DELIMITER = "delimiter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A run of lines that was removed, and why."""

    kind: Kind
    line: int
    """Its first line, counted from 0 in the text that was read."""
    text: str


Marks = list[Kind | None]
"""One for each line; None is the agent's own."""


def mark(marks: Marks, start: int, end: int, *, kind: Kind) -> None:
    """Put a kind on the lines of a range that have none yet."""
    for place in range(max(start, 0), min(end, len(marks))):
        if marks[place] is None:
            marks[place] = kind


def own_runs(lines: Sequence[str], marks: Marks) -> Iterator[tuple[int, int]]:
    """The ranges of unmarked lines that hold words, in order, without blank lines at either end."""
    start = -1
    for place in range(len(lines) + 1):
        own = place < len(lines) and marks[place] is None
        if own and start < 0 and lines[place].strip():
            start = place
        if start >= 0 and not own:
            yield start, _last_word(lines, start, place)
            start = -1


def _last_word(lines: Sequence[str], start: int, end: int) -> int:
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


def cuts(lines: Sequence[str], marks: Marks) -> tuple[Cut, ...]:
    """The removed runs in order, blank ones left out."""
    found: list[Cut] = []
    start = 0
    for place in range(1, len(lines) + 1):
        if place == len(lines) or marks[place] is not marks[start]:
            kind = marks[start]
            text = "\n".join(lines[start:place])
            if kind is not None and text.strip():
                found.append(Cut(kind=kind, line=start, text=text))
            start = place
    return tuple(found)
