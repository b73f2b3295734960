"""A mail's body while it is read: its lines, what each was found to be, and what is doubtful about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

_MAX_SHOWN = 120
"""Characters of a doubtful line that are told."""


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


@dataclass(slots=True, kw_only=True)
class Draft:
    """The lines of a body with their marks; the readers add marks and doubts and take none away."""

    lines: Sequence[str]
    """As they came."""
    bare: list[str]
    """Without their quote marks."""
    depth: list[int]
    """How deep each is quoted."""
    marks: list[Kind | None]
    """What each was found to be; None is the agent's own."""
    doubts: list[str] = field(default_factory=list)
    _clean: int = 0
    """Above this line nothing is the agent's."""

    def mark(self, where: range, *, kind: Kind) -> None:
        """Call the lines of a range what they are, where nothing was said of them yet."""
        for place in where:
            if self.marks[place] is None:
                self.marks[place] = kind

    def doubt(self, reason: str, line: str) -> None:
        """Note a reason against confidence once, with the line that gave it."""
        shown = line.strip()[:_MAX_SHOWN]
        told = f"{reason}: {shown}" if shown else reason
        if told not in self.doubts:
            self.doubts.append(told)

    def is_own(self, place: int) -> bool:
        """Whether a line holds words and nothing was found against it."""
        return self.marks[place] is None and bool(self.bare[place].strip())

    def has_own_above(self, place: int) -> bool:
        """Whether words of the agent's stand above a line; cheap however often it is asked, from top to bottom."""
        while self._clean < place and not self.is_own(self._clean):
            self._clean += 1
        return self._clean < place

    def next_words(self, place: int) -> int:
        """The first line from there on that holds anything but quote marks; the number of lines where none does."""
        while place < len(self.bare) and not self.bare[place].strip():
            place += 1
        return place

    def is_quoted(self, place: int) -> bool:
        """Whether there is such a line, and it is quoted."""
        return 0 <= place < len(self.depth) and self.depth[place] > 0

    def from_line(self, start: int) -> range:
        """All lines from there to the end."""
        return range(start, len(self.lines))

    def part(self, where: range) -> "Draft":
        """Some of the lines, as a draft of its own that shares the doubts."""
        start, stop = where.start, where.stop
        return Draft(
            lines=self.lines[start:stop],
            bare=self.bare[start:stop],
            depth=self.depth[start:stop],
            marks=self.marks[start:stop],
            doubts=self.doubts,
        )

    def own_runs(self) -> Iterator[range]:
        """The runs of lines that nothing was found against, without blank lines at either end."""
        start = -1
        for place, kind in enumerate(self.marks):
            if kind is not None:
                if start >= 0:
                    yield self.trimmed(range(start, place))
                    start = -1
            elif start < 0 and self.bare[place].strip():
                start = place
        if start >= 0:
            yield self.trimmed(range(start, len(self.marks)))

    def trimmed(self, where: range) -> range:
        """A range without its blank last lines."""
        end = where.stop
        while end > where.start and not self.bare[end - 1].strip():
            end -= 1
        return range(where.start, end)

    def first_paragraph(self, where: range) -> range:
        """The lines of a range up to its first blank one."""
        return range(where.start, next((place for place in where if not self.bare[place].strip()), where.stop))

    def last_paragraph(self, where: range) -> range:
        """The lines of a range behind its last blank one."""
        above = next((place for place in reversed(where) if not self.bare[place].strip()), where.start - 1)
        return range(above + 1, where.stop)

    def joined(self, where: range) -> str:
        """The lines of a range in one."""
        return " ".join(self.bare[place].strip() for place in where)

    def cut(self, run: range, place: int, *, kind: Kind) -> range:
        """Mark a run from one of its lines on; what remains of it."""
        self.mark(range(place, run.stop), kind=kind)
        return self.trimmed(range(run.start, place))

    def cuts(self) -> tuple[Cut, ...]:
        """The removed runs in order, blank ones left out."""
        found: list[Cut] = []
        start = 0
        for place in range(1, len(self.lines) + 1):
            if place == len(self.lines) or self.marks[place] is not self.marks[start]:
                kind, text = self.marks[start], "\n".join(self.lines[start:place])
                if kind is not None and text.strip():
                    found.append(Cut(kind=kind, line=start, text=text))
                start = place
        return tuple(found)
