"""The last look at words that are about to count as the agent's: nothing foreign may be among them (threat-model 5.3.4)."""

import re
from collections.abc import Sequence
from itertools import pairwise

from bridge.letters import delimiter
from bridge.letters.attributions import Surety, attribution, is_dated
from bridge.letters.draft import Draft, Kind
from bridge.letters.header_blocks import role
from bridge.letters.known import Proxies
from bridge.letters.normal import key
from bridge.letters.separators import is_framed, is_original_title, is_reply_above, is_rule
from bridge.letters.signatures import is_sentence

_SHORTEST_BY_HAND, _LONGEST_BY_HAND = 4, 9
"""Signs of a line that a person draws; programs draw three, or many."""
_MAX_INTRODUCTION = 300
_SHORTCODE = re.compile(r":[a-z0-9_+-]{1,30}:$")
"""An emoji by its name ends in a colon as well."""
_ADDRESS = re.compile(r"[^\s@]@[^\s@.]{1,60}\.[^\s@]")
_HEADERS = frozenset({"from", "sent", "to", "subject", "cc"})


def check(draft: Draft, ours: Proxies) -> None:
    """Add a doubt for every own line that looks like somebody else's."""
    own = [line for line, kind in zip(draft.bare, draft.marks, strict=True) if kind is None]
    for place, line in enumerate(own):
        if line.strip():
            for reason in _reasons(own, place, ours):
                draft.doubt(reason, line)
    _check_headers(draft, own)
    _check_introductions(draft)
    _check_turns(draft)
    text = "\n".join(own)
    if delimiter.find(text) is not None:
        draft.doubt("a proxy's delimiter is left", "")
    if "\ufffd" in text:
        draft.doubt("characters are broken", next(line for line in own if "\ufffd" in line))


def _reasons(own: Sequence[str], place: int, ours: Proxies) -> list[str]:
    """What speaks against one line."""
    line = own[place].strip()
    found = {
        "a quoted line is left": line[0] in ">＞",
        "a line of the proxy is left": bool(ours.keys) and key(line) in ours.keys,
        "a client's separator is left": is_original_title(line) or is_reply_above(line) or is_framed(line),
        "this looks like the line above a quotation": attribution(own, place)[0] is not Surety.NONE,
        "a drawn line stands between two texts": is_rule(line) and _parts_texts(line, own[place + 1 :]),
    }
    return [reason for reason, speaks in found.items() if speaks]


def _parts_texts(rule: str, below: Sequence[str]) -> bool:
    """Whether somebody else's text may stand under a drawn line: people draw short ones between their paragraphs."""
    texts = [line for line in below if line.strip()]
    by_hand = _SHORTEST_BY_HAND <= len(rule) <= _LONGEST_BY_HAND and any(is_sentence(line) for line in texts)
    return bool(texts) and not by_hand


def _check_headers(draft: Draft, own: Sequence[str]) -> None:
    """Two fields of a mail's head in a row."""
    for above, below in pairwise(own):
        if role(above) in _HEADERS and role(below) in _HEADERS and role(above) != role(below):
            draft.doubt("this looks like the head of another mail", above)


def _check_introductions(draft: Draft) -> None:
    """The own line right above a quotation: an unknown language's attribution ends in a colon, holds an address or a date."""
    above = -1
    for place, line in enumerate(draft.bare):
        if line.strip():
            if (
                draft.marks[place] is Kind.QUOTE
                and above >= 0
                and draft.marks[above] is None
                and _introduces(draft.bare[above])
            ):
                draft.doubt("this may introduce a quotation", draft.bare[above])
            above = place


def _introduces(line: str) -> bool:
    text = line.strip()
    if len(text) > _MAX_INTRODUCTION or _SHORTCODE.search(text):
        return False
    return text.endswith((":", "：")) or _ADDRESS.search(text) is not None or is_dated(text)


def _check_turns(draft: Draft) -> None:
    """Own words below a quotation are sure only where a blank line parts them from it."""
    for run in list(draft.own_runs())[1:]:
        above = run.start - 1
        if draft.marks[above] is Kind.QUOTE and draft.bare[above].strip():
            draft.doubt("own words follow a quotation without a blank line", draft.lines[run.start])
