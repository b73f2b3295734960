"""The units, the shipped example and the operator's page fit each other, so that the steps on the page end in a daemon that runs."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "systemd").glob("*.service"))
PAGE = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
STEPS = PAGE.partition("## Installing")[2].partition("## Running")[0]
SLOW = 20
"""Seconds that a check of a large configuration may take on a small machine."""


def setting(unit: Path, name: str) -> list[str]:
    return re.findall(rf"(?m)^{name}=(.*)$", unit.read_text(encoding="utf-8"))


def credentials(unit: Path) -> set[str]:
    return {line.partition(":")[0] for line in setting(unit, "LoadCredential")}


def named() -> set[str]:
    """The credentials that the example names where it is not marked out."""
    texts = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "config").rglob("*.toml"))
    lines = (line for line in texts.splitlines() if not line.startswith("#"))
    return {name for line in lines for name in re.findall(r'credential = "([^"]+)"', line)}


def test_the_unit_loads_what_the_example_names_and_the_page_makes_it() -> None:
    assert credentials(ROOT / "systemd" / "bridge.service") == named()
    assert [name for name in named() if f"/etc/bridge/credentials/{name}" not in STEPS] == []


def test_the_page_installs_every_file_of_the_folder() -> None:
    assert [file.name for file in (ROOT / "systemd").iterdir() if f"systemd/{file.name}" not in STEPS] == []


def test_commands_in_a_shell_find_the_state_of_the_daemon() -> None:
    example = tomllib.loads((ROOT / "config" / "bridge.toml").read_text(encoding="utf-8"))
    (directory,) = setting(ROOT / "systemd" / "bridge.service", "StateDirectory")

    assert example["bridge"]["state"] == f"/var/lib/{directory}"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_wrong_configuration_is_not_tried_for_ever(unit: Path) -> None:
    """RestartPreventExitStatus= is about the main process alone, so the limit must end what ExecStartPre= begins."""
    (check,), (pause,) = setting(unit, "ExecStartPre"), setting(unit, "RestartSec")
    (within,), (most,) = setting(unit, "StartLimitIntervalSec"), setting(unit, "StartLimitBurst")

    assert check.endswith("bridge check --config /etc/bridge")
    assert setting(unit, "RestartPreventExitStatus") == ["78"]
    assert int(most) * (int(pause) + SLOW) < int(within)


def test_everything_of_the_example_is_packaged() -> None:
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["data-files"]
    files = {file for patterns in packaged.values() for pattern in patterns for file in ROOT.glob(pattern)}

    assert {file for file in (ROOT / "config").rglob("*") if file.is_file()} == files
