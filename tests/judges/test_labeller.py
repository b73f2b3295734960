"""Labels: what words lean to, what was trained, what was corrected; and that labels only help."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.model import Author, Kind, Post, Verdict, Visibility
from bridge.core.rules import RuleSet, compile_rules
from bridge.core.rules.vocabulary import Route, Rule, Span, When
from bridge.judges.corrections import Correction
from bridge.judges.labeller import LanguageOnly, ModelLabeller
from bridge.judges.leanings import LABELS
from bridge.judges.model import shipped
from bridge.judges.rules import RulesJudge
from bridge.ports import Circumstances

NOW = datetime(2024, 5, 1, tzinfo=UTC)
SEEN = Circumstances(now=NOW, thread_open=False)
LABELLER = ModelLabeller((shipped(),), ())
LABELLER.label(
    Post(
        channel="x",
        id="0",
        kind=Kind.MENTION,
        visibility=Visibility.PUBLIC,
        thread="0",
        author=Author(id="7"),
        text="hello",
        at=NOW,
    ),
    lambda _lang: Verdict(route=None, desk=None),
)  # the tables are loaded before anything is timed


def post(text: str) -> Post:
    return Post(
        channel="x", id="1", kind=Kind.MENTION, visibility=Visibility.PUBLIC, thread="1", author=Author(id="7"), text=text, at=NOW
    )  # fmt: skip


def silent(_lang: str) -> Verdict:
    raise AssertionError("the shipped model does not ask the rules")


def labels(text: str) -> Mapping[str, float]:
    return LABELLER.label(post(text), silent).labels


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("@acme your app keeps crashing, this is terrible service", "complaint"),
        ("@acme das ist eine Frechheit, nichts funktioniert", "complaint"),
        ("@acme when will my size be back?", "question"),
        ("@acme is the network down? no signal since noon", "outage"),
        ("@acme you charged my card twice, I want a refund", "billing"),
        ("@acme me han cobrado dos veces, quiero un reembolso", "billing"),
        ("@acme I love the new design, amazing work", "praise"),
        ("where can I buy the new one, and how much is it?", "purchase_intent"),
        ("@acme please add a dark mode, would be nice if it followed the system", "feature_request"),
        ("@acme your charger caught fire and I was injured", "risk"),
        ("@acme next you hear from my lawyer", "risk"),
        ("@acme thank you so much, that was quick!", "thanks"),
        ("@acme vielen dank für die schnelle Hilfe", "positive"),
        ("WINNER!! You have been selected for a £1000 prize. Call 09061701461 now to claim", "spam"),
        ("you are all fucking idiots", "abusive"),
        ("this is awful, I hate it", "negative"),
        ("@acme urgent, stranded at the airport, please help asap", "urgent"),
        ("@acme my order never arrived, can you help me please?", "actionable"),
    ],
)
def test_words_lean_to_their_label(text: str, label: str) -> None:
    assert labels(text)[label] >= 0.5


@pytest.mark.parametrize("label", LABELS)
def test_a_text_that_says_nothing_has_no_label(label: str) -> None:
    assert labels("walking along the river with the dog")[label] < 0.5


@given(st.text(max_size=400))
def test_every_label_of_any_text_is_a_probability(text: str) -> None:
    found = labels(text)
    assert set(LABELS) <= set(found)
    assert all(0 <= chance <= 1 for chance in found.values())


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "ab " * 40_000,
        "\ud800\udfff" * 50,
        "🔥" * 20_000,
        "\u202e\u200fabc",
        "a\u0301" * 30_000,
        "!" * 100_000,
    ],
    ids=["one-word", "words", "surrogates", "emoji", "marks", "accents", "signs"],
)
def test_hostile_texts_are_labelled_too(text: str) -> None:
    assert labels(text)


def test_the_same_text_has_the_same_labels_whatever_came_before() -> None:
    text = "@acme thanks, but the app still crashes"
    fresh = ModelLabeller((shipped(),), ()).label(post(text), silent)
    for number in range(300):
        LABELLER.label(post(f"other words {number} and some thanks"), silent)
    assert LABELLER.label(post(text), silent) == fresh


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize(
    "text",
    ["@acme thanks, that was quick", "@acme my order never arrived, can you help me please?", "walking the dog"],
)
def test_one_correction_flips_the_same_post_or_moves_it_far(text: str, holds: bool) -> None:  # noqa: FBT001 - a parameter
    labeller = ModelLabeller((shipped(),), ())
    before = labeller.label(post(text), silent).labels["actionable"]
    labeller.correct(Correction(text=text, label="actionable", holds=holds), silent)
    after = labeller.label(post(text), silent).labels["actionable"]
    assert (after >= 0.5) is holds
    assert abs(after - before) >= 0.2 or (before >= 0.5) is holds


def test_a_correction_moves_what_is_like_it_and_leaves_the_rest() -> None:
    labeller = ModelLabeller((shipped(),), ())
    like, other = post("@acme the new update dropped for real"), post("ein ganz anderer Satz")
    before = [labeller.label(one, silent).labels["actionable"] for one in (like, other)]
    labeller.correct(Correction(text="@acme the new update dropped today", label="actionable", holds=True), silent)
    after = [labeller.label(one, silent).labels["actionable"] for one in (like, other)]
    assert after[0] > before[0] + 0.05
    assert after[1] == before[1]


def test_the_last_correction_of_a_post_holds() -> None:
    labeller = ModelLabeller((shipped(),), ())
    for holds in (True, False, True, False):
        labeller.correct(Correction(text="hello there", label="actionable", holds=holds), silent)
    assert labeller.label(post("hello there"), silent).labels["actionable"] <= 0.2


def rules() -> RuleSet:
    loud = Rule(name="loud", when=When(any_word=("crashes",)), points=3, tags=("problem",))
    sure = Rule(name="sure", when=When(labels={"complaint": Span(at_least=0.4)}), points=1, tags=("felt",))
    routes = (Route(name="support", when=When(min_points=3), desk="support"),)
    return compile_rules([loud, sure], routes)


@pytest.mark.parametrize("text", ["the app crashes", "lovely day", "crashes, and what a disgrace"])
def test_with_the_model_switched_off_everything_else_is_the_same(text: str) -> None:
    on, off = (RulesJudge(rules(), labeller).judge(post(text), SEEN) for labeller in (LABELLER, LanguageOnly(())))
    assert (off.route, off.desk, off.lang) == (on.route, on.desk, on.lang)
    assert not off.labels
    assert not off.model


def test_the_verdict_says_which_model() -> None:
    verdict = RulesJudge(rules(), LABELLER).judge(post("the app crashes"), SEEN)
    assert verdict.model == shipped().version
