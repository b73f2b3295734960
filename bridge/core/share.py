"""An answer to all who joined a ticket: the effect that gives it to one after the other, and what is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bridge.core.model import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Give an accepted answer to the next of those who joined its ticket; may be repeated freely.

    One row goes through the whole group, one member a turn: whoever stops it stops all that were not given it yet.
    """

    letter: str
    conversation: str
    """Whose ticket stands for all: the group."""
    post: Post
    """What the first customer said when the answer was accepted: whoever says something else by then is left out."""
    agent: str
    notify: str = ""
    """Mailbox that is told what cannot be taken away."""
    desk: str
    text: str
    """The agent's own words."""
    uses: tuple[str, ...] = ()
    """Names of standard responses that stand before them, filled in for each customer."""
    gates: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    approve_by: tuple[str, ...] = ()
    """Who must approve answers of the ticket: its writer may be one who speaks there for that alone."""
    publish_by: datetime
    until: datetime
    """Who joined later is not meant: the agent had not seen them."""
    after: str = ""
    """The post whose turn was the last one."""
    current: str = ""
    """The publication that came out of it; empty where it was left out."""
    misses: int = 0
    """How many in a row the platform did not take."""
    taking: str = ""
    """The order to take the answer away from all again; empty where it is given to them."""

    @property
    def key(self) -> str:
        """One for each letter, and one to take its answer away again."""
        given, taken = share_keys(self.letter)
        return taken if self.taking else given

    def answer(self, conversation: str) -> str:
        """The key of the publication in a member's conversation."""
        return answer_key(self.letter, conversation)


def share_keys(letter: str) -> tuple[str, str]:
    """The keys of giving what a letter says to all, and of taking it away again."""
    return f"share|{letter}", f"share|{letter}|taking"


def answer_key(letter: str, conversation: str) -> str:
    """The key of what a letter to all becomes in one conversation."""
    return f"publish|{letter}@{conversation}|1"


def left_out(letter: str, conversation: str) -> str:
    """The natural key of leaving a member out."""
    return f"not_shared|{letter}|{conversation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAll:
    """An answer to all, as the record of the ticket's conversation keeps it."""

    letter: str
    agent: str
    at: datetime
    others: int
    """How many were meant besides the ticket's own customer."""
    stopped: str = ""
    """Why nobody else shall get it; empty as long as nobody stopped it."""
    over: bool = False
    """Everybody had their turn, and the ticket was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A post that joined a ticket, and its own conversation."""

    post: str
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of an answer to all, counted over those who were meant."""

    published: int = 0
    waiting: int = 0
    """Still on their way, or in doubt and waiting for a person."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many did not get it, by reason."""
