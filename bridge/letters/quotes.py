"""Quotations, and the lines above them: what stands in a reply but was written by others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge.letters.attributions import Surety, attribution
from bridge.letters.header_blocks import HeaderBlock, header_block
from bridge.letters.marks import Kind, Marks, mark
from bridge.letters.separators import is_original_title, is_reply_above, is_rule

_LEVEL = re.compile(r"[ \t]{0,3}((?:[>＞]\s?)+)")
_WRAP_COLUMN = 66
"""A quoted line that would have grown past this may have lost its tail to the next line."""
_MAX_TAIL = 60
_COMMENT = ("added the comment:", "added a comment:", "added a note:", "commented:")
"""Ticket systems put these above the agent's words, not above a quotation."""


@dataclass(slots=True)
class Doubts:
    """Reasons against confidence, each with the line that gave it, gathered while a mail is read."""

    reasons: list[str] = field(default_factory=list)

    def add(self, reason: str, line: str) -> None:
        """Note a reason once, with at most 120 characters of the line."""
        told = f"{reason}: {line.strip()[:120]}" if line.strip() else reason
        if told not in self.reasons:
            self.reasons.append(told)


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a mail's body: as they came, without quote marks, and how deep each is quoted."""

    lines: Sequence[str]
    bare: Sequence[str]
    depth: Sequence[int]


def levelled(lines: Sequence[str], kinds: Sequence[Kind | None]) -> Text:
    """The lines with their quote marks read; a line that markup calls a quotation counts as quoted."""
    bare: list[str] = []
    depth: list[int] = []
    for line, kind in zip(lines, kinds, strict=True):
        level, rest = _level(line)
        bare.append(rest)
        depth.append(max(level, int(kind is Kind.QUOTE)))
    _spare_lone_from(lines, bare, depth)
    return Text(lines, bare, depth)


def _level(line: str) -> tuple[int, str]:
    if not line.lstrip(" \t")[:1] in {">", "＞"}:
        return 0, line
    found = _LEVEL.match(line)
    if found is None:
        return 0, line
    marks = found[1]
    return marks.count(">") + marks.count("＞"), line[found.end() :]


def _spare_lone_from(lines: Sequence[str], bare: list[str], depth: list[int]) -> None:
    """ ">From here" among unquoted lines is a mailbox format's escape of the agent's own word."""
    for place, line in enumerate(lines):
        if line.startswith(">From ") and not (_quoted_at(depth, place - 1) or _quoted_at(depth, place + 1)):
            bare[place], depth[place] = line[1:], 0


def _quoted_at(depth: Sequence[int], place: int) -> bool:
    return 0 <= place < len(depth) and depth[place] > 0


def mark_quotes(text: Text, marks: Marks, doubts: Doubts) -> None:
    """Mark quoted lines, attributions, header blocks and unquoted originals."""
    for place, level in enumerate(text.depth):
        if level:
            mark(marks, place, place + 1, kind=Kind.QUOTE)
    _mark_wrapped(text, marks)
    place = 0
    while place < len(text.lines):
        place = (
            _mark_opening(text, marks, doubts, place)
            if marks[place] is None and text.bare[place].strip()
            else place + 1
        )


def _mark_opening(text: Text, marks: Marks, doubts: Doubts, place: int) -> int:
    """Mark what opens a quotation at this line; the line where reading goes on."""
    line = text.bare[place]
    if is_original_title(line):
        return _mark_titled(text, marks, doubts, place)
    if is_reply_above(line):
        return _to_the_end(text, marks, place, start=place, kind=Kind.DELIMITER)
    block = header_block(text.bare, place) if ":" in line or "：" in line else None
    if block is not None and not _is_quoted_inside(text, block):
        return _mark_block(text, marks, doubts, block)
    surety, start = attribution(text.bare, place)
    if surety is not Surety.NONE and all(text.depth[line] == 0 for line in range(start, place + 1)):
        return _mark_attribution(text, marks, doubts, start, end=place + 1, surety=surety)
    return place + 1


