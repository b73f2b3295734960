"""The last look at words that are about to count as the agent's: nothing foreign may be among them (threat-model 5.3.4)."""

import re
from collections.abc import Sequence
from itertools import pairwise

from bridge.letters import delimiter
from bridge.letters.attributions import Surety, attribution
from bridge.letters.dates import has_date, is_dated
from bridge.letters.demands import may_be_reply_above
from bridge.letters.draft import Draft, Kind
from bridge.letters.header_blocks import role
from bridge.letters.known import Proxies
from bridge.letters.normal import key, lowered
from bridge.letters.properties import properties
from bridge.letters.quotes import follows_full_line
from bridge.letters.separators import is_framed, is_original_title, is_rule
from bridge.letters.signatures import is_sentence

_SHORTEST_BY_HAND, _LONGEST_BY_HAND = 4, 9
"""Signs of a line that a person draws; programs draw three, or many."""
_MAX_INTRODUCTION = 300
_SHORTCODE = re.compile(r":[a-z0-9_+-]{1,30}:$")
"""An emoji by its name ends in a colon as well."""
_POINTS_INSIDE = re.compile(
    r"\b(?:inline|in-line|in (?:red|blue|green|bold|rot|blau|grün|fett|rosso|blu|rood|blauw|rojo|azul|vermelho)|en (?:rouge|bleu|vert|gras|rojo|azul)|"
    r"(?:my |our )?(?:answers?|comments?|replies|responses?) (?:are )?(?:below|inside|in the text)|(?:antworten|kommentare) (?:unten|im text|siehe unten)|"
    r"(?:réponses|commentaires) (?:ci-dessous|dans le texte)|(?:respuestas|comentarios) (?:abajo|más abajo|en el texto)|med rött|i rött|med rødt|na czerwono|красным)\b"
)
_ADDRESS = re.compile(r"[^\s@]@[^\s@.]{1,60}\.[^\s@]")
_FOREIGN = frozenset({Kind.QUOTE, Kind.DELIMITER, Kind.HEADER_BLOCK, Kind.FORWARD})
_FIELD = re.compile(r"^\s{0,3}\*?[^\W\d_][^:：\n]{0,24}[:：]\*?\s?\S")
_HEAD_FIELDS = 3
_JOURNEY = frozenset({"from", "to"})
_HEADERS = frozenset({"from", "sent", "to", "subject", "cc"})


def check(draft: Draft, ours: Proxies) -> None:
    """Add a doubt for every own line that looks like somebody else's."""
    own = [line for line, kind in zip(draft.bare, draft.marks, strict=True) if kind is None]
    for place, line in enumerate(own):
        if line.strip():
            for reason in _reasons(own, place, ours):
                draft.doubt(reason, line)
    _check_rules(draft, own)
    _check_headers(draft, own)
    _check_fields(draft, own)
    if listed := properties(own):
        draft.doubt("these look like a ticket's properties", listed)
    _check_introductions(draft)
    _check_turns(draft, ours)
    _check_pointers(draft, own)
    text = "\n".join(own)
    if delimiter.find(text) is not None:
        draft.doubt("a proxy's delimiter is left", "")
    if "\ufffd" in text:
        draft.doubt("characters are broken", next(line for line in own if "\ufffd" in line))


def _reasons(own: Sequence[str], place: int, ours: Proxies) -> list[str]:
    """What speaks against one line."""
    line = own[place].strip()
    found = {
        "a quoted line is left": line[0] in ">＞" or line.endswith(">>>"),
        "a line of the proxy is left": bool(ours.keys) and key(line) in ours.keys,
        "a client's separator is left": is_original_title(line) or may_be_reply_above(line) or is_framed(line),
        "this looks like the line above a quotation": attribution(own, place)[0] is not Surety.NONE,
    }
    return [reason for reason, speaks in found.items() if speaks]


def _check_rules(draft: Draft, own: Sequence[str]) -> None:
    """A drawn line with text under it, which may be somebody else's: people draw short ones between their paragraphs."""
    words = sentence = False
    for line in reversed(own):
        if is_rule(line):
            by_hand = _SHORTEST_BY_HAND <= len(line.strip()) <= _LONGEST_BY_HAND and sentence
            if words and not by_hand:
                draft.doubt("a drawn line stands between two texts", line)
        elif line.strip():
            words = True
            sentence = sentence or is_sentence(line)


def _check_headers(draft: Draft, own: Sequence[str]) -> None:
    """Two fields of a mail's head in a row."""
    for above, below in pairwise(own):
        fields = {role(above), role(below)}
        if len(fields & _HEADERS) > 1 and (fields != _JOURNEY or "@" in above + below):
            draft.doubt("this looks like the head of another mail", above)


def _check_fields(draft: Draft, own: Sequence[str]) -> None:
    """Three fields or more in a row, an address and a date among them: a mail's head in a language nobody taught us."""
    fields: list[str] = []
    for line in (*own, ""):
        if _FIELD.match(line):
            fields.append(line)
            continue
        if len(fields) >= _HEAD_FIELDS and any("@" in each for each in fields) and any(map(has_date, fields)):
            draft.doubt("this looks like the head of another mail", fields[0])
        fields = []


def _check_introductions(draft: Draft) -> None:
    """The own line right above a quotation: an unknown language's attribution ends in a colon, holds an address or a date."""
    above = -1
    for place, line in enumerate(draft.bare):
        if line.strip():
            if (
                draft.marks[place] in _FOREIGN
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


def _check_pointers(draft: Draft, own: Sequence[str]) -> None:
    """Words that point to answers inside an original that bears no quote marks: those cannot be told from it."""
    unmarked = any(kind is Kind.QUOTE and not level for kind, level in zip(draft.marks, draft.depth, strict=True))
    pointing = next((line for line in own if _POINTS_INSIDE.search(lowered(line))), "") if unmarked else ""
    if pointing:
        draft.doubt("answers may stand inside the original", pointing)


def _check_turns(draft: Draft, ours: Proxies) -> None:
    """Own words right below a quotation are sure only where its last line was not full: they may be its tail.

    A line of our own proxy that stands there whole has no tail, however long it is.
    """
    for run in draft.own_runs():
        above = run.start - 1
        quoted = above >= 0 and draft.marks[above] is Kind.QUOTE and draft.bare[above].strip()
        if quoted and key(draft.bare[above]) not in ours.keys and follows_full_line(draft, run.start):
            draft.doubt("these words may belong to the quotation above them", draft.lines[run.start])
