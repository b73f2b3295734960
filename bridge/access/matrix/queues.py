"""The rules of one queue on the floor: its people, and whether they claim conversations."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.access.matrix.chats import Chat, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What a desk says about itself to the floor."""

    name: str
    agents: tuple[str, ...]
    """Who may answer, as desks list them."""
    claims: bool
    """Whether whoever takes a conversation has it; else all agents are in every room."""
    patience: timedelta = timedelta(minutes=15)
    """How long a customer may be kept waiting before a colleague may take the conversation over."""
    media_from: tuple[str, ...] = ()
    """Places from which what customers sent along is brought into their rooms; addresses elsewhere stay addresses."""

    def has(self, chat: Chat) -> bool:
        """Whether one of its agents has a conversation."""
        return chat.stage is Stage.TAKEN and chat.agent in self.agents

    def holds(self, chat: Chat, now: datetime) -> bool:
        """The same, and nobody else may take it over: its agent keeps nobody waiting too long."""
        return self.has(chat) and (chat.waits is None or now - chat.waits < self.patience)
