"""A post under judgement: what the conditions look at, each piece made once and only when one asks."""

import re
from bisect import bisect_right
from collections import defaultdict
from functools import cached_property

from bridge.core.authors import author_keys
from bridge.core.model import Post
from bridge.core.rules.finder import Finder
from bridge.core.rules.questions import is_question
from bridge.core.rules.vocabulary import Situation
from bridge.core.rules.words import encodable, has_link, spaced

_SENTENCE_END = re.compile(r"[.!?\n。！？؟।…]+")
_SENTENCES = 50
"""Sentences that are compared one by one; the whole text is compared too."""


class Subject:
    """One post in its situation, with the places where the rules' words were found."""

    def __init__(self, post: Post, situation: Situation, finder: Finder) -> None:
        self.post = post
        self.situation = situation
        self._finder = finder
        self.text = post.words
        self.spaced = spaced(self.text) if finder.words else ""
        self.found = finder.words.find_matches_as_indexes(self.spaced, overlapping=True) if finder.words else []
        self.words = {place[0] for place in self.found}
        """Numbers of the words that the post has."""
        self.points = 0
        self.tags: dict[str, None] = {}

    @cached_property
    def encoded(self) -> bytes:
        """The text as the patterns read it: as it was written, in UTF-8."""
        return encodable(self.text).encode()

    @cached_property
    def literals(self) -> set[int]:
        """Numbers of the patterns' literals that the post has."""
        return self._finder.literals_in(self.text)

    @cached_property
    def loose(self) -> frozenset[int]:
        """Numbers of the patterns without literals that the post matches."""
        return self._finder.loose_in(self.encoded)

    @cached_property
    def is_question(self) -> bool:
        """Whether the post asks something."""
        return is_question(self.text)

    @cached_property
    def has_link(self) -> bool:
        """Whether the post has a link in its text."""
        return has_link(self.text)

    @cached_property
    def author_keys(self) -> frozenset[str]:
        """All the names by which a list can mean the author."""
        return author_keys(self.post)

    @cached_property
    def grams(self) -> tuple[frozenset[str], ...]:
        """Three-letter pieces of the whole text and of each of its sentences."""
        sentences = _SENTENCE_END.split(self.text, _SENTENCES)[:_SENTENCES]
        return tuple(dict.fromkeys(grams(text) for text in (self.text, *sentences)))

    @cached_property
    def places(self) -> dict[int, list[int]]:
        """At which word of the text each found word begins."""
        spaces = [at for at, letter in enumerate(self.spaced) if letter == " "]
        where = defaultdict(list)
        for number, start, _end in self.found:
            where[number].append(bisect_right(spaces, start))
        return where


def grams(text: str) -> frozenset[str]:
    """The text's three-letter pieces, over its folded words."""
    words = spaced(text)
    return frozenset(words[at : at + 3] for at in range(len(words) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two texts have in common (Sørensen and Dice): twice the shared pieces by all pieces."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0
