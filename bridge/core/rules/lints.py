"""Looks for rules and routes that cannot mean what they say: unreachable, without effect, hidden, untested."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
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
_EXCLUDING = ("lang", "channel", "kind")
"""Of which a post has exactly one."""
_FLAGS = ("media", "links", "is_repost", "is_question", "thread_open")
_FIELDS = tuple(field.name for field in fields(When))


def lint(rules: RuleSet, asked_beside: Collection[str]) -> tuple[Complaint, ...]:
    """Everything questionable, in the order of the files; nothing of it keeps the rule set from judging.

    `asked_beside` are tags that matter to the installation though no route may ask for them.
    """
    entries: list[Rule | Route] = [*rules.rules, *rules.routes]
    return (
        *_repeated_names(rules.rules),
        *_repeated_names(rules.routes),
        *_without_effect(rules, asked_beside),
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


def _without_effect(rules: RuleSet, asked_beside: Collection[str]) -> Iterator[Complaint]:
    """Rules that change nothing, because no route that may take their posts asks for what they give."""
    for rule in rules.rules:
        if not rule.points and not rule.tags:
            yield _complaint(rule, "", "gives neither points nor tags and so never matters: give it some, or delete it")
        elif not _counts(rule, rules.routes) and set(asked_beside).isdisjoint(rule.tags):
            yield _complaint(rule, "", "never matters: no route asks for its tags, nor for points that it gives")


def _counts(rule: Rule, routes: Sequence[Route]) -> bool:
    """Whether a route that may take the rule's posts asks for its points or tags."""
    return any(_asks_for(route.when, rule) and _may_meet(rule.when, route.when) for route in routes)


def _asks_for(when: When, rule: Rule) -> bool:
    points = rule.points and (when.min_points is not None or when.max_points is not None)
    return bool(points) or not {*when.tag, *when.all_tags, *when.not_tag}.isdisjoint(rule.tags)


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
    for at, route in enumerate(rules.routes):
        meeting = [rule for rule in rules.rules if _may_meet(rule.when, route.when)]
        yield from _impossible_points(route, meeting)
        yield from _impossible_tags(route, given=given, met={tag for rule in meeting for tag in rule.tags})
        earlier = next((other for other in rules.routes[:at] if _is_weaker(other.when, route.when)), None)
        if earlier is not None:
            yield _complaint(
                route, "", f"can never match: route {earlier.name} before it takes every post that it would"
            )


def _may_meet(one: When, other: When) -> bool:
    """Whether a post may be as both ask; false only where they plainly ask for different ones."""
    listed = ((getattr(one, name), getattr(other, name)) for name in _EXCLUDING)
    flags = ((getattr(one, name), getattr(other, name)) for name in _FLAGS)
    apart = any(mine and theirs and set(mine).isdisjoint(theirs) for mine, theirs in listed)
    return not apart and not any(None not in pair and pair[0] is not pair[1] for pair in flags)


def _impossible_points(route: Route, meeting: Sequence[Rule]) -> Iterator[Complaint]:
    when = route.when
    most = sum(rule.points for rule in meeting if rule.points > 0)
    least = sum(rule.points for rule in meeting if rule.points < 0)
    if when.min_points is not None and when.min_points > most:
        what = f"can never match: all rules together give {most} points to what it may take"
        yield _complaint(route, "when.min_points", what)
    if when.max_points is not None and when.max_points < least:
        yield _complaint(route, "when.max_points", f"can never match: no post has fewer than {least} points")
    if when.min_points is not None and when.max_points is not None and when.min_points > when.max_points:
        yield _complaint(route, "when.min_points", "can never match: it is more than max_points")


def _impossible_tags(route: Route, *, given: set[str], met: set[str]) -> Iterator[Complaint]:
    """Wanted tags that no rule gives, or none that may hit what the route takes, and those that it shuts out itself."""
    when = route.when
    wanted = [("when.tag", when.tag)] if when.tag else []
    for key, tags in [*wanted, *(("when.all_tags", (tag,)) for tag in when.all_tags)]:
        named = " or ".join(tags)
        if given.isdisjoint(tags):
            yield _complaint(route, key, f"can never match: no rule gives {named}")
        elif met.isdisjoint(tags):
            yield _complaint(route, key, f"can never match: the rules that give {named} hit other posts than it takes")
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
