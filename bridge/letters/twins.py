"""The plain text and the HTML of one mail compared: both must say the same (threat-model 5.3.2)."""

import re
from collections.abc import Sequence

from bridge.letters.html import Rendered
from bridge.letters.marks import Kind, Marks, mark
from bridge.letters.normal import fold
from bridge.letters.quotes import Doubts

_LINKED = re.compile(
    r"<(?:mailto:|https?:|tel:|cid:)[^>]{0,2000}>|\[(?:image|cid|bild|imagen|immagine)[^\]]{0,200}\]|\[\d{1,3}\]|https?://\S{1,2000}|mailto:\S{1,200}|\((?:mailto:|https?:)[^)]{0,2000}\)",
    re.IGNORECASE,
)
_MIN_FOLDED = 3


def mark_by_page(lines: Sequence[str], marks: Marks, page: Rendered) -> None:
    """Mark own lines that the HTML calls a signature or a quotation, and nothing else."""
    called: dict[str, Kind] = {}
    own: set[str] = set()
    for line, kind in zip(page.lines, page.kinds, strict=True):
        folded = fold(_LINKED.sub("", line))
        if kind is None:
            own.add(folded)
        else:
            called.setdefault(folded, kind)
    for place, line in enumerate(lines):
        folded = fold(_LINKED.sub("", line)) if marks[place] is None and called else ""
        if len(folded) >= _MIN_FOLDED and folded in called and folded not in own:
            mark(marks, place, place + 1, kind=called[folded])


def compare(lines: Sequence[str], marks: Marks, page: Rendered, doubts: Doubts) -> None:
    """Add a doubt where own words are missing in the HTML, or the HTML shows words that the text part lacks."""
    seen = fold(_LINKED.sub("", "\n".join(page.lines)))
    for place, line in enumerate(lines):
        if marks[place] is None and (folded := fold(_LINKED.sub("", line))) and folded not in seen:
            doubts.add("these words are missing in the HTML", line)
            return
    told = fold(_LINKED.sub("", "\n".join(lines)))
    for line, kind in zip(page.lines, page.kinds, strict=True):
        if kind is None and (folded := fold(_LINKED.sub("", line))) and folded not in told:
            doubts.add("the HTML shows words that the text lacks", line)
            return
