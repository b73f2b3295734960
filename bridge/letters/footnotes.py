"""The list of addresses that a client puts under the text which it makes of its HTML, where a quotation brought them in."""

import re

from bridge.letters.draft import Draft, Kind
from bridge.letters.separators import is_rule

_NOTE = re.compile(r"\s{0,4}(\[\d{1,3}\]):? (?:https?://|mailto:)\S{1,2000}$")
_MAX_TITLE = 40


def mark_footnotes(draft: Draft) -> None:
    """Mark a list at the end whose numbers all stand in what others wrote; where the agent's own words bear one, it stays."""
    first, numbers = _listed(draft)
    if not numbers:
        return
    title = _title(draft, first)
    own = "\n".join(draft.bare[place] for place in range(title) if draft.is_own(place))
    others = "\n".join(draft.bare[place] for place in range(title) if draft.marks[place] is not None)
    if all(number in others and number not in own for number in numbers):
        draft.mark(draft.from_line(title), kind=Kind.FOOTER)


def _listed(draft: Draft) -> tuple[int, frozenset[str]]:
    """The first line of a list at the end that bears no quote marks, and its numbers; none where there is no list."""
    first, numbers = len(draft.bare), set()
    for place in range(len(draft.bare) - 1, -1, -1):
        if not draft.bare[place].strip():
            continue
        found = None if draft.depth[place] else _NOTE.match(draft.bare[place])
        if found is None:
            break
        first = place
        numbers.add(found[1])
    return first, frozenset(numbers)


def _title(draft: Draft, first: int) -> int:
    """Where a list begins together with its title ("Links:") and the rule below that."""
    above = _words_above(draft, first)
    under = _words_above(draft, above) if above >= 0 and is_rule(draft.bare[above]) else above
    titled = under >= 0 and draft.is_own(under) and len(draft.bare[under]) <= _MAX_TITLE
    return under if titled and draft.bare[under].rstrip().endswith((":", "：")) else first


def _words_above(draft: Draft, place: int) -> int:
    return next((above for above in range(place - 1, -1, -1) if draft.bare[above].strip()), -1)
