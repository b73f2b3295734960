"""Where an answer ends: what machines and habit put around the words, marked from the outside inwards."""

import re
from itertools import islice

from bridge.letters.closings import is_regards, is_thanks
from bridge.letters.devices import is_device_line, names_a_device
from bridge.letters.disclaimers import is_disclaimer, is_footer, is_token
from bridge.letters.draft import Draft, Kind
from bridge.letters.separators import is_rule
from bridge.letters.signatures import (
    is_card,
    is_contact,
    is_name,
    is_named,
    is_number,
    is_organised,
    is_sentence,
    is_titled,
)

_DASHES = frozenset({"--", "- -", "—", "––", "-- -", "__"})
_PLACEHOLDER = re.compile(
    r"^[\s*]{0,4}(?:\[(?:image|cid|bild|imagen|immagine|inline image|logo|photo|icon)\b[^\]]{0,200}\]|"
    r"\[[^\]\s]{1,80}\.(?:png|jpe?g|gif|bmp)\])[\s*]{0,4}$",
    re.IGNORECASE,
)
"""What stands in a plain text where the HTML has a picture."""
_UUENCODE = re.compile(r"^begin [0-7]{3,4} \S")
_POSTSCRIPT = re.compile(r"^\W{0,2}(?:p\.?\s?p?\.?s|ps|n\.?b|edit|update)\b\W", re.IGNORECASE)
_DASHED_NAME = re.compile(r"^\s?[-–—~]{1,2}\s?[A-Z][\w.'’-]{0,30}(?: [A-Z][\w.'’-]{0,30}){0,2}$")
_LIST_ITEM = re.compile(r"^\s{0,8}(?:[-*•·–+]|\d{1,3}[.)])\s")
_MAX_SIGNATURE = 60
"""Lines; further up no word of thanks and no name closes a text."""
_MAX_CLOSINGS = 40
_MAX_PIECES = 60
"""Footers, rules and the like that are taken off one after the other."""
_LONG_TEXT = 5
"""Sentences below a signature mark that make it doubtful."""
_SURE_BLOCK = 3
"""Lines of name, title and organisation that can hardly be anything but a signature."""


def mark_endings(draft: Draft, names: frozenset[str]) -> None:
    """Mark, in every run of own lines, what is not the answer itself; `names` are the sender's own, without case."""
    _mark_uuencoded(draft)
    for number, run in enumerate(list(draft.own_runs())):
        rest = _mark_banner(draft, run) if number == 0 else run
        rest = _mark_dashes(draft, rest)
        rest = _mark_tail(draft, rest, keep=number == 0)
        rest = _mark_device(draft, rest)
        rest = _mark_closing(draft, rest)
        rest = _mark_named(draft, rest, names=names)
        rest = _mark_ruled(draft, rest)
        rest = _mark_tail(draft, rest, keep=number == 0)
        _mark_block(draft, rest)
    for place, line in enumerate(draft.bare):
        if "[" in line and draft.marks[place] is None and _PLACEHOLDER.match(line):
            draft.mark(range(place, place + 1), kind=Kind.FOOTER)


def _mark_uuencoded(draft: Draft) -> None:
    """Mark attachments in the text ("begin 644 NAME" to "end"); an unfinished one goes on to the end."""
    start = -1
    if not any(line.startswith("begin ") for line in draft.bare):
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
        paragraph = _first_paragraph(draft, run)
        following = draft.next_words(paragraph.stop)
        below = _first_paragraph(draft, range(following, run.stop))
        ruled = len(paragraph) == 1 and is_rule(draft.bare[paragraph.start]) and is_disclaimer(_joined(draft, below))
        if following >= run.stop or not (ruled or is_disclaimer(_joined(draft, paragraph))):
            return run
        draft.mark(paragraph, kind=Kind.DISCLAIMER)
        run = range(following, run.stop)
    return run


def _mark_dashes(draft: Draft, run: range) -> range:
    """Mark a signature below its two dashes; the rest."""
    place = next((place for place in run if draft.bare[place].strip() in _DASHES), run.stop)
    below = range(place, run.stop)
    if len(below) > _MAX_SIGNATURE and sum(is_sentence(draft.bare[at]) for at in below) > _LONG_TEXT:
        draft.doubt("a long text stands below a signature mark", draft.lines[place + 1])
    return _cut(draft, run, place, kind=Kind.SIGNATURE)


