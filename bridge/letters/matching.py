"""Many phrases looked for in one pass, without regard to case, accents and line breaks."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

_CONTRACTIONS = re.compile(r"'(?=(?:t|s|re|ve|ll|d|m)\b)")
_FIRST_FOLDED = 0x80
_FOLDED_BLOCKS = (range(_FIRST_FOLDED, 0x3000), range(0xFF00, 0xFFF0))
"""Scripts with case and accents, punctuation, and the full-width forms; what lies between is written in one way only."""
_REMEMBERED = 16_384
"""Letters of which is kept what they become: more than any one script in use has."""
_UNDECOMPOSED = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "„": '"',
}


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Phrases by topic, compiled; a phrase is found where a word begins."""

    automaton: AhoCorasick
    topics: tuple[str, ...]
    """The topic of each pattern."""

    def topics_in(self, folded_text: str) -> Mapping[str, int]:
        """How many different phrases of each topic stand in a folded text; one inside a longer one says nothing more."""
        found = self.automaton.find_matches_as_indexes(folded_text, overlapping=True)
        ends: dict[str, int] = {}
        seen: dict[str, set[int]] = {}
        for number, start, end in sorted(found, key=lambda match: (match[1], -match[2])):
            topic = self.topics[number]
            if end > ends.get(topic, 0) and (start == 0 or not _is_letter(folded_text[start - 1])):
                ends[topic] = end
                seen.setdefault(topic, set()).add(number)
        return {topic: len(numbers) for topic, numbers in seen.items()}


def phrasebook(phrases_by_topic: Mapping[str, Iterable[str]]) -> Phrasebook:
    """The phrases compiled; each topic's are folded like the text that they are looked for in."""
    pairs = {(fold(phrase), topic) for topic, phrases in phrases_by_topic.items() for phrase in phrases}
    ordered = sorted(pairs)
    return Phrasebook(AhoCorasick([phrase for phrase, _ in ordered]), tuple(topic for _, topic in ordered))


def fold(text: str) -> str:
    """One line of text without differences of case, accents, width and quotes."""
    lowered = text.lower() if text.isascii() else text.translate(_FOLDING)
    return " ".join((_CONTRACTIONS.sub("", lowered) if "'" in lowered else lowered).split())


class _Table(dict[int, str]):
    """What each letter becomes, so that hostile runs of marks cost no more than others; found out when it is first met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        folded = _folded(sign) if any(code in block for block in _FOLDED_BLOCKS) else sign
        if len(self) < _REMEMBERED:
            self[code] = folded
        return folded


_FOLDING = _Table({code: chr(code).lower() for code in range(_FIRST_FOLDED)})


def _folded(sign: str) -> str:
    bare = "".join(
        part for part in unicodedata.normalize("NFKD", sign) if unicodedata.category(part) not in {"Mn", "Cf"}
    )
    cased = bare.casefold()
    return "".join(_UNDECOMPOSED.get(letter, letter) for letter in cased)


@lru_cache(maxsize=4096)
def _is_letter(sign: str) -> bool:
    """Whether a letter of a script that puts spaces between words."""
    return sign.isalpha() and sign < "\u0590"
