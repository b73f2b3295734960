"""The plain text and the HTML of one mail compared: both must say the same (threat-model 5.3.2)."""

import re
from collections.abc import Iterable

from bridge.letters.bodies import Twin
from bridge.letters.draft import Draft, Kind
from bridge.letters.html import Rendered
from bridge.letters.normal import fold

_LINKED = re.compile(
    r"<(?:mailto:|https?:|tel:|cid:)[^>]{0,2000}>|\[(?:image|cid|bild|imagen|immagine)[^\]]{0,200}\]|\[\d{1,3}\]|"
    r"https?://\S{1,2000}|mailto:\S{1,200}|\((?:mailto:|https?:)[^)]{0,2000}\)",
    re.IGNORECASE,
)
"""How links and pictures are written out in one of the two and not in the other."""
_MIN_FOLDED = 3
_MAX_JUMPS = 100
"""Lines that may stand elsewhere than behind the one before; more are another text."""


def mark_by_page(draft: Draft, twin: Twin) -> None:
    """Mark own lines that the HTML calls a signature or a quotation, and nothing else; wrapping may differ."""
    called = {kind: _said(twin.page, kind) for kind in (Kind.SIGNATURE, Kind.QUOTE, Kind.ATTRIBUTION)}
    if not any(called.values()):
        return
    own = _said(twin.page, None)
    for place in twin.where:
        words = _words(draft.bare[place]) if draft.is_own(place) else ""
        if len(words) >= _MIN_FOLDED and words not in own:
            kind = next((kind for kind, said in called.items() if words in said), None)
            if kind is not None:
                draft.mark(range(place, place + 1), kind=kind)


def compare(draft: Draft, twin: Twin, page: Draft) -> None:
    """Add a doubt where own words are missing in the HTML, or own words of the HTML are missing in the text."""
    missing = _missing((draft.bare[place] for place in twin.where if draft.is_own(place)), "\n".join(page.bare))
    if missing:
        draft.doubt("these words are missing in the HTML", missing)
        return
    missing = _missing(
        (line for line, kind in zip(page.bare, page.marks, strict=True) if kind is None), "\n".join(draft.bare)
    )
    if missing:
        draft.doubt("the HTML shows words that the text lacks", missing)


def _missing(own: Iterable[str], other: str) -> str:
    """The first of these lines whose words do not stand in the other text in a row."""
    folded = _words(other)
    place = jumps = 0
    for line in own:
        words = _words(line)
        found = folded.find(words, place)
        if found < 0:
            jumps += 1
            found = folded.find(words) if jumps <= _MAX_JUMPS else -1
        if found < 0:
            return line
        place = found + len(words)
    return ""


def _said(page: Rendered, wanted: Kind | None) -> str:
    return _words("\n".join(line for line, kind in zip(page.lines, page.kinds, strict=True) if kind is wanted))


def _words(text: str) -> str:
    return fold(_LINKED.sub("", text))
