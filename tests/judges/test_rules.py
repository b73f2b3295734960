"""The judge that asks the rules: it puts labels in, and a reload swaps its rule set whole."""

from datetime import UTC, datetime
from threading import Event, Thread

from bridge.core.model import Author, Kind, Post, Visibility
from bridge.core.rules import RuleSet, compile_rules
from bridge.core.rules.vocabulary import Route, Rule, Span, When
from bridge.judges.rules import Labelled, NoModel, Opinion, RulesJudge
from bridge.ports import Circumstances, Judge

NOW = datetime(2024, 1, 10, 12, 0, tzinfo=UTC)
HERE = Circumstances(now=NOW, thread_open=False)


def post(text: str, lang: str = "") -> Post:
    return Post(
        channel="c",
        id="1",
        kind=Kind.MENTION,
        visibility=Visibility.PUBLIC,
        thread="1",
        author=Author(id="1"),
        text=text,
        at=NOW,
        lang=lang,
    )


def rules(generation: str) -> RuleSet:
    """A set whose two rules always hit together, and whose route is named after the same generation."""
    return compile_rules(
        [Rule(name=f"{name}-{generation}", when=When(any_word=("x",)), points=1) for name in ("one", "two")],
        [Route(name=f"to-{generation}", when=When(min_points=2), desk="support")],
    )


class Certain:
    """A model that is sure of everything."""

    def label(self, post: Post, rules: Opinion) -> Labelled:
        return Labelled(labels={"complaint": 1.0}, lang="fr", model="m7")


def test_it_is_a_judge() -> None:
    judge: Judge = RulesJudge(rules("a"), NoModel())
    assert judge.judge(post("x"), HERE).route == "to-a"


def test_without_a_model_the_platforms_language_counts() -> None:
    judge = RulesJudge(rules("a"), NoModel())
    assert judge.judge(post("x", lang="pt-BR"), HERE).lang == "pt"
    assert judge.judge(post("x"), HERE).lang == "und"
    assert judge.judge(post("x"), HERE).labels == {}


def test_rules_see_labels_and_the_verdict_says_which_model() -> None:
    sure = Rule(name="sure", when=When(labels={"complaint": Span(at_least=0.9)}, lang=("fr",)), points=1)
    verdict = RulesJudge(compile_rules([sure], []), Certain()).judge(post("x"), HERE)
    assert verdict.points == 1
    assert (verdict.model, verdict.lang, dict(verdict.labels)) == ("m7", "fr", {"complaint": 1.0})


def test_circumstances_reach_the_rules() -> None:
    rule = Rule(name="open", when=When(thread_open=True), points=1)
    judge = RulesJudge(compile_rules([rule], []), NoModel())
    assert judge.judge(post("x"), Circumstances(now=NOW, thread_open=True)).points == 1
    assert judge.explain(post("x"), HERE).points == 0


def test_a_reload_under_load_judges_no_post_by_half_a_set() -> None:
    """FT20: every verdict names rules, route and version of one generation."""
    sets = [rules("a"), rules("b")]
    versions = {sets[0].version: "a", sets[1].version: "b"}
    judge = RulesJudge(sets[0], NoModel())
    stop = Event()

    def reload() -> None:
        at = 0
        while not stop.is_set():
            at += 1
            judge.adopt(sets[at % 2], NoModel())

    reloading = Thread(target=reload)
    reloading.start()
    try:
        verdicts = [judge.judge(post("x"), HERE) for _ in range(3_000)]
    finally:
        stop.set()
        reloading.join()
    for verdict in verdicts:
        generation = versions[verdict.rules]
        assert {reason.rule for reason in verdict.why} == {f"one-{generation}", f"two-{generation}", f"to-{generation}"}
    assert judge.version in versions
