"""Conditions that can never hold because this installation gives no such language or label."""

from typing import Any

import pytest

from bridge.core.rules import compile_rules, never_given
from bridge.core.rules.vocabulary import Route, Rule, Span, When

AT_LEAST = Span(at_least=0.5)


def told(
    when: dict[str, Any], *, languages: tuple[str, ...] = ("en", "de"), labels: tuple[str, ...] = ("spam",)
) -> list[str]:
    rules = compile_rules([Rule(name="r", when=When(**when), file="f")], [])
    return list(map(str, never_given(rules, languages=languages, labels=labels)))


NEVER = [
    ({"lang": ("fr",)}, {}, "f: rule.r.when.lang: can never hold: fr is not among the languages"),
    ({"lang": ("fr", "it")}, {}, "can never hold: fr or it is not among"),
    (
        {"labels": {"spann": AT_LEAST}},
        {},
        "f: rule.r.when.labels: can never hold: no model gives spann; there are spam",
    ),
    ({"labels": {"spam": AT_LEAST}}, {"labels": ()}, "can never hold: the model is switched off"),
]


@pytest.mark.parametrize(("when", "given", "expected"), NEVER)
def test_what_is_never_given_is_told(when: dict[str, Any], given: dict[str, Any], expected: str) -> None:
    (line,) = told(when, **given)
    assert expected in line


FINE = [
    ({"lang": ("fr", "en")}, {}),
    ({"lang": ("und",)}, {}),
    ({"lang": ("fr",)}, {"languages": ()}),
    ({"labels": {"spam": AT_LEAST}}, {}),
    ({"any_word": ("x",)}, {"labels": ()}),
]


@pytest.mark.parametrize(("when", "given"), FINE)
def test_what_can_be_given_is_not_told(when: dict[str, Any], given: dict[str, Any]) -> None:
    assert told(when, **given) == []


def test_routes_are_looked_at_too() -> None:
    route = Route(name="to", when=When(lang=("fr",)), desk="support", file="f")
    (complaint,) = never_given(compile_rules([], [route]), languages=("en",), labels=())
    assert complaint.key == "route.to.when.lang"
