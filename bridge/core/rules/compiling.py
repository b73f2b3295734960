"""Compiles rules and routes so that a post meets only the rules that could hit it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bridge.core.rules.checks import Check, Gate
from bridge.core.rules.field_checks import field_checks
from bridge.core.rules.finder import Finder, Index
from bridge.core.rules.subject import Subject
from bridge.core.rules.vocabulary import Route, Rule, When
from bridge.core.rules.word_checks import word_checks

_Key = TypeVar("_Key", int, tuple[str, str])

_RARITY = ("author", "all_words", "near", "any_word", "similar_to", "matches", "channel", "kind", "lang")
"""Whose gate is taken where a rule has several: the one that fewest posts pass comes first."""
_CHEAP_FIRST = ("channel", "kind", "lang", "author", "not_author", "any_word", "all_words", "not_word")
"""Checks that are asked before all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A rule as it is asked: its checks in order of their cost."""

    name: str
    file: str
    checks: tuple[Check, ...]
    points: int = 0
    tags: Mapping[str, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A route as it is asked."""

    route: Route
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Everything compiled: the shared automata, and for each of their finds the rules that it makes possible."""

    finder: Finder
    clauses: tuple[Clause, ...]
    paths: tuple[Path, ...]
    always: tuple[int, ...]
    """Numbers of rules that have no gate."""
    by_word: Mapping[int, tuple[int, ...]]
    by_literal: Mapping[int, tuple[int, ...]]
    by_loose: Mapping[int, tuple[int, ...]]
    by_key: Mapping[tuple[str, str], tuple[int, ...]]

    def candidates(self, subject: Subject) -> list[Clause]:
        """The rules that could hit the post, in the order of their files."""
        possible = set(self.always)
        for number in self.by_word.keys() & subject.words:
            possible.update(self.by_word[number])
        if self.by_literal:
            for number in self.by_literal.keys() & subject.literals:
                possible.update(self.by_literal[number])
        if self.by_loose:
            for number in self.by_loose.keys() & subject.loose:
                possible.update(self.by_loose[number])
        if self.by_key:
            for key in _keys(subject):
                possible.update(self.by_key.get(key, ()))
        return [self.clauses[number] for number in sorted(possible)]


def engine(rules: Sequence[Rule], routes: Sequence[Route]) -> Engine:
    """Rules and routes, compiled together; raises RefusedPattern."""
    index = Index()
    clauses = tuple(_clause(rule, index) for rule in rules)
    paths = tuple(Path(route=route, checks=_checks(route.when, index)) for route in routes)
    gates = [_gate(clause.checks) for clause in clauses]
    return Engine(
        finder=index.finished(),
        clauses=clauses,
        paths=paths,
        always=tuple(number for number, gate in enumerate(gates) if gate is None),
        by_word=_inverted((number, gate.words) for number, gate in enumerate(gates) if gate),
        by_literal=_inverted((number, gate.literals) for number, gate in enumerate(gates) if gate),
        by_loose=_inverted((number, gate.loose) for number, gate in enumerate(gates) if gate),
        by_key=_inverted((number, gate.keys) for number, gate in enumerate(gates) if gate),
    )


def _clause(rule: Rule, index: Index) -> Clause:
    tags = dict.fromkeys(rule.tags)
    return Clause(name=rule.name, file=rule.file, checks=_checks(rule.when, index), points=rule.points, tags=tags)


def _checks(when: When, index: Index) -> tuple[Check, ...]:
    """All checks of a `when`, cheap ones first."""
    found = (*field_checks(when), *word_checks(when, index))
    rank = {key: at for at, key in enumerate(_CHEAP_FIRST)}
    return tuple(sorted(found, key=lambda check: rank.get(check.key, len(rank))))


def _gate(checks: Sequence[Check]) -> Gate | None:
    """The rarest gate of the checks; None where any post could meet them all."""
    gated = [check for check in checks if check.gate is not None]
    return min(gated, key=lambda check: _RARITY.index(check.key)).gate if gated else None


def _inverted(pairs: Iterable[tuple[int, tuple[_Key, ...]]]) -> dict[_Key, tuple[int, ...]]:
    """For each key the numbers of the rules behind it."""
    found: dict[_Key, list[int]] = defaultdict(list)
    for number, keys in pairs:
        for key in dict.fromkeys(keys):
            found[key].append(number)
    return {key: tuple(numbers) for key, numbers in found.items()}


def _keys(subject: Subject) -> Iterator[tuple[str, str]]:
    """The keys by which rules without words find the post."""
    yield "channel", subject.post.channel
    yield "kind", subject.post.kind
    yield "lang", subject.situation.lang
    yield from (("author", key) for key in subject.author_keys)
