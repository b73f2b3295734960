"""Lines that are nothing but a mark by which a ticket system finds its case again."""

import re

_CASE = (
    "ticket|ticketno|ticketid|case|request|issue|incident|ref|reference|id|no|nr|vorgang|fall|anfrage|demande|caso|solicitud|richiesta|chamado|zgłoszenie|"
    "sprawa|ärende|sag|sak|tiketti|заявка|обращение|запрос|talep"
)
_MARKS = (
    r"ref:msg\d{5,12}(?:_\w{1,40})?",  # ServiceNow
    r"(?-i:\[[A-Z0-9]{6}-[A-Z0-9]{4,5}\])",  # Zendesk
    r"\{#[\w:.-]{6,60}#\}",  # Help Scout
    r"\[?ref ?:[ !\w.:=+/-]{6,80}:ref\]?",  # Salesforce
    r"\*{0,2}ref_\w{4,60}_ref\*{0,2}",
    r"[a-z]{3,12}::[\w.=+/-]{4,80}::",
    r"<?(?:msg|message|ticket|case|conversation|thread|tracking|track)[-_]?id[:=]\s?[\w.=+/@-]{4,120}>?",
)
"""What no person writes on a line."""

_NUMBERS = (
    rf"(?:\[|<!-{{2}} ?)(?:(?:{_CASE})[ #:=_.\[-]{{0,4}}|#){{1,3}}[a-z]{{0,10}}[-_]?\d[\w-]{{1,40}}(?:\]| ?-{{2}}>)",
)
"""A case's number in the brackets of a subject: the agent's own where a line leads to it."""

_PERHAPS = (
    r"\{#?[\w:.-]{6,60}#?\}",
    r"\[\[(?=[^\]]{0,40}\d)[\w-]{3,40}\]\]",
    rf"(?:[\[({{]{{1,2}}|<!-{{2}} ?)(?:(?:{_CASE})[ #:=_.\[-]{{0,4}}|#){{1,3}}[a-z]{{0,10}}[-_]?\d[\w-]{{1,40}}(?:[\])}}]{{1,2}}| ?-{{2}}>)",
)
"""Numbers and codes in brackets, which people write as well: vouchers, times, references to be named by telephone."""
_LONGEST = 160
_MARK = re.compile("|".join((*_MARKS, *_NUMBERS, *_PERHAPS)), re.IGNORECASE)
_CERTAIN = re.compile("|".join(_MARKS), re.IGNORECASE)
_NUMBER = re.compile("|".join(_NUMBERS), re.IGNORECASE)
_LEADING = re.compile(r"(?:[:：,，]|\b(?:is|ist|est|es|è|é))\s*$", re.IGNORECASE)
"""How a line ends that leads to what stands below it."""


def is_case_mark(line: str) -> bool:
    """Whether a line is such a mark, or looks like one."""
    text = line.strip()
    return len(text) <= _LONGEST and _MARK.fullmatch(text) is not None


def is_certainly_case_mark(line: str, above: str) -> bool:
    """Whether such a mark is no word of the agent's, below the line that stands above it."""
    text = line.strip()
    if _CERTAIN.fullmatch(text):
        return True
    return _NUMBER.fullmatch(text) is not None and not _LEADING.search(above)
