"""FT21: memory, descriptors or threads run out under the running daemon; it says which, loses nothing, and mends itself or its restart does."""

import re
import resource
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faults.life import Life, village_life

pytestmark = [pytest.mark.timeout(400)]

LOST_STORE = 1
"""The exit code of a daemon that cannot reach its own database any more: systemd starts it again."""

POSTS = 3


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Life]:
    async with village_life(tmp_path, undo="0s") as lived:
        await lived.start_again()
        await lived.until(lambda: lived.is_met)
        yield lived


@contextmanager
def memory(one: Life) -> Iterator[None]:
    """No page more than it has."""
    status = Path(f"/proc/{one.node.pid}/status").read_text()
    used = int(re.findall(r"VmSize:\s+(\d+)", status)[0]) * 1024
    with limited(one, resource.RLIMIT_AS, used):
        yield


@contextmanager
def descriptors(one: Life) -> Iterator[None]:
    """No file and no connection more than it has."""
    with limited(one, resource.RLIMIT_NOFILE, len(list(Path(f"/proc/{one.node.pid}/fd").iterdir()))):
        yield


@contextmanager
def limited(one: Life, what: int, limit: int) -> Iterator[None]:
    """Lower a soft limit of the process that runs."""
    pid = one.node.pid
    soft, hard = resource.prlimit(pid, what)
    resource.prlimit(pid, what, (limit, hard))
    yield
    if one.node.code is None:
        resource.prlimit(pid, what, (soft, hard))


@contextmanager
def threads(one: Life) -> Iterator[None]:
    """Every further thread is refused, as TasksMax= does."""
    refuse = ("-e", "trace=clone,clone3", "-e", "inject=clone,clone3:error=EAGAIN")
    tracing = subprocess.Popen(["strace", "-f", "-p", str(one.node.pid), "-o", "/dev/null", *refuse])
    yield
    tracing.terminate()
    tracing.wait()


@pytest.mark.parametrize("short", [memory, descriptors, threads])
async def test_what_runs_out_is_told_and_costs_nothing(
    one: Life, short: Callable[[Life], "contextmanager[None]"], require: Callable[[list[str], list[str]], None]
) -> None:
    require(["strace"], ["strace"])
    with short(one):
        for _ in range(POSTS):
            one.write()
        await one.until(lambda: told(one), allowed=(LOST_STORE,))
    await one.until(one.step, allowed=(LOST_STORE,))
    assert await one.node.stop() == 0
    assert one.broken() == ()
    assert one.held() == []
    assert "letter_unreadable" not in one.node.said()


def told(one: Life) -> bool:
    """Whether the log names what is short, or what to look at."""
    said = one.node.said()
    return any(word in said for word in ("MemoryMax", "LimitNOFILE", "TasksMax"))
