"""Which of a mail's parts the agent wrote in: the plain text, or the HTML where there is none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.letters.draft import Kind
from bridge.letters.flowed import unflowed
from bridge.letters.html import MAX_HTML, Rendered, rendered
from bridge.letters.leaf import Part
from bridge.letters.mime import Mail
from bridge.letters.normal import normal

MAX_LINES = 10_000
"""Of a body; a longer one is cut there, which is a doubt."""
MAX_LINE = 20_000
"""Characters of a line that are looked at by patterns."""
_ENCRYPTED = frozenset({"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_SECRET = "-----BEGIN PGP MESSAGE-----"  # noqa: S105 - an armour header, no secret
_ARMOUR_END = "-----END PGP SIGNATURE-----"
_ARMOUR_HEAD = re.compile(r"(?:\n[A-Za-z]{1,20}: [^\n]{0,200}){0,9}\n\n?")
_ESCAPED = re.compile(r"^- ", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The HTML that says the same as a range of the lines, or should."""

    where: range
    page: Rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The lines to read, what the markup says about each, and what stands in the way of reading them surely."""

    lines: list[str]
    kinds: list[Kind | None]
    twins: tuple[Twin, ...]
    doubts: tuple[str, ...]


def body(mail: Mail) -> Body:
    """The body of a mail: plain texts one after the other; HTML only where it has no plain text beside it."""
    shown = [part for part in mail.parts if part.is_shown]
    plain = [part for part in shown if part.content_type == "text/plain"]
    pages = [part for part in shown if part.content_type == "text/html"]
    lines: list[str] = []
    twins: list[Twin] = []
    for part in plain:
        start = len(lines)
        lines.extend([*_plain_lines(part), ""])
        alternatives = [page for page in pages if page.alternative and page.alternative == part.alternative]
        if alternatives:
            twins.append(Twin(where=range(start, len(lines)), page=_page(alternatives)))
            pages = [page for page in pages if page not in alternatives]
    kinds: list[Kind | None] = [None] * len(lines)
    if pages and plain:
        twins.append(Twin(where=range(0), page=_page(pages)))
    elif pages:
        page = _page(pages)
        lines, kinds = page.lines, page.kinds
    doubts = _doubts(mail, shown, lines)
    return Body(
        lines=[line[:MAX_LINE] for line in lines[:MAX_LINES]],
        kinds=kinds[:MAX_LINES],
        twins=_within(twins),
        doubts=doubts,
    )


def _within(twins: Sequence[Twin]) -> tuple[Twin, ...]:
    """The twins of the lines that are read."""
    return tuple(replace(twin, where=range(twin.where.start, min(twin.where.stop, MAX_LINES))) for twin in twins)


def _plain_lines(part: Part) -> list[str]:
    text = part.text or ""
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
    text = normal(text)
    return (_unarmoured(text) if _SIGNED in text else text).split("\n")


def _unarmoured(text: str) -> str:
    """The text of a clear-signed message (RFC 4880, 7) and what stands around it; nothing is verified."""
    above, _, rest = text.partition(_SIGNED)
    signed, _, signature = rest.partition(_SIGNATURE)
    head = _ARMOUR_HEAD.match(signed)
    words = _ESCAPED.sub("", signed[head.end() :] if head else signed)
    return f"{above}{words}{signature.partition(_ARMOUR_END)[2]}"


def _page(parts: Sequence[Part]) -> Rendered:
    return rendered("\n<div></div>\n".join(part.text or "" for part in parts), max_lines=MAX_LINES)


def _doubts(mail: Mail, shown: Sequence[Part], lines: Sequence[str]) -> tuple[str, ...]:
    types = {part.content_type for part in mail.parts}
    found = {
        "the charset is not sure": any(not part.charset_sure for part in shown),
        "the mail is encrypted": bool(types & _ENCRYPTED) or _SECRET in "\n".join(lines),
        "a winmail.dat attachment could not be opened": mail.sealed,
        "the text is too long to be read whole": len(lines) > MAX_LINES or max(map(len, lines), default=0) > MAX_LINE,
        "the HTML is too long to be read whole": any(
            len(part.text or "") > MAX_HTML for part in shown if part.content_type == "text/html"
        ),
    }
    return tuple(doubt for doubt, stands in found.items() if stands)
