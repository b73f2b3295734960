"""From a customer's text to the agent's answer on their phone, over a real socket: in doubt never twice, and told where it did not arrive."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from channels_smpp import ANN, settings
from faults.world import UNDO, World

from bridge.channels import smpp
from bridge.core.conversation import Phase
from bridge.core.effects import Row, State
from bridge.ports import Fittings
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.smsc import Smsc
from bridge.testing.making import NOW

ANSWER = "Thank you for telling us: a technician is on the way to you."
KINDS = ("judge", "inject", "tell", "reread")
ROUNDS = 60
"""Turns of the courier, a minute apart, within which every doubt must have come to a person."""


class Following:
    """The world's clock, once there is a world."""

    world: World | None = None

    def now(self) -> datetime:
        return self.world.clock.now() if self.world is not None else NOW

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0


@pytest.fixture
async def server() -> AsyncIterator[Smsc]:
    server = Smsc(now=lambda: NOW)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def world(server: Smsc, tmp_path: Path, fittings: Fittings) -> AsyncIterator[World]:
    clock = Following()
    channel = smpp.build("forum", settings(server, tmp_path / "texts"), replace(fittings, clock=clock))
    world = World(limits=channel.limits, adapter=lambda _: channel)
    clock.world = world
    yield world
    await channel.close()
    await world.close()


async def work(world: World, *kinds: str) -> None:
    await world.work(world.processes[0], kinds, limit=50, crossings=None)


async def poll(world: World) -> None:
    await world.pass_time(timedelta(seconds=5))
    await world.poll(world.processes[0], None)


async def arrived(world: World) -> None:
    """What the SMSC sent until now is on the disk, a second later."""
    channel = world.processes[0].house.channels["forum"]
    assert isinstance(channel, smpp.Smpp)
    await channel._link.prove()
    await world.pass_time(timedelta(seconds=1))


async def answered(world: World, server: Smsc, text: str = ANSWER) -> None:
    """A customer's text went to the desk, and an agent's answer to it is due."""
    await world.poll(world.processes[0], None)
    server.text(ANN, "The line is down since this morning, please help")
    await poll(world)
    for _ in range(2):
        await work(world, *KINDS)
    [mail] = world.proxies()
    world.counter.deliver(world.answer(mail, 1, text), world.clock.now())
    await world.take_letters(world.processes[0], None)
    await world.pass_time(UNDO)


async def row(world: World) -> Row:
    [key] = await world.store.read(
        lambda c: c.exec_driver_sql("SELECT key FROM outbox WHERE kind = 'publish'").scalars().all()
    )
    found = await world.store.kept(key)
    assert isinstance(found, Row)
    return found


def told(world: World, reason: str) -> list[str]:
    return [sealed.key for sealed in world.counter.taken if sealed.key.startswith(f"tell|{reason}|")]


@pytest.mark.parametrize("polls", [0, 1])
async def test_stop_between_the_decision_and_the_sending_keeps_the_answer(
    world: World, server: Smsc, polls: int
) -> None:
    """B19: also where the word is on the disk only, and no poll has brought it to the store."""
    await answered(world, server)
    server.text(ANN, "Stop.")
    await arrived(world)
    for _ in range(polls):
        await poll(world)
    await work(world, "publish")
    held = await row(world)
    for _ in range(2):
        await poll(world)
        await work(world, "publish", *KINDS)

    assert server.said() == []
    assert (held.state, held.reason) == (State.HELD, "stopped")
    assert len(told(world, "stopped")) == 2  # the ticket, and whoever wrote it


async def test_start_opens_again(world: World, server: Smsc) -> None:
    await answered(world, server)
    for text in ("STOP", "START"):
        server.text(ANN, text)
        await arrived(world)
    await poll(world)
    for _ in range(3):
        await work(world, "publish", *KINDS)

    assert server.said() == [ANSWER]


@pytest.mark.parametrize(
    ("mode", "end"),
    [
        (Mode.ACCEPT_THEN_HANG, State.DONE),
        (Mode.ACCEPT_LATE, State.DONE),
        (Mode.ACCEPT_WITHOUT_ID, State.DONE),
        (Mode.RATE_LIMIT, State.DONE),
        (Mode.ACCEPT_THEN_CUT, State.HELD),
        (Mode.ACCEPT_WITH_GARBAGE, State.HELD),
        (Mode.CUT, State.HELD),
        (Mode.ERROR, State.HELD),
        (Mode.REFUSE, State.HELD),
        (Mode.FORBID, State.HELD),
    ],
)
async def test_ft10_no_failure_says_anything_twice_or_loses_it(
    world: World, server: Smsc, mode: Mode, end: State
) -> None:
    """What the SMSC took without saying so waits for a person: it is never sent again blindly."""
    await answered(world, server)
    server.fail(mode, amount=30)
    await work(world, "publish")
    in_between = (await row(world)).state
    server.heal()
    for _ in range(ROUNDS):
        if (await row(world)).state in {State.DONE, State.HELD}:
            break
        await world.pass_time(timedelta(minutes=1))
        await work(world, "publish")
    await work(world, *KINDS)

    assert (await row(world)).state is end
    assert server.said() == ([ANSWER] if end is State.DONE or mode in _TAKEN else [])
    doubtful = mode not in {Mode.ACCEPT_WITHOUT_ID, Mode.RATE_LIMIT, Mode.REFUSE, Mode.FORBID}
    assert (in_between is State.UNSURE) == doubtful
    assert len(told(world, "unsure")) == (doubtful and end is State.HELD)
    assert len(told(world, "refused")) == (mode in {Mode.REFUSE, Mode.FORBID})


_TAKEN = {Mode.ACCEPT_THEN_CUT, Mode.ACCEPT_WITH_GARBAGE}


@pytest.mark.parametrize("form", ["text", "tlv"])
async def test_an_answer_that_did_not_arrive_is_told_to_the_ticket_once(world: World, server: Smsc, form: str) -> None:
    """And the customer waits again, whose next answer is tied to its own receipt."""
    await answered(world, server)
    await work(world, "publish")
    for _ in range(2):
        server.receipt(server.taken[0], "UNDELIV", form=form, error=1)
        await world.pass_time(timedelta(minutes=1))
        await poll(world)
        await work(world, *KINDS)
    [key] = told(world, "undelivered")
    [notice] = [sealed for sealed in world.counter.taken if sealed.key == key]

    assert b"did not reach the customer: it could not be delivered to this number (code 1)" in notice.content
    record = await world.store.conversation((await row(world)).effect.conversation)
    assert record is not None
    assert record.phase is Phase.WAITING
    facts = await world.store.read(
        lambda c: c.exec_driver_sql("SELECT kind FROM fact WHERE kind = 'undelivered'").scalars().all()
    )
    assert len(facts) == 1


async def test_one_that_arrived_is_told_nobody(world: World, server: Smsc) -> None:
    await answered(world, server)
    await work(world, "publish")
    server.receipt(server.taken[0], "DELIVRD", form="both")
    await world.pass_time(timedelta(minutes=1))
    await poll(world)
    await work(world, *KINDS)

    assert told(world, "undelivered") == []
    assert (await row(world)).state is State.DONE
