"""FT18: a backlog of thousands of posts takes the running daemon no more memory than its unit allows, and hides no customer."""

import asyncio
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from faults.life import Life, village_life

from bridge.store import reports
from bridge.store.open import reading
from bridge.testing.correspondence import plain
from bridge.testing.town import HELP_RULES, Town

pytestmark = [pytest.mark.timeout(3600)]

POSTS = {"ci": 3_000, "release": 100_000}[os.environ.get("BRIDGE_FAULTS", "ci")]
MINUTE = 60.0
SAID = "please help: the whole site is down again since ten o'clock and nobody tells us anything"
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


async def test_a_raid_makes_one_ticket_and_keeps_no_direct_message_waiting(tmp_path: Path) -> None:
    """Ten times the traffic and more, all saying the same: who writes in private is at the desk within a minute."""
    async with village_life(tmp_path, undo="0s") as one:
        Town(root=tmp_path).rules(HELP_RULES + 'fold = "1h"\n')
        await one.start_again()
        await one.until(lambda: one.is_met)
        for number in range(POSTS):
            one.forum.write(f"raider{number}", f"{SAID}{'!' * (number % 4)}", title="Down")
        begun = asyncio.get_running_loop().time()
        one.forum.write_private("kim", "please help me, this is for you alone")
        await one.until(lambda: any("for you alone" in plain(mail) for mail in one.queue()))
        waited = asyncio.get_running_loop().time() - begun
        await one.until(one.is_quiet)
        with reading(tmp_path / "state" / "bridge.db") as connection:
            found = reports.status(connection, datetime.now(UTC) - timedelta(hours=1))
        print(f"{POSTS} alike: the message waited {waited:.1f} s, {highest(one) >> 20} MiB")  # noqa: T201 - as above
        peak = highest(one)
        assert await one.node.stop() == 0
    assert waited <= MINUTE
    assert (found.folded, found.unjudged) == (POSTS - 1, 0)
    assert peak <= ALLOWED
    assert one.broken() == ()


def highest(one: Life) -> int:
    """The most memory that the process ever held, in bytes."""
    status = Path(f"/proc/{one.node.pid}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) * 1024
