"""The words the agent wrote, all of them and no others, or the places that leave it unsure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.letters import residue, twins
from bridge.letters.bodies import Body, body
from bridge.letters.known import Proxies, delimiter_line, mark_known, proxies
from bridge.letters.marks import Cut, Kind, Marks, cuts, mark, own_runs
from bridge.letters.mime import Mail
from bridge.letters.normal import tidy
from bridge.letters.quotes import Doubts, Text, levelled, mark_quotes
from bridge.letters.signatures import mark_ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What the agent wrote in a reply."""

    text: str
    """Normalised (threat-model 5.3.5), without the closing phrase and the name below it."""
    confident: bool
    """Whether these are surely all of the agent's words and no others; never where there is no text."""
    doubts: tuple[str, ...]
    """Why not, each with the doubtful line."""
    cut: tuple[Cut, ...]
    """What was removed and why, in order."""


def extract(mail: Mail, known: Sequence[str]) -> Extraction:
    """The agent's words in a reply; `known` are the plain texts of our proxies that it may quote.

    Never raises; takes time linear in the length of the mail.
    """
    doubts = Doubts()
    found = body(mail, doubts)
    text = levelled(found.lines, found.kinds)
    marks: Marks = [None] * len(text.lines)
    ours = proxies(known)
    _mark_foreign(text, marks, found, ours, doubts)
    mark_ends(text.bare, marks, doubts, names=_names(mail))
    if found.page is not None:
        twins.mark_by_page(text.bare, marks, found.page)
        twins.compare(text.bare, marks, found.page, doubts)
    residue.check(text.bare, marks, ours, doubts)
    _doubt_turns(text, marks, doubts)
    return _told(text, marks, doubts)


def _mark_foreign(text: Text, marks: Marks, found: Body, ours: Proxies, doubts: Doubts) -> None:
    """Mark what others wrote: by the proxy's own words where they are found, by the client's marks elsewhere."""
    since = delimiter_line(text, ours)
    if since is not None:
        head = Text(text.lines[:since], text.bare[:since], text.depth[:since])
        above: Marks = [None] * since
        mark_quotes(head, above, doubts)
        marks[:since] = above
        mark_known(text, marks, ours, doubts, since=since)
    for place, kind in enumerate(found.kinds):
        if kind is Kind.SIGNATURE:
            mark(marks, place, place + 1, kind=kind)
    if since is None:
        mark_quotes(text, marks, doubts)


def _names(mail: Mail) -> frozenset[str]:
    """The words of the sender's display name."""
    shown = mail.header("From").rpartition("<")[0]
    words = {word.strip("\"'.,()").casefold() for word in shown.split()}
    return frozenset(word for word in words if len(word) > 1 and "@" not in word)


def _doubt_turns(text: Text, marks: Marks, doubts: Doubts) -> None:
    """Own words above and below a quotation are sure only where a blank line parts them from it."""
    runs = list(own_runs(text.bare, marks))
    for start, _ in runs[1:]:
        above = start - 1
        if marks[above] is Kind.QUOTE and text.bare[above].strip():
            doubts.add("own words follow a quotation without a blank line", text.lines[start])


def _told(text: Text, marks: Marks, doubts: Doubts) -> Extraction:
    own = [line if marks[place] is None else "" for place, line in enumerate(text.bare)]
    words = tidy(own)
    if not words.strip():
        doubts.add("no words of the agent's own were found", "")
    return Extraction(
        text=words, confident=not doubts.reasons, doubts=tuple(doubts.reasons), cut=cuts(text.lines, marks)
    )
