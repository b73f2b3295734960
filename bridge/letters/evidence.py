"""What a mail shows at first sight to someone who wonders whether a human wrote it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from bridge.letters import delimiter
from bridge.letters.leaf import Part
from bridge.letters.mailbox import loose_addresses
from bridge.letters.matching import fold
from bridge.letters.mime import Mail

_MAX_TOP = 3_000
_MAX_TEXT = 24_000
_MAX_ATTRIBUTION = 400
_MAX_MARKUP = 120_000
_MAX_LINES = 60

_TAGS = re.compile(r"^(?:\s*(?:\[[^\]]{0,60}\]|\*{2,}[^*]{0,20}\*{2,}|\((?:external|extern)\)|external:|spam:))+\s*")
_ANSWER = re.compile(
    r"(?:re|r|aw|antw|antwort|sv|vs|odp|res|rif|ref|ynt|yan|vá|va|ответ|отв|відп|atb|ats|bls|ha|απ|σχετ|رد|תגובה|השב|回复|回覆|答复|答覆|返信|회신|답장"
    r"|fw|fwd|wg|tr|rv|i|vb|vl|enc|doorst|pd|továbbítva|továbbítás|пересл|переслано|转发|轉寄|転送|전달|הועבר)"
    r"(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?[:：]"
)
_HEADER_BLOCK = re.compile(
    r"(?:from|von|de|da|van|från|fra|lähettäjä|od|feladó|kimden|от|від|από|מאת|من|差出人|发件人|寄件者|보낸 ?사람|received|return-path)\s?[:：].{0,200}[@.]",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\W*previous replies|[-_]{3,}\s{0,3}(?:original|previous |urspr|forwarded|weitergel|message d|messaggio|mensaje|mensagem|oorspr|исходн)",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d{1,2}[:.h]\d\d|\d{4}|\d{1,2}[./-]\d{1,2}")
_WROTE = re.compile(
    r"wrote|schrieb|a écrit|escribi|escreveu|ha scritto|schreef|skrev|kirjoitti|napisał|napsal|írta|a scris|yazdı|написал|пише|έγραψε|כתב|كتب|写道|寫道|のメール|작성"
)
_QUOTED = (">", "| ")
_MARKUP = re.compile(r"<[^<>]{0,4000}>")
_HIDDEN = ("style", "script", "head", "title")
_ANY_ADDRESS = re.compile(r"[^\s<>\"(),;:@]{1,64}@[^\s<>\"(),;:@]{1,255}")


@dataclass(frozen=True)
class Evidence:
    """A mail with what was seen in it; the costlier looks are taken when first asked for."""

    mail: Mail

    @cached_property
    def subject(self) -> str:
        """Folded, without the tags of filters and ticket systems at its beginning."""
        return _TAGS.sub("", self.whole_subject)

    @cached_property
    def whole_subject(self) -> str:
        """Folded."""
        return fold(self.mail.header("Subject")[:400])

    @cached_property
    def answers(self) -> bool:
        """Whether it says that it answers or forwards another mail."""
        given = any(value.strip() for name in ("in-reply-to", "references") for value in self.mail.fields.get(name, ()))
        return given or self.subject_answers

    @cached_property
    def subject_answers(self) -> bool:
        """Whether the subject begins as those of answers do."""
        return _ANSWER.match(self.subject) is not None

    @cached_property
    def sender(self) -> str:
        """The address in From as well as it can be read; proves nothing."""
        field = self.header("from")
        strict = loose_addresses(field)
        found = None if strict else _ANY_ADDRESS.search(field[:400])
        return strict[0] if strict else (found[0].lower() if found else "")

    @cached_property
    def sender_name(self) -> str:
        """All of From, folded."""
        return fold(self.mail.header("From")[:300])

    def header(self, name: str) -> str:
        """The topmost field of that lower-case name as it stands, without white space around it; empty where absent."""
        values = self.mail.fields.get(name)
        return values[0].strip() if values else ""

    @cached_property
    def text(self) -> str:
        """The readable text of the mail itself, not of what is attached: the plain parts, or else the visible words of the HTML."""
        plain = [
            part.text or "" for part in self._shown if part.content_type != "text/html" and (part.text or "").strip()
        ]
        return "\n".join(plain)[:_MAX_TEXT] if plain else "\n".join(map(_visible, self._shown))[:_MAX_TEXT]

    @cached_property
    def top(self) -> str:
        """The folded words above everything that is quoted."""
        return fold("\n".join(self._own[0])[:_MAX_TOP])

    @cached_property
    def quotes(self) -> bool:
        """Whether it quotes as clients do that answer."""
        return self._own[1]

    @cached_property
    def own(self) -> str:
        """The folded words of plain and HTML parts, without what is quoted as clients that answer do."""
        pages = [part for part in self._shown if part.content_type == "text/html"]
        visible = "\n".join(map(_visible, pages))[:_MAX_TEXT] if self.text and pages else ""
        return fold("\n".join([*self._own[0], *_above_quotation(visible)[0]]))

    @cached_property
    def markup(self) -> str:
        """The HTML of the first part that has any, in lower case."""
        return next((part.text or "" for part in self._shown if part.content_type == "text/html"), "")[
            :_MAX_MARKUP
        ].lower()

    @cached_property
    def _shown(self) -> tuple[Part, ...]:
        return tuple(part for part in self.mail.parts if part.text and part.disposition != "attachment")

    @cached_property
    def _own(self) -> tuple[list[str], bool]:
        mark = delimiter.find(self.text)
        lines, quotes = _above_quotation(self.text if mark is None else self.text[:mark])
        return lines, quotes or mark is not None

    @cached_property
    def types(self) -> Mapping[str, Part]:
        """The first part of each content type."""
        found: dict[str, Part] = {}
        for part in self.mail.parts:
            found.setdefault(part.content_type, part)
        return found


def _above_quotation(text: str) -> tuple[list[str], bool]:
    """The lines above the first that begins a quotation, and whether one does; a guess that costs a sign where it is wrong."""
    lines = [line.strip() for line in text.split("\n")]
    for number, line in enumerate(lines):
        if (
            (number < _MAX_LINES and _HEADER_BLOCK.match(line))
            or _ORIGINAL.match(line)
            or _is_attribution(lines, number)
        ):
            return [line for line in lines[:number] if not line.startswith(_QUOTED)], True
    return [line for line in lines if not line.startswith(_QUOTED)], False


def _is_attribution(lines: list[str], end: int) -> bool:
    """Whether a line, with at most three before it, says who wrote what follows."""
    last = lines[end]
    if not last.endswith((":", "：")) or len(last) > _MAX_ATTRIBUTION:
        return False
    if _WROTE.search(last):
        return bool(_DATED.search(" ".join(lines[max(0, end - 3) : end + 1])[-_MAX_ATTRIBUTION:]))
    return "@" in last and bool(_DATED.search(last))


def _visible(part: Part) -> str:
    """The words of an HTML part, one block a line; good enough to recognise phrases, not to be published."""
    text = part.text or ""
    if part.content_type != "text/html":
        return text
    text = text[:_MAX_MARKUP]
    for name in _HIDDEN:
        text = _without(text, name)
    return unescape(
        _MARKUP.sub(
            lambda tag: "\n" if tag[0][1:4].lower().startswith(("p", "/p", "br", "div", "tr", "h")) else " ", text
        )
    )


def _without(markup: str, name: str) -> str:
    """The markup without the elements of that name."""
    lowered = markup.lower()
    kept, place = [], 0
    while (start := lowered.find(f"<{name}", place)) >= 0 and (end := lowered.find(f"</{name}", start)) >= 0:
        kept.append(markup[place:start])
        place = end
    return "".join([*kept, markup[place:]])
