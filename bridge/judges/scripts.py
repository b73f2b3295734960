"""Which script a word is written in, and the languages that this alone tells."""

from bisect import bisect_right
from functools import cache

_BLOCKS: tuple[tuple[int, str], ...] = (
    (0x0000, "latin"), (0x0370, "el"), (0x0400, "cyrillic"), (0x0530, "hy"), (0x0590, "he"), (0x0600, "arabic"),
    (0x0700, ""), (0x0750, "arabic"), (0x0780, "dv"), (0x07C0, ""), (0x08A0, "arabic"), (0x0900, "devanagari"),
    (0x0980, "bn"), (0x0A00, "pa"), (0x0A80, "gu"), (0x0B00, "or"), (0x0B80, "ta"), (0x0C00, "te"), (0x0C80, "kn"),
    (0x0D00, "ml"), (0x0D80, "si"), (0x0E00, "th"), (0x0E80, "lo"), (0x0F00, "bo"), (0x1000, "my"), (0x10A0, "ka"),
    (0x1100, "hangul"), (0x1200, "am"), (0x13A0, ""), (0x1780, "km"), (0x1800, ""), (0x1C80, "cyrillic"), (0x1C90, "ka"),
    (0x1CC0, ""), (0x1E00, "latin"), (0x1F00, "el"), (0x2000, ""), (0x2C60, "latin"), (0x2C80, ""), (0x2D00, "ka"),
    (0x2D30, ""), (0x2DE0, "cyrillic"), (0x2E00, ""), (0x2E80, "han"), (0x3040, "kana"), (0x3100, "han"),
    (0x3130, "hangul"), (0x3190, "han"), (0x31F0, "kana"), (0x3200, "han"), (0xA000, ""), (0xA640, "cyrillic"),
    (0xA6A0, ""), (0xA720, "latin"), (0xA800, ""), (0xA960, "hangul"), (0xA980, ""), (0xAC00, "hangul"), (0xD7FC, ""),
    (0xF900, "han"), (0xFB00, "latin"), (0xFB13, "hy"), (0xFB1D, "he"), (0xFB50, "arabic"), (0xFE00, ""),
    (0xFE70, "arabic"), (0xFF00, "latin"), (0xFF66, "kana"), (0xFFA0, "hangul"), (0xFFE0, ""), (0x20000, "han"),
    (0x32000, ""),
)  # fmt: skip
"""Where each script's letters begin (Unicode, Blocks.txt): a script's name, or the one language that writes in it."""
_STARTS = [start for start, _script in _BLOCKS]
_NAMES = [script for _start, script in _BLOCKS]

SHARED = frozenset({"latin", "cyrillic", "arabic", "devanagari"})
"""Scripts of several languages: which one it is must be found out by letters."""
_WRITTEN_IN = {
    "cyrillic": frozenset({"be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "tt", "uk"}),
    "arabic": frozenset({"ar", "fa", "ps", "ug", "ur"}),
    "devanagari": frozenset({"hi", "mr", "ne"}),
}
_ALSO_LATIN = frozenset({"sr"})
_EAST = frozenset({"han", "kana", "hangul"})
_CHARACTER = 3
"""Letters of an alphabet that one East Asian character is worth."""


def script(letter: str) -> str:
    """The script of a letter, or the language that alone writes in it; empty where neither is known."""
    return _NAMES[bisect_right(_STARTS, ord(letter)) - 1]


@cache
def _alone(script: str, letters: int) -> tuple[tuple[str, int], ...]:
    """The same value for the many words of one script and length."""
    return ((script, letters),)


def weights(word: str) -> tuple[tuple[str, int], ...]:
    """How much the word speaks for each script, in letters."""
    first = script(word[0])
    if first not in _EAST and not (len(word) > 1 and script(word[-1]) in _EAST):
        return _alone(first, len(word))
    found: dict[str, int] = {}
    for letter in word[:200]:
        name = script(letter)
        found[name] = found.get(name, 0) + (_CHARACTER if name in _EAST else 1)
    return tuple(found.items())


def east(found: dict[str, int]) -> dict[str, int]:
    """Chinese characters, Japanese syllables and Korean ones as languages: a few syllables make a text Japanese."""
    han, kana, hangul = (found.pop(name, 0) for name in ("han", "kana", "hangul"))
    if hangul:
        found["ko"] = hangul + (0 if kana > hangul else han)
    if kana:
        found["ja"] = kana + (0 if hangul >= kana else han)
    if han and not hangul and not kana:
        found["zh"] = han
    return found


def of(language: str) -> tuple[str, ...]:
    """The shared scripts that a language is written in."""
    own = tuple(name for name, languages in _WRITTEN_IN.items() if language in languages)
    return (*own, "latin") if not own or language in _ALSO_LATIN else own
