"""FT02, FT14: system calls kill the daemon or fail, each in turn, from the making of its database to the answer that stands.

The counting is strace's: the Nth call of one kind in whichever thread comes to it first.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faults.life import Life, life

from bridge.testing.postoffice import PostOffice

pytestmark = [pytest.mark.xdist_group("post office"), pytest.mark.timeout(7200)]

CALLS = "write,pwrite64,ftruncate,fallocate,fdatasync,fsync,rename,unlink,connect,sendto,sendmsg"
"""What others or the next process can see: files and lines."""

EVERY, FAILURES = {"ci": (10, range(1, 21, 5)), "release": (1, range(1, 201))}[os.environ.get("BRIDGE_FAULTS", "ci")]
"""Which of all calls that there are kill, and which numbers fail."""

REACHED = 0.75
"""Share of the planned points that must have been passed: no two lives have quite the same calls in each thread."""

KILLED, LOST = -9, 1
"""Exit codes: of the kill, and of a daemon that cannot write its own database any more."""

REFUSALS = (("fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC"))


@pytest.fixture(autouse=True)
def strace(require: Callable[[list[str], list[str]], None]) -> None:
    require(["strace"], ["strace"])


def traced(*words: str) -> tuple[str, ...]:
    """The daemon's own process, watched by a strace beside it."""
    return ("strace", "-D", "-f", "-qq", *words)


async def counted(office: PostOffice, root: Path) -> Counter[str]:
    """How many calls of each kind the thread with the most of them makes in a whole life."""
    trace = root / "trace"
    async with life(office, root / "whole", first=1) as one:
        await one.start(*traced("-o", str(trace), "-e", f"trace={CALLS}"))
        await one.until(one.step)
        assert await one.node.stop() == 0
    threads = Counter(re.findall(r"^(\d+) +(\w+)\(", trace.read_text(errors="replace"), re.MULTILINE))
    most: Counter[str] = Counter()
    for (_thread, call), count in threads.items():
        most[call] = max(most[call], count)
    return most


async def struck(one: Life, fault: str, call: str, *, number: int, allowed: int) -> bool:
    """Live through a fault at one call; whether it ended the daemon."""
    inject = f"inject={call}:{fault}:when={number}"
    await one.start(*traced("-o", "/dev/null", "-e", f"trace={call}", "-e", inject))
    await one.until(one.step, allowed=(allowed,))
    code = await one.node.stop() if not one.ends else 0
    ended = [*one.ends, *([code] if code else [])]
    assert ended in ([], [allowed]), one.node.said()[-3000:]
    if code:  # at a call of the orderly end itself
        await one.start_again()
    await one.node.kill()
    assert one.broken() == (), f"{call} {number}"
    return bool(ended)


def points(most: Counter[str]) -> Iterator[tuple[str, int]]:
    """Every tenth call of each kind, and the first of each."""
    return ((call, number) for call, count in sorted(most.items()) for number in range(1, count + 1, EVERY))


async def test_a_kill_at_any_system_call_loses_and_doubles_nothing(post_office: PostOffice, tmp_path: Path) -> None:
    """FT02."""
    planned = list(points(await counted(post_office, tmp_path)))
    killed = 0
    for turn, (call, number) in enumerate(planned):
        async with life(post_office, tmp_path / f"{call}{number}", first=2 + turn) as one:
            killed += await struck(one, "signal=KILL", call, number=number, allowed=KILLED)
    print(f"{killed} kills at {len(planned)} system calls")  # noqa: T201 - the figures of a run
    assert killed >= REACHED * len(planned)


@pytest.mark.parametrize(("call", "error"), REFUSALS)
async def test_a_write_that_fails_once_costs_a_restart_at_most(
    post_office: PostOffice, tmp_path: Path, call: str, error: str
) -> None:
    """FT14."""
    ended = 0
    for number in FAILURES:
        async with life(post_office, tmp_path / str(number), first=101 + number) as one:
            ended += await struck(one, f"error={error}", call, number=number, allowed=LOST)
    print(f"{call} with {error}: {ended} of {len(FAILURES)} ended the daemon")  # noqa: T201 - the figures of a run
    assert ended or error == "ENOSPC"
