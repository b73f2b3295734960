"""What the fault tests share: log events are collected and not printed, and none of them may tell of a broken program."""

from collections.abc import Iterator

import pytest
import structlog

BROKEN = frozenset({"effect_failed", "letter_unreadable"})
"""Events that say that the program itself went wrong."""


@pytest.fixture(autouse=True)
def events() -> Iterator[list[structlog.typing.EventDict]]:
    """What was logged in this process."""
    seen: list[structlog.typing.EventDict] = []

    def collect(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        if event["event"] in BROKEN:
            seen.append(event)
        raise structlog.DropEvent

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[collect])
    yield seen
    structlog.configure(processors=before)
    assert not seen, "the program itself went wrong"
