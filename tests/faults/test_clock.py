"""FT17: the clock of the machine is set anew under the running daemon, which neither stalls nor cuts a pause short."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from faults.life import Life, village_life

from bridge.core.effects import State
from bridge.store import reports
from bridge.store.open import reading
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import MovableClock

UNDO = 3.0
"""Seconds in which the agent may take an answer back: a jump must not end them."""

FOLLOWED = (timedelta(hours=1), timedelta(hours=-1))
DOUBTED = (timedelta(days=400), timedelta(days=-400))
NONE = timedelta(0)
LIBRARY = "/usr/$LIB/faketime/libfaketimeMT.so.1"


@pytest.fixture
async def one(tmp_path: Path, require: Callable[[list[str], list[str]], None]) -> AsyncIterator[Life]:
    require(["faketime"], ["faketime"])
    async with village_life(tmp_path, undo=f"{UNDO:.0f}s") as lived:
        set_clock(lived, NONE)
        yield lived


def set_clock(one: Life, ahead: timedelta) -> None:
    """What the daemon's machine takes for the time from now on, as a distance from the real one.

    Where it is followed it is the mail server's time, too; a server elsewhere keeps the right one.
    """
    one.ahead = ahead if ahead not in DOUBTED else NONE
    (one.root / "clock.new").write_text(f"{ahead.total_seconds():+.0f}\n")
    (one.root / "clock.new").rename(one.root / "clock")


async def start(one: Life) -> None:
    """The daemon under a clock that can be set; what cannot be set goes on as ever."""
    setting = {
        "LD_PRELOAD": LIBRARY,
        "FAKETIME_TIMESTAMP_FILE": str(one.root / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "NO_FAKE_STAT": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    await one.start("env", *(f"{name}={value}" for name, value in setting.items()))
    await one.until(lambda: one.is_met)


def publication(one: Life, state: State) -> bool:
    """Whether an answer stands in that state."""
    with reading(one.root / "state" / "bridge.db") as connection:
        piles = reports.status(connection, MovableClock().now()).waiting
    return any(pile.kind == "publish" and pile.state is state for pile in piles)


async def answered(one: Life) -> None:
    """One customer more writes, and the agent's answer waits for its undo window."""
    one.write()
    await one.until(lambda: len(one.proxies()) == len(one.posts))
    one.answer_all()
    await one.until(lambda: publication(one, State.READY))


@pytest.mark.parametrize("jump", FOLLOWED, ids=str)
async def test_a_jump_stalls_nothing_and_ends_nothing_early(one: Life, jump: timedelta) -> None:
    await start(one)
    await answered(one)
    begun = time.monotonic()
    set_clock(one, jump)
    await one.until(lambda: "clock_jumped" in one.node.said())
    await one.until(lambda: bool(one.forum.said()))
    assert time.monotonic() - begun > UNDO / 2

    await answered(one)  # polls and couriers go on
    set_clock(one, NONE)
    await one.until(lambda: one.node.said().count("clock_jumped") == 2)
    await answered(one)
    await ended(one)


@pytest.mark.parametrize("jump", DOUBTED, ids=str)
async def test_a_jump_beyond_belief_is_told_and_not_followed(one: Life, jump: timedelta) -> None:
    """Else each answer that waits would be too late, and every record old enough to be erased."""
    await start(one)
    await answered(one)
    set_clock(one, jump)
    await one.until(lambda: "Is this the time?" in subjects(one))
    await answered(one)
    await one.until(lambda: len(one.forum.said()) == len(one.posts))
    set_clock(one, NONE)
    await one.until(lambda: "Recovered: the clock" in subjects(one))
    await answered(one)
    await ended(one)
    assert "clock_jumped" not in one.node.said()


@pytest.mark.parametrize("jump", [*FOLLOWED, *DOUBTED], ids=str)
async def test_a_jump_while_an_answer_is_under_way_publishes_it_once(one: Life, jump: timedelta) -> None:
    one.forum.fail(Mode.ACCEPT_LATE, times=1, amount=1.5)
    await start(one)
    await answered(one)
    await one.until(lambda: publication(one, State.RUNNING))
    set_clock(one, jump)
    await one.until(lambda: '"event": "clock_' in one.node.said())
    await ended(one)


async def ended(one: Life) -> None:
    """Everything is at its far end, once, without an early end of anything."""
    await one.until(one.step)
    assert await one.node.stop() == 0
    assert one.broken() == ()
    assert one.held() == []
    assert "retention_ended" not in one.node.said()


def subjects(one: Life) -> str:
    """Of all mails in the queue, notices included."""
    return "\n".join(str(mail["Subject"]) for mail in one.queue())
