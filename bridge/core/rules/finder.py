"""Finds thousands of words and patterns in one pass each: the automata that the rules share."""

from dataclasses import dataclass

import re2
from ahocorasick_rs import AhoCorasick, Implementation

from bridge.core.rules.patterns import ASCII_LETTERS, Expression, Literal, options, prepared
from bridge.core.rules.words import encodable, needle

_KELVIN = "\u212a"
"""The one sign that becomes an ASCII letter in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A pattern and how it is found: `gates` are numbers of literals, `loose` its number where it has none."""

    source: str
    expression: Expression
    gates: tuple[int, ...]
    loose: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """The finished automata; None where there is nothing to find."""

    words: AhoCorasick | None
    literals: AhoCorasick | None
    loose: re2.Filter | None
    edges: tuple[Literal, ...] = ()
    """The literals themselves, by their numbers."""

    def literals_in(self, text: str) -> set[int]:
        """Numbers of the patterns' literals that the text has, whatever its case."""
        if self.literals is None:
            return set()
        plain = encodable(text.casefold())
        found = self.literals.find_matches_as_indexes(plain, overlapping=True)
        if not found or not _same_places(text, plain):
            return {number for number, _start, _end in found}
        framed = f" {plain} "
        return {
            number
            for number, start, end in found
            if not (framed[start] in ASCII_LETTERS and self.edges[number].starts)
            and not (framed[end + 1] in ASCII_LETTERS and self.edges[number].ends)
        }

    def loose_in(self, text: bytes) -> frozenset[int]:
        """Numbers of the patterns without literals that match the text."""
        return frozenset(self.loose.Match(text) or ()) if self.loose else frozenset()


class Index:
    """Collects words and patterns while rules are compiled, each once."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._literals: dict[Literal, int] = {}
        self._patterns: dict[str, Pattern] = {}
        self._loose: list[str] = []

    def word(self, word: str) -> int | None:
        """The word's number; None where nothing of it can be found in any text."""
        wanted = needle(word)
        return self._words.setdefault(wanted, len(self._words)) if wanted else None

    def pattern(self, source: str) -> Pattern:
        """The pattern, compiled; raises RefusedPattern."""
        if source not in self._patterns:
            self._patterns[source] = self._new(source)
        return self._patterns[source]

    def _new(self, source: str) -> Pattern:
        expression, must = prepared(source)
        gates = tuple(self._literals.setdefault(literal, len(self._literals)) for literal in must)
        loose = None
        if not must:
            loose = len(self._loose)
            self._loose.append(source)
        return Pattern(source=source, expression=expression, gates=gates, loose=loose)

    def finished(self) -> Finder:
        """The automata over everything that was collected."""
        loose = re2.Filter() if self._loose else None
        if loose is not None:
            for source in self._loose:
                loose.Add(source, options())
            loose.Compile()
        return Finder(
            words=_automaton(list(self._words)),
            literals=_automaton([literal.text for literal in self._literals]),
            loose=loose,
            edges=tuple(self._literals),
        )


def _automaton(strings: list[str]) -> AhoCorasick | None:
    """One automaton that finds all of the strings, numbered in their order."""
    if not strings:
        return None
    return AhoCorasick(strings, implementation=Implementation.ContiguousNFA, store_patterns=False)


def _same_places(text: str, plain: str) -> bool:
    """Whether casefolding left every character a word's part or not, as RE2 sees it, so that edges can be trusted."""
    return text.isascii() or (plain == text.lower() and _KELVIN not in text)
