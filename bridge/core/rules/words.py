"""Words as rules see them: folded over case, accents and width, split where the script splits them."""

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = "['\u2019\u02bc\uff07]"
_APOSTROPHE = re.compile(_APOSTROPHES)
_CONTRACTION = re.compile(f"{_APOSTROPHES}(?=(?:t|s|re|ve|ll|d|m)\\b)", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)

_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Accents and vowel points of scripts whose writers leave them out: Latin, Greek, Cyrillic, Hebrew, Arabic."""
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef"
"""Joiners, direction marks, variation selectors and skin tones."""
_DROPPED = re.compile(f"[{_MARKS}{_UNSEEN}\ud800-\udfff]+")
_SURROGATES = re.compile("[\ud800-\udfff]+")

_PLAIN = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ŧ": "t",
    "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك",
}  # fmt: skip
"""Letters that Unicode does not take apart and that people type without their stroke or tail."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003134f"
)
"""Scripts that put no space between words, and Korean, which glues its particles to them."""
_SIGNS = "#@$\u00a2-\u00a5\u20a0-\u20cf\u2190-\u2bff\U0001f000-\U0001faff"
"""Hashtag and handle marks, currencies, arrows, dingbats, emoji: each is a word of its own."""
_SIGN = re.compile(f"[{_SIGNS}]")
_OPEN = re.compile(f"[{_UNSPACED}]")
_SEAM = re.compile(f"(?<=[{_UNSPACED}])(?=[^ {_UNSPACED}])|(?<=[^ {_UNSPACED}])(?=[{_UNSPACED}])")
"""Between a script without spaces and any other."""

_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)} | {
    ord(sign): f" {sign} " for sign in "#@$"
}
_PLAIN_ASCII = {code: " " if len(letter) > 1 else letter for code, letter in _ASCII.items()}
"""Quicker: a table with single letters only."""

_FOREIGN = re.compile("([^\\x00-\\x7f]+)")
_REMEMBERED = 20_000
"""Characters whose folding is kept in memory."""
_POSTS = 8
"""Texts whose words are kept for the moment: rules and lexicons look at the same post one after the other."""
_BLOCK = 512
"""Characters normalised at a time: Unicode's ordering of marks costs the square of a hostile run's length (E10)."""


@lru_cache(maxsize=_POSTS)
def spaced(text: str) -> str:
    """The text as its words, folded, each between single spaces; links are left out (they have their own conditions)."""
    return f" {' '.join(tokens(without_links(text)))} "


def without_links(text: str) -> str:
    """The text with a space for each address of a page."""
    return _LINK.sub(" ", text) if "://" in text or "www." in text.lower() else text


def tokens(text: str) -> list[str]:
    """The folded words in order; a run without spaces between its words (Chinese, Thai, …) is one of them."""
    if text.isascii():
        return _ascii_tokens(text)
    if len(text) > _BLOCK or not unicodedata.is_normalized("NFKC", text):
        text = _composed(text)
    plain = _folded(_CONTRACTION.sub("", text) if _APOSTROPHE.search(text) else text)
    return (_SEAM.sub(" ", plain) if _OPEN.search(plain) else plain).split()


def needle(word: str) -> str:
    """What to look for in a `spaced` text to find the word or phrase there; empty where nothing of it can be found.

    A star at an end leaves that end open; an end in a script without spaces is open by itself.
    """
    words = tokens(word)
    if not words:
        return ""
    left = word.lstrip().startswith("*") or _OPEN.match(words[0][0])
    right = word.rstrip().endswith("*") or _OPEN.match(words[-1][-1])
    return f"{'' if left else ' '}{' '.join(words)}{'' if right else ' '}"


def encodable(text: str) -> str:
    """The text without lone surrogates, which no encoding can carry."""
    return text if text.isascii() else _SURROGATES.sub("", text)


def _ascii_tokens(text: str) -> list[str]:
    """The quick way for plain English: one table, one split."""
    if "'" in text:
        text = _CONTRACTION.sub("", text)
    if "#" in text or "@" in text or "$" in text:
        return text.translate(_ASCII).split()
    return text.translate(_PLAIN_ASCII).split()


def _folded(text: str) -> str:
    """Each character as `_FOLDED` has it; stretches of plain English by their own table, which is many times quicker."""
    pieces = _FOREIGN.split(text)
    pieces[::2] = [piece.translate(_ASCII) for piece in pieces[::2]]
    pieces[1::2] = [piece.translate(_FOLDED) for piece in pieces[1::2]]
    return "".join(pieces)


def _composed(text: str) -> str:
    """The text with its accents joined to their letters and its forms made plain, block by block."""
    return "".join(unicodedata.normalize("NFKC", text[at : at + _BLOCK]) for at in range(0, len(text), _BLOCK))


class _Table(dict[int, str]):
    """What becomes of each character, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_letter(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = folded
        return folded


_FOLDED = _Table(_ASCII)


def _fold_letter(letter: str) -> str:
    """The character without case, accent and width; a space where it separates words, nothing where it is unseen."""
    if _DROPPED.fullmatch(letter):
        return ""
    bare = _DROPPED.sub("", unicodedata.normalize("NFKD", letter)).casefold()
    folded = unicodedata.normalize("NFC", "".join(_PLAIN.get(part, part) for part in bare))
    if _SIGN.fullmatch(folded):
        return f" {folded} "
    return "".join(part if _is_letter(part) else _ASCII.get(ord(part), " ") for part in folded)


def _is_letter(letter: str) -> bool:
    """Whether it is a part of words: letters, digits, and the vowel signs that some scripts write as marks."""
    return letter.isalnum() or unicodedata.category(letter) in {"Mn", "Mc"}


def has_link(text: str) -> bool:
    """Whether the text has the address of a page in it."""
    return ("://" in text or "www." in text.lower()) and _LINK.search(text) is not None
