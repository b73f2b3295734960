"""Many questions under way at once: each poll takes what is ready and leaves the rest to the next."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")

LINGER_SECONDS = 0.25
"""How long more answers are awaited once there is something to tell."""

LONGEST_SECONDS = 2.0
"""How long a poll waits for answers while nothing is there to tell."""


class Crowd(Generic[T]):
    """Questions by name, each asked once at a time, and their answers in the order in which they came."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ready: asyncio.Queue[tuple[str, T]] = asyncio.Queue()
        self._open: set[str] = set()
        """Names of questions whose answers were not handed out yet."""

    def __len__(self) -> int:
        """How many have not been handed out yet."""
        return len(self._open)

    def __contains__(self, name: str) -> bool:
        return name in self._open

    def ask(self, name: str, question: Coroutine[Any, Any, T]) -> None:
        """Begin; the question must turn its failures into answers."""
        self._open.add(name)
        self._tasks[name] = asyncio.create_task(self._run(name, question), name=f"ask {name}")

    async def _run(self, name: str, question: Coroutine[Any, Any, T]) -> None:
        try:
            answer = await question
        except BaseException:
            self._open.discard(name)
            raise
        finally:
            del self._tasks[name]
        self._ready.put_nowait((name, answer))

    async def all(self) -> list[tuple[str, T]]:
        """Every answer, however long it takes."""
        await asyncio.gather(*self._tasks.values())
        return self._drained(len(self))

    async def some(self, is_news: Callable[[T], bool], *, most: int) -> list[tuple[str, T]]:
        """What is ready soon: little more than the first news, or all that came in two seconds without any."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST_SECONDS
        answers: list[tuple[str, T]] = []
        fresh, lingering = self._drained(most), False
        while True:
            answers += fresh
            if not lingering and any(is_news(answer) for _, answer in fresh):
                end, lingering = min(end, loop.time() + LINGER_SECONDS), True
            if len(answers) >= most or not self._tasks:
                return answers + self._drained(most - len(answers))
            try:
                async with asyncio.timeout_at(end):
                    fresh = [self._handed_out(await self._ready.get())]
            except TimeoutError:
                return answers
            fresh += self._drained(most - len(answers) - 1)

    def put_back(self, name: str, answer: T) -> None:
        """Keep an answer for the next poll."""
        self._open.add(name)
        self._ready.put_nowait((name, answer))

    def _drained(self, most: int) -> list[tuple[str, T]]:
        """Answers that are there already."""
        return [self._handed_out(self._ready.get_nowait()) for _ in range(min(most, self._ready.qsize()))]

    def _handed_out(self, answer: tuple[str, T]) -> tuple[str, T]:
        self._open.discard(answer[0])
        return answer

    async def close(self) -> None:
        """Give up what is under way; may be called twice."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._open.clear()
        self._drained(self._ready.qsize())
