"""Every fuzz target runs: it starts from its seeds, reaches new places from there, and finds nothing that breaks a reader."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[2] / "fuzz"
TARGETS = sorted(path.stem for path in FUZZ.glob("*.py") if path.stem != "driving")
CI = os.environ.get("CI") == "true"
LETTERS = frozenset({"addresses", "automatic", "compose", "extract"})
"""What keeps wrong words from being published is searched longest."""
ATHERIS = importlib.util.find_spec("atheris") is not None

pytestmark = pytest.mark.skipif(not ATHERIS and not CI, reason="not run, atheris missing: pip install 'bridge[fuzz]'")


SEED = "1"
"""The same search for the same code: what is found stays found, and `make fuzz` looks elsewhere each time."""


def seconds(target: str) -> int:
    """How long a target searches; on two cores all of them take less than four minutes."""
    if not CI:
        return 3
    return 60 if target in LETTERS else 35


def fuzz(target: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FUZZ / f"{target}.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_finds_nothing(target: str, tmp_path: Path) -> None:
    done = fuzz(target, "--seconds", str(seconds(target)), "--seed", SEED, "--corpus", str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    runs = re.search(r"^Done (\d+) runs", done.stderr, re.MULTILINE)
    seeds = re.search(r"(\d+) files found", done.stderr)
    assert runs
    assert seeds
    assert int(runs[1]) > int(seeds[1]) > 5
    assert re.search(r"^#\d+\s+INITED cov: \d{2,}", done.stderr, re.MULTILINE), "nothing is watched"


def most_memory() -> int:
    """The target's limit in MiB, read from its text: to import it would need atheris here, too."""
    (limit,) = re.findall(r"^MEBIBYTES = (\d+)$", (FUZZ / "driving.py").read_text(), re.MULTILINE)
    return int(limit)


def test_memory_of_who_started_a_target_is_not_counted_as_its_own(tmp_path: Path) -> None:
    grown = f"held = b'x' * ({most_memory()} << 20)"
    target = [str(FUZZ / "addresses.py"), "--seconds", "1", "--seed", SEED, "--corpus", str(tmp_path)]
    script = f"import subprocess, sys\n{grown}\nsys.exit(subprocess.run([sys.executable, *{target}]).returncode)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_target_that_breaks_says_so_and_keeps_the_input(tmp_path: Path) -> None:
    script = tmp_path / "breaking.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(FUZZ)!r})\nimport driving\nfrom pathlib import Path\n"
        f"driving.HERE = Path({str(tmp_path)!r})\n"
        "def once(octets):\n    assert b'!' not in octets\n"
        "driving.drive('breaking', once, [b'fine', b'not fine!'])\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode != 0
    (kept,) = (tmp_path / "found").iterdir()
    assert b"!" in kept.read_bytes()
