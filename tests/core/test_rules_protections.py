"""What protects nothing, and routes whose posts are all protected from what they shall do."""

from datetime import timedelta
from typing import Any

import pytest

from bridge.core.rules import Protections, RuleSet, asked_beside, compile_rules, idle_protections
from bridge.core.rules.protections import PEOPLE_TAGS, STORM_LABELS, STORM_TAGS
from bridge.core.rules.vocabulary import Route, Rule, When

EVERY_KEY = (STORM_TAGS, STORM_LABELS, PEOPLE_TAGS)
HOUR = timedelta(hours=1)


def rule_set(**route: Any) -> RuleSet:
    given = [Rule(name="r", when=When(any_word=("x",)), tags=("vip", "plain"), file="f")]
    when = route.pop("when", When(tag=("plain",)))
    return compile_rules(given, [Route(name="to", when=when, desk="support", file="f", **route)])


def protections(**keys: Any) -> Protections:
    return Protections(**{"storm_tags": (), "storm_labels": (), "people_tags": (), "written": EVERY_KEY} | keys)


IDLE: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("unknown storm tag", {"storm_tags": ("vip", "vpi")}, {}, "bridge.toml: bridge.storms.protect_tags: protects nothing: no rule gives vpi"),
    ("unknown label", {"storm_labels": ("risk", "riks")}, {}, "bridge.toml: bridge.storms.protect_labels: protects nothing: no model gives riks"),
    ("unknown people's tag", {"people_tags": ("legla", "vip")}, {}, "bridge.toml: bridge.auto_answers.never_tags: protects nothing: no rule gives legla"),
    ("protected posts wait", {"storm_tags": ("vip",)}, {"defer_in_storm": HOUR, "when": When(tag=("vip",))}, "f: route.to.defer_in_storm: never happens: its posts have a tag of storms.protect_tags"),
    ("one of all is protected", {"storm_tags": ("vip",)}, {"defer_in_storm": HOUR, "when": When(all_tags=("plain", "vip"))}, "f: route.to.defer_in_storm: never happens"),
    ("private posts wait", {}, {"defer_in_storm": HOUR, "when": When(kind=("direct", "sms"))}, "f: route.to.defer_in_storm: never happens: what is private"),
    ("people's posts answered", {"people_tags": ("vip",)}, {"auto_answer": "hello", "when": When(tag=("vip",))}, "f: route.to.auto_answer: never happens: its posts have a tag of auto_answers.never_tags"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "route", "expected"), [case[1:] for case in IDLE], ids=[case[0] for case in IDLE])
def test_what_never_happens_is_told(keys: dict[str, Any], route: dict[str, Any], expected: str) -> None:
    (told,) = idle_protections(rule_set(**route), protections(**keys), labels=("risk",))
    assert expected in str(told)


FINE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("known names", {"storm_tags": ("vip",), "storm_labels": ("risk",), "people_tags": ("vip",)}, {}),
    ("nobody wrote it", {"storm_tags": ("press",), "people_tags": ("legal",), "written": ()}, {}),
    ("some posts may wait", {"storm_tags": ("vip",)}, {"defer_in_storm": HOUR, "when": When(tag=("vip", "plain"))}),
    ("some posts are public", {}, {"defer_in_storm": HOUR, "when": When(kind=("direct", "mention"))}),
    ("some posts are answered", {"people_tags": ("vip",)}, {"auto_answer": "hello"}),
    ("nothing waits or is answered", {"storm_tags": ("vip",), "people_tags": ("vip",)}, {"when": When(tag=("vip",))}),
]


@pytest.mark.parametrize(("keys", "route"), [case[1:] for case in FINE], ids=[case[0] for case in FINE])
def test_what_may_happen_is_not_told(keys: dict[str, Any], route: dict[str, Any]) -> None:
    assert idle_protections(rule_set(**route), protections(**keys), labels=("risk",)) == ()


@pytest.mark.parametrize(
    ("route", "expected"),
    [({}, set()), ({"defer_in_storm": HOUR}, {"vip"}), ({"auto_answer": "hello"}, {"minor"})],
    ids=["nothing of the kind", "a route waits", "a route answers"],
)
def test_tags_matter_where_a_route_does_what_they_keep_it_from(route: dict[str, Any], expected: set[str]) -> None:
    assert asked_beside(rule_set(**route), protections(storm_tags=("vip",), people_tags=("minor",))) == expected
