"""The parts of a split answer go out one after the other, each hung on the one before where the platform chains them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from faults.world import LIMITS, UNDO, World

from bridge.core.effects import Row, State
from bridge.core.proxies import Sealed
from bridge.testing.fakes.plaza import Fate

KINDS = ("judge", "inject", "tell", "reread")
LONG = "#split\n\n" + "\n\n".join(f"Paragraph {number} {'word ' * 60}ends." for number in range(1, 5))


@pytest.fixture
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    chained: bool = getattr(request, "param", True)
    made = World(limits=replace(LIMITS, chained=chained), adapter=lambda channel: channel)
    yield made
    await made.close()


async def _work(world: World, *kinds: str) -> None:
    await world.work(world.processes[0], kinds, limit=50, crossings=None)


async def _letter(world: World, number: int, text: str, to: Sealed) -> None:
    world.counter.deliver(world.answer(to, number, text), world.clock.now())
    await world.take_letters(world.processes[0], None)
    for _ in range(2):
        await _work(world, *KINDS)
    await world.pass_time(UNDO)


async def _split(world: World, text: str = LONG) -> Sealed:
    """A post, and an answer to it in several parts whose undo window is over."""
    world.write(1, 0, private=False)
    await world.poll(world.processes[0], None)
    for _ in range(2):
        await _work(world, *KINDS)
    mail = world.proxies()[-1]
    await _letter(world, 1, text, mail)
    return mail


async def _speak(world: World, turns: int = 8) -> None:
    for _ in range(turns):
        await _work(world, "publish")
        await _work(world, "tell")


async def _rows(world: World) -> list[Row]:
    keys = await world.store.read(
        lambda c: c.exec_driver_sql("SELECT key FROM outbox WHERE kind = 'publish' ORDER BY id").scalars().all()
    )
    rows = [await world.store.kept(key) for key in keys]
    return [row for row in rows if isinstance(row, Row)]


def _notices(world: World) -> list[str]:
    return [taken.content.decode() for taken in world.counter.taken if not taken.key.startswith("inject|")]


@pytest.mark.parametrize("world", [True, False], indirect=True)
async def test_each_part_hangs_on_the_part_before_it_where_the_platform_chains(world: World) -> None:
    await _split(world)
    await _speak(world)
    said = world.plaza.said
    assert len(said) > 2
    before = ["", *(one.id for one in said[:-1])] if world.limits.chained else [""] * len(said)
    assert [one.publication.follows for one in said] == before
    assert {one.publication.parent for one in said} == {"p1"}


async def test_a_part_waits_until_the_one_before_it_is_known_to_stand(world: World) -> None:
    """Also through doubt: what is looked for and found gives the id on which the next one hangs."""
    await _split(world)
    world.plaza.fates.append(Fate.ANSWER_LOST)
    await _speak(world)
    assert len(world.plaza.said) == 1
    for _ in range(8):
        await world.pass_time(LIMITS.settle)
        await _speak(world, turns=2)
    assert [row.state for row in await _rows(world)] == [State.DONE] * len(world.plaza.said)
    assert world.plaza.said[1].publication.follows == world.plaza.said[0].id


async def test_what_follows_a_refused_part_is_held_and_the_agent_reads_what_went_out(world: World) -> None:
    """Once for the refusal and once for all that waits for it; `#release` lets all of it go on, in order."""
    mail = await _split(world)
    world.plaza.fates.extend([Fate.ACCEPTED, Fate.REFUSED])
    await _speak(world)
    rows = await _rows(world)
    assert [row.reason for row in rows][1:] == ["refused", *["part_missing"] * (len(rows) - 2)]
    told = _notices(world)
    assert len(told) == 2
    assert all(f"Your answer has {len(rows)} parts. Published: part 1." in " ".join(text.split()) for text in told)

    await _letter(world, 2, "#release", mail)
    await _speak(world)
    assert [row.state for row in await _rows(world)] == [State.DONE] * len(rows)
    assert [one.publication.follows for one in world.plaza.said] == ["", *(one.id for one in world.plaza.said[:-1])]


async def test_after_a_part_that_a_person_only_says_is_there_the_next_answers_the_customers_post(world: World) -> None:
    """Nobody knows its id, so nothing can hang on it."""
    mail = await _split(world)
    world.plaza.fates.append(Fate.ANSWER_LOST)
    world.plaza.blind = 1_000
    for _ in range(60):
        await _speak(world, turns=1)
        await world.pass_time(timedelta(seconds=95))
    assert (await _rows(world))[0].reason == "unsure"
    world.plaza.blind = 0
    await _letter(world, 2, "#done", mail)
    await _letter(world, 3, "#release", mail)
    await _speak(world)
    assert [one.publication.follows for one in world.plaza.said][1] == ""
    assert len(world.plaza.said) == len(await _rows(world))


async def test_more_parts_than_a_record_keeps_in_hand_go_out_all_the_same(world: World) -> None:
    text = "#split\n\n" + "\n\n".join(f"Paragraph {number} {'word ' * 90}ends." for number in range(1, 41))
    await _split(world, text)
    await _speak(world, turns=60)
    assert len(world.plaza.said) >= 40
    assert [row.state for row in await _rows(world)] == [State.DONE] * len(world.plaza.said)
