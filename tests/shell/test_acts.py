"""Orders on their way to the platform: a pause stops only those that add something, and they keep no answer waiting."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from faults.world import LIMITS, UNDO, World
from structlog.testing import capture_logs

from bridge.core.deeds import Deed
from bridge.core.proxies import Sealed
from bridge.ports import Channel
from bridge.shell import courier

FLOW = ("judge", "inject", "tell", "reread")
ALL = frozenset(Deed)


@pytest.fixture
def done() -> list[tuple[Deed, str]]:
    """What was done on the platform."""
    return []


@pytest.fixture
async def world(done: list[tuple[Deed, str]]) -> AsyncIterator[World]:
    made = World(limits=replace(LIMITS, deeds=ALL), adapter=lambda channel: Doing(channel, done))
    yield made
    await made.close()


async def flow(world: World) -> None:
    """Everything but what is done on the platform."""
    await world.poll(world.processes[0], None)
    await world.take_letters(world.processes[0], None)
    for _ in range(2):
        await world.work(world.processes[0], FLOW, limit=50, crossings=None)


async def act(world: World) -> None:
    await world.work(world.processes[0], ("act",), limit=50, crossings=None)


def told(world: World, reason: str) -> bool:
    return any(sealed.key.startswith(f"tell|{reason}|") for sealed in world.counter.taken)


async def asked(world: World) -> Sealed:
    """A post's mail in the queue."""
    world.write(1, 0, private=False)
    await flow(world)
    return world.proxies()[-1]


async def says(world: World, mail: Sealed, words: str) -> None:
    """An agent's mail about it."""
    world.counter.deliver(world.answer(mail, 1, words), world.clock.now())
    await flow(world)


class Doing:
    """The plaza's channel with hands of its own."""

    def __init__(self, channel: Channel, done: list[tuple[Deed, str]]) -> None:
        self._done = done
        self.name, self.limits, self.open, self.poll, self.publish, self.find, self.close = (
            channel.name,
            channel.limits,
            channel.open,
            channel.poll,
            channel.publish,
            channel.find,
            channel.close,
        )

    async def act(self, deed: Deed, target: str) -> None:
        self._done.append((deed, target))


@pytest.mark.parametrize(
    ("word", "switch", "waits"),
    [
        ("#like", "publishing", True),
        ("#hide", "publishing", False),
        ("#like", "channel:forum", True),
        ("#hide", "channel:forum", True),
    ],
)
async def test_an_order_waits_for_the_end_of_a_pause_unless_it_takes_words_away(
    world: World, done: list[tuple[Deed, str]], word: str, switch: str, *, waits: bool
) -> None:
    await says(world, await asked(world), word)
    await world.switch(switch, "paused")
    await act(world)
    assert done == ([] if waits else [(Deed(word[1:]), "p1")])
    await world.switch(switch, "")
    await world.pass_time(timedelta(seconds=60))
    await act(world)
    await flow(world)
    assert done == [(Deed(word[1:]), "p1")]
    assert told(world, word[1:])


async def test_an_answer_that_waits_keeps_no_order_waiting(world: World, done: list[tuple[Deed, str]]) -> None:
    """What is to be hidden is hidden at once, whatever the undo window or a pause holds back."""
    mail = await asked(world)
    await says(world, mail, "We are on it.")
    await world.switch("publishing", "paused")
    await says(world, mail, "#hide")
    await act(world)
    assert done == [(Deed.HIDE, "p1")]


async def test_a_like_that_waits_keeps_nothing_from_being_hidden(world: World, done: list[tuple[Deed, str]]) -> None:
    mail = await asked(world)
    await world.switch("publishing", "paused")
    await says(world, mail, "#like")
    await says(world, mail, "#hide")
    for _ in range(2):
        await act(world)
    assert done == [(Deed.HIDE, "p1")]


async def test_an_order_that_waits_keeps_no_notice_waiting(world: World, done: list[tuple[Deed, str]]) -> None:
    mail = await asked(world)
    await world.switch("channel:forum", "paused")
    await says(world, mail, "#hide")
    await act(world)
    await says(world, mail, "#nonsense")
    assert done == []
    assert told(world, "unknown_command")


async def test_a_part_goes_out_no_more_once_the_one_before_it_was_taken_away(
    world: World, done: list[tuple[Deed, str]]
) -> None:
    mail = await asked(world)
    await says(world, mail, f"#split\n\n{'We are on it and will tell you more. ' * 20}")
    await world.pass_time(UNDO)
    await world.work(world.processes[0], ("publish",), limit=50, crossings=None)
    assert len(world.plaza.said) == 1
    await says(world, mail, "#delete")
    await act(world)
    await world.work(world.processes[0], ("publish",), limit=50, crossings=None)

    assert [deed for deed, _ in done] == [Deed.DELETE]
    assert len(world.plaza.said) == 1
    await flow(world)
    assert told(world, "cancelled")


async def test_an_order_from_a_desk_that_is_not_there_any_more_is_done_once(
    world: World, done: list[tuple[Deed, str]]
) -> None:
    """Only its notice is dropped, since nobody can bring it."""
    await says(world, await asked(world), "#hide")
    house = replace(world.processes[0].house, store=world.store, desks={})
    with capture_logs() as lines:
        assert await courier.drain(house, ["act"]) == 1
    assert done == [(Deed.HIDE, "p1")]
    assert not told(world, "hide")
    assert [line["event"] for line in lines] == ["notice_dropped", "effect_performed"]


async def test_an_order_that_a_platform_cannot_carry_out_is_told() -> None:
    world = World(limits=LIMITS, adapter=lambda channel: channel)
    await says(world, await asked(world), "#like")
    await flow(world)
    assert told(world, "not_possible")
    await world.close()
