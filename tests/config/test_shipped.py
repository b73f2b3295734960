"""The shipped example is fine: it loads, its tests hold, and the lints find nothing."""

import re
from pathlib import Path

import pytest

from bridge.config import Complaints, Loaded, load
from bridge.core.rules import lint, run_tests

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The example with made-up secrets in the place of those that it names."""
    credentials = tmp_path_factory.mktemp("credentials")
    for file in CONFIG.glob("**/*.toml"):
        for name in re.findall(r'credential = "([^"]+)"', file.read_text(encoding="utf-8")):
            (credentials / name).write_text("made up for a test, " * 3)
    found = load(CONFIG, credentials)
    assert not isinstance(found, Complaints), "\n".join(map(str, found.complaints))
    return found


def test_it_loads_without_warnings(shipped: Loaded) -> None:
    assert list(map(str, shipped.warnings)) == []


def test_its_tests_hold(shipped: Loaded) -> None:
    outcomes = run_tests(shipped.rules)
    assert [f"{o.example.file}: {o.example.post.text}: {o.surprises}" for o in outcomes if o.surprises] == []
    assert len(outcomes) > 100


def test_the_lints_find_nothing(shipped: Loaded) -> None:
    assert list(map(str, lint(shipped.rules))) == []


def test_nothing_is_live(shipped: Loaded) -> None:
    assert not any(desk.common.live for desk in shipped.desks.values())
