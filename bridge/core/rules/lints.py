"""Looks for rules and routes that cannot mean what they say: unreachable, without effect, hidden, untested."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields

from ahocorasick_rs import AhoCorasick, Implementation

from bridge.core.complaint import Complaint
from bridge.core.model import PRIVATE_KINDS
from bridge.core.rules.judging import RuleSet
from bridge.core.rules.vocabulary import Route, Rule, When
from bridge.core.rules.words import needle

_ANY_OF = ("lang", "channel", "kind", "author", "tag", "any_word", "matches")
"""Conditions that ask for one of a list: more entries let more posts through."""
_ALL_OF = ("all_words", "all_tags", "not_word", "not_author", "not_matches", "not_tag")
"""Conditions that ask for each of a list: more entries let fewer posts through."""
_FIELDS = tuple(field.name for field in fields(When))


def lint(rules: RuleSet) -> tuple[Complaint, ...]:
    """Everything questionable, in the order of the files; nothing of it keeps the rule set from judging."""
    entries: list[Rule | Route] = [*rules.rules, *rules.routes]
    return (
        *_repeated_names(rules.rules),
        *_repeated_names(rules.routes),
        *_without_effect(rules),
        *_twins(rules.rules),
        *_muting(rules.rules),
        *(complaint for entry in entries for complaint in (*_hidden_words(entry), *_shut_out(entry))),
        *_unreachable(rules),
        *_untested(rules),
    )


def _complaint(entry: Rule | Route, key: str, what: str) -> Complaint:
    word = "rule" if isinstance(entry, Rule) else "route"
    return Complaint(file=entry.file, key=".".join(part for part in (word, entry.name, key) if part), what=what)


def _repeated_names(entries: Sequence[Rule] | Sequence[Route]) -> Iterator[Complaint]:
    counts = Counter(entry.name for entry in entries)
    seen = set()
    for entry in entries:
        if counts[entry.name] > 1 and entry.name in seen:
            yield _complaint(entry, "name", "another one has the same name: give each its own")
        seen.add(entry.name)


def _without_effect(rules: RuleSet) -> Iterator[Complaint]:
    """Rules that change nothing, because no route asks for what they give."""
    asks_points = any(route.when.min_points is not None or route.when.max_points is not None for route in rules.routes)
    asked_tags = {tag for route in rules.routes for tag in (*route.when.tag, *route.when.all_tags, *route.when.not_tag)}
    for rule in rules.rules:
        if not rule.points and not rule.tags:
            yield _complaint(rule, "", "gives neither points nor tags and so never matters: give it some, or delete it")
        elif not (rule.points and asks_points) and asked_tags.isdisjoint(rule.tags):
            yield _complaint(rule, "", "never matters: no route asks for its tags, nor for points that it gives")


def _twins(rules: Sequence[Rule]) -> Iterator[Complaint]:
    """Rules that hit exactly the same posts."""
    first: dict[str, str] = {}
    for rule in rules:
        asked = repr(rule.when)
        if asked in first:
            yield _complaint(rule, "when", f"asks for the same as rule {first[asked]}: make them one")
        first.setdefault(asked, rule.name)


def _muting(rules: Sequence[Rule]) -> Iterator[Complaint]:
    """Rules by which a model's label takes points away: labels shall not silence posts (B18)."""
    for rule in rules:
        if rule.when.labels and rule.points < 0:
            what = "takes points away by a model's label: let words decide what is left alone"
            yield _complaint(rule, "when.labels", what)


def _hidden_words(entry: Rule | Route) -> Iterator[Complaint]:
    """Words that can never make a difference because of other words beside them."""
    when = entry.when
    for shorter, longer in _contained(when.any_word):
        yield _complaint(entry, "when.any_word", f"{longer} is hidden by {shorter}, which is found wherever it is")
    for shorter, longer in _contained(when.not_word):
        yield _complaint(entry, "when.not_word", f"{longer} is hidden by {shorter}, which is found wherever it is")
    for shorter, longer in _contained(when.all_words):
        yield _complaint(entry, "when.all_words", f"{shorter} asks for nothing more: it is found wherever {longer} is")


def _shut_out(entry: Rule | Route) -> Iterator[Complaint]:
    """Wanted words that never help, because a barred word is found wherever they are."""
    barred = entry.when.not_word
    finder = _finder(barred)
    for word in (*entry.when.any_word, *entry.when.all_words):
        for number, _start, _end in finder.find_matches_as_indexes(needle(word), overlapping=True) if finder else ():
            yield _complaint(entry, "when.not_word", f"{barred[number]} shuts out every post that has {word}")


