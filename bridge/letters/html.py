"""HTML to lines of text: what a reader sees, each line with what the markup says about it, in linear time."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

from bridge.letters.draft import Kind
from bridge.letters.normal import normal

MAX_HTML = 1024 * 1024
"""Characters of a page that are read."""
_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|"
    r"<(style|script|title|textarea)\b[^>]*>[^<]*+(?:<(?!/\1\b[^>]*>)[^<]*+)*+(?:</\1\b[^>]*>|\Z)|"
    r"<[!?][^>]*>",
    re.IGNORECASE | re.DOTALL,
)
"""What stands between such tags is walked from one < to the next: styles fill most of some pages."""
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)>")
_SPACE = re.compile("[ \t\r\n\f\v\x1c-\x1e\x85\u2028\u2029]+")
_SPACES = re.compile("[\t\r\n\f\v\x1c-\x1e\x85\u2028\u2029]|  ")
_EMOJI = re.compile(r"(?:^|\s)alt\s?=\s?(?:\"([^\x00-\x7f]{1,16})\"|'([^\x00-\x7f]{1,16})')", re.IGNORECASE)
"""A sign that a web mail shows as a picture of its own."""
_HREF = re.compile(r"(?:^|\s)href\s?=\s?(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'>]{1,2000}))", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s<>\"]{3,2000}", re.IGNORECASE)
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?")
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
    r"(?:id|class|name)=[\"']?(?:email-?)?signature[\"'\s>]|id=[\"']?applemailsignature|zimbra-signature"
)
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "table", "blockquote"))
_BOXES = frozenset(
    ("div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "center", "address", "fieldset", "form")
)
_FRAMES = frozenset(("body", "html", "caption", "thead", "tbody", "tfoot", "main", "aside", "nav", "figure"))
_BLOCKS = _PARAGRAPHS | _BOXES | _FRAMES
_VOID = frozenset(
    (
        "area",
        "base",
        "col",
        "embed",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "frame",
        "bgsound",
    )
)
_NEVER_SEEN = frozenset(("head", "xml", "template", "svg", "math"))
_CELLS = frozenset(("td", "th"))
_LISTS = frozenset(("ol", "ul"))
_CLOSE_THEMSELVES = frozenset(("p", "li", "tr", "td", "th", "dt", "dd", "option"))
_SHAPING = _BLOCKS | _VOID | _NEVER_SEEN | _CELLS | _CLOSE_THEMSELVES | {"br", "hr"}
"""All other elements stand inside a line and shape nothing."""
_CHILDLESS = _VOID | {"br", "hr"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A page as lines; `kinds` says for each whether the markup calls it a quotation or a signature."""

    lines: list[str]
    kinds: list[Kind | None]


@dataclass(frozen=True, slots=True)
class _Look:
    """What an element does to the text inside it."""

    kind: Kind | None
    hidden: bool
    preformatted: bool

    def inside(self, outer: "_Look") -> "_Look":
        """The look of this element within another."""
        if outer is _PLAIN:
            return self
        kind = self.kind if outer.kind is None else outer.kind
        return _Look(kind, outer.hidden or self.hidden, outer.preformatted or self.preformatted)


_PLAIN = _Look(None, hidden=False, preformatted=False)


@lru_cache(maxsize=4096)
def _look(name: str, attributes: str) -> _Look:
    """What an element's name and attributes say, by themselves; the same ones come again and again in a mail."""
    plain = attributes.lower()
    look = _Look(
        Kind.QUOTE if name == "blockquote" else _boxed(plain),
        hidden=name in _NEVER_SEEN or _HIDDEN.search(plain) is not None,
        preformatted=name == "pre" or "white-space:pre" in plain.replace(" ", ""),
    )
    return _PLAIN if look == _PLAIN else look


@lru_cache(maxsize=1024)
def _is_tight(attributes: str) -> bool:
    """Whether a paragraph has no space around it: word processors make every line one."""
    plain = attributes.lower().replace(" ", "")
    return "mso" in plain or "margin:0" in plain


def _boxed(attributes: str) -> Kind | None:
    if _SIGNATURE_BOX.search(attributes):
        return Kind.SIGNATURE
    if _ATTRIBUTION_BOX.search(attributes):
        return Kind.ATTRIBUTION
    return Kind.QUOTE if _QUOTE_BOX.search(attributes) else None


