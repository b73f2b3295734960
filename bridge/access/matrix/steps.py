"""What follows from something on the floor: states and answers to keep, and then acts at the homeserver, in their order."""

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.access.matrix.chats import Chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Words of ours, marked as a machine's; `key` is made once and stays, so that the homeserver takes them once."""

    room: str
    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """The same to everyone in a queue's room, which is made where it is missing."""

    desk: str
    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """Ask an agent into a room; who is there already stays there."""

    room: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOut:
    """Put an agent out of a room; who is gone already stays gone."""

    room: str
    agent: str
    why: str


Act = Say | Tell | Invite | PutOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What follows."""

    chats: tuple[Chat, ...]
    gone: tuple[str, ...]
    """Keys of conversations that are forgotten."""
    letters: tuple[bytes, ...]
    """Agents' words, as turns for the inbox."""
    acts: tuple[Act, ...]
    events: tuple[tuple[str, Mapping[str, str]], ...]
    """Names of log events, and what they say besides."""
