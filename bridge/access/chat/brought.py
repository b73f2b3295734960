"""What a desk brings to a chat floor: customers' words and notices, in the form in which they are stored."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a desk asks for: a proxy in the form that is stored and brought to the floor."""

    version: int = 1
    key: str
    message_id: str
    conversation: str
    desk: str
    reply: str
    """The signed address of the conversation."""
    slug: str
    name: str
    platform: str
    card: str
    """What an agent must know before the first word."""
    text: str
    links: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    """What was said before the floor knew the conversation, a line each."""
    route: str = ""
    priority: str = "normal"
    customer: str = ""
    """The customer's id over all their conversations; empty where it is not known."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A notice in the form that is stored and brought to the floor."""

    version: int = 1
    key: str
    desk: str
    audience: str
    to: str
    conversation: str
    text: str
    at: datetime
