"""The line of a proxy above which the answer stands: made with a random part, found again in whatever clients make of it."""

import re

_WORDS = ("please", "answer", "above", "this", "line")
_GAP = r"[\s>|*_\xa0]{1,40}"
"""Between two words: a wrapped and quoted line end at worst."""
_MARK = re.compile(_GAP.join(_WORDS) + r"[\s>|*_\xa0]{1,40}-[\s>|*_\xa0]{1,40}([a-z0-9]{6,40})\b", re.IGNORECASE)


def delimiter(random_part: str) -> str:
    """The delimiter line of one proxy; ASCII, under 72 columns, no signature mark, no markdown.

    The random part, 6 to 40 lower-case letters and digits, keeps a customer from writing a delimiter into a post.
    """
    if not re.fullmatch(r"[a-z0-9]{6,40}", random_part):
        raise ValueError("the random part is 6 to 40 lower-case letters and digits")
    return f"--- {' '.join(_WORDS)} - {random_part} ---"


def find(text: str) -> int | None:
    """Where the line begins that holds the first delimiter, quoted, wrapped, or inside HTML; None where none is."""
    found = _MARK.search(text)
    return None if found is None else text.rfind("\n", 0, found.start()) + 1


def random_parts(text: str) -> frozenset[str]:
    """The random parts of all delimiters in a text."""
    return frozenset(part.lower() for part in _MARK.findall(text))
