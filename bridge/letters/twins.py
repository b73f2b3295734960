"""The plain text and the HTML of one mail compared: both must say the same (threat-model 5.3.2)."""

import re
from collections.abc import Iterable

from bridge.letters.bodies import Twin
from bridge.letters.draft import Draft, Kind
from bridge.letters.html import Rendered
from bridge.letters.normal import fold

_LINKED = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        ("<", r"<(?:mailto:|https?:|tel:|cid:)[^>]{0,2000}>"),
        ("(", r"\((?:mailto:|https?:)[^)]{0,2000}\)"),
        ("[", r"\[(?:(?:image|cid|bild|imagen|immagine)[^\]]{0,200}|\d{1,3})\]"),
        ("http", r"https?://\S{1,2000}"),
        ("mailto:", r"mailto:\S{1,200}"),
    )
)
"""How links and pictures are written out in one of the two and not in the other."""
_MIN_FOLDED = 3
_MAX_JUMPS = 100
"""Lines that may stand elsewhere than behind the one before; more are another text."""


def mark_by_page(draft: Draft, twin: Twin) -> None:
    """Mark own lines that the HTML calls a signature or a quotation, and nothing else; wrapping may differ."""
    own = _said(twin.page, None)
    lines = ((place, _words(draft.bare[place])) for place in twin.where if draft.is_own(place))
    foreign = [(place, words) for place, words in lines if len(words) >= _MIN_FOLDED and words not in own]
    called = (
        {kind: _said(twin.page, kind) for kind in (Kind.SIGNATURE, Kind.QUOTE, Kind.ATTRIBUTION)} if foreign else {}
    )
    for place, words in foreign:
        kind = next((kind for kind, said in called.items() if words in said), None)
        if kind is not None:
            draft.mark(range(place, place + 1), kind=kind)


def are_equal(draft: Draft, twin: Twin) -> bool:
    """Whether both hold the same words from beginning to end, as when a client made the one from the other."""
    text = "\n".join(draft.bare[place] for place in twin.where)
    return _words("\n".join(twin.page.lines)) == _words(text)


def compare(draft: Draft, twin: Twin, page: Draft) -> None:
    """Add a doubt where own words are missing in the HTML, or own words of the HTML are missing in the text."""
    written = [draft.bare[place] for place in twin.where if draft.is_own(place)]
    shown = [line for line, kind in zip(page.bare, page.marks, strict=True) if kind is None]
    if _words("\n".join(written)) == _words("\n".join(shown)):
        return
    if missing := _missing(written, "\n".join(page.bare)):
        draft.doubt("these words are missing in the HTML", missing)
    elif missing := _missing(shown, "\n".join(draft.bare)):
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
    plain = text.lower()
    for sign, linked in _LINKED:
        if sign in plain:
            plain = linked.sub("", plain)
    return fold(plain)
