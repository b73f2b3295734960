"""What signals do to the real daemon: an orderly end, an end at once, and a reload that is taken whole or not at all."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge.testing.fakes.forum import Forum
from bridge.testing.town import Town

RULES = """
[[route]]
name = "all"
desk = "support"
"""


@pytest.fixture
async def forum() -> AsyncIterator[Forum]:
    board = Forum(journal=None, brand="acme")
    await board.start()
    yield board
    await board.stop()


@pytest.fixture
def town(tmp_path: Path, forum: Forum) -> Town:
    place = Town(root=tmp_path)
    place.write(endpoint=forum.url, account=forum.brand.id, token=forum.token)
    place.rules(RULES)
    return place


@pytest.fixture
async def daemon(town: Town) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "bridge", "run", "--config", str(town.configuration)]
    with (town.root / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
    await said(town, '"event": "started"')
    yield process
    if process.returncode is None:
        process.kill()
        await process.wait()


async def said(town: Town, what: str) -> None:
    """Wait until the daemon's log says something."""
    for _ in range(1200):
        if what in (town.root / "log").read_text():
            return
        await asyncio.sleep(0.05)
    pytest.fail((town.root / "log").read_text())


async def test_sigterm_ends_in_order_within_ten_seconds(town: Town, daemon: asyncio.subprocess.Process) -> None:
    """C22."""
    daemon.send_signal(signal.SIGTERM)

    assert await asyncio.wait_for(daemon.wait(), 12) == 0
    await said(town, '"event": "stopped"')


async def test_a_second_sigterm_ends_at_once_and_loses_nothing(
    town: Town, forum: Forum, daemon: asyncio.subprocess.Process
) -> None:
    forum.write("jane", "please help", title="Help")
    daemon.send_signal(signal.SIGTERM)
    daemon.send_signal(signal.SIGTERM)
    await asyncio.wait_for(daemon.wait(), 12)

    command = [sys.executable, "-m", "bridge", "fsck", "--config", str(town.configuration)]
    check = await asyncio.create_subprocess_exec(*command)
    assert await check.wait() == 0


async def test_sighup_takes_up_good_rules_and_keeps_the_old_ones_before_bad_ones(
    town: Town, daemon: asyncio.subprocess.Process
) -> None:
    """G01."""
    town.rules(RULES.replace('desk = "support"', 'desk = "nowhere"'))
    daemon.send_signal(signal.SIGHUP)
    await said(town, "configuration_rejected")

    town.rules(RULES.replace('"all"', '"everything"'))
    daemon.send_signal(signal.SIGHUP)
    await said(town, "configuration_adopted")
    assert daemon.returncode is None
