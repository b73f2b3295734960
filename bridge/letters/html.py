"""HTML to lines of text: what a reader sees, each line with what the markup says about it, in linear time."""

import re
from dataclasses import dataclass, field
from html import unescape

from bridge.letters.draft import Kind

MAX_HTML = 1024 * 1024
"""Characters of a page that are read."""

_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(style|script|title|textarea)\b[^>]*>.*?(?:</\1\b[^>]*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<([/!?a-zA-Z][^>]*)>")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(
    r"display\s?:\s?none|visibility\s?:\s?hidden|mso-hide\s?:\s?all|font-size\s?:\s?0(?![.\d])|opacity\s?:\s?0(?![.\d])|"
    r"max-height\s?:\s?0(?![.\d])|\shidden(?=[\s/=]|$)"
)
_QUOTE_BOX = re.compile(
    r"yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|mail-editor-reference-message|name=[\"']?quote\b|"
    r"moz-forward-container|bloop_original|domino-section|hcl_quote|quotedmessage"
)
_ATTRIBUTION_BOX = re.compile(
    r"gmail_attr|moz-cite-prefix|moz-email-headers|mailmate-attribution|outlookmessageheader|yahoo-quoted-begin"
)
_SIGNATURE_BOX = re.compile(
    r"gmail_signature|moz-signature|ms-outlook-(?:mobile|ios)-signature|protonmail_signature|bloop_sign|x_signature|"
    r"(?:id|class|name)=[\"']?(?:email-?)?signature[\"'\s>]|data-smartmail=[\"']?gmail_signature|id=[\"']?applemailsignature|zimbra-signature"
)
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "table", "blockquote", "hr"))
_BLOCKS = _PARAGRAPHS | frozenset(
    (
        "div",
        "tr",
        "li",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "center",
        "address",
        "fieldset",
        "form",
        "body",
        "html",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "main",
        "aside",
        "nav",
        "figure",
    )
)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_NEVER_SEEN = frozenset(("head", "xml", "template", "svg", "math"))
_CLOSES_ITSELF = frozenset(("p", "li", "tr", "td", "th", "dt", "dd", "option"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A page as lines; `kinds` says for each whether the markup calls it a quotation or a signature."""

    lines: list[str]
    kinds: list[Kind | None]


@dataclass(slots=True)
class _Element:
    name: str
    kind: Kind | None
    hidden: bool
    preformatted: bool
    ordered: int
    """Number of the next item; -1 where items are not numbered."""


@dataclass(slots=True)
class _Page:
    """The page while it is read: open elements, finished lines, and the line being written."""

    lines: list[str] = field(default_factory=list)
    kinds: list[Kind | None] = field(default_factory=list)
    open: list[_Element] = field(
        default_factory=lambda: [_Element("", None, hidden=False, preformatted=False, ordered=-1)]
    )
    counts: dict[str, int] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    kind: Kind | None = None

    def write(self, text: str) -> None:
        """Add text to the line, white space collapsed unless preformatted."""
        top = self.open[-1]
        if top.hidden:
            return
        if top.preformatted:
            self._write_preformatted(text)
            return
        collapsed = _SPACE.sub(" ", text)
        if not self.pieces:
            collapsed = collapsed.lstrip(" ")
        if collapsed:
            self._add(collapsed)

    def _write_preformatted(self, text: str) -> None:
        first, *others = text.split("\n")
        if first:
            self._add(first)
        for line in others:
            self.end_line()
            if line:
                self._add(line)

    def _add(self, text: str) -> None:
        if not self.pieces:
            self.kind = self.open[-1].kind
        self.pieces.append(text)

    def end_line(self) -> None:
        """Finish the line, blank where nothing was written."""
        self.lines.append("".join(self.pieces).rstrip())
        self.kinds.append(self.kind if self.pieces else self.open[-1].kind)
        self.pieces.clear()

    def end_block(self, *, paragraph: bool) -> None:
        """Finish a line that holds something; a paragraph leaves one blank line behind it."""
        if self.pieces:
            self.end_line()
        if paragraph and self.lines and self.lines[-1]:
            self.end_line()


def rendered(page: str, *, max_lines: int) -> Rendered:
    """The visible text of a page in lines, at most so many of them; never raises, whatever the markup is."""
    source = page[:MAX_HTML]
    source = _UNSEEN.sub(" ", source)
    last = source.rfind(">") + 1
    state = _Page()
    tokens = _TAG.split(source[:last])
    state.write(_text(tokens[0]))
    for place in range(1, len(tokens), 2):
        _tag(state, tokens[place])
        if tokens[place + 1]:
            state.write(_text(tokens[place + 1]))
    state.write(_text(source[last:]))
    state.end_block(paragraph=False)
    return Rendered(lines=state.lines[:max_lines], kinds=state.kinds[:max_lines])


def _text(source: str) -> str:
    return unescape(source) if "&" in source else source


def _tag(page: _Page, tag: str) -> None:
    closing = tag[0] == "/"
    name = tag[closing:].split(None, 1)[0].rstrip("/").lower() if tag[closing:].strip() else ""
    if not name or name[0] in "!?":
        return
    if name == "br":
        page.end_line()
    elif name == "hr":
        page.end_block(paragraph=False)
    elif closing:
        _close(page, name)
    elif name not in _VOID:
        _open(page, name, tag)


def _open(page: _Page, name: str, tag: str) -> None:
    if name in _CLOSES_ITSELF and page.open[-1].name == name:
        _close(page, name)
    elif name == "body" and page.counts.get("head"):
        _close(page, "head")
    if name in _BLOCKS:
        page.end_block(paragraph=name in _PARAGRAPHS and not _is_tight(name, tag))
    elif name in {"td", "th"} and page.pieces:
        page.pieces.append("\t")
    if tag.endswith("/") and name not in _BLOCKS:
        return
    page.open.append(_element(page.open[-1], name, tag))
    page.counts[name] = page.counts.get(name, 0) + 1
    if name == "li":
        _begin_item(page)


def _is_tight(name: str, tag: str) -> bool:
    """Whether a paragraph has no space around it: word processors make every line one."""
    return name == "p" and ("mso" in tag.lower() or "margin:0" in tag.replace(" ", "").lower())


def _element(parent: _Element, name: str, tag: str) -> _Element:
    attributes = tag.lower() if "=" in tag or "hidden" in tag else ""
    return _Element(
        name,
        parent.kind or _kind(name, attributes),
        hidden=parent.hidden or name in _NEVER_SEEN or (bool(attributes) and _HIDDEN.search(attributes) is not None),
        preformatted=parent.preformatted or name == "pre" or "white-space:pre" in attributes.replace(" ", ""),
        ordered=1 if name == "ol" else -1,
    )


def _kind(name: str, attributes: str) -> Kind | None:
    if name == "blockquote":
        return Kind.QUOTE
    if not attributes:
        return None
    if _SIGNATURE_BOX.search(attributes):
        return Kind.SIGNATURE
    if _ATTRIBUTION_BOX.search(attributes):
        return Kind.ATTRIBUTION
    return Kind.QUOTE if _QUOTE_BOX.search(attributes) else None


def _begin_item(page: _Page) -> None:
    """The mark of a list's item: a number where the list counts, else a dash."""
    holder = page.open[-2] if len(page.open) > 1 else page.open[-1]
    if holder.ordered < 0:
        page.write("- ")
        return
    page.write(f"{holder.ordered}. ")
    holder.ordered += 1


def _close(page: _Page, name: str) -> None:
    """Close the element and what is still open inside it; a stray end tag only ends its block."""
    if name in _BLOCKS:
        page.end_block(paragraph=name in _PARAGRAPHS and name != "p")
    if not page.counts.get(name):
        return
    while len(page.open) > 1:
        closed = page.open.pop()
        page.counts[closed.name] -= 1
        if closed.name == name:
            return
