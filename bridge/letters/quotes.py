"""Quotations, and the lines above them: what stands in a reply but was written by others."""

import re

from bridge.letters.attributions import Surety, attribution, is_attributed
from bridge.letters.demands import is_certainly_reply_above, is_reply_above
from bridge.letters.draft import Draft, Kind
from bridge.letters.header_blocks import HeaderBlock, header_block, lone_block, role
from bridge.letters.separators import is_framed, is_original_title, is_rule
from bridge.letters.signatures import is_name

_WRAP_COLUMN = 66
"""A quoted line that would have grown past this may have lost its tail to the next line."""
_MAX_TAIL = 60
_MAX_HEAD = 12
"""Lines of a mail's head."""
_MAX_GAP = 3
"""Lines between a drawn rule and the block that it belongs to."""
_ADDRESS = re.compile(r"<?[^\s@<>]{1,64}@[^\s@<>]{1,255}>?")
_COMMENT = ("added the comment:", "added a comment:", "added a note:", "commented:")
"""Ticket systems put these above the agent's words, not above a quotation."""


def mark_quotes(draft: Draft) -> None:
    """Mark quoted lines, attributions, header blocks and unquoted originals."""
    for place, level in enumerate(draft.depth):
        if level:
            draft.mark(range(place, place + 1), kind=Kind.QUOTE)
    _mark_wrapped(draft)
    _doubt_quoted_heads(draft)
    place = 0
    while place < len(draft.lines):
        place = _mark_opening(draft, place) if draft.is_own(place) else place + 1


def _doubt_quoted_heads(draft: Draft) -> None:
    """Doubt words below a quotation that is nothing but a mail's head: some web mails quote no more than that."""
    place = 0
    while place < len(draft.lines):
        end = place + 1
        while draft.depth[place] and end < len(draft.lines) and draft.depth[end]:
            end += 1
        block = header_block(draft.bare, place) if draft.depth[place] and end - place <= _MAX_HEAD else None
        only = block is not None and not any(line.strip() for line in draft.bare[block.end : end])
        if only and draft.has_own_above(place) and draft.next_words(end) < len(draft.lines):
            draft.doubt("this may be the original of the head above it", draft.lines[draft.next_words(end)])
        place = end


def mark_introductions(draft: Draft, kinds: list[Kind | None]) -> None:
    """Mark what the markup calls an attribution though its words are in no vocabulary."""
    for place, kind in enumerate(kinds):
        if kind is Kind.ATTRIBUTION and draft.is_own(place):
            draft.mark(range(place, place + 1), kind=kind)
            if (
                not draft.is_quoted(draft.next_words(place + 1))
                and place + 1 < len(kinds)
                and kinds[place + 1] is not kind
            ):
                draft.mark(draft.from_line(place), kind=Kind.QUOTE)


def _mark_opening(draft: Draft, place: int) -> int:
    """Mark what opens a quotation at this line; the line where reading goes on."""
    line = draft.bare[place]
    if is_original_title(line):
        return _mark_titled(draft, place)
    if is_reply_above(line):
        return _mark_demand(draft, place)
    block = header_block(draft.bare, place) if ":" in line or "：" in line else lone_block(draft.bare, place)
    if block is not None and not any(draft.depth[block.start : block.end]):
        return _mark_block(draft, block)
    surety, start = attribution(draft.bare, place)
    if surety is not Surety.NONE and not any(draft.depth[start : place + 1]):
        return _mark_attribution(draft, range(start, place + 1), surety=surety)
    return place + 1


def _mark_demand(draft: Draft, place: int) -> int:
    """Mark a demand to answer above it with all below; at the top a ticket system drew it above its agent's own words, perhaps."""
    if not is_certainly_reply_above(draft.bare[place]):
        draft.doubt("this may be a demand to answer above it, or a sentence about a line", draft.lines[place])
    if draft.has_own_above(place) or not draft.next_words(place + 1) < len(draft.lines):
        return _mark_rest(draft, range(_with_rule(draft, place), place + 1), kind=Kind.DELIMITER)
    draft.doubt("nothing stands above a demand to answer there", draft.lines[place])
    draft.mark(range(place, place + 1), kind=Kind.DELIMITER)
    return place + 1


