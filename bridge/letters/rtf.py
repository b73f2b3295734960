"""RTF to what it shows: the HTML that Outlook wraps in it ([MS-OXRTFEX]), or else its text, in linear time."""

import re
from dataclasses import dataclass, field

MAX_DEPTH = 200
_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,10})?[ ]?|\\'(?P<octet>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+"
)
_CODECS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
"""Of a font, by the number of its charset; all others are written in the document's own codepage."""
_SHOWN = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"nestrow": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t", b"cell": "\t",
    b"nestcell": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”", b"emspace": " ", b"enspace": " ",
    b"~": "\u00a0", b"_": "\u2011", b"\n": "\n", b"\r": "\n", b"{": "{", b"}": "}", b"\\": "\\",
}  # fmt: skip
_UNSEEN = frozenset({
    b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl",
    b"footerr", b"footerf", b"fldinst", b"filetbl", b"xe", b"tc",
})  # fmt: skip
"""Destinations that hold nothing of the text; so do those behind a star."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """What a document shows."""

    text: str
    is_html: bool
    sure: bool
    """Whether every letter could be read."""


class _Broken(ValueError):
    """The octets are no such document."""


@dataclass(slots=True)
class _Group:
    """What holds until the next closing brace."""

    unseen: bool = False
    fonts: bool = False
    """Inside the table of fonts."""
    markup: bool = False
    """Inside a piece of the wrapped HTML."""
    muted: bool = False
    """What readers of RTF see instead of the wrapped HTML."""
    hidden: bool = False
    fallbacks: int = 1
    """Letters behind one of Unicode that stand for it."""
    font: int = -1

    def inner(self) -> "_Group":
        """A group within this one, as it begins."""
        return _Group(self.unseen, self.fonts, self.markup, self.muted, self.hidden, self.fallbacks, self.font)


@dataclass(slots=True)
class _Document:
    """The document while it is read."""

    groups: list[_Group] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    octets: bytearray = field(default_factory=bytearray)
    """Letters of one codepage that wait to be read, because one letter may be two octets."""
    codec: str = "cp1252"
    codecs: dict[int, str] = field(default_factory=dict)
    """By font."""
    is_html: bool = False
    sure: bool = True
    starred: bool = False
    skip: int = 0
    """Letters that follow and stand for one of Unicode."""

    @property
    def group(self) -> _Group:
        """The innermost one."""
        if not self.groups:
            raise _Broken
        return self.groups[-1]

    def is_seen(self) -> bool:
        """Whether what stands here is shown."""
        group = self.group
        return not (group.unseen or group.muted or (group.hidden and not self.is_html))

    def say(self, text: str) -> None:
        """Show this."""
        self.flush()
        if self.is_seen():
            self.shown.append(text)

    def add(self, octets: bytes) -> None:
        """Letters of the codepage that holds here, but for those that stand for one of Unicode."""
        kept, self.skip = octets[self.skip :], max(self.skip - len(octets), 0)
        if self.is_seen():
            self.octets += kept

    def flush(self) -> None:
        """Read the letters that wait."""
        if not self.octets:
            return
        group = self.group
        codec = self.codec if group.markup else self.codecs.get(group.font, self.codec)
        try:
            self.shown.append(self.octets.decode(codec))
        except (UnicodeError, LookupError):
            self.sure = False
            self.shown.append(self.octets.decode("ascii", "replace"))
        self.octets.clear()


def spelled(octets: bytes) -> Spelled | None:
    """What an RTF document shows; None where it is none, is cut off, or nests deeper than 200 groups. Never raises."""
    document = _Document()
    try:
        _read(document, octets)
    except _Broken:
        return None
    pairs = "".join(document.shown).encode("utf-16-le", "surrogatepass")
    text = pairs.decode("utf-16-le", "replace").rstrip("\0")
    return Spelled(text=text, is_html=document.is_html, sure=document.sure and "\ufffd" not in text)


def _read(document: _Document, octets: bytes) -> None:
    """Every token from the first brace to the one that closes it."""
    at = 0
    if not octets.startswith(b"{\\rtf"):
        raise _Broken
    while found := _TOKEN.match(octets, at):
        at = found.end()
        _take(document, found)
        if found["word"] == b"bin":
            at += max(_number(found, 0), 0)
        if not document.groups:
            return
    raise _Broken


def _take(document: _Document, found: re.Match[bytes]) -> None:
    kind = found.lastgroup
    if kind == "brace":
        _brace(document, found["brace"])
    elif kind in {"word", "number"}:
        _word(document, found["word"], found)
    elif kind == "sign":
        _sign(document, found["sign"])
    elif kind == "octet":
        document.add(bytes.fromhex(found["octet"].decode("ascii")))
    elif kind == "text":
        document.add(found["text"])


def _brace(document: _Document, brace: bytes) -> None:
    document.starred = False
    document.skip = 0
    if document.groups:
        document.flush()
    if brace == b"}":
        document.groups.pop()
        return
    if len(document.groups) >= MAX_DEPTH:
        raise _Broken
    document.groups.append(document.group.inner() if document.groups else _Group())


def _sign(document: _Document, sign: bytes) -> None:
    if sign == b"*":
        document.starred = True
    elif sign in _SHOWN:
        if document.skip:
            document.skip -= 1
        else:
            document.say("&nbsp;" if sign == b"~" and document.is_html else _SHOWN[sign])


def _word(document: _Document, word: bytes, found: re.Match[bytes]) -> None:
    """A control word: a letter that it stands for, a destination, or what it changes."""
    starred, document.starred = document.starred, False
    group = document.group
    if starred or word in _UNSEEN:
        document.flush()
        group.markup = starred and word == b"htmltag" and document.is_html
        group.unseen = group.unseen or not group.markup
    elif word in _SHOWN:
        document.say(_SHOWN[word])
    elif word == b"u":
        _unicode(document, _number(found, 0))
    else:
        document.flush()
        _change(document, word, found)


def _unicode(document: _Document, number: int) -> None:
    document.say(chr(number % 65_536))
    document.skip = document.group.fallbacks


def _change(document: _Document, word: bytes, found: re.Match[bytes]) -> None:
    """What holds from here on in this group, or in the whole document."""
    group = document.group
    match word:
        case b"fromhtml":
            document.is_html = _number(found, 1) == 1
        case b"ansicpg":
            document.codec = f"cp{_number(found, 1252)}".replace("cp65001", "utf-8")
        case b"fonttbl":
            group.fonts = group.unseen = True
        case b"fcharset" if group.fonts and _number(found, 0) in _CODECS:
            document.codecs[group.font] = _CODECS[_number(found, 0)]
        case b"f":
            group.font = _number(found, 0)
        case b"uc":
            group.fallbacks = min(max(_number(found, 1), 0), 8)
        case b"htmlrtf":
            group.muted = document.is_html and _number(found, 1) != 0
        case b"v":
            group.hidden = _number(found, 1) != 0
        case b"plain":
            group.hidden, group.font = False, -1


def _number(found: re.Match[bytes], default: int) -> int:
    return int(found["number"]) if found["number"] else default
