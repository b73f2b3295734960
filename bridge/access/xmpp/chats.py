"""What the chat floor knows of one conversation: who it is with, what was said, and what the agent has of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

KEPT = 60
"""Turns of a conversation that are kept for the next agent; the record of all stands in the store."""

HEARD = 200
"""Stanzas of agents that are remembered, so that a repeated one is no second answer."""


class Stage(StrEnum):
    """Where a conversation stands on the floor."""

    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"


class Voice(StrEnum):
    """Who speaks in a turn."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BRIDGE = "bridge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing that was said; `id` stays the same however often it must be sent."""

    id: str
    voice: Voice
    text: str
    at: datetime
    name: str = ""
    """Of the agent who spoke, or to whom alone the bridge speaks."""
    message_id: str = ""
    """Of the proxy that brought it; what agents answer is named by it."""
    links: tuple[str, ...] = ()
    sent_to: str = ""
    """The agent to whom it went last."""
    tries: int = 0
    """How often it went to that agent."""
    there: bool = False
    """Whether it is certain that it arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One conversation on the floor."""

    local: str
    """What stands before the `@` of its address."""
    code: str
    conversation: str
    desk: str
    reply: str
    name: str
    platform: str = ""
    avatar: str = ""
    card: str = ""
    history: tuple[str, ...] = ()
    route: str = ""
    priority: str = "normal"
    stage: Stage = Stage.WAITING
    agent: str = ""
    since: datetime
    """When it came to this stage."""
    turns: tuple[Turn, ...] = ()
    heard: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Addresses of what the agent has sent to go out with their next words."""

    def with_turn(self, turn: Turn) -> "Chat":
        """The same with one turn more, or with what became of it."""
        if any(known.id == turn.id for known in self.turns):
            return replace(self, turns=tuple(turn if known.id == turn.id else known for known in self.turns))
        return replace(self, turns=(*self.turns, turn)).trimmed()

    def trimmed(self) -> "Chat":
        """The same without the oldest turns beyond those that are kept; what the agent may not have is never among them."""
        wanted = {turn.id for turn in (*self.open_turns, *(t for t in self.turns if t.sent_to and not t.there))}
        spare = [turn.id for turn in self.turns if turn.id not in wanted][: max(0, len(self.turns) - KEPT)]
        return replace(self, turns=tuple(turn for turn in self.turns if turn.id not in spare)) if spare else self

    def having_heard(self, stanza: str) -> "Chat":
        """The same, so that this stanza is no news any more."""
        return replace(self, heard=(*self.heard, stanza)[-HEARD:])

    def turn(self, turn_id: str) -> Turn | None:
        """The turn with that id."""
        return next((turn for turn in self.turns if turn.id == turn_id), None)

    @property
    def open_turns(self) -> tuple[Turn, ...]:
        """What the customer said since an agent spoke last, oldest first."""
        spoke = [number for number, turn in enumerate(self.turns) if turn.voice is Voice.AGENT]
        return tuple(t for t in self.turns[spoke[-1] + 1 if spoke else 0 :] if t.voice is Voice.CUSTOMER)

    @property
    def answered(self) -> str:
        """The Message-ID of the newest proxy that the agent has, in order of what was said; empty where there is none."""
        seen = [t for t in self.turns if t.voice is Voice.CUSTOMER and t.sent_to == self.agent and t.message_id]
        return seen[-1].message_id if seen else ""
