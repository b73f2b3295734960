"""Lints and examples: what cannot mean what it says is told, and what is fine is not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bridge.core.model import Author, Kind, Post, Visibility
from bridge.core.rules import compile_rules, failed_tests, lint, run_tests
from bridge.core.rules.vocabulary import Example, Expectation, Route, Rule, Situation, Span, When

NOW = datetime(2024, 1, 10, 12, 0, tzinfo=UTC)
AUTHOR = Author(id="1")


def rule(name: str = "r", points: int = 1, tags: tuple[str, ...] = ("t",), **when: Any) -> Rule:
    return Rule(name=name, when=When(**when or {"any_word": ("x",)}), points=points, tags=tags, file="f")


def route(name: str = "to", desk: str | None = "support", **when: Any) -> Route:
    return Route(name=name, when=When(**when), desk=desk, file="f")


def example(text: str = "x", **expect: Any) -> Example:
    post = Post(
        channel="c", id="1", kind=Kind.TOPIC, visibility=Visibility.PUBLIC, thread="1", author=AUTHOR, text=text, at=NOW
    )
    return Example(name="n", post=post, situation=Situation(now=NOW), expect=Expectation(**expect), file="f")


COVERED = (example(route="to", rules=("r",)),)

QUESTIONABLE = [
    ("two of a name", [rule(any_word=("a",)), rule(any_word=("b",))], [route(tag=("t",))], "f: rule.r.name: another one"),
    ("no effect", [rule(points=0, tags=())], [route(min_points=0)], "f: rule.r: gives neither points nor tags"),
    ("nobody asks", [rule()], [route()], "f: rule.r: never matters"),
    ("asked of other posts alone", [rule(lang=("de",))], [route(tag=("t",), lang=("en",))], "f: rule.r: never matters"),
    ("asked of other kinds alone", [rule(tags=(), kind=("topic",))], [route(min_points=0, kind=("review",))], "f: rule.r: never matters"),
    ("asked while another flag holds", [rule(media=True)], [route(tag=("t",), media=False)], "f: rule.r: never matters"),
    ("twins", [rule(), rule("s")], [route(tag=("t",))], "f: rule.s.when: asks for the same as rule r"),
    ("label mutes", [rule(points=-1, labels={"spam": Span(at_least=0.5)})], [route(min_points=0)], "by a model's label"),
    ("hidden word", [rule(any_word=("down*", "download"))], [route(tag=("t",))], "when.any_word: download is hidden by down*"),
    ("the same word folded", [rule(any_word=("Über", "uber"))], [route(tag=("t",))], "uber is hidden by Über"),
    ("hidden bar", [rule(not_word=("坏", "坏了"), any_word=("x",))], [route(tag=("t",))], "坏了 is hidden by 坏"),
    ("idle word", [rule(all_words=("log", "log in"))], [route(tag=("t",))], "log asks for nothing more"),
    ("shut out", [rule(any_word=("down under",), not_word=("down",))], [route(tag=("t",))], "down shuts out every post that has down under"),
    ("catch-all first", [rule()], [route("all", tag=()), route(tag=("t",))], "route.to: can never match: route all"),
    ("weaker first", [rule()], [route("one", tag=("t",), lang=("en", "de")), route(tag=("t",), lang=("de",), min_points=1)], "route one before it"),
    ("fewer points first", [rule()], [route("one", min_points=1), route(min_points=1, tag=("t",))], "route one before it"),
    ("too many points", [rule(points=2)], [route(min_points=3)], "can never match: all rules together give 2"),
    ("points of other languages", [rule(points=5, lang=("de",)), rule("s", lang=("en",))], [route(min_points=3, lang=("en",))], "can never match: all rules together give 1 points to what"),
    ("tags of other channels", [rule(channel=("x",))], [route(tag=("t",), channel=("forum",))], "route.to.when.tag: can never match: the rules that give t hit other posts"),
    ("one tag of other flags", [rule(), rule("s", tags=("u",), is_question=True)], [route(all_tags=("t", "u"), is_question=False)], "route.to.when.all_tags: can never match: the rules that give u"),
    ("too few points", [rule()], [route(max_points=-1)], "can never match: no post has fewer than 0"),
    ("points upside down", [rule(points=9)], [route(min_points=3, max_points=2)], "it is more than max_points"),
    ("unknown tag", [rule()], [route(tag=("u", "v"))], "can never match: no rule gives u or v"),
    ("unknown tags", [rule()], [route(all_tags=("t", "v"))], "can never match: no rule gives v"),
    ("contradiction", [rule()], [route(tag=("t",), not_tag=("t",))], "it shuts out the tags"),
    ("untested rule", [rule("s", any_word=("y",))], [route(tag=("t",))], "rule.s: has no test"),
    ("untested route", [rule()], [route("other", tag=("t",))], "route.other: has no test"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "routes", "expected"), [case[1:] for case in QUESTIONABLE], ids=[case[0] for case in QUESTIONABLE]
)
def test_what_cannot_be_meant_is_told(rules: list[Rule], routes: list[Route], expected: str) -> None:
    told = [str(complaint) for complaint in lint(compile_rules(rules, routes, COVERED), ())]
    assert any(expected in line for line in told), told


FINE = [
    ([rule()], [route(tag=("t",))]),
    ([rule()], [route("left", None, tag=("t",), lang=("en",)), route(tag=("t",))]),
    ([rule(any_word=("down", "download", "x"))], [route(min_points=1)]),
    ([rule(), rule("s", any_word=("y",))], [route(tag=("t",), min_points=2)]),
    ([rule(points=-2)], [route(max_points=-1)]),
    ([rule(lang=("de", "en"))], [route(tag=("t",), lang=("en",), media=True)]),
    ([rule(lang=("de",)), rule("s", lang=("en",))], [route(tag=("t",), lang=("en",)), route("left", None, tag=("t",))]),
]


@pytest.mark.parametrize(("rules", "routes"), FINE)
def test_what_is_fine_is_not_told(rules: list[Rule], routes: list[Route]) -> None:
    examples = (*COVERED, example(rules=("s",)))
    assert list(map(str, lint(compile_rules(rules, routes, examples), ()))) == []


def test_a_tag_that_matters_beside_the_routes_is_not_told() -> None:
    rules = compile_rules([rule(tags=("t",)), rule("s", tags=("press",), any_word=("y",))], [route(tag=("t",))])
    assert [line for line in map(str, lint(rules, ("press",))) if "never matters" in line] == []
    assert [line.split(": ")[1] for line in map(str, lint(rules, ())) if "never matters" in line] == ["rule.s"]


SURPRISES = [
    ({"route": "to"}, []),
    ({"route": ""}, ["route to takes it, and it is left alone was expected"]),
    ({"route": "other"}, ["route to takes it, and route other takes it was expected"]),
    ({"desk": "noc"}, ["desk is support, and noc was expected"]),
    ({"priority": "high"}, ["priority is normal, and high was expected"]),
    ({"points": 2}, ["points is 1, and 2 was expected"]),
    ({"tags": ("t", "u")}, ["tag u is missing"]),
    ({"rules": ("r", "s")}, ["rule s does not hit"]),
    ({"not_rules": ("r",)}, ["rule r hits"]),
]


@pytest.mark.parametrize(("expect", "surprises"), SURPRISES)
def test_examples_say_what_is_not_as_expected(expect: dict[str, Any], surprises: list[str]) -> None:
    rules = compile_rules([rule()], [route(tag=("t",))], [example(**expect)])
    (outcome,) = run_tests(rules)
    assert list(outcome.surprises) == surprises
    assert len(failed_tests(rules)) == bool(surprises)


def test_a_failed_example_is_a_complaint_with_its_file() -> None:
    (complaint,) = failed_tests(compile_rules([rule()], [route(tag=("t",))], [example(route="")]))
    assert str(complaint) == "f: test.n: “x”: route to takes it, and it is left alone was expected"
