"""An answer that its agent takes back by mail while it waits is never said (B15)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from faults.world import LIMITS, UNDO, World

from bridge.ports import Channel
from bridge.testing.mailing import WORDS
from bridge.testing.threats_at_work import TAKING_BACK


def as_it_is(channel: Channel) -> Channel:
    """No adapter between the world and its channel."""
    return channel


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(limits=LIMITS, adapter=as_it_is)
    made.write(1, 1, private=False)
    await made.poll(made.processes[0], None)
    await made.work(made.processes[0], {"judge"}, limit=9, crossings=None)
    await made.work(made.processes[0], {"inject"}, limit=9, crossings=None)
    yield made
    await made.close()


async def answered(world: World, *texts: str) -> list[str]:
    """What stands on the platform when the undo window has passed after letters with these texts."""
    (proxy,) = world.proxies()
    for number, text in enumerate(texts):
        world.counter.deliver(world.answer(proxy, number, text), world.clock.now())
        await world.take_letters(world.processes[0], None)
    for _ in range(3):
        await world.pass_time(UNDO + timedelta(seconds=1))
        await world.work(world.processes[0], {"publish", "tell"}, limit=9, crossings=None)
    return [said.publication.text for said in world.plaza.said]


async def test_an_answer_that_nobody_takes_back_is_said(world: World) -> None:
    assert await answered(world, WORDS) == [WORDS]


@pytest.mark.parametrize("text", TAKING_BACK)
async def test_b15_an_answer_that_is_taken_back_is_not_said(world: World, text: str) -> None:
    assert await answered(world, WORDS, text) == []


async def test_b15_a_corrected_text_is_said_alone(world: World) -> None:
    assert await answered(world, WORDS, "#cancel\nThe shop opens at noon.") == ["The shop opens at noon."]
