"""FT18: a backlog of thousands of posts takes the running daemon no more memory than its unit allows, and hides no customer."""

import os
import re
from pathlib import Path

import pytest
from faults.life import Life, village_life

pytestmark = [pytest.mark.timeout(3600)]

POSTS = {"ci": 3_000, "release": 100_000}[os.environ.get("BRIDGE_FAULTS", "ci")]
ALLOWED = 512 << 20
"""Bytes: MemoryMax= of the unit."""


async def test_a_backlog_fits_into_the_units_memory(tmp_path: Path) -> None:
    async with village_life(tmp_path, undo="0s") as one:
        await one.start_again()
        await one.until(lambda: one.is_met)
        for number in range(POSTS):
            one.forum.write(f"chatter{number % 50}", f"chatter number {number} " + "words " * 100, title="Chatter")
        one.write()
        await one.until(one.step)
        peak = highest(one)
        print(f"{POSTS} posts at once: {peak >> 20} MiB")  # noqa: T201 - the figures of a run
        assert await one.node.stop() == 0
    assert peak <= ALLOWED
    assert one.broken() == ()


def highest(one: Life) -> int:
    """The most memory that the process ever held, in bytes."""
    status = Path(f"/proc/{one.node.pid}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) * 1024
