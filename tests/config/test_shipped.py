"""The shipped example is fine: it loads, its tests hold, and the lints find nothing."""

import re
import shutil
from pathlib import Path

import pytest
from channels_reviews import KEYS

from bridge.config import Complaints, Loaded, load
from bridge.core.rules import lint, run_tests

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up secrets in the place of those that the example names."""
    credentials = tmp_path_factory.mktemp("credentials")
    for file in CONFIG.glob("**/*.toml"):
        for name in re.findall(r'credential = "([^"]+)"', file.read_text(encoding="utf-8")):
            (credentials / name).write_text(KEYS.get(name, lambda: "made up for a test, " * 3)())
    return credentials


@pytest.fixture(scope="module")
def shipped(secrets: Path) -> Loaded:
    found = load(CONFIG, secrets)
    assert not isinstance(found, Complaints), "\n".join(map(str, found.complaints))
    return found


def test_it_loads_without_warnings(shipped: Loaded) -> None:
    assert list(map(str, shipped.warnings)) == []


def test_its_tests_hold(shipped: Loaded) -> None:
    outcomes = run_tests(shipped.rules)
    assert [f"{o.example.file}: {o.example.post.text}: {o.surprises}" for o in outcomes if o.surprises] == []
    assert len(outcomes) > 100


def test_the_lints_find_nothing(shipped: Loaded) -> None:
    assert list(map(str, lint(shipped.rules, ()))) == []


def test_nothing_is_live(shipped: Loaded) -> None:
    assert not any(desk.common.live for desk in shipped.desks.values())


def test_what_is_marked_out_works_too(secrets: Path, tmp_path: Path) -> None:
    """The examples of other kinds are right once their marks are taken away."""
    copy = tmp_path / "config"
    shutil.copytree(CONFIG, copy)
    for file in copy.glob("*.d/*.toml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"(?m)^# (?=\[|\w+ = )", "", text), encoding="utf-8")
    found = load(copy, secrets)
    assert not isinstance(found, Complaints), "\n".join(map(str, found.complaints))
    assert {"sandbox", "forum", "reviews"} <= set(found.channels)
    assert {"support", "local"} <= set(found.desks)
