"""Every mistake has its file and its complaint; every fine file loads."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.config import Loaded
from bridge.core.rules import run_tests

HERE = Path(__file__).parent
BAD = sorted(HERE.glob("bad/*.toml"))
GOOD = sorted(HERE.glob("good/*.toml"))

Put = Callable[[str, str], None]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.stem)
def test_a_mistake_is_told_with_file_key_and_what_to_do(
    case: Path, put: Put, complaints: Callable[[], list[str]]
) -> None:
    put(_place(case), case.read_text())
    assert complaints() == _first_comments(case)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.stem)
def test_a_fine_file_loads_and_its_tests_hold(case: Path, put: Put, loaded: Callable[[], Loaded]) -> None:
    put(_place(case), case.read_text())
    assert [outcome.surprises for outcome in run_tests(loaded().rules) if outcome.surprises] == []


def test_there_are_cases() -> None:
    assert len(BAD) >= 40
    assert GOOD


def _first_comments(case: Path) -> list[str]:
    lines = case.read_text().splitlines()
    return [line.removeprefix("# ") for line in lines[: next(at for at, line in enumerate(lines) if line[:2] != "# ")]]


def _place(case: Path) -> str:
    """Where the file belongs: the first word of its first comment."""
    return case.read_text().partition(":")[0].removeprefix("# ")
