"""Reads an RE2 pattern for what must stand in a text that it matches, and for how wide it spreads."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

_ALTERNATIVES = 64
"""Alternatives that are followed; where there are more, nothing is known."""
_LISTED = 3
"""Letters in brackets that are followed as alternatives."""
_DEPTH = 40
"""Groups in groups that are followed."""
EDGE = "\b"
"""Stands in a literal for a word boundary; a backspace that a pattern asks for is not followed."""
_ZERO_WIDTH = frozenset("BAz")
_ASCII_CLASSES = frozenset("dsw")
_WIDE_CLASSES = frozenset("DSWC")
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_GROUP = re.compile(r"\(\?P?<[^>]*>|\(\?([a-zA-Z-]*)([:)])|\(")
_COUNT = re.compile(r"\{(\d+)(,?)(\d*)\}")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_OCTAL = re.compile(r"\\([0-7]{1,3})")
_PROPERTY = re.compile(r"\\[pP](?:\{[^}]*\}|.)")
_PLAIN = re.compile(r"[^\\\[\](){}.*+?|^$\x08]+(?![*+?{])")
"""Letters that stand for themselves, up to one that is repeated."""
_NAMED_CLASS = re.compile(r"\[:\^?\w+:\]")


class TooDeep(ValueError):
    """The pattern nests more groups than are followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is known about a piece of a pattern."""

    literals: frozenset[str] | None
    """One of these stands in the casefolded text wherever the piece matches; None where nothing is known."""
    exact: bool = False
    """Whether the literals are all that the piece can match, so that they join with their neighbours'."""
    width: int = 0
    """How many half places a search can be at within the piece at once; plain letters outside repeats are free."""
    letters: int = 0
    """What its plain letters add to the width once they are repeated."""


_EMPTY = Part(literals=frozenset({""}), exact=True)
_BOUNDARY = Part(literals=frozenset({EDGE}), exact=True)
_NARROW = Part(literals=None, width=1)
_WIDE = Part(literals=None, width=2)
_WIDEST = Part(literals=None, width=3)
"""Classes of Unicode's properties, which are whole automata over UTF-8."""


def read(pattern: str) -> Part:
    """What is known about a pattern that RE2 accepts; raises TooDeep."""
    return _Reader(pattern=pattern).alternation(depth=0)


def _letter(letter: str) -> Part:
    """A character that stands for itself."""
    if letter == EDGE:
        return _NARROW
    return Part(literals=frozenset({letter.casefold()}), exact=True, letters=1 if letter.isascii() else 2)


def _word(text: str) -> Part:
    """Characters that stand for themselves."""
    foreign = sum(not letter.isascii() for letter in text)
    return Part(literals=frozenset({text.casefold()}), exact=True, letters=len(text) + foreign)


def _either(parts: list[Part]) -> Part:
    """One of the parts."""
    if len(parts) == 1:
        return parts[0]
    sets = [part.literals for part in parts]
    known = frozenset[str]().union(*(literals for literals in sets if literals is not None))
    return Part(
        literals=None if None in sets or len(known) > _ALTERNATIVES else known,
        exact=all(part.exact for part in parts),
        width=1 + sum(part.width for part in parts),
        letters=sum(part.letters for part in parts),
    )


def _in_turn(parts: Iterable[Part]) -> Part:
    """The parts one after the other."""
    run, best, exact, width, letters = frozenset({""}), None, True, 0, 0
    for part in parts:
        width, letters = width + part.width, letters + part.letters
        joined = _joined(run, part)
        if joined is not None:
            run = joined
            continue
        best, exact = _better(_better(best, run), part.literals), False
        run = part.literals if part.exact and part.literals is not None else frozenset({""})
    return Part(literals=run if exact else _better(best, run), exact=exact, width=width, letters=letters)


def _joined(run: frozenset[str], part: Part) -> frozenset[str] | None:
    """The run with each of the part's literals behind it; None where the part does not join."""
    if not part.exact or part.literals is None or len(run) * len(part.literals) > _ALTERNATIVES:
        return None
    return frozenset(before + after for before in run for after in part.literals)


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The set that tells more: its shortest literal is longer."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other, key=lambda literals: (min(map(_length, literals)), -len(literals)))


def _length(literal: str) -> int:
    """How much a literal tells: its letters, without its edges."""
    return len(literal) - literal.count(EDGE)


