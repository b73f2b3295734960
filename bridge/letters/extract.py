"""The words the agent wrote, all of them and no others, or the places that leave it unsure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.letters import residue, transcribed, twins
from bridge.letters.bodies import Twin, body
from bridge.letters.draft import Cut, Draft, Kind
from bridge.letters.endings import mark_endings
from bridge.letters.footnotes import mark_footnotes
from bridge.letters.known import Proxies, delimiter_line, mark_known, proxies, settle
from bridge.letters.levels import levelled
from bridge.letters.mime import Mail
from bridge.letters.normal import tidy
from bridge.letters.quotes import mark_introductions, mark_quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What the agent wrote in a reply."""

    text: str
    """Normalised (threat-model 5.3.5), without the closing phrase and the name below it; empty where nothing is theirs."""
    confident: bool
    """Whether these are surely all of the agent's words and no others."""
    doubts: tuple[str, ...]
    """Why not: a reason, and behind a colon the doubtful line."""
    cut: tuple[Cut, ...]
    """What was removed and why, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What helps to tell the agent's lines from others'."""

    ours: Proxies
    names: frozenset[str]
    """Words of the sender's display name."""


def extract(mail: Mail, known: Sequence[str]) -> Extraction:
    """The agent's words in a reply; `known` are the plain texts of our proxies that it may quote.

    Never raises; takes time linear in the length of the mail.
    """
    found = body(mail)
    context = _Context(ours=proxies(known), names=_names(mail))
    draft = _read(found.lines, found.kinds, context)
    for doubt in found.doubts:
        draft.doubt(doubt, "")
    for twin in found.twins:
        twins.mark_by_page(draft, twin)
        _compared(draft, twin, context)
    residue.check(draft, context.ours)
    return _told(draft)


def _compared(draft: Draft, twin: Twin, context: _Context) -> None:
    """Doubt words that only one of two twins holds, and put back what the plain text could not spell."""
    equal, is_spelled = twins.are_equal(draft, twin), transcribed.is_spelled(draft, twin)
    if equal and not is_spelled:
        return
    page = _read(twin.page.lines, twin.page.kinds, context)
    if is_spelled:
        transcribed.put_back(draft, twin, page)
    if not equal:
        twins.compare(draft, twin, page)


def _read(lines: list[str], kinds: list[Kind | None], context: _Context) -> Draft:
    """The lines with a mark on each that is not the agent's."""
    draft = levelled(lines, kinds)
    for place, kind in enumerate(kinds):
        if kind is Kind.SIGNATURE:
            draft.mark(range(place, place + 1), kind=kind)
    since = delimiter_line(draft, context.ours)
    if since is None:
        _mark(draft, kinds)
    else:
        _mark_around(draft, kinds, context.ours, since=since)
    mark_footnotes(draft)
    mark_endings(draft, context.names)
    return draft


def _mark(draft: Draft, kinds: list[Kind | None]) -> None:
    """Mark what others wrote by what clients print around it."""
    mark_quotes(draft)
    mark_introductions(draft, kinds)


def _mark_around(draft: Draft, kinds: list[Kind | None], ours: Proxies, *, since: int) -> None:
    """Mark what others wrote by the proxy's own words, and by what clients print above and below them."""
    mark_known(draft, ours, since=since)
    for where in (range(since + 1), draft.from_line(since)):
        if any(map(draft.is_own, where)):
            part = draft.part(where)
            if where.start < since:
                part.depth[since] = max(part.depth[since], 1)  # the proxy is a quotation, whether it bears marks or not
            _mark(part, kinds[where.start : where.stop])
            draft.marks[where.start : where.stop] = part.marks
    settle(draft, ours, since=since)


def _names(mail: Mail) -> frozenset[str]:
    """The words of the sender's display name."""
    shown = mail.header("From").rpartition("<")[0]
    words = {word.strip("\"'.,()").casefold() for word in shown.split()}
    return frozenset(word for word in words if len(word) > 1 and "@" not in word)


def _told(draft: Draft) -> Extraction:
    words = tidy([line if kind is None else "" for line, kind in zip(draft.bare, draft.marks, strict=True)])
    quoted = all(level or not line.strip() for line, level in zip(draft.lines, draft.depth, strict=True))
    if not words.strip() and not quoted:
        draft.doubt("no words of the agent's own were found", "")
    return Extraction(text=words, confident=not draft.doubts, doubts=tuple(draft.doubts), cut=draft.cuts())
