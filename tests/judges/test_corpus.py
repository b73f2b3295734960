"""The model on public posts with labels: languages, heads trained on one part and measured on the rest, feedback beside rules.

Whoever changes the method updates the tables and looks at what moved; counts are of posts that came out right.
"""

import json
import os
import random
import tomllib
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bridge.app.explaining import plain_post
from bridge.app.modelling import reading
from bridge.config.rule_files import RuleFiles
from bridge.core.rules import compile_rules
from bridge.judges.head import Head
from bridge.judges.labeller import opinions
from bridge.judges.language import LanguageFinder
from bridge.judges.measuring import Judged, Measure, measured
from bridge.judges.rules import NoModel, RulesJudge
from bridge.judges.signs import hints, signs
from bridge.judges.terms import Terms, terms
from bridge.judges.tokens import tokens
from bridge.judges.training import Lesson, train
from bridge.ports import Circumstances

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("BRIDGE_CORPUS", ROOT.parent / "shared" / "corpus")) / "triage"
pytestmark = [
    pytest.mark.skipif(
        not CORPUS.is_dir() and os.environ.get("CI") != "true", reason="no corpus: set BRIDGE_CORPUS to its directory"
    ),
    pytest.mark.timeout(300),
]

LANGUAGES = {"configured": 1906, "not configured": 1898}
"""Sentences whose language is told, of 1,920 in 32 languages."""
LEAST_LANGUAGES = 0.992
"""Share of them that must be told where the languages are configured."""
TASKS = {
    "spam": (667, 660, 0.98),
    "gratitude": (1107, 1067, 0.95),
    "purchase_intent": (243, 196, 0.79),
    "sentiment_african": (461, 243, 0.51),
}
"""For each task: posts that were not learned from, those that came out right, and the least macro F1."""
DRAWS, TAUGHT = 8, 100
LEAST_AFTER_FEEDBACK = 0.90
"""Macro F1, in the mean of the draws, on mentions of brands that were not among the feedback."""


def rows(name: str) -> list[dict[str, str]]:
    """One file of the corpus."""
    return [json.loads(line) for line in (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("configured", [True, False])
def test_languages_of_short_sentences(*, configured: bool) -> None:
    given = rows("lid_sentences")
    finder = LanguageFinder(sorted({row["label"] for row in given}) if configured else ())
    right = sum(finder.language(tokens(row["text"]), "") == row["label"] for row in given)
    assert right == LANGUAGES["configured" if configured else "not configured"]
    assert not configured or right >= LEAST_LANGUAGES * len(given)


def is_kept(row: dict[str, str]) -> bool:
    """Whether a post is not learned from: a fourth of them, by a hash of their words."""
    return sha256(row["text"].encode()).digest()[0] % 4 == 0


def scored(head: Head, kept: Sequence[tuple[Terms, str]]) -> Measure:
    chances = [(head.probabilities(head.score(found)), label) for found, label in kept]
    return measured(head.task, "", [Judged(truth=label, found=one, named=head.named(one)) for one, label in chances])


@pytest.mark.parametrize("name", TASKS)
def test_heads_on_posts_that_they_did_not_learn_from(name: str) -> None:
    read = reading(None)
    given = [(is_kept(row), read(plain_post(row["text"], "")), row["label"]) for row in rows(name)]
    taught = [Lesson(terms=found, label=label) for kept, found, label in given if not kept]
    head = train(name, taught, progress=lambda _done: None)
    measure = scored(head, [(found, label) for kept, found, label in given if kept])
    count, right, least = TASKS[name]
    assert (measure.rows, round(measure.accuracy * measure.rows)) == (count, right)
    assert measure.macro_f1 >= least


def mentions() -> list[tuple[Terms, str]]:
    """Mentions of brands as the model reads them beside the shipped rules."""
    lists = {f"lists/{file.name}": file.read_text(encoding="utf-8") for file in (ROOT / "config/lists").glob("*.txt")}
    files = RuleFiles(lists=lists, zone=ZoneInfo("UTC"))
    for file in sorted((ROOT / "config/rules.d").glob("*.toml")):
        files.add(file.name, tomllib.loads(file.read_text(encoding="utf-8")))
    judge, finder = RulesJudge(compile_rules(files.rules, files.routes), NoModel()), LanguageFinder(())
    made = []
    for row in rows("actionable"):
        post, found = plain_post(row["text"], ""), tokens(row["text"])
        verdict = judge.opinion(post, Circumstances(now=post.at, thread_open=False))(finder.language(found, ""))
        told = [*hints(post.text, found, signs(post.text, found)), *opinions(verdict)]
        made.append((terms(found, told), row["label"].partition("|")[0]))
    return made


def test_feedback_keeps_what_the_rules_know() -> None:
    every, found = mentions(), []
    for draw in range(DRAWS):
        shuffled = random.Random(draw).sample(every, len(every))
        lessons = [Lesson(terms=one, label=label) for one, label in shuffled[:TAUGHT]]
        head = train("actionable", lessons, progress=lambda _done: None)
        found.append(scored(head, shuffled[TAUGHT:]).macro_f1)
    assert sum(found) / DRAWS >= LEAST_AFTER_FEEDBACK
