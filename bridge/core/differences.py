"""What changed between two texts, word by word, as people read it in a mail."""

import re
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")
_MOST = 1_000
"""Words and gaps of one text that are compared: comparing takes quadratic time."""


def differences(before: str, after: str) -> str:
    """The newer text with what is gone in [-…-] and what is new in {+…+}; empty where nothing changed or it is too much."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if old == new or max(len(old), len(new)) > _MOST:
        return ""
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return "".join(_step(kind, "".join(old[a:b]), "".join(new[c:d])) for kind, a, b, c, d in steps)


def _step(kind: str, gone: str, come: str) -> str:
    if kind == "equal":
        return come
    return (f"[-{gone}-]" if gone else "") + (f"{{+{come}+}}" if come else "")
