"""The shipped units are well formed and as closed as systemd can measure."""

import subprocess
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "systemd").glob("*.service"))
EXPOSURE = 12
"""Ten times the highest exposure that is accepted; a unit with nothing but User= has 92."""

Require = Callable[[Collection[str], Collection[str]], None]


@pytest.fixture(autouse=True)
def _systemd(require: Require) -> None:
    require({"systemd-analyze"}, {"systemd"})


def installed(unit: Path, directory: Path) -> Path:
    """The unit as it is after an installation: an instance of a template, with commands that are there."""
    copy = directory / unit.name.replace("@.", "@1.")
    copy.write_text(unit.read_text().replace("/opt/bridge/venv/bin/bridge", "/bin/true"))
    return copy


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_well_formed(unit: Path, tmp_path: Path) -> None:
    copy = installed(unit, tmp_path)
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    own = [line for line in done.stderr.splitlines() if copy.name in line]

    assert (done.returncode, own) == (0, [])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_leaves_little_open(unit: Path, tmp_path: Path) -> None:
    copy = installed(unit, tmp_path)
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-400:]


def test_both_units_differ_only_where_nodes_do() -> None:
    one, many = (
        {line for line in (ROOT / "systemd" / name).read_text().splitlines() if line}
        for name in ("bridge.service", "bridge@.service")
    )

    assert {line.partition("=")[0] for line in one ^ many if not line.startswith("#")} == {
        "Description",
        "StateDirectory",
        "RuntimeDirectory",
        "LoadCredential",
    }


@pytest.mark.parametrize("name", ["bridge.sysusers.conf", "bridge.tmpfiles.conf"])
def test_fragments_are_accepted(name: str, tmp_path: Path) -> None:
    tool = f"systemd-{name.split('.')[1]}"
    extra = ["--create"] if "tmpfiles" in tool else []
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").write_text("root:x:0:0::/root:/bin/sh\nbridge:x:990:990::/:/bin/false\n")
    (tmp_path / "etc" / "group").write_text("root:x:0:\nbridge:x:990:\n")
    command = [tool, f"--root={tmp_path}", *extra, str(ROOT / "systemd" / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
