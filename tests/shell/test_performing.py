"""What an adapter raises becomes an outcome by law 6: every problem its own, and anything else is doubt."""

import pytest

from bridge.core.events import Doubted, Outcome, Postponed, Refused
from bridge.ports import (
    ClosedProblem,
    LoginProblem,
    PermanentProblem,
    StoppedProblem,
    TemporaryProblem,
    UncertainProblem,
    WaitProblem,
)
from bridge.shell import performing
from bridge.testing.making import claimed, publish


@pytest.mark.parametrize(
    ("problem", "kind", "reason"),
    [
        (TemporaryProblem("busy", 7.0), Postponed, "temporary"),
        (LoginProblem("revoked"), Postponed, "login"),
        (WaitProblem("it is night", after=60), Postponed, "waits"),
        (StoppedProblem("they said STOP"), Refused, "stopped"),
        (ClosedProblem("too late"), Refused, "window_closed"),
        (PermanentProblem("no"), Refused, "refused"),
        (UncertainProblem("who knows"), Doubted, "uncertain"),
        (RuntimeError("a bug"), Doubted, "uncertain"),
    ],
)
async def test_every_problem_has_its_outcome(problem: Exception, kind: type[Outcome], reason: str) -> None:
    async def attempt() -> Outcome:
        raise problem

    outcome = await performing._classified(claimed(publish()), attempt)
    assert isinstance(outcome, kind)
    assert outcome.reason == reason
    if isinstance(outcome, Refused):
        assert outcome.detail == str(problem)
