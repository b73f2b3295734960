"""Runs every benchmark, prints one table, and writes bench/results.json; the peers are installed beside the environment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
PEERS = HERE.parent / ".venv" / "peers"
WANTED = ("mail-parser-reply", "email-reply-parser")
"""Libraries that parse replies, measured in the same run as ours."""
LONGEST = 900
"""Seconds that one benchmark may take."""


def main() -> int:
    """Measure everything, one benchmark after the other, so that none disturbs another; 1 where one of them failed."""
    install_peers()
    results = {file.stem: measured(file) for file in sorted(HERE.glob("*.py")) if file.stem != "run"}
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    for name, found in results.items():
        print(f"\n{name}")
        for row in rows(found):
            print(f"  {row}")
    return int(any(isinstance(found, dict) and "failed" in found for found in results.values()))


def install_peers() -> None:
    """Into a directory of their own, since nothing of the project needs them."""
    if not PEERS.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(PEERS), *WANTED]
        subprocess.run(command, check=True)


def measured(file: Path) -> object:
    """What one benchmark prints with --json; its complaint where it fails."""
    print(f"measuring {file.stem} …", file=sys.stderr, flush=True)
    env = {**os.environ, "PEERS": str(PEERS)}
    command = [sys.executable, str(file), "--json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"not done within {LONGEST} s"}
    if done.returncode != 0:
        return {"failed": done.stderr.strip().rpartition("\n")[2]}
    return json.loads(done.stdout)


def rows(found: object, path: str = "") -> Iterator[str]:
    """Each value with the path that leads to it."""
    if isinstance(found, dict):
        for name, inner in found.items():
            yield from rows(inner, f"{path} · {name}" if path else str(name))
    else:
        value = f"{found:,.6g}" if isinstance(found, int | float) else str(found)
        yield f"{path:<72} {value:>14}"


if __name__ == "__main__":
    sys.exit(main())
