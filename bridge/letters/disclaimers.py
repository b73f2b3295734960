"""Paragraphs that servers, scanners and lists add: disclaimers, warnings, virus notes, list footers."""

import re

from ahocorasick_rs import AhoCorasick, MatchKind

from bridge.letters.disclaimer_words import CERTAIN, FOOTER, TITLES, UNSURE, WEAK
from bridge.letters.normal import lowered

_TITLE = re.compile(
    r"^[\W_]{0,12}(?:"
    + "|".join(re.escape(title) for title in sorted(TITLES.split("|"), key=len, reverse=True))
    + r")[\W_]{0,3}(?:[:!：！\])]|$)"
)
_CERTAIN_WORTH, _UNSURE_WORTH, _WEAK_WORTH, _TITLE_WORTH = 4, 2, 1, 2
_ENOUGH = 4
_MAX_WEAK = 3
"""Weak words are everybody's: alone they are never enough."""
_MAX_PARAGRAPH = 4000


def _weighed() -> tuple[AhoCorasick, tuple[int, ...]]:
    """All phrases in one automaton, and what each is worth."""
    worth = dict.fromkeys(WEAK.split("|"), _WEAK_WORTH) | dict.fromkeys(CERTAIN.split("|"), _CERTAIN_WORTH)
    worth |= dict.fromkeys(UNSURE.split("|"), _UNSURE_WORTH)
    return AhoCorasick(list(worth), matchkind=MatchKind.Standard), tuple(worth.values())


_PHRASES, _WORTH = _weighed()
_FOOTERS = AhoCorasick(FOOTER.split("|"), matchkind=MatchKind.Standard)


def is_disclaimer(paragraph: str) -> bool:
    """Whether a paragraph, its lines joined by single spaces, is a legal, environmental, virus or outside-sender note."""
    plain = _plain(paragraph)
    found = {place for place, _, _ in _PHRASES.find_matches_as_indexes(plain, overlapping=True)}
    worths = [_WORTH[place] for place in found]
    strong = sum(worth for worth in worths if worth > _WEAK_WORTH)
    title = _TITLE_WORTH if _TITLE.match(plain) else 0
    return bool(strong or title) and strong + title + min(worths.count(_WEAK_WORTH), _MAX_WEAK) >= _ENOUGH


def is_footer(paragraph: str) -> bool:
    """Whether a paragraph is a mailing list's, free mailer's or ticket system's footer; only looked at where a text ends."""
    return bool(_FOOTERS.find_matches_as_indexes(_plain(paragraph)))


def _plain(paragraph: str) -> str:
    return lowered(paragraph[:_MAX_PARAGRAPH]).replace("*", "")
