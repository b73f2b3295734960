"""What signals do to the real daemon: an orderly end, an end at once, and a reload that is taken whole or not at all."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import Message
from pathlib import Path
from typing import TypeVar

import pytest

from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.forum import Forum
from bridge.testing.town import HELP_RULES, Town, answer, plain

T = TypeVar("T")

ANSWER = "It works again."


@pytest.fixture
def town(tmp_path: Path, forum: Forum) -> Town:
    place = Town(root=tmp_path)
    place.write(endpoint=forum.url, account=forum.brand.id, token=forum.token)
    place.rules(HELP_RULES)
    configured(place, timeout="30s")
    return place


def configured(town: Town, *, timeout: str) -> None:
    """Write how long a request to the forum may take."""
    file = town.configuration / "bridge.toml"
    kept = [line for line in file.read_text().splitlines() if not line.startswith(("interval", "timeout", "in_flight"))]
    pace = f'interval = "200ms"\ntimeout = "{timeout}"\nin_flight = "1s"'
    file.write_text("\n".join(kept).replace("[channel.forum]", f"[channel.forum]\n{pace}"))


@asynccontextmanager
async def running(town: Town) -> AsyncIterator[asyncio.subprocess.Process]:
    """The daemon, with a log that begins anew."""
    command = [sys.executable, "-m", "bridge", "run", "--config", str(town.configuration)]
    with (town.root / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
    try:
        await said(town, '"event": "started"')
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
async def daemon(town: Town) -> AsyncIterator[asyncio.subprocess.Process]:
    async with running(town) as process:
        yield process


async def comes(what: Callable[[], T], town: Town) -> T:
    """Wait for something that is true or not empty; fails with the daemon's log."""
    for _ in range(1200):
        if found := what():
            return found
        await asyncio.sleep(0.05)
    pytest.fail((town.root / "log").read_text())


async def said(town: Town, what: str) -> None:
    """Wait until the daemon's log says something."""
    await comes(lambda: what in (town.root / "log").read_text(), town)


def publications(town: Town) -> list[str]:
    """What became of publications, as the daemon's log says."""
    lines = [line for line in (town.root / "log").read_text().splitlines() if '"effect": "publish"' in line]
    return [json.loads(line)["event"] for line in lines]


async def mail_with(town: Town, text: str) -> Message:
    """The mail of the queue that carries a text."""
    (mail,) = await comes(lambda: [mail for mail in town.mails() if text in plain(mail)], town)
    return mail


async def publication_under_way(town: Town, forum: Forum) -> None:
    """The forum accepts an answer, and the request hangs."""
    await said(town, '"state": "well"')
    forum.fail(Mode.ACCEPT_THEN_HANG)
    forum.write("jane", "please help", title="Help")
    town.deliver(answer(await mail_with(town, "please help"), ANSWER).as_bytes())
    await comes(forum.said, town)


async def still_alive(daemon: asyncio.subprocess.Process) -> None:
    """It does not end within a second."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(daemon.wait(), 1)


async def test_c22_sigterm_ends_in_order_and_sees_through_what_is_under_way(
    town: Town, forum: Forum, daemon: asyncio.subprocess.Process
) -> None:
    await publication_under_way(town, forum)
    daemon.send_signal(signal.SIGTERM)
    await still_alive(daemon)
    forum.heal()

    assert await asyncio.wait_for(daemon.wait(), 5) == 0
    assert publications(town) == ["effect_performed"]
    await said(town, '"event": "stopped"')
    assert [item.text for item in forum.said()] == [ANSWER]


async def test_c22_sigterm_abandons_after_ten_seconds_what_does_not_end(
    town: Town, forum: Forum, daemon: asyncio.subprocess.Process
) -> None:
    await publication_under_way(town, forum)
    daemon.send_signal(signal.SIGTERM)

    assert await asyncio.wait_for(daemon.wait(), 13) == 0
    await said(town, "stopped_before_all_was_done")
    await said(town, '"event": "stopped"')


async def test_c22_a_second_sigterm_ends_at_once_and_the_next_start_publishes_nothing_twice(
    town: Town, forum: Forum, daemon: asyncio.subprocess.Process
) -> None:
    await publication_under_way(town, forum)
    daemon.send_signal(signal.SIGTERM)
    await still_alive(daemon)
    daemon.send_signal(signal.SIGTERM)
    await asyncio.wait_for(daemon.wait(), 3)
    assert publications(town) == []

    forum.heal()
    configured(town, timeout="1s")  # so that it looks soon whether the answer stands
    async with running(town) as again:
        await comes(lambda: publications(town) == ["effect_doubted", "effect_performed"], town)
        again.terminate()
        assert await again.wait() == 0
    assert [item.text for item in forum.said()] == [ANSWER]
    command = [sys.executable, "-m", "bridge", "fsck", "--config", str(town.configuration)]
    check = await asyncio.create_subprocess_exec(*command)
    assert await check.wait() == 0


async def test_g01_sighup_takes_up_good_rules_and_keeps_the_old_ones_before_bad_ones(
    town: Town, forum: Forum, daemon: asyncio.subprocess.Process
) -> None:
    await said(town, '"state": "well"')
    town.rules(HELP_RULES.replace('desk = "support"', 'desk = "nowhere"'))
    daemon.send_signal(signal.SIGHUP)
    await said(town, "configuration_rejected")
    forum.write("jane", "please help", title="Help")
    await mail_with(town, "please help")

    town.rules(HELP_RULES.replace('"help"', '"price"'))
    daemon.send_signal(signal.SIGHUP)
    await said(town, "configuration_adopted")
    forum.write("bob", "please help me too", title="Me too")
    forum.write("jim", "what is the price?", title="Price")
    await mail_with(town, "what is the price?")
    await comes(lambda: (town.root / "log").read_text().count("post_judged") == 3, town)
    assert not [mail for mail in town.mails() if "please help me too" in plain(mail)]
    assert daemon.returncode is None
