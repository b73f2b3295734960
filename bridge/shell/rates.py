"""How many answers a desk and an agent gave within the last hour, for the breaker (G11, A06)."""

from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)

Answer = tuple[datetime, str, str]
"""When it was given, from which desk, by which agent."""


class Rates:
    """Answers of the last hour; each node of several counts its own."""

    def __init__(self) -> None:
        self._given: deque[Answer] = deque()
        self._by_desk: Counter[str] = Counter()
        self._by_agent: Counter[str] = Counter()

    def saw(self, given: Iterable[Answer]) -> None:
        """Count answers."""
        for answer in given:
            self._given.append(answer)
            self._count(answer, 1)

    def forget(self, given: Iterable[Answer]) -> None:
        """Take back answers that were counted and came to nothing."""
        for answer in given:
            if answer in self._given:
                self._given.remove(answer)
                self._count(answer, -1)

    def of(self, desk: str, agent: str, now: datetime) -> tuple[int, int]:
        """Answers of the desk and of the agent within the last hour."""
        while self._given and self._given[0][0] <= now - HOUR:
            self._count(self._given.popleft(), -1)
        return self._by_desk[desk], self._by_agent[agent]

    def _count(self, answer: Answer, by: int) -> None:
        """Keep the sums, so that looking costs the same however many answers there were."""
        _, desk, agent = answer
        self._by_desk[desk] += by
        self._by_agent[agent] += by
