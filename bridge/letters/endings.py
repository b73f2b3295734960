"""Where an answer ends: what machines and habit put around the words, marked from the outside inwards."""

import re

from bridge.letters.case_marks import is_case_mark, is_certainly_case_mark
from bridge.letters.demands import is_certainly_reply_above
from bridge.letters.devices import is_device_line
from bridge.letters.disclaimers import is_disclaimer, is_footer
from bridge.letters.draft import Draft, Kind
from bridge.letters.separators import is_rule
from bridge.letters.signatures import is_sentence
from bridge.letters.signoffs import mark_block, mark_dashes, mark_signoff

_PLACEHOLDER = re.compile(
    r"^[\s*]{0,4}(?:\[(?:image|cid|bild|imagen|immagine|inline image|logo|photo|icon)\b[^\]]{0,200}\]|"
    r"\[[^\]\s]{1,80}\.(?:png|jpe?g|gif|bmp)\])[\s*]{0,4}$",
    re.IGNORECASE,
)
"""What stands in a plain text where the HTML has a picture."""
_UUENCODE = re.compile(r"^begin [0-7]{3,4} \S")
_MAX_PIECES = 60
"""Footers, rules and the like that are taken off one after the other."""


def mark_endings(draft: Draft, names: frozenset[str]) -> None:
    """Mark, in every run of own lines, what is not the answer itself; `names` are the sender's own, without case."""
    _mark_uuencoded(draft)
    for number, run in enumerate(list(draft.own_runs())):
        rest = _mark_banner(draft, run) if number == 0 else run
        rest = mark_dashes(draft, rest)
        rest = _mark_tail(draft, rest, keep=number == 0)
        rest = _mark_device(draft, rest)
        rest = mark_signoff(draft, rest, names=names)
        rest = _mark_tail(draft, rest, keep=number == 0)
        mark_block(draft, rest)
    _mark_placeholders(draft)


def _mark_placeholders(draft: Draft) -> None:
    for place, line in enumerate(draft.bare):
        if "[" in line and draft.marks[place] is None and _PLACEHOLDER.match(line):
            draft.mark(range(place, place + 1), kind=Kind.FOOTER)


def _mark_uuencoded(draft: Draft) -> None:
    """Mark attachments in the text ("begin 644 NAME" to "end"); an unfinished one goes on to the end."""
    start = -1
    if not [line for line in draft.bare if line[:6] == "begin "]:
        return
    for place, line in enumerate(draft.bare):
        if start < 0 and line.startswith("begin ") and _UUENCODE.match(line) and draft.is_own(place):
            start = place
        elif start >= 0 and (line.strip() == "end" or place == len(draft.bare) - 1):
            draft.mark(range(start, place + 1), kind=Kind.FOOTER)
            start = -1


def _mark_banner(draft: Draft, run: range) -> range:
    """Mark warnings above the answer, never all there is; the rest."""
    for _ in range(_MAX_PIECES):
        paragraph = draft.first_paragraph(run)
        following = draft.next_words(paragraph.stop)
        below = draft.first_paragraph(range(following, run.stop))
        ruled = len(paragraph) == 1 and is_rule(draft.bare[paragraph.start]) and is_disclaimer(draft.joined(below))
        if following >= run.stop or not (ruled or is_disclaimer(draft.joined(paragraph))):
            return run
        draft.mark(paragraph, kind=Kind.DISCLAIMER)
        run = range(following, run.stop)
    return run


def _mark_tail(draft: Draft, run: range, *, keep: bool) -> range:
    """Mark footers, disclaimers, device lines, drawn rules and placeholders at the end; the rest.

    With `keep` a lone paragraph stays, whatever it says: it is all there is.
    """
    for _ in range(_MAX_PIECES):
        paragraph = draft.last_paragraph(run)
        kind, since = _ending(draft, paragraph, whole=keep and paragraph.start == run.start)
        if kind is None:
            return run
        if keep and kind is Kind.FOOTER and _is_perhaps_own(draft, range(since, run.stop), above=run):
            draft.doubt("this may be a footer", draft.lines[since])
        run = draft.cut(run, since, kind=kind)
    return run


def _is_perhaps_own(draft: Draft, footer: range, *, above: range) -> bool:
    """Whether a footer in the answer's own run has running text and no drawn line above it: an agent may have written it."""
    before = draft.trimmed(range(above.start, footer.start))
    mark, over = draft.bare[footer.start], draft.bare[before.stop - 1] if before else ""
    if len(footer) == 1 and is_case_mark(mark) and not is_certainly_case_mark(mark, over):
        return True
    ruled = is_rule(draft.bare[footer.start]) or (bool(before) and is_rule(draft.bare[before.stop - 1]))
    return not ruled and any(is_sentence(draft.bare[place]) for place in footer)


def _ending(draft: Draft, paragraph: range, *, whole: bool) -> tuple[Kind | None, int]:
    """What the last paragraph, or its last line, is; and where that begins."""
    if not paragraph:
        return None, paragraph.stop
    last = paragraph.stop - 1
    line = draft.bare[last]
    if is_rule(line) or _PLACEHOLDER.match(line):
        return Kind.FOOTER, last
    if is_device_line(line) and not (whole and len(paragraph) == 1):
        return Kind.DEVICE_LINE, last
    if not whole and is_disclaimer(draft.joined(paragraph)):
        return Kind.DISCLAIMER, last if _is_only_its_last(draft, paragraph) else paragraph.start
    if not whole and is_footer(draft.joined(paragraph)):
        return Kind.FOOTER, paragraph.start
    return (Kind.FOOTER, last) if (is_case_mark(line) or is_certainly_reply_above(line)) else (None, last)


def _is_only_its_last(draft: Draft, paragraph: range) -> bool:
    """Whether a paragraph is a disclaimer by its last line alone, below lines of another kind."""
    return is_disclaimer(draft.bare[paragraph.stop - 1]) and not is_disclaimer(draft.joined(paragraph[:-1]))


def _mark_device(draft: Draft, run: range) -> range:
    """Mark a device line that stands alone: at the top it ends nothing, further down all below it is foreign."""
    for place in run:
        if is_device_line(draft.bare[place]) and _stands_alone(draft, run, place):
            if place != run.start:
                below = [draft.bare[at] for at in range(place + 1, run.stop)]
                if any(is_sentence(line) and not is_device_line(line) for line in below):
                    draft.doubt("text stands below a device's line", draft.lines[place])
                return draft.cut(run, place, kind=Kind.DEVICE_LINE)
            draft.mark(range(place, place + 1), kind=Kind.DEVICE_LINE)
    return run


def _stands_alone(draft: Draft, run: range, place: int) -> bool:
    """Whether a paragraph begins with the line; at the top of a run it must be all of it."""
    if place == run.start:
        return place + 1 == run.stop or not draft.bare[place + 1].strip()
    return not draft.bare[place - 1].strip()
