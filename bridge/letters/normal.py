"""Text that may be published, and the folded form in which lines are compared."""

import re
import unicodedata

_BREAK = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control, bidi and zero-width characters: none of them is seen, all of them can deceive."""
_JOINER = re.compile(
    "[\u200c\u200d](?<![\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff][\u200c\u200d])"
)
"""A joiner means something inside an emoji and in Arabic and Indic writing only."""
_SELECTOR = re.compile(
    "[\ufe00-\ufe0f](?<![0-9#*\u00a9\u00ae\u2000-\u33ff\u4e00-\u9fff\U0001f000-\U0001faff][\ufe00-\ufe0f])"
)
_TAGS = re.compile("[\U000e0000-\U000e01ef]+")
_RARE = re.compile(
    "[\r\x0b\x0c\x1c-\x1e\x85\u1680\u2000-\u200a\u2028\u2029\u202f\u205f"
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\u200c\u200d\ufe00-\ufe0f\U000e0000-\U000e01ef]"
)
"""All that the patterns above look for."""
_FLAG = "\U0001f3f4"
_FINE_BYTES = bytes(octet for octet in range(128) if chr(octet).isprintable() or chr(octet) in "\n\t")
_NO_WORD_BYTES = bytes(octet for octet in range(128) if not chr(octet).isalnum())
_NO_WORD_IN_LINE = _NO_WORD_BYTES.replace(b"\n", b"")
_NO_WORD = re.compile(r"[\W_]+")
_NO_WORD_ON_LINE = re.compile(r"(?:[^\w\n]|_)+")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


def normal(text: str) -> str:
    """NFC, lines end in a line feed, every space a plain one, without control, bidi and zero-width characters.

    Joiners and variation selectors stay where they belong to an emoji or to a script that needs them (threat-model 5.3.5).
    """
    text = text.replace("\u00a0", " ")
    rest = _beyond(text, _FINE_BYTES)
    if not rest:
        return text
    if _RARE.search(rest):
        text = _without_rare(text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _without_rare(text: str) -> str:
    """The text without what is not seen, and with breaks and spaces of one kind."""
    text = _SPACE.sub(" ", _BREAK.sub("\n", text))
    text = _SELECTOR.sub("", _JOINER.sub("", _DROPPED.sub("", text)))
    return _TAGS.sub(lambda found: found[0] if text.startswith(_FLAG, found.start() - 1) else "", text)


def _beyond(text: str, octets: bytes) -> str:
    """The text without these ASCII letters: what is left of most is next to nothing, and quickly looked through."""
    return text.encode("utf-8", "surrogatepass").translate(None, octets).decode("utf-8", "surrogatepass")


def tidy(lines: list[str]) -> str:
    """The lines as one text: no space at line ends, never more than one blank line, none at either end."""
    text = "\n".join(line.rstrip() for line in lines)
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def lowered(text: str) -> str:
    """The text as the vocabularies of these rooms hold it: without case, Turkish dots or typographic apostrophes."""
    return text.casefold().replace("i\u0307", "i").replace("\u2019", "'")


def fold(text: str) -> str:
    """Letters and digits alone, without case: equal for a text that was wrapped, quoted or marked up on the way."""
    if text.isascii():
        return text.lower().encode("ascii").translate(None, _NO_WORD_BYTES).decode("ascii")
    return _NO_WORD.sub("", _beyond(text, _NO_WORD_BYTES)).casefold()


def fold_lines(text: str) -> list[str]:
    """Each line of a text folded; all of them at the cost of one."""
    if text.isascii():
        return text.lower().encode("ascii").translate(None, _NO_WORD_IN_LINE).decode("ascii").split("\n")
    return _NO_WORD_ON_LINE.sub("", _beyond(text, _NO_WORD_IN_LINE)).casefold().split("\n")


def key(line: str) -> str:
    """What identifies a line: its folded words, or, where it has none, its signs without space; empty for a rule."""
    return fold(line) or signs(line)


def signs(line: str) -> str:
    """What a line without words shows: emoji and the like, no punctuation, no space."""
    if line.isascii():
        return ""
    return "".join(sign for sign in line if not sign.isspace() and not unicodedata.category(sign).startswith("P"))
