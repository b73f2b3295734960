"""Which groups of telling words a post has, in any of the lexicons' languages: one pass over the text."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick, Implementation

from bridge.core.rules.words import needle, spaced
from bridge.judges.tokens import LONGEST_TEXT

_FOLDER = Path(__file__).parent / "lexicons"
GROUPS = (
    "problem", "outage", "help", "money", "anger", "praise", "thanks", "question", "buy", "wish", "danger", "legal",
    "swear", "ad", "urgent",
)  # fmt: skip


class Lexicon:
    """Words and phrases of every language in one automaton."""

    def __init__(self) -> None:
        entries: dict[str, set[str]] = {}
        for group, word in _entries():
            entries.setdefault(needle(word), set()).add(group)
        self._groups = [tuple(sorted(groups)) for groups in entries.values()]
        self._automaton = AhoCorasick(list(entries), implementation=Implementation.ContiguousNFA, store_patterns=False)

    def counts(self, text: str) -> dict[str, int]:
        """How many different words of each group the post has; groups without any are left out."""
        found: dict[str, int] = {}
        hits = self._automaton.find_matches_as_indexes(spaced(text[:LONGEST_TEXT]), overlapping=True)
        for number in {hit[0] for hit in hits}:
            for group in self._groups[number]:
                found[group] = found.get(group, 0) + 1
        return found


@cache
def lexicon() -> Lexicon:
    """The shipped one, built when it is first asked for."""
    return Lexicon()


def _entries() -> Iterator[tuple[str, str]]:
    """Every word of every file with its group."""
    for file in sorted(_FOLDER.glob("*.txt")):
        group = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                group = line.strip("[]")
            elif line and not line.startswith("#"):
                yield from ((group, word.strip()) for word in line.split("|") if word.strip())
