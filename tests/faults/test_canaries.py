"""FT24: words and secrets that were planted everywhere show in nothing that the daemon tells about itself, whatever goes wrong."""

import os
import signal
import subprocess
import sys
from email.message import Message
from pathlib import Path

import pytest
from faults.life import Life, change, leaked, village_life

from bridge.testing.correspondence import answer
from bridge.testing.fakes.faults import Mode
from bridge.testing.node import free_port, page

pytestmark = [pytest.mark.timeout(400)]

CANARY = "cuckoo-7f3a91"
"""In every text that a person wrote."""
TROUBLES = (Mode.ACCEPT_THEN_ERROR, Mode.MALFORMED, Mode.FORBID, Mode.ACCEPT_WITH_GARBAGE, Mode.LISTING_ERROR)


def test_the_look_finds_what_is_there(tmp_path: Path) -> None:
    """Else it would prove nothing."""
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "key").write_text("hunter2\n")

    assert leaked(tmp_path, "password hunter2 for reply+abcdefgh.x@acme.test") == ["key", "reply+abcdefgh.x@"]
    assert leaked(tmp_path, "password *** for reply+***@acme.test") == []


async def test_nothing_that_was_planted_shows(tmp_path: Path) -> None:
    async with village_life(tmp_path, undo="0s") as one:
        listen = f"127.0.0.1:{free_port()}"
        change(one.root / "config", "[bridge]\n", f'[bridge]\nstatus = {{ listen = "{listen}" }}\n')
        await one.start_again()
        await one.until(lambda: one.is_met)
        for trouble in TROUBLES:
            one.forum.fail(trouble, times=1)
            await misfortune(one)
        one.forum.heal()
        await one.until(one.is_quiet)
        told = await page(f"http://{listen}/metrics", node=one.node)
        await one.node.kill()
        await one.start_again()
        told += "".join(command(one, *words) for words in (("status",), ("status", "--json"), ("fsck",)))
        assert await one.node.stop() == 0
        told += one.node.said()
    assert CANARY not in told
    assert leaked(one.root / "config", told) == []


async def misfortune(one: Life) -> None:
    """Customers write in public and in private, and somebody answers who may not, and somebody who may."""
    number = len(one.posts) + 1
    one.forum.write(f"jane{number}", f"post-{number:04} please help {CANARY}", title=f"post-{number:04} {CANARY}")
    one.forum.write_private(f"jane{number}", f"post-{number + 1:04} please help me alone {CANARY}")
    one.posts += [f"post-{number:04}", f"post-{number + 1:04}"]
    await one.until(lambda: len(one.proxies()) == len(one.posts))
    for mail in one.proxies()[-2:]:
        for reply in replies(mail, one.agent):
            one.deliver(reply)
    os.kill(one.node.pid, signal.SIGHUP)


def replies(mail: Message, agent: str) -> tuple[Message, ...]:
    """An answer, one with an unknown command, and a stranger's."""
    return (
        answer(mail, f"It works again. {CANARY}", sender=agent),
        answer(mail, f"#{CANARY}\nIt works again. {CANARY}", sender=agent),
        answer(mail, f"I am somebody else. {CANARY}", sender=f"eve-{CANARY}@evil.test"),
    )


def command(one: Life, *words: str) -> str:
    """What a command says."""
    line = [sys.executable, "-m", "bridge", *words, "--config", str(one.root / "config")]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
