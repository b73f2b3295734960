"""The proxy's own lines, found again in a reply: proof of what is quotation, whatever the client did to its marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.letters import delimiter
from bridge.letters.marks import Kind, Marks, mark
from bridge.letters.normal import fold, key, normal
from bridge.letters.quotes import Doubts, Text
from bridge.letters.separators import is_rule

_MIN_PIECE = 8
"""Letters and digits of a line's piece that are enough to recognise it inside the proxy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """What the proxies of one conversation say, folded for comparison."""

    keys: frozenset[str]
    """Of every line that holds a word or a sign."""
    folded: str
    """All letters and digits of all proxies in a row."""
    random_parts: frozenset[str]

    def holds(self, line: str) -> bool:
        """Whether a line, or the piece of one that wrapping left, is the proxy's."""
        found = key(line)
        return found in self.keys or (len(found) >= _MIN_PIECE and fold(line) in self.folded)


def proxies(known: Sequence[str]) -> Proxies:
    """The proxies' plain texts ready for comparison; none at all is fine."""
    texts = [normal(text) for text in known]
    keys = {key(line) for text in texts for line in text.split("\n")}
    return Proxies(
        keys=frozenset(keys - {""}),
        folded="\n".join(fold(text) for text in texts),
        random_parts=frozenset().union(*(delimiter.random_parts(text) for text in texts)),
    )


def delimiter_line(text: Text, ours: Proxies) -> int | None:
    """The line where the first delimiter of these proxies begins, also where it was wrapped; None where none is."""
    if not ours.random_parts:
        return None
    for place, line in enumerate(text.bare):
        if any(part in line.casefold() for part in ours.random_parts):
            joined = "\n".join(text.bare[max(place - 2, 0) : place + 1])
            begins = delimiter.find(joined)
            if begins is not None and delimiter.random_parts(joined) & ours.random_parts:
                return max(place - 2, 0) + joined.count("\n", 0, begins)
    return None


def mark_known(text: Text, marks: Marks, ours: Proxies, doubts: Doubts, *, since: int) -> None:
    """Mark the proxy below its delimiter; unknown words between its lines are the agent's, or a doubt.

    Below the last line of the proxy nothing is the agent's when they wrote above it without quote marks.
    """
    mark(marks, since, since + 1, kind=Kind.DELIMITER)
    last = since
    for place in range(since, len(text.lines)):
        if text.depth[place] or ours.holds(text.bare[place]) or is_rule(text.bare[place]):
            mark(marks, place, place + 1, kind=Kind.QUOTE)
            last = place
    above = any(marks[place] is None and text.bare[place].strip() for place in range(since))
    if above and not text.depth[since]:
        _settle(text, marks, doubts, since, last=last)


def _settle(text: Text, marks: Marks, doubts: Doubts, since: int, *, last: int) -> None:
    """An answer above an unquoted proxy: what is unknown inside the proxy is doubtful, what follows it is older mail."""
    for place in range(since, len(text.lines)):
        if marks[place] is None and text.bare[place].strip() and place < last:
            doubts.add("unknown words between the lines of the proxy", text.lines[place])
    mark(marks, since, len(text.lines), kind=Kind.QUOTE)
