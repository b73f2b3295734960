"""How deep each line is quoted: quote marks read, and what only looks like one left alone."""

import re
from collections import Counter
from collections.abc import Sequence

from bridge.letters.attributions import Surety, attribution
from bridge.letters.draft import Draft, Kind

_LEVEL = re.compile(r"[ \t]{0,3}((?:(?:[>＞]|&gt;)\s?)+)")
_INITIALS = re.compile(r" ?([A-Za-z]{1,4})>{1,5} ")
""" "JD> text": some clients put the quoted person's initials into the mark."""
_CITED = re.compile(r'>{3,6} "([^"]{1,20})" == ')
"""Supercite's attribution (">>>>> "Jane" == Jane Doe writes:"), which names the mark of the lines below it."""
_BARS = ("|", " |")
_COLONS = frozenset((":", "："))
_MARKS = frozenset((">", "＞", "&"))
_AGAIN = frozenset((">", "＞", " ", "\t", ""))


def levelled(lines: Sequence[str], kinds: Sequence[Kind | None]) -> Draft:
    """A draft of these lines; one that the markup calls a quotation counts as quoted."""
    levels = [_level(line) for line in lines]
    quote = Kind.QUOTE
    depth = [level or int(kind is quote) for (level, _), kind in zip(levels, kinds, strict=True)]
    draft = Draft(lines=lines, bare=[bare for _, bare in levels], depth=depth, marks=[None] * len(lines))
    text = "\n".join(lines)
    _read_initials(draft)
    if "|" in text:
        _read_barred(draft)
    if "```" in text:
        _spare_code(draft)
    marked = [(place, line) for place, line in enumerate(lines) if line[:1] == ">" and depth[place] == 1]
    for place, line in marked:
        if line[:6] != ">From " and line.rstrip()[-1:] not in _COLONS:
            continue
        if _is_escaped(draft, place) or _closes_address(draft, place):
            draft.depth[place] = 0
            draft.bare[place] = line[1:] if line.startswith(">From ") else line
    return draft


def _level(line: str) -> tuple[int, str]:
    if line[:2] == "> " and line[2:3] not in _AGAIN:
        return 1, line[2:]
    if line.lstrip(" \t")[:1] not in _MARKS or not line:
        return 0, line
    if line == ">":
        return 1, ""
    if line.startswith(">>> ") and line.rstrip().endswith(" >>>"):
        return 0, line.strip(" >") + ":"  # GroupWise draws its attribution with quote marks
    if line.startswith(">>") and line.rstrip().endswith("<<"):
        return 0, line  # a title between arrows
    found = _LEVEL.match(line)
    if found is None:
        return 0, line
    return found[1].replace("&gt;", ">").count(">") + found[1].count("＞"), line[found.end() :]


def _read_initials(draft: Draft) -> None:
    """Count lines as quoted that bear the same initials before a mark, where two at least do, or a name that was announced."""
    _read_cited(draft)
    found = [
        (place, match)
        for place, line in enumerate(draft.lines)
        if not draft.depth[place] and ">" in line[:9] and (match := _INITIALS.match(line))
    ]
    counts = Counter(match[1] for _, match in found)
    for place, match in found:
        if counts[match[1]] > 1:
            draft.depth[place] = max(draft.depth[place], 1)
            draft.bare[place] = draft.lines[place][match.end() :]


def _is_cited(draft: Draft) -> bool:
    """Whether such an attribution may stand anywhere; nearly no mail holds one."""
    return '" == ' in "\n".join(draft.lines)


def _read_cited(draft: Draft) -> None:
    """Count lines as quoted that bear the name of the attribution above them before a mark."""
    name = ""
    for place, line in enumerate(draft.lines) if _is_cited(draft) else ():
        announced = _CITED.match(line) if line.startswith(">>>") else None
        name = announced[1] if announced else name
        before, mark, bare = line.partition("> ") if name else ("", "", "")
        if mark and before.strip() == name:
            draft.depth[place], draft.bare[place] = max(draft.depth[place], 1), bare


def _read_barred(draft: Draft) -> None:
    """Count lines as quoted that bear a bar, right below an attribution; tables of the agent's own have them as well."""
    for place, line in enumerate(draft.lines):
        if not line.startswith(_BARS) or draft.depth[place]:
            continue
        above = next((at for at in range(place - 1, max(place - 3, -1), -1) if draft.lines[at].strip()), -1)
        barred = above == place - 1 and above >= 0 and draft.lines[above].startswith(_BARS) and draft.is_quoted(above)
        if barred or (above >= 0 and attribution(draft.bare, above)[0] is not Surety.NONE):
            draft.depth[place], draft.bare[place] = 1, line.partition("|")[2].removeprefix(" ")


def _spare_code(draft: Draft) -> None:
    """Leave marks alone inside a fenced piece of code that the agent typed."""
    fences = [place for place, line in enumerate(draft.lines) if line.startswith("```")]
    for start, end in zip(fences[::2], fences[1::2], strict=False):
        for place in range(start, end):
            draft.depth[place], draft.bare[place] = 0, draft.lines[place]


def _is_escaped(draft: Draft, place: int) -> bool:
    """Whether it is ">From here" among unquoted lines: a mailbox format's escape of the agent's own word."""
    alone = not draft.is_quoted(place - 1) and not draft.is_quoted(place + 1)
    return alone and draft.lines[place].startswith(">From ")


def _closes_address(draft: Draft, place: int) -> bool:
    """Whether it is "> wrote:" below "Jane <jane@…": the mark closes the address that the line above opened."""
    if draft.is_quoted(place - 1) or not draft.lines[place].rstrip().endswith((":", "：")):
        return False
    above = " ".join(draft.lines[max(place - 2, 0) : place])
    opened = above.rfind("<")
    return opened > above.rfind(">") and "@" in above[opened:] + draft.lines[place]