def _repeated(part: Part, least: int, most: int | None) -> Part:
    """The part between `least` and `most` times; None for no end."""
    width = (part.width + part.letters) * max(1, least if most is None else most)
    if (least, most) == (1, 1):
        return part
    if (least, most) == (0, 1) and part.exact and part.literals is not None:
        return Part(literals=part.literals | {""}, exact=True, width=width)
    return Part(literals=part.literals if least else None, width=width)


@dataclass(slots=True)
class _Reader:
    """A place in a pattern, read from left to right."""

    pattern: str
    at: int = field(default=0)

    def alternation(self, depth: int) -> Part:
        """Everything up to the end of the group."""
        if depth > _DEPTH:
            raise TooDeep
        branches = [self.concatenation(depth)]
        while self._peek() == "|":
            self.at += 1
            branches.append(self.concatenation(depth))
        return _either(branches)

    def concatenation(self, depth: int) -> Part:
        """Everything up to the next bar or the end of the group."""
        parts = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._quantified(self._atom(depth)))
        return _in_turn(parts)

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _take(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        found = expression.match(self.pattern, self.at)
        if found:
            self.at = found.end()
        return found

    def _quantified(self, part: Part) -> Part:
        while True:
            count = self._take(_COUNT)
            if count:
                least = int(count[1])
                most = (int(count[3]) if count[3] else None) if count[2] else least
                part = _repeated(part, least, most)
            elif self._peek() and self._peek() in "*+?":
                part = _repeated(part, int(self._peek() == "+"), 1 if self._peek() == "?" else None)
                self.at += 1
            else:
                return part
            self.at += self._peek() == "?"

    def _atom(self, depth: int) -> Part:
        plain = self._take(_PLAIN)
        if plain:
            return _word(plain[0])
        sign = self._peek()
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        self.at += 1
        if sign in "^$":
            return _EMPTY
        return _WIDE if sign == "." else _letter(sign)

    def _group(self, depth: int) -> Part:
        opened = self._take(_GROUP)
        if opened and opened[2] == ")":
            return _EMPTY
        inside = self.alternation(depth + 1)
        self.at += 1
        return inside

    def _escape(self) -> Part:
        if self._take(_PROPERTY):
            return _WIDEST
        if self.pattern.startswith("\\Q", self.at):
            return self._quoted()
        name = self.pattern[self.at + 1 : self.at + 2]
        if name in _ZERO_WIDTH or name == "b":
            self.at += 2
            return _BOUNDARY if name == "b" else _EMPTY
        if name in _ASCII_CLASSES or name in _WIDE_CLASSES:
            self.at += 2
            return _NARROW if name in _ASCII_CLASSES else _WIDE
        return _letter(self._escaped())

    def _quoted(self) -> Part:
        """Between a backslash with Q and one with E every character stands for itself."""
        end = self.pattern.find("\\E", self.at)
        text = self.pattern[self.at + 2 : end if end >= 0 else len(self.pattern)]
        self.at = end + 2 if end >= 0 else len(self.pattern)
        return _in_turn(_letter(letter) for letter in text)

    def _escaped(self) -> str:
        """The one character that an escape stands for."""
        code = self._take(_HEX)
        if code:
            return chr(int(code[1] or code[2], 16))
        octal = self._take(_OCTAL)
        if octal:
            return chr(int(octal[1], 8))
        name = self.pattern[self.at + 1]
        self.at += 2
        return _CONTROLS.get(name, name)

    def _class(self) -> Part:
        """A class in brackets: two or three plain letters are followed, anything else is not."""
        self.at += 1
        negated = self._peek() == "^"
        self.at += negated
        members, first = list[Part](), True
        while first or self._peek() not in {"]", ""}:
            first = False
            members.append(self._member())
        self.at += 1
        width = max(2 if negated else 1, *(part.width or part.letters for part in members))
        if negated or len(members) > _LISTED or not all(part.exact for part in members):
            return Part(literals=None, width=width)
        return replace(_either(members), width=width, letters=0)

    def _member(self) -> Part:
        """One character, range or named class of a class in brackets."""
        if self._take(_NAMED_CLASS):
            return _WIDE
        part = self._endpoint()
        if self._peek() != "-" or self.pattern[self.at + 1 : self.at + 2] in {"]", ""}:
            return part
        self.at += 1
        end = self._endpoint()
        return _WIDE if part.letters > 1 or end.letters > 1 else _NARROW

    def _endpoint(self) -> Part:
        if self._peek() == "\\":
            return self._escape()
        self.at += 1
        return _letter(self.pattern[self.at - 1])
