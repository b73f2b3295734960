"""The proxy's own lines, found again in a reply: proof of what is quotation, whatever the client did to its marks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.letters import delimiter
from bridge.letters.draft import Draft, Kind
from bridge.letters.normal import fold, fold_lines, key, lowered, normal, signs

_MIN_PIECE = 8
"""Letters and digits of a line's piece that are enough to recognise it inside the proxy."""
_MAX_FOLDED = 128 * 1024
"""Characters of all proxies that pieces are looked for in."""
_WRAPPED = 2
"""Lines above the random part on which its delimiter may begin."""
_LINKED = re.compile(r"<(?:mailto:|https?://)[^>\s]{1,2000}>", re.IGNORECASE)
"""The address that Outlook and others write behind the words of a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """What the proxies of one conversation say, folded for comparison."""

    keys: frozenset[str]
    """Of every line that holds a word or a sign."""
    folded: str
    """All letters and digits of all proxies in a row."""
    random_parts: frozenset[str]

    def holds(self, words: str) -> bool:
        """Whether a folded line, or the piece of one that wrapping left, is the proxy's."""
        return words in self.keys or (len(words) >= _MIN_PIECE and words in self.folded)


def proxies(known: Sequence[str]) -> Proxies:
    """The proxies' plain texts ready for comparison; none at all is fine."""
    texts = [normal(text) for text in known]
    words = [fold_lines(text) for text in texts]
    keys = {line for lines in words for line in lines} | {signs(line) for text in texts for line in _wordless(text)}
    return Proxies(
        keys=frozenset(keys - {""}),
        folded="\n".join(map("".join, words))[:_MAX_FOLDED],
        random_parts=frozenset(part for text in texts for part in delimiter.random_parts(text)),
    )


def _wordless(text: str) -> list[str]:
    """The lines that may hold emoji and nothing else."""
    return [] if text.isascii() else [line for line in text.split("\n") if not fold(line)]


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
    for place, words in enumerate(fold_lines("\n".join(draft.bare[since:])), since):
        shown = words or signs(draft.bare[place])
        behind = _behind(shown, ours, traced)
        if behind is None and ":" in draft.bare[place]:
            behind = _behind(key(_LINKED.sub("", draft.bare[place])), ours, traced)
        traced = traced if behind is None else behind
        if behind is not None or draft.depth[place] or not shown:
            draft.mark(range(place, place + 1), kind=Kind.QUOTE)


def _behind(words: str, ours: Proxies, traced: int) -> int | None:
    """Where the proxy goes on behind a line of it; a piece of any length is one where the line above left off."""
    if words and ours.folded.startswith(words, traced):
        return traced + len(words)
    if not ours.holds(words):
        return None
    found = ours.folded.find(words)
    return traced if found < 0 else found + len(words)


def settle(draft: Draft, ours: Proxies, *, since: int) -> None:
    """Below an answer, what is unknown inside an unmarked proxy is doubtful; what follows it is older mail."""
    if not draft.has_own_above(since) or draft.depth[since]:
        return
    unknown = [place for place in draft.from_line(since) if draft.is_own(place)]
    last = (
        max((place for place in draft.from_line(since) if ours.holds(key(draft.bare[place]))), default=since)
        if unknown
        else since
    )
    for place in unknown:
        if place < last:
            draft.doubt("unknown words between the lines of the proxy", draft.lines[place])
    draft.mark(draft.from_line(since), kind=Kind.QUOTE)
