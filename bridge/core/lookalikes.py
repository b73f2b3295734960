"""Names that may deceive: letters of several scripts in one word, or the look of our own name (E06)."""

import unicodedata
from functools import lru_cache

_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
"""Scripts that honest words mix (UTS 39, highly restrictive)."""

_LOOKS = {
    "a": "\u0430\u03b1\u0251@4",
    "b": "\u0432\u03b2\u044c8",
    "c": "\u0441\u03f2",
    "d": "\u0501",
    "e": "\u0435\u0451\u03b5\u0454" + "3",
    "g": "\u0261",
    "h": "\u043d\u04bb",
    "i": "\u0456\u0457\u03b9\u0131!",
    "j": "\u0458",
    "k": "\u043a\u03ba",
    "l": "\u04cf\u01c0|1",
    "m": "\u043c",
    "n": "\u043f\u03b7",
    "o": "\u043e\u03bf\u00f80",
    "p": "\u0440\u03c1",
    "q": "\u051b",
    "s": "\u0455$5",
    "t": "\u0442\u03c4" + "7",
    "u": "\u03c5\u057d",
    "v": "\u03bd\u0475",
    "w": "\u051d\u03c9",
    "x": "\u0445\u03c7",
    "y": "\u0443\u03b3",
    "z": "\u0437",
}
_LIKE = str.maketrans({other: latin for latin, others in _LOOKS.items() for other in others})
"""Letters and digits that look like Latin letters, after case folding (the core of UTS 39's confusables)."""

_SHORT = 4
"""Letters from which on a brand's name inside another name is a sign."""

_NAME = 200


def mixed(name: str) -> bool:
    """Whether one word of a name mixes scripts that honest words keep apart."""
    if name.isascii():
        return False
    return any(_is_mixed(word) for word in unicodedata.normalize("NFKC", name[:_NAME]).split())


def resembles(name: str, brand: tuple[str, ...]) -> str:
    """Which of our names another name looks like; empty where it looks like none."""
    seen = _skeleton(name[:_NAME])
    return next((ours for ours in brand if seen and _close(seen, _skeleton(ours))), "")


def _is_mixed(word: str) -> bool:
    scripts = {_script(letter) for letter in word if letter.isalpha()} - {""}
    return len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER)


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """The script of a letter, by the first word of its name; empty for letters of no script of their own."""
    first = unicodedata.name(letter, "").split(" ", 1)[0].split("-", 1)[0]
    return "" if first in {"MODIFIER", "FEMININE", "MASCULINE"} else first


@lru_cache(maxsize=1024)
def _skeleton(name: str) -> str:
    """A name as a quick look sees it: two names with the same skeleton are easily taken for each other."""
    folded = unicodedata.normalize("NFKD", name).casefold().translate(_LIKE)
    letters = "".join(letter for letter in folded if letter.isalnum())
    return letters.replace("rn", "m").replace("vv", "w")


def _close(seen: str, ours: str) -> bool:
    """Equal, one holding the other, or one slip of the pen apart."""
    if len(ours) < _SHORT:
        return seen == ours
    return ours in seen or (len(ours) > _SHORT and _one_apart(seen, ours))


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter added, left out, changed, or two swapped make them equal."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[start:], other[start:]
    if left[1:] == right or left == right[1:] or left[1:] == right[1:]:
        return True
    return left[2:] == right[2:] and left[:2] == right[:2][::-1]
