"""The proxy's own lines, found again in a reply: proof of what is quotation, whatever the client did to its marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.letters import delimiter
from bridge.letters.draft import Draft, Kind
from bridge.letters.normal import fold, key, lowered, normal
from bridge.letters.separators import is_rule

_MIN_PIECE = 8
"""Letters and digits of a line's piece that are enough to recognise it inside the proxy."""
_MAX_FOLDED = 256 * 1024
"""Characters of all proxies that pieces are looked for in."""
_WRAPPED = 2
"""Lines above the random part on which its delimiter may begin."""


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
    return Proxies(
        keys=frozenset(found for text in texts for line in text.split("\n") if (found := key(line))),
        folded="\n".join(map(fold, texts))[:_MAX_FOLDED],
        random_parts=frozenset(part for text in texts for part in delimiter.random_parts(text)),
    )


def delimiter_line(draft: Draft, ours: Proxies) -> int | None:
    """The line where the first delimiter of these proxies begins, also where it was wrapped; None where none is."""
    for place, line in enumerate(draft.bare) if ours.random_parts else ():
        if any(part in lowered(line) for part in ours.random_parts):
            start = max(place - _WRAPPED, 0)
            joined = "\n".join(draft.bare[start : place + 1])
            begins = delimiter.find(joined)
            if begins is not None and delimiter.random_parts(joined) & ours.random_parts:
                return start + joined.count("\n", 0, begins)
    return None


def mark_known(draft: Draft, ours: Proxies, *, since: int) -> None:
    """Mark the proxy below its delimiter; unknown words between its lines are the agent's, or a doubt.

    Below the last line of the proxy nothing is the agent's when they wrote above it without quote marks.
    """
    draft.mark(range(since, since + 1), kind=Kind.DELIMITER)
    last = since
    for place in draft.from_line(since):
        if draft.depth[place] or ours.holds(draft.bare[place]) or is_rule(draft.bare[place]):
            draft.mark(range(place, place + 1), kind=Kind.QUOTE)
            last = place
    if draft.has_own_above(since) and not draft.depth[since]:
        for place in range(since, last):
            if draft.is_own(place):
                draft.doubt("unknown words between the lines of the proxy", draft.lines[place])
        draft.mark(draft.from_line(since), kind=Kind.QUOTE)
