"""How many answers a desk and an agent gave within the last hour, for the breaker (G11, A06)."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


class Rates:
    """Answers of the last hour; each node of several counts its own."""

    def __init__(self) -> None:
        self._given: deque[tuple[datetime, str, str]] = deque()

    def saw(self, given: Iterable[tuple[datetime, str, str]]) -> None:
        """Count answers: when, from which desk, by which agent."""
        self._given.extend(given)

    def of(self, desk: str, agent: str, now: datetime) -> tuple[int, int]:
        """Answers of the desk and of the agent within the last hour."""
        while self._given and self._given[0][0] <= now - HOUR:
            self._given.popleft()
        by_desk = sum(given_by == desk for _, given_by, _ in self._given)
        by_agent = sum(given_by == agent for _, _, given_by in self._given)
        return by_desk, by_agent
