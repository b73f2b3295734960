"""Looks at what an installation protects by beside its rules: tags and labels that nothing gives, routes that it idles."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bridge.core.complaint import Complaint
from bridge.core.model import PRIVATE_KINDS
from bridge.core.rules.judging import RuleSet
from bridge.core.rules.vocabulary import Route

_FILE = "bridge.toml"
STORM_TAGS, STORM_LABELS, PEOPLE_TAGS = "storms.protect_tags", "storms.protect_labels", "auto_answers.never_tags"
"""Where they stand in the configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protections:
    """What keeps a post from waiting in a storm, and from being answered without an agent."""

    storm_tags: Collection[str]
    storm_labels: Collection[str]
    people_tags: Collection[str]
    """Posts with one of them are answered by people alone."""
    written: Collection[str]
    """Which of the three keys an admin wrote: what stands there by default names tags that few rules give."""


def asked_beside(rules: RuleSet, protections: Protections) -> frozenset[str]:
    """Tags that matter without any route that asks for them, because they keep a route from what it would do."""
    waiting = any(route.defer_in_storm for route in rules.routes)
    answering = any(route.auto_answer for route in rules.routes)
    return frozenset({*(protections.storm_tags if waiting else ()), *(protections.people_tags if answering else ())})


def idle_protections(rules: RuleSet, protections: Protections, *, labels: Collection[str]) -> tuple[Complaint, ...]:
    """What protects nothing, and routes whose posts are all protected from what they shall do; `labels` are given."""
    tags = {tag for rule in rules.rules for tag in rule.tags}
    return (
        *_unknown(STORM_TAGS, protections.storm_tags, known=tags, protections=protections),
        *_unknown(STORM_LABELS, protections.storm_labels, known=labels, protections=protections),
        *_unknown(PEOPLE_TAGS, protections.people_tags, known=tags, protections=protections),
        *(complaint for route in rules.routes for complaint in _idle(route, protections)),
    )


def _unknown(
    key: str, named: Collection[str], *, known: Collection[str], protections: Protections
) -> Iterator[Complaint]:
    giver = "model" if key == STORM_LABELS else "rule"
    for name in named if key in protections.written else ():
        if name not in known:
            yield Complaint(file=_FILE, key=f"bridge.{key}", what=f"protects nothing: no {giver} gives {name}")


def _idle(route: Route, protections: Protections) -> Iterator[Complaint]:
    """What a route says of posts that all have something that keeps them from it."""
    if route.defer_in_storm and route.when.kind and PRIVATE_KINDS.issuperset(route.when.kind):
        yield _complaint(route, "defer_in_storm", "never happens: what is private never waits because of a storm")
    if route.defer_in_storm and _always_has(route, protections.storm_tags):
        what = f"never happens: its posts have a tag of {STORM_TAGS}, which keeps them from waiting"
        yield _complaint(route, "defer_in_storm", what)
    if route.auto_answer and _always_has(route, protections.people_tags):
        what = f"never happens: its posts have a tag of {PEOPLE_TAGS}, so people alone answer them"
        yield _complaint(route, "auto_answer", what)


def _always_has(route: Route, tags: Collection[str]) -> bool:
    """Whether each post that the route takes has one of the tags."""
    wanted = route.when.tag
    return (bool(wanted) and set(wanted) <= set(tags)) or not set(route.when.all_tags).isdisjoint(tags)


def _complaint(route: Route, key: str, what: str) -> Complaint:
    return Complaint(file=route.file, key=f"route.{route.name}.{key}", what=what)
