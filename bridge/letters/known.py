"""The proxy's own lines, found again in a reply: proof of what is quotation, whatever the client did to its marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.letters import delimiter
from bridge.letters.draft import Draft, Kind
from bridge.letters.normal import fold, key, lowered, normal

_MIN_PIECE = 8
"""Letters and digits of a line's piece that are enough to recognise it inside the proxy."""
_MAX_FOLDED = 128 * 1024
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
    """Mark the proxy's lines below its delimiter, also the short pieces that wrapping cut off them."""
    draft.mark(range(since, since + 1), kind=Kind.DELIMITER)
    traced = 0
    for place in draft.from_line(since):
        if draft.depth[place]:
            draft.mark(range(place, place + 1), kind=Kind.QUOTE)
            continue
        if draft.is_quoted(place - 1):
            traced = _behind(draft.bare[place - 1], ours, traced) or 0
        behind = _behind(draft.bare[place], ours, traced)
        traced = traced if behind is None else behind
        if behind is not None or not key(draft.bare[place]):
            draft.mark(range(place, place + 1), kind=Kind.QUOTE)


def _behind(line: str, ours: Proxies, traced: int) -> int | None:
    """Where the proxy goes on behind a line of it; a piece of any length is one where the line above left off."""
    words = fold(line)
    if words and ours.folded.startswith(words, traced):
        return traced + len(words)
    return ours.folded.find(words) + len(words) if ours.holds(line) else None


def settle(draft: Draft, ours: Proxies, *, since: int) -> None:
    """Below an answer, what is unknown inside an unmarked proxy is doubtful; what follows it is older mail."""
    if not draft.has_own_above(since) or draft.depth[since]:
        return
    last = max(place for place in draft.from_line(since) if place == since or ours.holds(draft.bare[place]))
    for place in range(since, last):
        if draft.is_own(place):
            draft.doubt("unknown words between the lines of the proxy", draft.lines[place])
    draft.mark(draft.from_line(since), kind=Kind.QUOTE)
