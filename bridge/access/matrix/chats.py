"""What the floor knows of one conversation: where it is, whose it is, and which of its words are answers."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

KEPT = 100
"""Events of a conversation that are remembered on each side; the record of all stands in the store."""


class Stage(StrEnum):
    """Where a conversation stands on the floor."""

    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer of an agent, by its event; what is corrected or taken back later is named by it."""

    event: str
    agent: str
    files: tuple[str, ...] = ()
    """Addresses (`mxc://…`) of what went out with it."""
    newest: str = ""
    """The event of its newest correction; empty where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that waits for its agent's words."""

    event: str
    agent: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One conversation on the floor."""

    conversation: str
    desk: str
    code: str
    reply: str
    """The signed address of the conversation."""
    ghost: str
    """The localpart of the customer's user."""
    name: str
    platform: str = ""
    priority: str = "normal"
    room: str = ""
    """Empty where there is none yet, or none any more that we read."""
    stage: Stage = Stage.WAITING
    agent: str = ""
    """Who has it, as desks list them; empty where nobody does, or everybody."""
    since: datetime
    """When it came to this stage."""
    excerpt: str = ""
    """Of the customer's newest words."""
    unanswered: int = 0
    waits: datetime | None = None
    """Since when words of the customer are unanswered; None where none are."""
    said: tuple[tuple[str, str], ...] = ()
    """Events of customers' words, and the Message-IDs of the proxies that brought them, oldest first."""
    answers: tuple[Answered, ...] = ()
    files: tuple[Waiting, ...] = ()

    @property
    def key(self) -> str:
        """Of it among all."""
        return f"{self.desk} {self.conversation}"

    def having_said(self, event: str, message_id: str, at: datetime) -> "Chat":
        """The same with words of the customer."""
        said = (*self.said, (event, message_id))[-KEPT:]
        return replace(self, said=said, unanswered=self.unanswered + 1, waits=self.waits or at)

    def having_answered(self, answer: Answered) -> "Chat":
        """The same with an agent's answer, whose files wait no more."""
        files = tuple(waiting for waiting in self.files if waiting.file not in answer.files)
        return replace(self, answers=(*self.answers, answer)[-KEPT:], files=files, unanswered=0, waits=None)

    def having_corrected(self, answer: Answered, event: str) -> "Chat":
        """The same, where that event takes the place of an answer."""
        newer = replace(answer, newest=event)
        return replace(self, answers=tuple(newer if known == answer else known for known in self.answers))

    def answer(self, event: str) -> Answered | None:
        """The answer that an event was."""
        return next((answer for answer in self.answers if answer.event == event), None)

    def message_id(self, event: str) -> str:
        """Of the proxy that an event said; of the newest where it said none."""
        return dict(self.said).get(event) or (self.said[-1][1] if self.said else "")
