"""Runs the `[[test]]`s of rule files: each says what became of its post and where that is not what it expects."""

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.core.complaint import Complaint
from bridge.core.model import Verdict
from bridge.core.rules.judging import RuleSet, explain
from bridge.core.rules.vocabulary import Example, Expectation

_SHOWN = 60
"""Characters of a test's post that a complaint repeats; it is the admin's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An example, the verdict on its post, and what is not as expected."""

    example: Example
    verdict: Verdict
    surprises: tuple[str, ...]
    """One lower-case sentence each; empty where all is as expected."""


def run_tests(rules: RuleSet) -> tuple[Outcome, ...]:
    """Every example of the rule set, in the order of the files."""
    return tuple(_outcome(rules, example) for example in rules.examples)


def failed_tests(rules: RuleSet) -> tuple[Complaint, ...]:
    """A complaint for each example that does not come out as expected: enough to refuse a rule set."""
    return tuple(
        Complaint(
            file=outcome.example.file,
            key=f"test.{outcome.example.name.removeprefix('test.')}",
            what=f"“{outcome.example.post.text[:_SHOWN]}”: {'; '.join(outcome.surprises)}",
        )
        for outcome in run_tests(rules)
        if outcome.surprises
    )


def _outcome(rules: RuleSet, example: Example) -> Outcome:
    verdict = explain(rules, example.post, example.situation)
    return Outcome(example=example, verdict=verdict, surprises=tuple(_surprises(verdict, example.expect)))


def _surprises(verdict: Verdict, expect: Expectation) -> Iterator[str]:
    taken = verdict.route or ""
    if expect.route is not None and expect.route != taken:
        yield f"{_taker(taken)}, and {_taker(expect.route)} was expected"
    for key, wanted, given in (
        ("desk", expect.desk, verdict.desk),
        ("priority", expect.priority, verdict.priority),
        ("points", expect.points, verdict.points),
        ("auto_answer", expect.auto_answer, verdict.auto_answer),
    ):
        if wanted is not None and wanted != given:
            yield f"{key} is {given}, and {wanted} was expected"
    hits = {reason.rule for reason in verdict.hits}
    yield from (f"tag {tag} is missing" for tag in expect.tags or () if tag not in verdict.tags)
    yield from (f"rule {rule} does not hit" for rule in expect.rules or () if rule not in hits)
    yield from (f"rule {rule} hits" for rule in expect.not_rules if rule in hits)


def _taker(route: str) -> str:
    return f"route {route} takes it" if route else "it is left alone"
