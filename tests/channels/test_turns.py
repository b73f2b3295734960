"""D09: politeness to hosts, and answers that are ready without waiting for others."""

import asyncio
from collections import Counter

import pytest

from bridge.channels import _crowd, _turns
from bridge.channels._crowd import Crowd
from bridge.channels._turns import Turns


async def test_a_host_is_asked_one_at_a_time_and_others_meanwhile() -> None:
    turns = Turns(per_host=1, spacing=0.0, hosts=10)
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()
    together = 0

    async def ask(host: str) -> None:
        nonlocal together
        async with turns.turn(host):
            running[host] += 1
            most[host] = max(most[host], running[host])
            together = max(together, running.total())
            await asyncio.sleep(0)
            running[host] -= 1

    await asyncio.gather(*(ask(host) for host in "aaaabbbbcccc"))
    assert set(most.values()) == {1}
    assert together == 3


async def test_requests_to_a_host_keep_their_distance() -> None:
    turns = Turns(per_host=5, spacing=0.03, hosts=10)
    starts: list[float] = []

    async def ask() -> None:
        async with turns.turn("a"):
            starts.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(ask() for _ in range(4)))
    assert starts[-1] - starts[0] >= 0.08


async def test_hosts_that_hang_give_their_places_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for two, two hanging hosts keep a third one waiting only as long as patience lasts."""
    monkeypatch.setattr(_turns, "PATIENCE_SECONDS", 0.02)
    turns = Turns(per_host=1, spacing=0.0, hosts=2)
    over = asyncio.Event()

    async def hang(host: str) -> None:
        async with turns.turn(host):
            await over.wait()

    hanging = [asyncio.create_task(hang(host)) for host in "ab"]
    await asyncio.sleep(0)
    async with asyncio.timeout(1), turns.turn("c"):
        assert not any(task.done() for task in hanging)
    over.set()
    await asyncio.gather(*hanging)


async def test_a_poll_takes_what_is_ready_and_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_crowd, "LINGER_SECONDS", 0.01)
    crowd: Crowd[str] = Crowd()
    over = asyncio.Event()

    async def quick() -> str:
        return "news"

    async def slow() -> str:
        await over.wait()
        return "later"

    crowd.ask("slow", slow())
    crowd.ask("quick", quick())
    assert await crowd.some(lambda answer: answer == "news", most=10) == [("quick", "news")]
    assert ("slow" in crowd, "quick" in crowd, len(crowd)) == (True, False, 1)
    over.set()
    assert await crowd.some(lambda _: True, most=10) == [("slow", "later")]
    assert len(crowd) == 0


async def test_a_poll_without_news_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_crowd, "LONGEST_SECONDS", 0.02)
    crowd: Crowd[str] = Crowd()
    crowd.ask("never", asyncio.Event().wait())  # type: ignore[arg-type]  # it never answers anything
    assert await crowd.some(lambda _: True, most=10) == []
    await crowd.close()
    assert len(crowd) == 0


async def test_an_answer_that_is_put_back_comes_again_and_is_not_asked_for_meanwhile() -> None:
    crowd: Crowd[str] = Crowd()
    crowd.put_back("a", "kept")
    assert "a" in crowd
    assert await crowd.some(lambda _: True, most=10) == [("a", "kept")]
    assert "a" not in crowd


async def test_a_page_has_room_for_so_many() -> None:
    crowd: Crowd[int] = Crowd()

    async def answer(number: int) -> int:
        return number

    for number in range(7):
        crowd.ask(str(number), answer(number))
    sizes = [len(await crowd.some(lambda _: True, most=3)) for _ in range(3)]
    assert sizes == [3, 3, 1]


async def test_a_poll_that_is_given_up_leaves_nothing_asked_for_ever() -> None:
    crowd: Crowd[str] = Crowd()
    crowd.ask("a", asyncio.Event().wait())  # type: ignore[arg-type]  # it never answers anything
    poll = asyncio.create_task(crowd.all())
    await asyncio.sleep(0)
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poll
    assert "a" not in crowd
