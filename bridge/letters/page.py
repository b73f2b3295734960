"""The HTML part of proxies and notices, from escaped text alone: nothing in it is fetched or run (E04)."""

from collections.abc import Iterator

from bridge.core.captions import RESPONSES, USE
from bridge.core.model import Kind, Priority
from bridge.letters import look
from bridge.letters.ready import Ready
from bridge.letters.sheet import SPECIAL, Note, Said, Sheet

_SIGNS = {
    Kind.MENTION: "@",
    Kind.COMMENT: "&ldquo;",
    Kind.DIRECT: "&#9993;&#65038;",
    Kind.REVIEW: "&#9733;",
    Kind.TOPIC: "#",
    Kind.SMS: "&#9742;&#65038;",
}
"""A sign for each kind of post, and no letter: where a client quotes the page, its letters must be those of the plain part."""


def page(sheet: Sheet) -> str:
    """The sheet as HTML; the delimiter comes first, so that nothing of ours can stand above an answer."""
    return look.whole(sheet.delimiter, _rows(sheet), foot=sheet.foot, priority=sheet.priority)


def notice_page(above: str, text: str, *, foot: str) -> str:
    """A notice as HTML, its first sentence in bold; paragraphs whose lines bear a mark are somebody's words."""
    first, *others = [paragraph for paragraph in text.split("\n\n") if paragraph.strip()] or [""]
    rows = [look.row(look.STRONG, f"<b>{look.text(first)}</b>", "18px 24px 0"), *map(_paragraph, others)]
    return look.whole(above, rows, foot=foot, priority=Priority.NORMAL)


def _rows(sheet: Sheet) -> Iterator[str]:
    yield _author(sheet)
    yield from _post(sheet)
    if sheet.link:
        yield look.button(f"Open it on {sheet.link.host}", sheet.link.href)
    yield from _notes(sheet.notes)
    yield from _history("Before this", sheet.thread)
    yield from _history("Earlier contacts", sheet.contacts)
    yield look.heading("About the author")
    yield look.row(look.SMALL, _dotted(sheet.facts), "4px 24px 0")
    yield look.heading("Why it came to you")
    yield look.row(look.SMALL, "<br>".join([_dotted(sheet.route), *map(look.text, sheet.reasons)]), "4px 24px 0")
    if sheet.ready:
        yield look.heading(f"{RESPONSES} {USE}")
        yield look.row(look.SMALL, " &middot; ".join(map(_response, sheet.ready)), "4px 24px 0")


def _author(sheet: Sheet) -> str:
    """Who did what and when, beside a disc with the sign of its kind."""
    colour = look.ACCENTS[sheet.priority]
    flag = f" &nbsp;{look.chip(sheet.priority.upper(), colour)}" if sheet.priority in SPECIAL else ""
    when = f"<span {look.SMALL.attributes('')}>{look.text(sheet.did)} &middot; {sheet.when}</span>{flag}"
    who = f"<td {look.STRONG.attributes('padding:0 0 0 12px')}><b>{look.text(sheet.who)}</b><br>{when}</td>"
    return look.beside(look.disc(_SIGNS[sheet.kind], colour), who)


def _post(sheet: Sheet) -> Iterator[str]:
    """The customer's words, larger than everything else."""
    if sheet.stars:
        yield look.row(look.STARS, sheet.stars, "14px 24px 0")
    if sheet.title:
        yield look.row(look.WORDS, f"<b>{look.directed(sheet.title)}</b>", "14px 24px 0")
    if sheet.text or not sheet.title:
        yield look.row(look.WORDS, look.directed(sheet.text or "(without words)"), "14px 24px 0")
    if sheet.media:
        yield look.row(look.SMALL, look.text("\n".join(sheet.media)), "10px 24px 0")


def _notes(notes: tuple[Note, ...]) -> Iterator[str]:
    """Warnings in one box, all other notes in another."""
    for warns in (True, False):
        lines = [(note.label, note.text[:1].upper() + note.text[1:]) for note in notes if note.warns is warns]
        if lines:
            yield look.boxed(lines, warns=warns)


def _history(title: str, said: tuple[Said, ...]) -> Iterator[str]:
    """What was said before, each with its author and time."""
    if said:
        yield look.heading(title)
    for one in said:
        when = f" &middot; {one.when}" if one.when else ""
        yield look.quoted(f"<b>{look.text(one.who)}</b>{when}", one.text, ours=one.ours)


def _paragraph(paragraph: str) -> str:
    """A paragraph of ours, or somebody's words in it."""
    lines = paragraph.split("\n")
    if all(line.startswith("| ") for line in lines):
        return look.quoted("", "\n".join(line.removeprefix("| ") for line in lines), ours=False)
    return look.row(look.STRONG, look.text(paragraph), "10px 24px 0")


def _response(ready: Ready) -> str:
    """The name of a standard response, and the link that begins the mail which uses it."""
    return look.link(ready.name, ready.href) if ready.href else look.text(ready.name)


def _dotted(words: tuple[str, ...]) -> str:
    """Short facts in one line."""
    return " &middot; ".join(map(look.text, words))
