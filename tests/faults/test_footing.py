"""The ground that the state machine stands on: a process stops exactly where it was told to, and goes on to its end."""

import asyncio

from bridge.testing.footing import End, Footing


async def steps(footing: Footing, passed: list[int]) -> None:
    """Crossings with work between them that takes a while."""
    for number in range(3):
        await footing.cross()
        await asyncio.to_thread(passed.append, number)


async def test_a_process_stops_where_it_was_told_to() -> None:
    footing, passed = Footing(), list[int]()

    assert await footing.walk(steps(footing, passed), crossings=1) is End.STOPPED
    assert (passed, footing.paused) == ([0], True)
    await footing.crash()


async def test_a_process_that_goes_on_comes_to_its_end_before_anything_else_happens() -> None:
    footing, passed = Footing(), list[int]()
    await footing.walk(steps(footing, passed), crossings=1)

    assert await footing.resume() is End.DONE
    assert (passed, footing.paused) == ([0, 1, 2], False)


async def test_a_process_that_crashes_does_nothing_more() -> None:
    footing, passed = Footing(), list[int]()
    await footing.walk(steps(footing, passed), crossings=2)
    await footing.crash()

    assert (passed, footing.paused) == ([0, 1], False)
