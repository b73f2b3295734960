"""FT01 for texts over SMPP: killed at any moment, each text is in the store once, and none is anywhere else."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from channels_smpp import ANN, BOB, smsc
from faults.smpp_child import stored

from bridge.testing.fakes.smsc import Smsc
from bridge.testing.fittings import MovableClock

CHILD = Path(__file__).with_name("smpp_child.py")
KILLS = 12
TEXTS = 40
"""Before each kill; every fourth has three parts."""


async def run_and_kill(server: Smsc, place: Path, life: Awaitable[None]) -> None:
    """One process, killed when that is over after it was bound."""
    arguments = (str(CHILD), str(server.port), server.password, str(place))
    child = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    async with asyncio.timeout(60):
        await until(lambda: server.is_bound)
        await life
    child.kill()
    await child.wait()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - another process brings it about
        await asyncio.sleep(0.01)


def texts_in(place: Path) -> dict[str, str]:
    """What is stored, by its ids."""
    return {name: text for page in stored(place / "store") for name, text in page["texts"].items()}


def write(server: Smsc, number: int) -> str:
    """A customer writes something that nobody wrote before."""
    text = f"text {number} " + ("with many words " * 25 if number % 4 == 0 else "")
    server.text((ANN, BOB)[number % 2], text)
    return text


async def test_ft01_a_text_is_there_once_whenever_the_process_is_killed(tmp_path: Path, clock: MovableClock) -> None:
    chance = random.Random(7)
    wanted: list[str] = []
    async with smsc(clock, window=5) as server:
        for life in range(KILLS):
            wanted += [write(server, life * TEXTS + n) for n in range(TEXTS)]
            await run_and_kill(server, tmp_path, asyncio.sleep(chance.uniform(0.0, 0.08)))
        await run_and_kill(server, tmp_path, until(lambda: len(texts_in(tmp_path)) >= len(wanted)))
        await run_and_kill(server, tmp_path, asyncio.sleep(1))
        left = list(server.tray.waiting)

    assert left == []
    assert Counter(texts_in(tmp_path).values()) == Counter(wanted)