def _mark_tail(draft: Draft, run: range, *, keep: bool) -> range:
    """Mark footers, disclaimers, device lines, drawn rules and placeholders at the end; the rest.

    With `keep` a lone paragraph stays, whatever it says: it is all there is.
    """
    for _ in range(_MAX_PIECES):
        paragraph = _last_paragraph(draft, run)
        kind, since = _ending(draft, paragraph, whole=keep and paragraph.start == run.start)
        if kind is None:
            return run
        if keep and kind is Kind.FOOTER and _is_perhaps_own(draft, range(since, run.stop), above=run):
            draft.doubt("this may be a footer", draft.lines[since])
        run = _cut(draft, run, since, kind=kind)
    return run


def _is_perhaps_own(draft: Draft, footer: range, *, above: range) -> bool:
    """Whether a footer in the answer's own run has running text and no drawn line above it: an agent may have written it."""
    before = draft.trimmed(range(above.start, footer.start))
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
    if not whole and is_disclaimer(_joined(draft, paragraph)):
        return Kind.DISCLAIMER, last if _is_only_its_last(draft, paragraph) else paragraph.start
    if not whole and is_footer(_joined(draft, paragraph)):
        return Kind.FOOTER, paragraph.start
    return (Kind.FOOTER, last) if is_token(line) else (None, last)


def _is_only_its_last(draft: Draft, paragraph: range) -> bool:
    """Whether a paragraph is a disclaimer by its last line alone, below lines of another kind."""
    return is_disclaimer(draft.bare[paragraph.stop - 1]) and not is_disclaimer(_joined(draft, paragraph[:-1]))


def _mark_device(draft: Draft, run: range) -> range:
    """Mark a device line that stands alone: at the top it ends nothing, further down all below it is foreign."""
    for place in run:
        if is_device_line(draft.bare[place]) and _stands_alone(draft, run, place):
            if place != run.start:
                below = [draft.bare[at] for at in range(place + 1, run.stop)]
                if any(is_sentence(line) and not is_device_line(line) for line in below):
                    draft.doubt("text stands below a device's line", draft.lines[place])
                return _cut(draft, run, place, kind=Kind.DEVICE_LINE)
            draft.mark(range(place, place + 1), kind=Kind.DEVICE_LINE)
    return run


def _stands_alone(draft: Draft, run: range, place: int) -> bool:
    """Whether a paragraph begins with the line; at the top of a run it must be all of it."""
    if place == run.start:
        return place + 1 == run.stop or not draft.bare[place + 1].strip()
    return not draft.bare[place - 1].strip()


def _mark_closing(draft: Draft, run: range) -> range:
    """Mark from the closing phrase on; the rest.

    The first formal closing counts, but the last word of thanks: thanks are also given in the middle of a text.
    """
    first = next((place for place in run if draft.is_own(place)), run.stop) + 1
    regards = islice((place for place in range(first, run.stop) if is_regards(draft.bare[place])), _MAX_CLOSINGS)
    place = next((place for place in regards if _ends_there(draft, run, place)), run.stop)
    if place < run.stop:
        return _cut(draft, run, _with_thanks(draft, range(first, place)), kind=Kind.SIGNATURE)
    near = range(max(first, run.stop - _MAX_SIGNATURE), run.stop)
    thanks = (place for place in reversed(near) if is_thanks(draft.bare[place]) and _names_below(draft, run, place))
    place = next((place for place in thanks if _ends_there(draft, run, place)), run.stop)
    return _cut(draft, run, place, kind=Kind.SIGNATURE)


def _with_thanks(draft: Draft, above: range) -> int:
    """The line of a word of thanks right above a closing that goes on in it ("Thanks," and below "Best regards")."""
    last = draft.trimmed(above).stop - 1
    goes_on = last >= above.start and draft.bare[last].rstrip().endswith(",") and is_thanks(draft.bare[last])
    return last if goes_on else above.stop


