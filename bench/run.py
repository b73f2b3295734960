"""Runs every benchmark, or those that are named, prints one table of what was promised, and writes bench/results.json.

Each result is written as it comes, with its own date; what was not measured again stays. The peers live in an environment of their own.
"""

import compileall
import json
import os
import platform
import subprocess
import sys
import time
import venv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from goals import rows
from scoring import HEADINGS

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PEERS = HERE.parent / ".venv" / "peers"
WANTED = (
    "rss2email",
    "getmail6",
    "pgqueuer[asyncpg]",
    "procrastinate",
    "psycopg[binary]",
    "mail-parser-reply",
    "email-reply-parser",
    "scikit-learn",
)
"""What somebody would pick instead, measured in the same run as ours."""
BENCHES: dict[str, tuple[str, ...]] = {
    "mailing": (),
    "feeds": (),
    "store": ("--full",),
    "server": (),
    "rules": (),
    "triage": (),
    "backtest": (),
    "compose": (),
    "sending": (),
    "replies": (),
    "letters": (),
    "chats": (),
    "polling": (),
    "starting": (),
    "chatting": (),
}
"""Each benchmark and its arguments."""
LONGEST = 1_800
"""Seconds that one benchmark may take."""


def main() -> None:
    """Measure one benchmark after the other, so that none disturbs another; exit 1 where one failed, 2 for an unknown name."""
    names = sys.argv[1:] or list(BENCHES)
    if unknown := set(names) - set(BENCHES):
        print(f"there is no benchmark {', '.join(sorted(unknown))}: known are {', '.join(BENCHES)}", file=sys.stderr)
        sys.exit(2)
    install_peers()
    compileall.compile_dir(
        HERE.parent / "bridge", quiet=1
    )  # as pip does it for an installed package, and for the peers
    whole = {"results": {}, "when": {}} | (json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {})
    if "measured" in (told := whole.get("machine", {})):  # a run of all, before each had its own date
        run = f"{told['measured']}, when on average {told['load']}"
        whole["when"] = dict.fromkeys(whole["results"], run) | whole["when"]
    for name in names:
        whole["results"][name] = measured(name, BENCHES[name])
        whole["when"][name] = when()
        whole["machine"] = machine()
        RESULTS.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    for line in table([HEADINGS, *(row.cells for row in rows(whole["results"]))]):
        print(line)
    failed = {name: whole["results"][name]["failed"] for name in names if "failed" in whole["results"][name]}
    for name, why in failed.items():
        print(f"{name} failed: {why}", file=sys.stderr)
    sys.exit(1 if failed else 0)


def install_peers() -> None:
    """Into an environment of their own, since nothing of the project needs them; made anew where that broke off, or others are wanted."""
    done = PEERS / "installed"
    if not done.exists() or done.read_text(encoding="utf-8") != "\n".join(WANTED):
        venv.create(PEERS, with_pip=True, clear=True)
        pip = [str(PEERS / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--prefer-binary"]
        subprocess.run([*pip, *WANTED], check=True)
        done.write_text("\n".join(WANTED), encoding="utf-8")


def measured(name: str, arguments: Iterable[str]) -> dict[str, Any]:
    """What one benchmark prints with --json; its complaint where it fails or takes too long."""
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    env = {**os.environ, "PEERS": str(PEERS)}
    command = [sys.executable, str(HERE / f"{name}.py"), "--json", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"it took longer than {LONGEST} s"}
    if done.returncode != 0:
        return {"failed": done.stderr.strip().rpartition("\n")[2] or f"it ended with {done.returncode}"}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def machine() -> dict[str, str]:
    """On what was measured, and against which versions."""
    listed = subprocess.run([str(PEERS / "bin" / "pip"), "list", "--format=json"], capture_output=True, check=True)
    versions = {each["name"].lower(): each["version"] for each in json.loads(listed.stdout)}
    peers = [name.partition("[")[0] for name in WANTED]
    return {
        "processor": f"{os.cpu_count()} cores, {processor()}",
        "system": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}",
        "python": platform.python_version(),
        "peers": ", ".join(f"{name} {versions[name]}" for name in peers),
    }


def when() -> str:
    """The day, and how busy the machine was."""
    day = time.strftime("%Y-%m-%d", time.gmtime())
    return f"{day}, when on average {os.getloadavg()[2]:.1f} processes wanted a core in the last 15 minutes"


def processor() -> str:
    """Its name, as the kernel says it."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def table(lines: list[tuple[str, ...]]) -> list[str]:
    """The cells under each other."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


if __name__ == "__main__":
    main()
