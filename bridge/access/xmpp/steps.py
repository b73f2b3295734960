"""What follows from something on the floor: states to keep, answers to hand over, stanzas to send."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bridge.access.xmpp.chats import Chat
from bridge.access.xmpp.stanzas import Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an agent said to a customer, on its way to the inbox."""

    chat: Chat
    agent: str
    id: str
    text: str
    at: datetime
    answers: str
    """Message-ID of the proxy that it answers."""
    corrects: str = ""
    """Id of an earlier answer of the same agent whose words these replace (XEP-0308)."""
    links: tuple[str, ...] = ()
    """Addresses of files that go out with the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What follows: states to keep, answers to keep, and only then stanzas to send."""

    chats: tuple[Chat, ...]
    gone: tuple[str, ...]
    """Addresses of conversations that are forgotten."""
    answers: tuple[Answer, ...]
    prompt: tuple[Outgoing, ...]
    """Words on to agents who have the conversation: whoever brought them keeps them too, so they need not wait for the disk."""
    stanzas: tuple[Outgoing, ...]
    events: tuple[tuple[str, Mapping[str, str]], ...]
    """Names of log events, and what they say besides."""
