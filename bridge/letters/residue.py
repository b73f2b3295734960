"""The last look at words that are about to count as the agent's: nothing foreign may be among them (threat-model 5.3.4)."""

from collections.abc import Sequence

from bridge.letters import delimiter
from bridge.letters.attributions import Surety, attribution
from bridge.letters.header_blocks import role
from bridge.letters.known import Proxies
from bridge.letters.marks import Marks
from bridge.letters.normal import key
from bridge.letters.quotes import Doubts
from bridge.letters.separators import is_long_rule, is_original_title, is_reply_above

_HEADERS = frozenset({"from", "sent", "to", "subject", "cc"})


def check(lines: Sequence[str], marks: Marks, ours: Proxies, doubts: Doubts) -> None:
    """Add a doubt for every own line that looks like somebody else's."""
    own = [line for line, kind in zip(lines, marks, strict=True) if kind is None]
    for place, line in enumerate(own):
        if line.strip():
            _check_line(own, place, line.strip(), ours, doubts)
    _check_headers(own, doubts)
    text = "\n".join(own)
    if delimiter.find(text) is not None:
        doubts.add("a proxy's delimiter is left", "")
    if "\ufffd" in text:
        doubts.add("characters are broken", next(line for line in own if "\ufffd" in line))


def _check_line(own: Sequence[str], place: int, line: str, ours: Proxies, doubts: Doubts) -> None:
    if line[0] in ">＞":
        doubts.add("a quoted line is left", line)
    if ours.keys and key(line) in ours.keys:
        doubts.add("a line of the proxy is left", line)
    if is_original_title(line) or is_reply_above(line):
        doubts.add("a client's separator is left", line)
    if attribution(own, place)[0] is not Surety.NONE:
        doubts.add("this looks like the line above a quotation", line)
    if is_long_rule(line) and any(below.strip() for below in own[place + 1 :]):
        doubts.add("a drawn line stands between two texts", own[place + 1] or line)


def _check_headers(own: Sequence[str], doubts: Doubts) -> None:
    """Two fields of a mail's head in a row, or an address behind one."""
    for above, below in zip(own, own[1:], strict=False):
        if role(above) in _HEADERS and role(below) in _HEADERS and role(above) != role(below):
            doubts.add("this looks like the head of another mail", above)