@dataclass(slots=True)
class _Page:
    """The page while it is read: open elements, finished lines, and the line being written."""

    lines: list[str] = field(default_factory=list)
    kinds: list[Kind | None] = field(default_factory=list)
    open: list[tuple[str, _Look]] = field(default_factory=lambda: [("", _PLAIN)])
    counts: dict[str, int] = field(default_factory=dict)
    """Of open elements by name."""
    numbers: list[int] = field(default_factory=list)
    """Of the next item of each open list; -1 where its items are not counted."""
    pieces: list[str] = field(default_factory=list)
    links: list[tuple[str, int, int]] = field(default_factory=list)
    """Of open links: address, and how many lines and pieces stood before them."""
    kind: Kind | None = None

    def write(self, source: str) -> None:
        """Add text to the line, white space collapsed unless preformatted."""
        look = self.open[-1][1]
        if look.hidden:
            return
        text = unescape(source) if "&" in source else source
        if look.preformatted:
            self._write_lines(text)
            return
        text = _SPACE.sub(" ", text) if _SPACES.search(text) else text
        if not self.pieces:
            text = text.lstrip(" ")
        if text:
            self._add(text)

    def _write_lines(self, text: str) -> None:
        first, *others = normal(text).split("\n")
        if first:
            self._add(first)
        for line in others:
            self.end_line()
            if line:
                self._add(line)

    def _add(self, text: str) -> None:
        if not self.pieces:
            self.kind = self.open[-1][1].kind
        self.pieces.append(text)

    def end_line(self) -> None:
        """Finish the line, blank where nothing was written."""
        self.kinds.append(self.kind if self.pieces else self.open[-1][1].kind)
        self.lines.append("".join(self.pieces).rstrip())
        self.pieces.clear()

    def end_block(self, *, paragraph: bool) -> None:
        """Finish a line that holds something; a paragraph leaves one blank line behind it."""
        if self.pieces:
            self.end_line()
        if paragraph and self.lines and self.lines[-1]:
            self.end_line()

    def end_link(self) -> None:
        """Write the address behind a link's words, unless these are the address: who reads plain text cannot click."""
        address, lines, pieces = self.links.pop()
        shown = "".join(self.pieces[pieces:] if len(self.lines) == lines else self.pieces).strip()
        if shown and address and not _is_same(shown, address) and not self.open[-1][1].hidden:
            self.pieces.append(f" <{address}>")

    def push(self, name: str, look: _Look) -> None:
        """Open an element."""
        outer = self.open[-1][1]
        if look is not _PLAIN:
            outer = look.inside(outer)
        self.open.append((name, outer))
        self.counts[name] = self.counts.get(name, 0) + 1
        if name in _LISTS:
            self.numbers.append(1 if name == "ol" else -1)

    def pop(self, name: str) -> None:
        """Close the innermost element of that name and what is still open inside it; a stray end tag does nothing."""
        if self.counts.get(name, 0) <= 0:
            return
        closed = ""
        while closed != name:
            closed, _ = self.open.pop()
            self.counts[closed] -= 1
            if closed in _LISTS:
                self.numbers.pop()


def rendered(page: str, *, max_lines: int) -> Rendered:
    """The visible text of a page in normalised lines, at most so many of them; never raises, whatever the markup is."""
    source = _UNSEEN.sub(" ", page[:MAX_HTML]).replace("&nbsp;", "\u00a0")
    last = source.rfind(">") + 1
    tokens = _TAG.split(source[:last])
    state = _Page()
    state.write(tokens[0])
    for place in range(1, len(tokens), 4):
        name = tokens[place + 1].lower()
        if tokens[place]:
            _close(state, name)
        else:
            _open(state, name, tokens[place + 2])
        if tokens[place + 3]:
            state.write(tokens[place + 3])
    state.write(source[last:])
    state.end_block(paragraph=False)
    lines = normal("\n".join(state.lines)).split("\n") if state.lines else []
    return Rendered(lines=lines[:max_lines], kinds=state.kinds[:max_lines])


def _is_same(shown: str, address: str) -> bool:
    """Whether a link shows its own address, perhaps without its beginning or in part, or is a hashtag or a name that was made one."""
    if shown[0] in "#@\uff03":
        return True
    bare = _SCHEME.sub("", address.lower()).strip("/ ")
    said = _SCHEME.sub("", shown.lower()).strip("/ \u2026.")
    return bool(said) and (bare.startswith(said) or bare in said)


def _address(attributes: str) -> str:
    """Where a link leads; empty where it leads to no page."""
    found = _HREF.search(attributes)
    address = unescape(found[1] or found[2] or found[3] or "").strip() if found else ""
    return address if _WEB.fullmatch(address) else ""


def _open(page: _Page, name: str, attributes: str) -> None:
    special = name in _PARAGRAPHS or name in _NEVER_SEEN
    look = _look(name, attributes) if special or "=" in attributes or "hidden" in attributes else _PLAIN
    if name in _SHAPING:
        _shape(page, name, attributes)
    if name not in _CHILDLESS and (name in _SHAPING or not attributes.endswith("/")):
        page.push(name, look)
    if name == "img" and (sign := _EMOJI.search(attributes)):
        page.write(sign[1] or sign[2])
    elif name == "a":
        if page.links:  # a link inside a link ends the outer one
            page.end_link()
        page.links.append((_address(attributes), len(page.lines), len(page.pieces)))
    elif name == "li":
        _begin_item(page)


def _shape(page: _Page, name: str, attributes: str) -> None:
    """End the line, the block or the cell before an element that begins a new one."""
    if name == "br":
        page.end_line()
        return
    if name in _CLOSE_THEMSELVES and page.open[-1][0] == name:
        page.pop(name)
    elif name == "body":
        page.pop("head")
    if name in _BLOCKS or name == "hr":
        page.end_block(paragraph=name in _PARAGRAPHS and not (name == "p" and _is_tight(attributes)))
    elif name in _CELLS and page.pieces:
        page.pieces.append("\t")


def _begin_item(page: _Page) -> None:
    """The mark of a list's item: a number where the list counts, else a dash."""
    if not page.numbers or page.numbers[-1] < 0:
        page.write("- ")
        return
    page.write(f"{page.numbers[-1]}. ")
    page.numbers[-1] += 1


def _close(page: _Page, name: str) -> None:
    if name in _BLOCKS:
        page.end_block(paragraph=name in _PARAGRAPHS and name != "p")
    elif name == "br":
        page.end_line()
    elif name == "a" and page.links:
        page.end_link()
    page.pop(name)
