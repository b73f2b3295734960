"""What people see as one character: how many a text has, and where it may be cut without tearing one."""

import unicodedata

_JOINER = "\u200d"


def cut(text: str, at: int) -> int:
    """The last place at or before `at` where the text may be cut; 0 where there is none.

    Keeps together what Unicode's UAX 29 keeps together in practice: marks and variation selectors with their base,
    emoji sequences, flags, the jamo of a syllable, a line end of two characters.
    """
    at = min(max(at, 0), len(text))
    while 0 < at < len(text) and _joined(text, at):
        at -= 1
    return at


def length(text: str) -> int:
    """How many characters a reader would count."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(cut(text, at) == at for at in range(1, len(text) + 1))


def _joined(text: str, at: int) -> bool:
    """Whether the characters before and after a place belong together."""
    before, after = text[at - 1], text[at]
    if before.isascii() and after.isascii():
        return before == "\r" and after == "\n"
    return (
        _JOINER in {before, after}
        or unicodedata.category(after)[0] == "M"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
        or ("\u1160" <= after <= "\u11ff" and "\u1100" <= before <= "\u11ff")
        or (_flag(before) and _flag(after) and _flags_before(text, at) % 2 == 1)
    )


def _flag(character: str) -> bool:
    """Whether it is one of the letters that make flags in pairs."""
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    """How many letters of flags stand in a row before a place."""
    start = at
    while start and _flag(text[start - 1]):
        start -= 1
    return at - start
