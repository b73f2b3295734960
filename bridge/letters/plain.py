"""The plain text part: what every client can show, and by which a quotation of ours is recognised."""

from collections.abc import Iterator

from bridge.core.captions import RESPONSES, USE
from bridge.core.showing import marked
from bridge.letters.sheet import SPECIAL, Said, Sheet


def plain(sheet: Sheet) -> str:
    """The sheet as text; every line of a customer bears a mark, so that none can pass for ours (E19)."""
    return "\n\n".join([sheet.delimiter, *_sections(sheet)]) + "\n"


def _sections(sheet: Sheet) -> Iterator[str]:
    special = f", {sheet.priority}" if sheet.priority in SPECIAL else ""
    yield f"{sheet.who}\n{sheet.did}, {sheet.when}{special}"
    yield _words(sheet)
    if sheet.link:
        yield f"Open it on {sheet.link.host}:\n{sheet.link.href}"
    if sheet.notes:
        yield "\n".join(f"{note.label}: {note.text}" for note in sheet.notes)
    if sheet.thread:
        yield "BEFORE THIS"
        yield from map(_said, sheet.thread)
    if sheet.contacts:
        yield "EARLIER CONTACTS"
        yield from map(_said, sheet.contacts)
    yield f"ABOUT THE AUTHOR\n{', '.join(sheet.facts)}"
    yield "\n".join(["WHY IT CAME TO YOU", ", ".join(sheet.route), *(f"- {why}" for why in sheet.reasons)])
    if sheet.ready:
        yield f"{RESPONSES.upper()} {USE}\n{', '.join(response.name for response in sheet.ready)}"
    yield sheet.foot


def _words(sheet: Sheet) -> str:
    """The post itself."""
    parts = [sheet.stars, sheet.title and marked(sheet.title), sheet.text and marked(sheet.text)]
    words = "\n\n".join(part for part in parts if part)
    return "\n".join([words, *(f"+ {media}" for media in sheet.media)]).strip("\n") or "(without words)"


def _said(said: Said) -> str:
    return f"{said.who}{f', {said.when}' if said.when else ''}\n{marked(said.text)}"
