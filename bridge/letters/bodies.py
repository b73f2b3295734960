"""Which of a mail's parts the agent wrote in: the plain text, or the HTML where there is none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.letters.flowed import unflowed
from bridge.letters.html import Rendered, rendered
from bridge.letters.marks import Kind
from bridge.letters.mime import Mail, Part
from bridge.letters.normal import normal
from bridge.letters.quotes import Doubts

MAX_LINES = 20_000
"""Of a body; a longer one is cut there, which is a doubt."""
MAX_LINE = 20_000
"""Characters of a line that are looked at by patterns."""
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_ENCRYPTED = frozenset({"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_SECRET = "-----BEGIN PGP MESSAGE-----"  # noqa: S105 - an armour header, no secret
_ARMOUR = re.compile(
    re.escape(_SIGNED)
    + r"\n(?:[A-Za-z]{1,20}: [^\n]{0,200}\n){0,9}\n?(.*?)\n?"
    + re.escape(_SIGNATURE)
    + r".*?(?:-----END PGP SIGNATURE-----|\Z)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The lines to read; `page` is the HTML twin of a plain text, where there is one."""

    lines: list[str]
    kinds: list[Kind | None]
    page: Rendered | None


def body(mail: Mail, doubts: Doubts) -> Body:
    """The body of a mail; what stands in the way of reading it surely is added to the doubts."""
    plain = [part for part in mail.parts if _is_shown(part, "text/plain")]
    pages = [part for part in mail.parts if _is_shown(part, "text/html")]
    _doubt_parts(mail, plain or pages, doubts)
    text = "\n\n".join(_plain_text(part, doubts) for part in plain)
    if text.strip():
        lines = _limited(text.split("\n"), doubts)
        return Body(lines=lines, kinds=[None] * len(lines), page=_page(pages, doubts) if pages else None)
    if not pages:
        return Body(lines=[], kinds=[], page=None)
    page = _page(pages, doubts)
    lines = _limited(page.lines, doubts)
    return Body(lines=lines, kinds=page.kinds[: len(lines)], page=None)


def _is_shown(part: Part, content_type: str) -> bool:
    return (
        part.content_type == content_type
        and part.disposition != "attachment"
        and not part.filename
        and bool(part.text)
        and not (part.text or "").isspace()
    )


def _plain_text(part: Part, doubts: Doubts) -> str:
    text = part.text or ""
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
    text = normal(text)
    return _unarmoured(text, doubts) if "-----BEGIN PGP" in text else text


def _unarmoured(text: str, doubts: Doubts) -> str:
    """The text of a clear-signed message (RFC 4880, 7); nothing is verified."""
    if _SECRET in text:
        doubts.add("the text is encrypted", "")
    return _ARMOUR.sub(lambda found: re.sub(r"(?m)^- ", "", found[1]), text)


def _page(pages: Sequence[Part], doubts: Doubts) -> Rendered:
    page = rendered(normal("\n<div></div>\n".join(part.text or "" for part in pages)))
    if not page.whole:
        doubts.add("the HTML is too long to be read whole", "")
    return page


def _limited(lines: list[str], doubts: Doubts) -> list[str]:
    if len(lines) > MAX_LINES:
        doubts.add("the text has too many lines to be read whole", "")
    if any(len(line) > MAX_LINE for line in lines):
        doubts.add("a line is too long to be read", "")
        lines = [line[:MAX_LINE] for line in lines]
    return lines[:MAX_LINES]


def _doubt_parts(mail: Mail, read: Sequence[Part], doubts: Doubts) -> None:
    if any(not part.charset_sure for part in read):
        doubts.add("the charset is not sure", "")
    types = {part.content_type for part in mail.parts}
    if types & _ENCRYPTED:
        doubts.add("the mail is encrypted", "")
    if not read and (types & _TNEF or any(part.filename.lower() == "winmail.dat" for part in mail.parts)):
        doubts.add("the text is inside a winmail.dat attachment", "")
