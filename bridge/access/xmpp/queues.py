"""The rules of one queue on the floor: its room, its people, and who of them gets the next conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bridge.access.xmpp.chats import Chat, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What a desk says about itself to the floor."""

    name: str
    address: str
    """The desk's own address at the component, which sits in the room and watches who is there."""
    agents: tuple[str, ...]
    """Accounts that may take conversations."""
    room: str = ""
    """Where waiting conversations are announced; empty for none."""
    nick: str = "queue"
    """Our own name in the room."""
    assigns: bool = False
    """Whether conversations are given to agents, instead of waiting to be claimed."""
    most: int = 5
    """Conversations that are given to one agent at once."""
    patience: timedelta = timedelta(minutes=1)
    """How long an agent may be away before their conversations go back."""
    skills: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What agents can, by their account."""
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What routes ask for, by their name."""


def chosen(chat: Chat, queue: Queue, there: list[str], chats: list[Chat]) -> str:
    """The agent who gets a conversation: skilled for its route, least loaded, idle longest; empty where nobody can."""
    wanted = queue.needs.get(chat.route, frozenset())
    held = {agent: [c for c in chats if c.stage is Stage.TAKEN and c.agent == agent] for agent in there}
    fit = [agent for agent in there if wanted <= queue.skills.get(agent, frozenset()) and len(held[agent]) < queue.most]
    return min(
        fit, key=lambda a: (len(held[a]), max((c.since.timestamp() for c in held[a]), default=0.0), a), default=""
    )