def _is_quoted_inside(text: Text, block: HeaderBlock) -> bool:
    return any(text.depth[block.start : block.end])


def _mark_titled(text: Text, marks: Marks, doubts: Doubts, place: int) -> int:
    """ "-----Original Message-----": everything below is the original, unless it is quoted as well."""
    after = _next_words(text, place + 1)
    block = header_block(text.bare, after) if after < len(text.lines) else None
    if block is not None:
        mark(marks, place, block.start, kind=Kind.FORWARD)
        return _mark_block(text, marks, doubts, HeaderBlock(block.start, block.end, certain=True))
    if after < len(text.lines) and text.depth[after] and not _words_above(text, marks, place):
        mark(marks, place, after, kind=Kind.FORWARD)
        return after
    return _to_the_end(text, marks, place, start=_with_rules(text, marks, place), kind=Kind.FORWARD)


def _mark_block(text: Text, marks: Marks, doubts: Doubts, block: HeaderBlock) -> int:
    after = _next_words(text, block.end)
    if not block.certain:
        doubts.add("this may be the head of another mail", text.lines[block.start])
    mark(marks, _with_rules(text, marks, block.start), block.end, kind=Kind.HEADER_BLOCK)
    if after < len(text.lines) and text.depth[after] and not _words_above(text, marks, block.start):
        return after
    return _to_the_end(text, marks, block.end, start=block.end, kind=Kind.QUOTE)


def _words_above(text: Text, marks: Marks, end: int) -> bool:
    """Whether the agent's own words stand above: then nothing below an original's head is theirs."""
    return any(marks[place] is None and text.bare[place].strip() for place in range(end))


def _mark_attribution(text: Text, marks: Marks, doubts: Doubts, start: int, *, end: int, surety: Surety) -> int:
    after = _next_words(text, end)
    quoted = after < len(text.lines) and text.depth[after] > 0
    if text.bare[end - 1].casefold().rstrip(" *_").endswith(_COMMENT):
        mark(marks, start, end, kind=Kind.ATTRIBUTION)
        return end
    if quoted:
        mark(marks, start, end, kind=Kind.ATTRIBUTION)
        return after
    if surety is Surety.LIKELY:
        return end
    mark(marks, start, end, kind=Kind.ATTRIBUTION)
    return _to_the_end(text, marks, end, start=end, kind=Kind.QUOTE)


def _to_the_end(text: Text, marks: Marks, place: int, *, start: int, kind: Kind) -> int:
    """Everything from here on is an original without quote marks."""
    mark(marks, start, place + 1, kind=kind)
    mark(marks, place, len(text.lines), kind=Kind.QUOTE)
    return len(text.lines)


def _with_rules(text: Text, marks: Marks, start: int) -> int:
    """The line from which a drawn rule (and blank lines) right above belongs to the block as well."""
    above = start - 1
    while above >= 0 and start - above <= 3 and not text.bare[above].strip():
        above -= 1
    if above >= 0 and marks[above] is None and is_rule(text.bare[above]):
        return above
    return start


def _next_words(text: Text, place: int) -> int:
    """The next line that holds words (a quote mark alone is none, a rule is)."""
    while place < len(text.lines) and not text.bare[place].strip():
        place += 1
    return place


def _mark_wrapped(text: Text, marks: Marks) -> None:
    """Mark the tails that a client's wrapping cut off quoted lines and left without a quote mark."""
    for place in range(1, len(text.lines)):
        line = text.lines[place].strip()
        if marks[place] is None and line and text.depth[place - 1] and _is_tail(text, place, line):
            mark(marks, place, place + 1, kind=Kind.QUOTE)


def _is_tail(text: Text, place: int, line: str) -> bool:
    above = text.lines[place - 1].rstrip()
    overflows = len(above) + 1 + len(line.split(None, 1)[0]) > _WRAP_COLUMN
    quoted_below = place + 1 < len(text.lines) and text.depth[place + 1] > 0
    if not overflows or len(line) > _MAX_TAIL:
        return overflows and quoted_below and line[:1].islower()
    return quoted_below or line[:1].islower()
