"""Outcomes from a thread of the store's back to those who wait for them, many with one call into their loop."""

import asyncio
from collections.abc import Iterable
from typing import Protocol

import structlog

log = structlog.get_logger()

Outcome = object | BaseException


class Waiting(Protocol):
    """Somebody who waits in an event loop."""

    @property
    def future(self) -> asyncio.Future[object]:
        """What they wait for."""
        ...

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where they wait."""
        ...


def answer(outcomes: Iterable[tuple[Waiting, Outcome]]) -> None:
    """Tell all of them, with one call into each event loop."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[object], Outcome]]] = {}
    for waiting, outcome in outcomes:
        loops.setdefault(waiting.loop, []).append((waiting.future, outcome))
    for loop, answers in loops.items():
        try:
            loop.call_soon_threadsafe(_complete, answers)
        except RuntimeError:  # the caller's loop ended before its answer: what was done is done, nobody waits for it
            log.warning("caller_gone", answers=len(answers))


def _complete(answers: Iterable[tuple[asyncio.Future[object], Outcome]]) -> None:
    for future, outcome in answers:
        if future.cancelled():
            continue
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