def _mark_titled(draft: Draft, place: int) -> int:
    """Mark the title of an original ("-----Original Message-----"): everything below is the original, unless it is quoted as well."""
    after = draft.next_words(place + 1)
    block = header_block(draft.bare, after) if after < len(draft.lines) else None
    start = _with_rule(draft, place)
    if block is not None:
        draft.mark(range(start, block.start), kind=Kind.FORWARD)
        return _mark_block(draft, HeaderBlock(block.start, block.end, certain=True))
    if draft.is_quoted(after) and not draft.has_own_above(start):
        draft.mark(range(start, after), kind=Kind.FORWARD)
        return after
    return _mark_rest(draft, range(start, place + 1), kind=Kind.FORWARD)


def _mark_block(draft: Draft, block: HeaderBlock) -> int:
    """Mark a header block; below it everything is the original, unless that is quoted and the answer follows it."""
    after = draft.next_words(block.end)
    start = _with_introduction(draft, block)
    if start == block.start and not block.certain:
        draft.doubt("this may be the head of another mail", draft.lines[block.start])
    draft.mark(range(start, block.end), kind=Kind.HEADER_BLOCK)
    if draft.is_quoted(after) and not draft.has_own_above(start):
        return after
    return _mark_rest(draft, range(start, block.end), kind=Kind.HEADER_BLOCK)


def _with_introduction(draft: Draft, block: HeaderBlock) -> int:
    """Where a header block begins together with the rule, the title or the attribution that some clients put above it."""
    start = _with_address(draft, _with_rule(draft, block.start))
    above = start - 1
    if start < block.start or above < 0 or not draft.is_own(above):
        return start
    if is_framed(draft.bare[above]) or draft.bare[above].rstrip().endswith(" ---"):
        return above
    if not is_attributed(draft.bare[above]):
        return start
    named = (
        above > 0
        and role(draft.bare[block.start]) != "from"
        and draft.is_own(above - 1)
        and is_name(draft.bare[above - 1])
    )
    return above - 1 if named else above


def _with_address(draft: Draft, start: int) -> int:
    """The line of a mail address that is a paragraph of its own: some clients sign so above what they quote."""
    above = start - 1
    while above > 0 and start - above <= _MAX_GAP and not draft.bare[above].strip():
        above -= 1
    if above <= 0 or draft.bare[above - 1].strip() or not draft.is_own(above):
        return start
    return above if _ADDRESS.fullmatch(draft.bare[above].strip()) else start


def _mark_attribution(draft: Draft, where: range, *, surety: Surety) -> int:
    """Mark an attribution; a likely one only above a quotation, a certain one also above an original without marks."""
    after = draft.next_words(where.stop)
    if draft.bare[where.stop - 1].casefold().rstrip(" *_").endswith(_COMMENT):
        draft.mark(where, kind=Kind.ATTRIBUTION)
        return where.stop
    if draft.is_quoted(after):
        draft.mark(where, kind=Kind.ATTRIBUTION)
        return after
    return where.stop if surety is Surety.LIKELY else _mark_rest(draft, where, kind=Kind.ATTRIBUTION)


def _mark_rest(draft: Draft, where: range, *, kind: Kind) -> int:
    """Mark what announces an original without quote marks, and the original: all that follows."""
    draft.mark(where, kind=kind)
    draft.mark(draft.from_line(where.stop), kind=Kind.QUOTE)
    return len(draft.lines)


def _with_rule(draft: Draft, start: int) -> int:
    """The line from which a drawn rule, and the blank lines below it, belong to what begins there."""
    above = start - 1
    while above >= 0 and start - above <= _MAX_GAP and not draft.bare[above].strip():
        above -= 1
    return above if above >= 0 and draft.marks[above] is None and is_rule(draft.bare[above]) else start


def _mark_wrapped(draft: Draft) -> None:
    """Mark the tails that a client's wrapping cut off quoted lines and left without a quote mark."""
    for place in range(1, len(draft.lines)):
        if draft.depth[place - 1] and draft.is_own(place) and _is_tail(draft, place):
            draft.mark(range(place, place + 1), kind=Kind.QUOTE)


def follows_full_line(draft: Draft, place: int) -> bool:
    """Whether the first word of a line would not have fitted into the line above."""
    first = draft.lines[place].split(None, 1)[0]
    return len(draft.lines[place - 1].rstrip()) + 1 + len(first) > _WRAP_COLUMN


def _is_tail(draft: Draft, place: int) -> bool:
    """Whether the line above was full, and this one goes on in the middle of its sentence."""
    line = draft.lines[place].strip()
    if not follows_full_line(draft, place):
        return False
    goes_on = line[:1].islower()
    if len(line) > _MAX_TAIL:
        return goes_on and draft.is_quoted(place + 1)
    return goes_on or draft.is_quoted(place + 1)
