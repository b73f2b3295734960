"""Where a person ends an answer: signature marks, closing phrases, names, and blocks that look like a signature."""

import re
from itertools import islice

from bridge.letters.closings import is_regards, is_thanks
from bridge.letters.devices import names_a_device
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
_POSTSCRIPT = re.compile(r"^\W{0,2}(?:p\.?\s?p?\.?s|ps|n\.?b|edit|update)\b\W", re.IGNORECASE)
_DASHED_NAME = re.compile(r"^\s?[-–—~/]{1,2}\s?[A-Z][\w.'’-]{0,30}(?: [A-Z][\w.'’-]{0,30}){0,2}$")
_LIST_ITEM = re.compile(r"^\s{0,8}(?:[-*•·–+]|\d{1,3}[.)])\s")
_MAX_SIGNATURE = 60
"""Lines; further up no word of thanks and no name closes a text."""
_MAX_CLOSINGS = 40
_LONG_TEXT = 5
"""Sentences below a signature mark that make it doubtful."""
_SURE_BLOCK = 3
"""Lines of name, title and organisation that can hardly be anything but a signature."""
_MAX_CLOSING = 4
"""Spaces in a line that may be a closing."""
_COMMAS = (",", "،", "，")


def mark_dashes(draft: Draft, run: range) -> range:
    """Mark a signature below its two dashes; the rest."""
    place = next((place for place in run if draft.bare[place].strip() in _DASHES), run.stop)
    below = range(place, run.stop)
    if len(below) > _MAX_SIGNATURE and sum(is_sentence(draft.bare[at]) for at in below) > _LONG_TEXT:
        draft.doubt("a long text stands below a signature mark", draft.lines[place + 1])
    return draft.cut(run, place, kind=Kind.SIGNATURE)


def mark_signoff(draft: Draft, run: range, *, names: frozenset[str]) -> range:
    """Mark a closing phrase or the sender's name and what stands below it; the rest."""
    rest = _mark_closing(draft, run)
    rest = _mark_named(draft, rest, names=names)
    return _mark_ruled(draft, rest)


def mark_block(draft: Draft, run: range) -> None:
    """Mark a last paragraph that looks like a signature and has no known closing above it, unless the text announces it."""
    block = draft.last_paragraph(run)
    above = draft.trimmed(range(run.start, block.start))
    lines = [draft.bare[place] for place in block]
    if len(lines) == 1:
        if above:
            _mark_card(draft, block)
    elif above and _is_signature(lines):
        closing = _closing_above(draft, above)
        if not closing and draft.bare[above.stop - 1].rstrip().endswith((":", "：", ",", ";")):
            return
        certain = any(map(is_contact if closing else is_organised, lines)) and len(lines) >= _SURE_BLOCK
        if not certain or (closing and not draft.bare[closing.start].rstrip().endswith(_COMMAS)):
            draft.doubt("this may be a signature", lines[0])
        draft.mark(range((closing or block).start, run.stop), kind=Kind.SIGNATURE)


def _mark_closing(draft: Draft, run: range) -> range:
    """Mark from the closing phrase on; the rest.

    The first formal closing counts, but the last word of thanks: thanks are also given in the middle of a text.
    """
    first = next((place for place in run if draft.is_own(place)), run.stop) + 1
    regards = islice((place for place in range(first, run.stop) if is_regards(draft.bare[place])), _MAX_CLOSINGS)
    place = next((place for place in regards if _ends_there(draft, run, place)), run.stop)
    if place < run.stop:
        return draft.cut(run, _with_thanks(draft, range(first, place)), kind=Kind.SIGNATURE)
    near = range(max(first, run.stop - _MAX_SIGNATURE), run.stop)
    thanks = (place for place in reversed(near) if is_thanks(draft.bare[place]) and _names_below(draft, run, place))
    place = next((place for place in thanks if _ends_there(draft, run, place)), run.stop)
    return draft.cut(run, place, kind=Kind.SIGNATURE)


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
    for place in range(max(run.start + 1, run.stop - _MAX_SIGNATURE), run.stop):
        if is_named(draft.bare[place], names) or _is_dashed_name(draft, run, place):
            below = range(place + 1, run.stop)
            return (
                run if any(is_sentence(draft.bare[at]) for at in below) else draft.cut(run, place, kind=Kind.SIGNATURE)
            )
    return run


def _is_dashed_name(draft: Draft, run: range, place: int) -> bool:
    """Whether a paragraph begins with "-Paul", and is no list of such lines."""
    if not _DASHED_NAME.match(draft.bare[place]) or draft.bare[place - 1].strip():
        return False
    above = draft.trimmed(range(run.start, place))
    others = (draft.bare[at].lstrip() for at in (*above[-1:], *range(place + 1, run.stop)))
    return not any(line.startswith(("-", "–", "—", "*", "•")) for line in others)


def _mark_ruled(draft: Draft, run: range) -> range:
    """Mark a signature under a drawn line: no running text, and an address or a number among its lines; the rest."""
    near = range(max(run.start + 1, run.stop - _MAX_SIGNATURE), run.stop)
    place = next((place for place in near if is_rule(draft.bare[place])), run.stop)
    below = [draft.bare[at] for at in range(place + 1, run.stop)]
    if any(map(is_contact, below)) and not any(is_sentence(line) or is_rule(line) for line in below):
        return draft.cut(run, place, kind=Kind.SIGNATURE)
    return run


def _closing_above(draft: Draft, above: range) -> range:
    """The last paragraph of a text where it could be a closing in a language that we do not know: few words, no full stop."""
    last = draft.last_paragraph(above)
    line = draft.bare[last.start].strip()
    alone = len(last) == 1 and last.start > above.start
    return last if alone and line.count(" ") <= _MAX_CLOSING and line[-1] not in ".!?:;。！？" else range(0)


def _is_signature(lines: list[str]) -> bool:
    """Whether a paragraph is made like a signature: addresses, or a name with offices, places and numbers under it.

    Above the name may stand what is perhaps a closing.
    """
    if any(is_sentence(line) or _LIST_ITEM.match(line) for line in lines):
        return False
    if any(map(is_contact, lines)):
        return True
    first = next((number for number, line in enumerate(lines[:2]) if is_titled(line)), len(lines))
    below = lines[first + 1 :]
    closes = first == 0 or lines[0].strip().count(" ") <= _MAX_CLOSING
    return (
        bool(below)
        and closes
        and all(is_titled(line) or is_organised(line) or any(map(str.isdigit, line)) for line in below)
    )


def _mark_card(draft: Draft, block: range) -> None:
    """Mark a signature of one line; a lone line with a brand of telephones in it is doubted."""
    line = draft.bare[block.start]
    if is_card(line):
        draft.mark(block, kind=Kind.SIGNATURE)
    elif names_a_device(line):
        draft.doubt("this may be a device's line", line)