def _contained(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of words of which the first is found wherever the second is."""
    needles = [needle(word) for word in words]
    finder = _finder(words)
    for at, wanted in enumerate(needles):
        found = finder.find_matches_as_indexes(wanted, overlapping=True) if finder else []
        others = (number for number, _start, _end in found if number < at or needles[number] != wanted)
        other = next(others, None)
        if other is not None:
            yield words[other], words[at]


def _finder(words: Sequence[str]) -> AhoCorasick | None:
    """Finds all of the words; None where there are none."""
    needles = [needle(word) for word in words]
    return AhoCorasick(needles, implementation=Implementation.ContiguousNFA) if needles else None


def _unreachable(rules: RuleSet) -> Iterator[Complaint]:
    """Routes that no post can take."""
    given = {tag for rule in rules.rules for tag in rule.tags}
    most = sum(rule.points for rule in rules.rules if rule.points > 0)
    least = sum(rule.points for rule in rules.rules if rule.points < 0)
    for at, route in enumerate(rules.routes):
        yield from _impossible(route, given=given, most=most, least=least)
        earlier = next((other for other in rules.routes[:at] if _is_weaker(other.when, route.when)), None)
        if earlier is not None:
            yield _complaint(
                route, "", f"can never match: route {earlier.name} before it takes every post that it would"
            )


def _impossible(route: Route, *, given: set[str], most: int, least: int) -> Iterator[Complaint]:
    when = route.when
    if when.min_points is not None and when.min_points > most:
        yield _complaint(route, "when.min_points", f"can never match: all rules together give {most} points")
    if when.max_points is not None and when.max_points < least:
        yield _complaint(route, "when.max_points", f"can never match: no post has fewer than {least} points")
    if when.min_points is not None and when.max_points is not None and when.min_points > when.max_points:
        yield _complaint(route, "when.min_points", "can never match: it is more than max_points")
    if when.tag and given.isdisjoint(when.tag):
        yield _complaint(route, "when.tag", f"can never match: no rule gives {' or '.join(when.tag)}")
    for tag in when.all_tags:
        if tag not in given:
            yield _complaint(route, "when.all_tags", f"can never match: no rule gives {tag}")
    if set(when.not_tag) & {*when.all_tags} or (when.tag and set(when.tag) <= set(when.not_tag)):
        yield _complaint(route, "when.not_tag", "can never match: it shuts out the tags that the route asks for")


def _is_weaker(one: When, other: When) -> bool:
    """Whether the first is certain to hold wherever the second does; false where that is not plain to see."""
    return all(_asks_no_more(name, getattr(one, name), getattr(other, name)) for name in _FIELDS)


def _asks_no_more(name: str, mine: object, theirs: object) -> bool:
    if mine in (None, ()) or mine == theirs or (isinstance(mine, dict) and not mine):
        return True
    if isinstance(mine, tuple) and isinstance(theirs, tuple):
        if name in _ANY_OF:
            return bool(theirs) and set(theirs) <= set(mine)
        return name in _ALL_OF and set(mine) <= set(theirs)
    if isinstance(mine, int) and isinstance(theirs, int):
        return (name == "min_points" and mine <= theirs) or (name == "max_points" and mine >= theirs)
    return False


def _untested(rules: RuleSet) -> Iterator[Complaint]:
    """Rules that no test expects to hit, and routes that no test expects to be taken."""
    tested = {name for example in rules.examples for name in example.expect.rules or ()}
    taken = {example.expect.route for example in rules.examples}
    for rule in rules.rules:
        if rule.name not in tested:
            yield _complaint(rule, "", "has no test: write a [[test]] whose expect.rules names it")
    said = {(example.expect.route, example.expect.auto_answer) for example in rules.examples}
    for route in rules.routes:
        if route.auto_answer and (route.name, route.auto_answer) not in said:
            what = "has no test: write a [[test]] whose expect names the route and its auto_answer"
            yield _complaint(route, "auto_answer", what)
        if route.auto_answer and route.when.kind and PRIVATE_KINDS.issuperset(route.when.kind):
            yield _complaint(route, "auto_answer", "never happens: what is private is answered by people alone")
        if route.desk is not None and route.name not in taken:
            yield _complaint(route, "", "has no test: write a [[test]] whose expect.route names it")
