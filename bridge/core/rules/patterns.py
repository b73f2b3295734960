"""Admins' patterns: compiled to linear time, and refused where even that would take long (E09)."""

import string
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import re2

from bridge.core.rules import literals

MAX_PATTERN = 2000
"""Characters of a pattern."""

MAX_WIDTH = 90
"""Half places that a search may be at within a pattern at once: its cost on hostile text grows with them.

Measured: with 90 the worst patterns stay below 10 ms on 5,000 characters.
"""

ASCII_LETTERS = frozenset(string.ascii_letters + string.digits + "_")
"""What RE2 takes for parts of words where it looks for their boundaries."""

_MEMORY = 1 << 20
"""Bytes of a pattern's automaton; past it RE2 goes on in linear time and constant memory."""


class Found(Protocol):
    """Where a pattern was found."""

    def group(self) -> bytes:
        """The piece that it matched."""
        ...


class Expression(Protocol):
    """A compiled pattern."""

    def search(self, text: bytes) -> Found | None:
        """The first place in UTF-8 text where it matches, in time proportional to the text's length."""
        ...


_REMEMBERED = 1 << 17
"""Patterns that are kept: a file is checked first and compiled later, and most patterns outlive a reload."""

_GROUP_AGAIN = "a group cannot be matched again: write out what it may be, as (?:one|two)"
_NO_BACKTRACKING = "matching never backtracks, so this is not needed"
_INSTEAD = (
    ("(?=", "look-ahead is not possible: name the words with all_words or near instead"),
    ("(?!", "negative look-ahead is not possible: use not_word or not_matches instead"),
    ("(?<", "look-behind is not possible: write out the words before it, or use not_word or not_matches"),
    ("(?>", f"{_NO_BACKTRACKING}: write (?:…) instead of (?>…)"),
    ("(?P", _GROUP_AGAIN),
    ("invalid repetition size", "at most 1000 repetitions are possible: write {1,100}, or + or *"),
    ("bad repetition operator", f"{_NO_BACKTRACKING}: write one of * + ? and nothing behind it"),
    ("\\Z", "the end of the text is written \\z"),
    ("\\u", "a character is written as itself or by its number, as \\x{1F600}"),
    *((f"invalid escape sequence: \\{digit}", _GROUP_AGAIN) for digit in "123456789"),
    ("pattern too large", "it is too large: split it over several patterns"),
    ("missing ]", "a [ is not closed: write \\[ for the sign itself"),
    ("missing )", "a ( is not closed: write \\( for the sign itself"),
    ("unexpected )", "a ) was never opened: write \\) for the sign itself"),
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Literal:
    """A string that a pattern needs, and whether RE2's word boundaries stand at its ends."""

    text: str
    starts: bool
    ends: bool


class RefusedPattern(ValueError):
    """A pattern that cannot be saved; its text says how to write it."""


@lru_cache(maxsize=_REMEMBERED)
def prepared(pattern: str) -> tuple[Expression, tuple[Literal, ...]]:
    """The pattern, ready to search without regard to case, and what every text that it matches must have.

    One of the literals stands in each such text, casefolded; there are none where nothing is known.
    Raises RefusedPattern.
    """
    if len(pattern) > MAX_PATTERN:
        raise RefusedPattern(f"it is longer than {MAX_PATTERN} characters: split it over several patterns")
    try:
        expression: Expression = re2.compile(pattern, options())
        part = literals.read(pattern)
    except re2.error as problem:
        raise RefusedPattern(_advice(problem)) from None
    except literals.TooDeep:
        raise RefusedPattern("it has groups in groups in groups: write it flatter, or as several patterns") from None
    if expression.search(b"") is not None:
        raise RefusedPattern("it matches the empty text and so every post: write what must be there")
    if part.width > MAX_WIDTH:
        raise RefusedPattern("it repeats too much to be quick on hostile text: use smaller {counts}, or near")
    return expression, _required(part.literals or frozenset())


def options() -> re2.Options:
    """How all patterns are compiled."""
    chosen = re2.Options()
    chosen.case_sensitive = False
    chosen.never_capture = True
    chosen.log_errors = False
    chosen.max_mem = _MEMORY
    return chosen


def _required(found: frozenset[str]) -> tuple[Literal, ...]:
    """The literals in a steady order; none where one of them is empty."""
    needed = [_literal(text) for text in found]
    return tuple(sorted(needed)) if all(literal.text for literal in needed) else ()


def _literal(text: str) -> Literal:
    """The longest piece of a literal between its edges."""
    pieces = text.split(literals.EDGE)
    at = max(range(len(pieces)), key=lambda number: len(pieces[number]))
    piece = pieces[at]
    starts = at > 0 and piece[:1] in ASCII_LETTERS
    return Literal(text=piece, starts=starts, ends=at < len(pieces) - 1 and piece[-1:] in ASCII_LETTERS)


def _advice(problem: Exception) -> str:
    """RE2's complaint, and how to say it instead."""
    given = problem.args[0] if problem.args else ""
    text = given.decode("utf-8", "replace") if isinstance(given, bytes) else str(given)
    for sign, instead in _INSTEAD:
        if sign in text:
            return instead
    return f"it cannot be read ({text})"
