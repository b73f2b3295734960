"""docs/rules.md explains every word of the vocabulary, and everything that it shows is true."""

import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bridge.config.rule_files import RuleFiles
from bridge.config.rule_stanzas import (
    ExampleExpect,
    ExamplePost,
    ExampleStanza,
    RouteStanza,
    RouteWhenStanza,
    RuleStanza,
)
from bridge.core.rules import compile_rules, lint, run_tests

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
LISTS = {"lists/staff.txt": "@acmecare\n"}
MODELS = (RuleStanza, RouteStanza, RouteWhenStanza, ExampleStanza, ExamplePost, ExampleExpect)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split('"')[1])
def test_every_block_is_true(block: str) -> None:
    files = RuleFiles(lists=LISTS, zone=ZoneInfo("UTC"))
    files.add("rules.md", tomllib.loads(block))
    assert list(map(str, files.complaints)) == []
    rules = compile_rules(files.rules, files.routes, files.examples)
    assert [outcome.surprises for outcome in run_tests(rules) if outcome.surprises] == []
    assert [str(found) for found in lint(rules, ()) if "has no test" in found.what] == []


def test_every_word_is_explained_and_shown() -> None:
    shown = "\n".join(BLOCKS)
    words = {name for model in MODELS for name in model.model_fields}
    prose = re.sub(r"```toml\n.*?```", "", PAGE, flags=re.DOTALL)
    assert {word for word in words if f"`{word}`" not in prose} - {"name", "when", "post", "expect"} == set()
    conditions = set(RouteWhenStanza.model_fields)
    assert {word for word in conditions if not re.search(rf"\b{word}\b\s*=", shown)} == set()