def _ends_there(draft: Draft, run: range, place: int) -> bool:
    """Whether all below a closing is a signature: no running text before its first address, number or drawn line."""
    for below in range(place + 1, run.stop):
        line = draft.bare[below]
        if is_contact(line) or is_rule(line) or is_number(line):
            return True
        if _POSTSCRIPT.match(line):
            return False
        if is_sentence(line):
            draft.doubt("a closing stands above more text", draft.lines[place])
            return False
    return True


def _names_below(draft: Draft, run: range, place: int) -> bool:
    """Whether a word of thanks closes the text: it does not end like a sentence, and a name follows."""
    line = draft.bare[place].rstrip()
    if line.endswith((".", "!", "。", "！")):
        return False
    texts = (draft.bare[at] for at in range(place + 1, run.stop))
    below = next((text for text in texts if text.strip() and not is_rule(text)), "")
    return is_name(below) or (line.endswith(",") and not below)


def _mark_named(draft: Draft, run: range, *, names: frozenset[str]) -> range:
    """Mark from the sender's own name on, where it stands alone on a line and only a signature follows; the rest."""
    for place in range(max(run.start + 1, run.stop - _MAX_SIGNATURE), run.stop) if names else ():
        if is_named(draft.bare[place], names):
            below = range(place + 1, run.stop)
            return (
                run
                if any(is_sentence(draft.bare[at]) for at in below)
                else _cut(draft, run, place, kind=Kind.SIGNATURE)
            )
    return run


def _mark_ruled(draft: Draft, run: range) -> range:
    """Mark a signature under a drawn line: no running text, and an address or a number among its lines; the rest."""
    near = range(max(run.start + 1, run.stop - _MAX_SIGNATURE), run.stop)
    place = next((place for place in near if is_rule(draft.bare[place])), run.stop)
    below = [draft.bare[at] for at in range(place + 1, run.stop)]
    if any(map(is_contact, below)) and not any(is_sentence(line) or is_rule(line) for line in below):
        return _cut(draft, run, place, kind=Kind.SIGNATURE)
    return run


def _mark_block(draft: Draft, run: range) -> None:
    """Mark a last paragraph that looks like a signature and has no closing above it, unless the text announces it."""
    block = _last_paragraph(draft, run)
    above = draft.trimmed(range(run.start, block.start))
    lines = [draft.bare[place] for place in block]
    if not above or draft.bare[above.stop - 1].rstrip().endswith((":", "：", ",", ";")):
        return
    if len(lines) == 1:
        _mark_card(draft, block)
    elif _is_signature(lines):
        if len(lines) < _SURE_BLOCK or not any(map(is_organised, lines)):
            draft.doubt("this may be a signature", lines[0])
        draft.mark(block, kind=Kind.SIGNATURE)


def _is_signature(lines: list[str]) -> bool:
    """Whether a paragraph is made like a signature: addresses, or a name with offices, places and numbers under it."""
    if any(is_sentence(line) or _LIST_ITEM.match(line) for line in lines):
        return False
    if any(map(is_contact, lines)):
        return True
    below = (is_titled(line) or is_organised(line) or any(map(str.isdigit, line)) for line in lines[1:])
    return is_titled(lines[0]) and all(below)


def _mark_card(draft: Draft, block: range) -> None:
    """Mark a signature of one line; a lone line with a brand of telephones in it is doubted."""
    line = draft.bare[block.start]
    if is_card(line):
        draft.mark(block, kind=Kind.SIGNATURE)
    elif names_a_device(line):
        draft.doubt("this may be a device's line", line)


def _cut(draft: Draft, run: range, place: int, *, kind: Kind) -> range:
    """Mark a run from one of its lines on; what remains of it."""
    draft.mark(range(place, run.stop), kind=kind)
    return draft.trimmed(range(run.start, place))


def _first_paragraph(draft: Draft, run: range) -> range:
    return range(run.start, next((place for place in run if not draft.bare[place].strip()), run.stop))


def _last_paragraph(draft: Draft, run: range) -> range:
    above = next((place for place in reversed(run) if not draft.bare[place].strip()), run.start - 1)
    return range(above + 1, run.stop)


def _joined(draft: Draft, where: range) -> str:
    return " ".join(draft.bare[place].strip() for place in where)
