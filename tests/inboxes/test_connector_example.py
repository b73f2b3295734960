"""The connector that the documentation shows works against the real desk and inbox, and its answer is one turn."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.core.replies import LetterOutcome
from bridge.desks import webhook as desks
from bridge.inboxes import webhook as inboxes
from bridge.ports import Fittings, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.desks import proxy
from bridge.testing.node import free_port

EXAMPLE = Path(__file__).parents[2] / "docs" / "desks" / "connector.py"
SECRET = "connector-secret-of-tests"


@asynccontextmanager
async def example(port: int, events: str, secret: Path) -> AsyncIterator[asyncio.StreamReader]:
    command = [sys.executable, str(EXAMPLE), str(port), events, str(secret), "We are on it."]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    try:
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


async def injected(desk: desks.WebhookDesk, sealed: object) -> None:
    """As the courier does: until it is taken."""
    for _ in range(200):
        with suppress(TemporaryProblem):
            await desk.inject(sealed)
            return
        await asyncio.sleep(0.05)
    pytest.fail("the example never listened")


async def test_the_example_takes_a_message_and_brings_its_answer(fittings: Fittings, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    out, back = free_port(), free_port()
    desk = desks.build("chat", desks.Settings(url=f"http://127.0.0.1:{out}/", secret=Secret(SECRET)), fittings)
    settings = inboxes.Settings(listen=f"127.0.0.1:{back}", secret=Secret(SECRET))
    inbox = inboxes.build("chat", settings, fittings)
    async with example(out, f"http://127.0.0.1:{back}/v1/events", tmp_path / "secret") as said:
        sealed = desk.seal(proxy("chat"))
        await injected(desk, sealed)
        await injected(desk, sealed)
        [letter] = await inbox.fetch(timedelta(seconds=20))
        await inbox.file(letter, LetterOutcome.ANSWER)
        lines = [await said.readline() for _ in range(2)]
        [_wrote, *_] = lines
        while b"our answer" not in lines[-1]:
            lines.append(await said.readline())
    await desk.close()
    await inbox.close()
    turn = json.loads(letter.raw)
    assert (turn["text"], turn["answers"]) == ("We are on it.", sealed.message_id)
    assert lines[-1] == b"our answer: answer\n"
