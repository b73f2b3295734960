"""HTML of strangers as plain text: what a reader would see, and where its links really lead (E04, E05)."""

import html
import re

import nh3

from bridge.channels._text import MAX_TEXT, clean

_MAX_HTML = 4 * MAX_TEXT
_MAX_TAGS = 3000
"""Beyond this the tags are only taken out: building a tree of deeply nested ones takes time by their square."""

_MAX_LINK = 500
_BLOCKS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "tr", "blockquote", "pre", "section"}
    | {"article", "header", "footer", "dl", "dd", "dt"}
)
_TAGS = frozenset({*_BLOCKS, "br", "hr", "li", "td", "th", "a", "img"})
_KEPT: dict[str, set[str]] = {"a": {"href"}, "img": {"alt"}}
_UNSEEN = {"script", "style", "title", "head", "template", "noscript", "iframe", "object", "svg", "math"}
_TAG = re.compile(r'<(/?)([a-z0-9]+)((?:[^<>"]|"[^"]*")*)>')
_ANY_TAG = re.compile(r"<[^<>]*>")
_VALUE = re.compile(r'(?:href|alt)="([^"]*)"')
_SPACES = re.compile(r"[^\S ]\s*| \s+")
"""White space other than one blank: most of a text is left alone."""

_LINES = re.compile(r"[ \t]*\n[ \t]*")
_BLANKS = re.compile(r"[ \t]{2,}")
_EMPTY = re.compile(r"\n{3,}")
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z!/]|&(?:#\d|#x|[a-zA-Z]{2,8};)")


def text_of(source: str) -> str:
    """The text of a piece of HTML, cleaned and within the cap; links whose words hide their address show it."""
    if source.count("<") > _MAX_TAGS:
        return clean(_tidy(html.unescape(_ANY_TAG.sub(" ", source[:_MAX_HTML]))))
    safe = nh3.clean(
        source[:_MAX_HTML],
        tags=set(_TAGS),
        attributes=_KEPT,
        clean_content_tags=_UNSEEN,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    return clean(_tidy(_Reader().read(safe)))


def text_if_html(source: str) -> str:
    """For fields that are plain text by the book and HTML by habit, as titles are."""
    return text_of(source) if _LOOKS_LIKE_HTML.search(source) else clean(source)


class _Reader:
    """Reads what the sanitiser made: known tags, quoted attributes, escaped text."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._links: list[tuple[int, str]] = []

    def read(self, safe: str) -> str:
        """The text with its lines."""
        at = 0
        for tag in _TAG.finditer(safe):
            self._say(safe[at : tag.start()])
            self._turn(tag[2], tag[3], closing=bool(tag[1]))
            at = tag.end()
        self._say(safe[at:])
        return "".join(self._parts)

    def _say(self, escaped: str) -> None:
        if escaped:
            self._parts.append(_SPACES.sub(" ", html.unescape(escaped)))

    def _turn(self, name: str, attributes: str, *, closing: bool) -> None:
        """What a tag means for the text."""
        if name == "a":
            self._link(attributes, closing=closing)
        elif name == "img":
            value = _VALUE.search(attributes)
            self._parts.append(f"[{html.unescape(value[1])}]" if value and value[1].strip() else "")
        elif name == "li" and not closing:
            self._parts.append("\n- ")
        elif name in {"td", "th"}:
            self._parts.append(" ")
        elif name in {"br", "hr"}:
            self._parts.append("\n")
        elif name in _BLOCKS:
            self._parts.append("\n\n" if name in {"p", "blockquote"} else "\n")

    def _link(self, attributes: str, *, closing: bool) -> None:
        """Behind the words of a link its address, where the words are not the address themselves."""
        if not closing:
            value = _VALUE.search(attributes)
            self._links.append((len(self._parts), html.unescape(value[1]) if value else ""))
        elif self._links:
            start, address = self._links.pop()
            words = "".join(self._parts[start:]).strip()
            if address and words not in {"", address, address.removeprefix("mailto:"), address.partition("://")[2]}:
                self._parts.append(f" <{address[:_MAX_LINK]}>")


def _tidy(text: str) -> str:
    """At most one empty line between paragraphs, and none at the ends."""
    text = _LINES.sub("\n", _BLANKS.sub(" ", text))
    return _EMPTY.sub("\n\n", text).strip()
