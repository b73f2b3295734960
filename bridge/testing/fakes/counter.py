"""A queue and a mailbox in memory: the agents' side, with a record of every mail that was taken."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.core.replies import Form, Letter, LetterOutcome
from bridge.ports import PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.footing import Footing

HANDFUL = 3
"""Letters of one fetch."""


class Taking(StrEnum):
    """What becomes of a mail, and what its sender hears."""

    TAKEN = "taken"
    ANSWER_LOST = "answer_lost"
    """Taken; the sender hears nothing."""
    CUT_BEFORE = "cut_before"
    """The connection broke and nothing was taken, which the sender cannot know."""
    REFUSED = "refused"
    BUSY = "busy"


@dataclass(slots=True, kw_only=True)
class Counter:
    """The agents' queue and the mailbox of their answers; `taken` only grows."""

    taken: list[Sealed] = field(default_factory=list)
    takings: deque[Taking] = field(default_factory=deque)
    """Of the next mails; taken where there is none."""
    letters: list[Letter] = field(default_factory=list)
    """What lies in the mailbox of answers."""
    filed: list[tuple[str, LetterOutcome]] = field(default_factory=list)
    _count: int = 0

    def deliver(self, raw: bytes, received: datetime, *, doubtful: bool = False) -> None:
        """Put a letter into the mailbox of answers."""
        self._count += 1
        uid = str(self._count)
        self.letters.append(Letter(inbox="replies", uid=uid, raw=raw, received=received, doubtful=doubtful))


class CounterDesk:
    """One process's way into the queue."""

    def __init__(
        self, name: str, counter: Counter, footing: Footing, *, seal: Callable[[Proxy | Notice], Sealed]
    ) -> None:
        self.name = name
        self._counter = counter
        self._footing = footing
        self._seal = seal

    def seal(self, message: Proxy | Notice) -> Sealed:
        """As the given sealer does."""
        return self._seal(message)

    async def inject(self, sealed: Sealed) -> None:
        """Meet what the queue does next."""
        await self._footing.cross()
        counter = self._counter
        taking = counter.takings.popleft() if counter.takings else Taking.TAKEN
        if taking is Taking.REFUSED:
            raise PermanentProblem("the queue does not want it")
        if taking is Taking.BUSY:
            raise TemporaryProblem("the queue wants us to wait")
        if taking is not Taking.CUT_BEFORE:
            counter.taken.append(sealed)
        await self._footing.cross()
        if taking is not Taking.TAKEN:
            raise UncertainProblem("the answer was lost")

    async def tell(self, sealed: Sealed) -> None:
        """The same."""
        await self.inject(sealed)

    async def close(self) -> None:
        """Nothing to give back."""


class CounterInbox:
    """One process's look into the mailbox."""

    form = Form.MAIL

    def __init__(self, name: str, counter: Counter, footing: Footing) -> None:
        self.name = name
        self._counter = counter
        self._footing = footing

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:  # noqa: ARG002 - nothing comes while a test waits
        """The oldest few."""
        await self._footing.cross()
        return tuple(self._counter.letters[:HANDFUL])

    async def file(self, letter: Letter, outcome: LetterOutcome) -> None:
        """Put it away; a letter that another process has put away is no trouble."""
        await self._footing.cross()
        counter = self._counter
        counter.letters = [lying for lying in counter.letters if lying.uid != letter.uid]
        counter.filed.append((letter.uid, outcome))
        await self._footing.cross()

    async def close(self) -> None:
        """Nothing to give back."""
