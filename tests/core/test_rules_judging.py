"""Judging: verdicts and their reasons, the order of rules and routes, gates that only save time, and hostile texts."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.model import Author, Kind, Media, Post, Priority, Visibility
from bridge.core.rules import RuleSet, compile_rules, explain, judge
from bridge.core.rules.vocabulary import Age, Alike, Near, Route, Rule, Situation, Span, When

NOW = datetime(2024, 1, 10, 12, 0, tzinfo=UTC)
HERE = Situation(now=NOW, lang="en")
EVERYTHING = Route(name="all", when=When(), desk="support")


def post(text: str, **more: Any) -> Post:
    given: dict[str, Any] = {
        "channel": "forum",
        "id": "1",
        "kind": Kind.MENTION,
        "visibility": Visibility.PUBLIC,
        "thread": "1",
        "author": Author(id="7", handle="ann"),
        "at": NOW,
    }
    return Post(text=text, **given | more)


def rule(name: str, points: int = 1, **when: Any) -> Rule:
    return Rule(name=name, when=When(**when), points=points, tags=(name,), file="10.toml")


def hits(rules: RuleSet, text: str, situation: Situation = HERE, **more: Any) -> list[str]:
    return [reason.rule for reason in judge(rules, post(text, **more), situation).why if reason.hit]


def only(**when: Any) -> RuleSet:
    return compile_rules([rule("it", **when)], [])


def test_a_verdict_says_what_hit_and_by_which_words() -> None:
    rules = compile_rules([rule("outage", 3, any_word=("down", "offline"))], [EVERYTHING])
    verdict = judge(rules, post("offline and down"), HERE)
    assert (verdict.route, verdict.desk, verdict.points, verdict.tags) == ("all", "support", 3, ("outage",))
    assert [(r.rule, r.hit, r.detail, r.file) for r in verdict.why] == [
        ("outage", True, "any_word: down, offline", "10.toml"),
        ("all", True, "route; always", ""),
    ]
    assert verdict.rules == rules.version


def test_a_post_that_nothing_takes_has_a_reason_too() -> None:
    verdict = judge(compile_rules([], []), post("hello"), HERE)
    assert verdict.route is None
    assert [reason.detail for reason in verdict.why] == ["no route takes it"]


def test_explain_also_names_near_misses_and_routes_passed_by() -> None:
    rules = compile_rules(
        [rule("near", any_word=("down",), lang=("de",)), rule("far", any_word=("fire",))],
        [Route(name="urgent", when=When(min_points=3), desk="noc"), EVERYTHING],
    )
    why = {reason.rule: reason for reason in explain(rules, post("it is down"), HERE).why}
    assert why["near"].detail == "any_word: down; not lang: de"
    assert why["urgent"].detail == "route; not min_points: 3"
    assert "far" not in why
    assert (why["near"].hit, why["urgent"].hit, why["all"].hit) == (False, False, True)


def test_explaining_changes_nothing_of_the_verdict() -> None:
    rules = compile_rules([rule("a", any_word=("down",)), rule("b", any_word=("up",))], [EVERYTHING])
    plain, told = judge(rules, post("down"), HERE), explain(rules, post("down"), HERE)
    assert (plain.route, plain.points, plain.tags) == (told.route, told.points, told.tags)
    assert told.why[: len(plain.why)] == plain.why


def test_the_first_route_that_fits_takes_the_post() -> None:
    routes = [
        Route(name="none", when=When(min_points=9), desk="a"),
        Route(name="first", when=When(tag=("it",)), desk="b", priority=Priority.HIGH, target=timedelta(hours=1)),
        Route(name="second", when=When(), desk="c"),
    ]
    verdict = judge(compile_rules([rule("it", any_word=("down",))], routes), post("down"), HERE)
    assert (verdict.route, verdict.desk, verdict.priority, verdict.target) == (
        "first",
        "b",
        Priority.HIGH,
        timedelta(hours=1),
    )


def test_a_route_can_leave_a_post_at_once() -> None:
    routes = [Route(name="noise", when=When(tag=("it",)), desk=None), EVERYTHING]
    verdict = judge(compile_rules([rule("it", any_word=("ad",))], routes), post("an ad"), HERE)
    assert (verdict.route, verdict.desk) == (None, None)
    assert verdict.why[-1].rule == "noise"


def test_a_route_can_let_the_community_answer_first() -> None:
    routes = [Route(name="later", when=When(), desk="support", hold_for=timedelta(hours=4))]
    rules = compile_rules([], routes)
    assert judge(rules, post("x"), HERE).hold_for == timedelta(hours=4)


def test_labels_and_language_are_handed_through() -> None:
    situation = Situation(now=NOW, lang="tr", labels={"complaint": 0.9}, model="m1")
    verdict = judge(compile_rules([], []), post("x"), situation)
    assert (verdict.lang, dict(verdict.labels), verdict.model) == ("tr", {"complaint": 0.9}, "m1")


CONDITIONS: list[tuple[str, dict[str, Any], Callable[[], Post], bool]] = [
    ("all words", {"all_words": ("log in", "can't")}, lambda: post("I cant log in"), True),
    ("one word of two", {"all_words": ("log in", "password")}, lambda: post("I cant log in"), False),
    ("barred word", {"any_word": ("down",), "not_word": ("under",)}, lambda: post("down under"), False),
    ("near", {"near": Near(words=("server", "down"), within=2)}, lambda: post("server is down"), True),
    ("near in the other order", {"near": Near(words=("down", "server"), within=2)}, lambda: post("server is down"), True),
    ("far", {"near": Near(words=("server", "down"), within=1)}, lambda: post("server is down"), False),
    ("near the second time", {"near": Near(words=("a", "b"), within=1)}, lambda: post("a x x x b x a b"), True),
    ("pattern", {"matches": (r"\bAC-\d{4}\b",)}, lambda: post("it is ac-1234 again"), True),
    ("pattern across title and text", {"matches": (r"head\s+text",)}, lambda: post("text", title="head"), True),
    ("pattern with case", {"matches": (r"(?-i)\bAC\b",)}, lambda: post("ac"), False),
    ("barred pattern", {"any_word": ("order",), "not_matches": (r"\d{3}",)}, lambda: post("order 123"), False),
    ("pattern without a literal", {"matches": (r"\d{6}",)}, lambda: post("no 123456"), True),
    ("pattern over a letter that folds", {"matches": ("stra",)}, lambda: post("ſtraße"), True),
    ("similar", {"similar_to": Alike(texts=("the server is down again",), at_least=0.7)}, lambda: post("Hi! The servr is down again."), True),
    ("not similar", {"similar_to": Alike(texts=("the server is down again",), at_least=0.7)}, lambda: post("the weather is fine"), False),
    ("author by id", {"author": ("7",)}, lambda: post("x"), True),
    ("author by handle", {"author": ("@ANN",)}, lambda: post("x"), True),
    ("author by channel and id", {"author": ("forum/7",)}, lambda: post("x"), True),
    ("author of another channel", {"author": ("x/7",)}, lambda: post("x"), False),
    ("barred author", {"not_author": ("ann",), "any_word": ("x",)}, lambda: post("x"), False),
    ("channel", {"channel": ("forum",)}, lambda: post("x"), True),
    ("kind", {"kind": ("sms", "mention")}, lambda: post("x"), True),
    ("language", {"lang": ("de",)}, lambda: post("x"), False),
    ("reach", {"reach": Span(at_least=10)}, lambda: post("x", author=Author(id="1", reach=10)), True),
    ("reach not said", {"reach": Span(at_most=10)}, lambda: post("x"), False),
    ("rating", {"rating": Span(at_most=2)}, lambda: post("x", rating=3), False),
    ("young", {"account_age": Age(at_most=timedelta(days=7))}, lambda: post("x", author=Author(id="1", since=NOW - timedelta(days=3))), True),
    ("media", {"media": True}, lambda: post("x", media=(Media(url="u"),)), True),
    ("no media", {"media": False}, lambda: post("x", media=(Media(url="u"),)), False),
    ("links", {"links": True}, lambda: post("see www.example.com"), True),
    ("no links", {"links": False}, lambda: post("x"), True),
    ("repost", {"is_repost": True}, lambda: post("x", is_repost=True), True),
    ("question", {"is_question": True}, lambda: post("@acme how do I reset it"), True),
    ("thread closed", {"thread_open": True}, lambda: post("x"), False),
    ("label", {"labels": {"spam": Span(at_most=0.5)}}, lambda: post("x"), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("when", "given_post", "expected"), [c[1:] for c in CONDITIONS], ids=[c[0] for c in CONDITIONS]
)
def test_conditions(when: dict[str, Any], given_post: Callable[[], Post], *, expected: bool) -> None:
    verdict = judge(only(**when), given_post(), HERE)
    assert (verdict.tags == ("it",)) is expected


WORDS = st.sampled_from(
    ["down", "server", "störung", "坏了", "log in", "crash*", "#fail", "😡", "again", "not", "ไม่", "서버"]
)
PATTERNS = st.sampled_from([r"\bdown\b", r"ser(?:ver|vice)s?", r"\d{2,}", r"log.?in", r"坏", r"(?:a|b)gain"])
TEXTS = st.lists(
    st.sampled_from(
        [
            "Down",
            "the SERVER",
            "Störung",
            "我坏了",
            "log in",
            "log-in",
            "crashed",
            "#fail",
            "😡",
            "again",
            "12",
            "x",
            "不",
        ]
    ),
    max_size=8,
).map(" ".join)
WHENS = st.builds(
    When,
    any_word=st.lists(WORDS, max_size=2).map(tuple),
    all_words=st.lists(WORDS, max_size=1).map(tuple),
    not_word=st.lists(WORDS, max_size=1).map(tuple),
    matches=st.lists(PATTERNS, max_size=2).map(tuple),
    lang=st.sampled_from([(), ("en",), ("de",)]),
    author=st.sampled_from([(), ("ann",), ("bob",)]),
    is_question=st.sampled_from([None, None, True, False]),
)
RULES = st.lists(WHENS, max_size=6).map(
    lambda whens: [Rule(name=f"r{at}", when=when, points=at, tags=(f"t{at % 3}",)) for at, when in enumerate(whens)]
)


@given(rules=RULES, text=TEXTS)
def test_rules_together_hit_what_each_hits_alone(rules: list[Rule], text: str) -> None:
    """The shared automata and gates only save time."""
    together = set(hits(compile_rules(rules, []), text))
    alone = {rule.name for rule in rules if hits(compile_rules([rule], []), text)}
    assert together == alone


@given(rules=RULES, text=TEXTS, seed=st.randoms(use_true_random=False))
def test_the_order_of_rules_does_not_matter(rules: list[Rule], text: str, seed: Any) -> None:
    shuffled = rules.copy()
    seed.shuffle(shuffled)
    routes = [Route(name="some", when=When(min_points=3, tag=("t1",)), desk="a"), EVERYTHING]
    one, other = (judge(compile_rules(given_rules, routes), post(text), HERE) for given_rules in (rules, shuffled))
    assert (one.route, one.points, set(one.tags), set(one.why)) == (
        other.route,
        other.points,
        set(other.tags),
        set(other.why),
    )


@given(text=st.text(max_size=200))
def test_any_text_has_a_verdict(text: str) -> None:
    rules = compile_rules([rule("it", any_word=("a", "坏"), matches=("b", r"\d"))], [EVERYTHING])
    assert judge(rules, post(text), HERE).route == "all"


HOSTILE = {
    "lone surrogates": "\ud800down\udfff" * 10_000,
    "emoji only": "😂" * 50_000,
    "stacked marks": "e" + "\u0301\u0323" * 50_000,
    "marks that must be sorted": "\u0928" + "\u093c\u094d" * 30_000,
    "one word": "a" * 100_000,
    "questions": "?a" * 50_000,
    "handles": "@" * 100_000,
    "right to left": "\u202e\u200f" * 50_000,
    "long ligature": "\ufdfa" * 33_000,
    "mixed scripts": "a坏ب" * 20_000,
    "links": "http://a " * 11_000,
    "near words": "server down " * 8_000,
    "hits": "down " * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_cost_time_in_proportion(text: str) -> None:
    """E09, E10: twice the text costs at most about twice the time, and 100 kB a fraction of a second."""
    rules = compile_rules(
        [
            rule("words", any_word=("down", "server", "crash*", "坏")),
            rule("near", near=Near(words=("server", "down"), within=1)),
            rule("pattern", matches=(r"\b(?:server|down)s?\s+(?:is|was)\s+\w+\b", r"(?:\w+\s){3}x")),
            rule("similar", similar_to=Alike(texts=("the server is down again", "aaaaaaaa"), at_least=0.5)),
            rule("question", is_question=True, links=False),
        ],
        [EVERYTHING],
    )
    before = time.process_time()
    explain(rules, post(text), HERE)
    assert time.process_time() - before < 3


def test_a_set_is_one_value() -> None:
    one, same = (compile_rules([rule("a", any_word=("x",))], [EVERYTHING]) for _ in range(2))
    other = compile_rules([rule("a", any_word=("y",))], [EVERYTHING])
    assert one == same
    assert one.version == same.version
    assert one != other
    assert one.version != other.version
