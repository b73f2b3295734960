"""Between those who bring turns of a chat and the loop that fetches letters: each who brings one waits for its outcome.

Nothing is kept here that was acknowledged: whoever brought a turn is told only when its outcome is stored,
so a crash loses nothing that the far end does not bring again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from bridge.core.replies import Letter, LetterOutcome
from bridge.inboxes._rounds import CHUNK, Rounds
from bridge.ports import Clock, TemporaryProblem

MOST = 1000
"""Turns that may wait at once; whoever brings more is asked to come again."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    letter: Letter
    outcome: "asyncio.Future[LetterOutcome]"


class Hatch:
    """Letters of one inbox, from being brought until they are put away."""

    def __init__(self, inbox: str, clock: Clock) -> None:
        self._inbox = inbox
        self._clock = clock
        self._waiting: dict[str, _Waiting] = {}
        self._rounds: Rounds[str] = Rounds()
        self._arrived = asyncio.Event()
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self._waiting)

    async def bring(self, raw: bytes, *, patience: float) -> LetterOutcome:
        """Hand in a turn and wait until its outcome is stored.

        Raises TemporaryProblem where too many wait already, or where nobody stored it within so many seconds:
        it may yet be stored, so the same turn must come again under the same id.
        """
        if len(self._waiting) >= MOST:
            raise TemporaryProblem("too many turns wait already")
        uid = str(next(self._numbers))
        letter = Letter(inbox=self._inbox, uid=uid, raw=raw, received=self._clock.now())
        outcome: asyncio.Future[LetterOutcome] = asyncio.get_running_loop().create_future()
        self._waiting[uid] = _Waiting(letter, outcome)
        self._arrived.set()
        try:
            return await asyncio.wait_for(outcome, patience)
        except TimeoutError as problem:
            raise TemporaryProblem("the turn could not be stored in time") from problem
        finally:
            self._waiting.pop(uid, None)

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        """What was brought and is not in the loop's hands, in its order; at most `wait` later."""
        letters = self._due()
        if not letters and wait > timedelta(0):
            try:
                await asyncio.wait_for(self._arrived.wait(), wait.total_seconds())
            except TimeoutError:
                return []
            letters = self._due()
        return letters

    def file(self, letter: Letter, outcome: LetterOutcome) -> None:
        """Tell whoever brought it; one who did not wait so long will bring it again."""
        waiting = self._waiting.pop(letter.uid, None)
        if waiting is not None and not waiting.outcome.done():
            waiting.outcome.set_result(outcome)

    def close(self) -> None:
        """Nobody will store what waits: whoever brought it is told at once, and brings it to the next process."""
        for waiting in self._waiting.values():
            if not waiting.outcome.done():
                waiting.outcome.set_exception(TemporaryProblem("the inbox is closing"))

    def _due(self) -> list[Letter]:
        self._arrived.clear()
        now = self._clock.now()
        uids = self._rounds.due(self._waiting, now)[:CHUNK]
        self._rounds.hand_out(uids, now)
        return [self._waiting[uid].letter for uid in uids]
