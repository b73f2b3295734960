"""What we intend: the effects of the outbox, their keys and lanes, and the states of a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.core.deeds import Deed
from bridge.core.lane import Lane
from bridge.core.model import Post, Priority
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.core.publications import Posted, Publication
from bridge.core.share import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Ask the judges about a post; may be repeated freely."""

    post: Post
    gap: str = ""
    """Set when the post was caught up after an outage: how late it is, for the agent to see."""
    again: str = ""
    """Set where the same words are judged once more: the ticket that is gone which they had joined, the answer that they
    were too late for, or a sample's name."""
    desk: str = ""
    """The desk that gets the post where the rules leave it alone: a person said that it should have been answered."""

    @property
    def key(self) -> str:
        """One judgement for each version of a post's words, and for each ticket that it lost."""
        key = f"judge|{self.post.key}|{self.post.fingerprint}"
        return f"{key}|{self.again}" if self.again else key

    @property
    def conversation(self) -> str:
        """Where it belongs."""
        return self.post.conversation.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Inject:
    """Put a proxy into a queue; at least once, the same stored bytes each time."""

    proxy: Proxy
    sealed: Sealed

    @property
    def key(self) -> str:
        """One proxy for each post, desk and version."""
        return self.proxy.key

    @property
    def conversation(self) -> str:
        """Where it belongs."""
        return self.proxy.conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Speak in public or to the customer; at most once unless the platform proves that it is not there."""

    publication: Publication
    conversation: str
    agent: str
    gates: tuple[str, ...]
    """The gates that it passed, in order: the record that invariant 8 asks for."""
    letter: str
    publish_by: datetime
    waived: tuple[str, ...] = ()
    """Reasons that a person overruled when releasing it."""
    notify: str = ""
    """Mailbox of the verified sender, who is told what became of it."""
    desk: str = ""
    group: str = ""
    """The conversation whose ticket stands for many, where this goes to one of them."""
    said: str = ""
    """Then, and where nobody wrote it, the fingerprint of the words that it answers: no proxy need say which they were."""

    @property
    def key(self) -> str:
        """One publication for each part of a letter."""
        return self.publication.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Tell an agent, a ticket or the operator; at least once, the same stored bytes each time."""

    notice: Notice
    sealed: Sealed

    @property
    def key(self) -> str:
        """One notice for each outcome."""
        return self.notice.key

    @property
    def conversation(self) -> str:
        """Where it belongs; empty for the operator's alerts."""
        return self.notice.conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """Read a held letter anew, after a person spoke about it; may be repeated freely."""

    letter: str
    conversation: str
    turn: int

    @property
    def key(self) -> str:
        """One for each time that a person spoke."""
        return f"reread|{self.letter}|{self.turn}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    """Warn the ticket that the platform soon takes no private answer any more, if it still waits; may be repeated freely."""

    post: str
    conversation: str
    until: datetime

    @property
    def key(self) -> str:
        """One for each post."""
        return f"remind|{self.conversation}|{self.post}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Do something on the platform that says nothing; doing it twice is once, so it is tried again until it is certain."""

    deed: Deed
    channel: str
    target: str
    """The platform's id of a public post, or of a public answer of ours."""
    conversation: str
    letter: str
    """The fingerprint of the letter that ordered it, or another name of the order."""
    agent: str
    """Who ordered it: the verified sender's mailbox, or an operator."""
    notify: str
    """Mailbox that is told what became of it; empty for an operator, who sees it in the conversation."""
    desk: str
    quiet: bool = False
    """Whether only a failure is told: it is one of many."""

    @property
    def key(self) -> str:
        """One for each order and target."""
        return f"act|{self.letter}|{self.deed}|{self.target}"


Effect = Judge | Inject | Publish | Tell | Reread | Remind | Act | Share

LANES: Mapping[type[Effect], Lane] = {
    Judge: Lane.IN,
    Inject: Lane.IN,
    Publish: Lane.OUT,
    Tell: Lane.OUT,
    Reread: Lane.OUT,
    Remind: Lane.LATER,
    Act: Lane.DEED,
    Share: Lane.ALL,
}


WAITS = "waits"
"""The reason of the notice that an answer goes out later; the notice itself does not wait behind it."""


class State(StrEnum):
    """The states of an outbox row."""

    READY = "ready"
    """Waits for its time."""
    PACED = "paced"
    """Waits for its turn at a desk that takes only so much at once."""
    RUNNING = "running"
    """Claimed under a lease; the claim is the committed intent."""
    UNSURE = "unsure"
    """It may have happened; waits for its time to be looked up."""
    HELD = "held"
    """Waits for a person, with a reason."""
    DONE = "done"
    DROPPED = "dropped"
    """Will never be done, with a reason."""


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.PACED: frozenset({State.READY, State.DROPPED}),
    State.READY: frozenset({State.RUNNING, State.READY, State.HELD, State.DROPPED}),
    State.RUNNING: frozenset({State.DONE, State.READY, State.UNSURE, State.HELD, State.DROPPED}),
    State.UNSURE: frozenset({State.RUNNING, State.UNSURE, State.HELD, State.DROPPED}),
    State.HELD: frozenset({State.READY, State.UNSURE, State.DONE, State.DROPPED}),
    State.DONE: frozenset(),
    State.DROPPED: frozenset(),
}
"""Every change that a row may make; the diagram in docs/states.md is drawn from it."""

OPEN = frozenset({State.READY, State.RUNNING, State.UNSURE})
"""States of rows that the courier still has to do something about; they keep later rows of their lane waiting."""


class Turn(StrEnum):
    """How a proxy comes to its turn at a desk that has a pace."""

    OPENS = "opens"
    """It waits, and opens a ticket there."""
    JOINS = "joins"
    """It waits, and joins a ticket that is there already."""
    AT_ONCE = "at once"
    """It does not wait; it only counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An effect that shall happen, from a time on."""

    effect: Effect
    at: datetime
    priority: Priority = Priority.NORMAL
    held: str = ""
    """Reason code where it starts held and waits for a person."""
    turn: Turn | None = None
    """Of a proxy for a desk that has a pace; from `at` on it may have its turn."""

    @property
    def state(self) -> State:
        """In which state its row begins."""
        if self.held:
            return State.HELD
        return State.PACED if self.turn in {Turn.OPENS, Turn.JOINS} else State.READY

    @property
    def key(self) -> str:
        """The effect's natural key: the same intent twice is one row."""
        return self.effect.key

    @property
    def lane(self) -> str:
        """The lane of the effect's kind; of a deed only those come one after the other that undo each other.

        That an answer waits is told in a lane of its own, since that answer is the first of the other.
        """
        lane = LANES[type(self.effect)]
        match self.effect:
            case Act(deed=deed, target=target):
                return f"{lane}|{deed.matter}|{target}"
            case Share(letter=letter):
                return f"{lane}|{letter}"
            case Tell(notice=notice) if notice.reason == WAITS:
                return f"{lane}|{WAITS}"
            case _:
                return lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An outbox row in the courier's hand."""

    key: str
    effect: Effect
    was: State
    """READY: perform it. UNSURE: look it up. RUNNING: its former owner's lease ran out."""
    attempt: int
    """How often it was claimed to be performed, this time included."""
    looks: int
    """How often it was looked up without finding it."""
    epoch: int
    """Counts claims; a settlement with an older one is refused as stale."""
    begun: datetime
    """From when on it is tried: when it was intended, or had its turn."""
    due: datetime
    """When it became due; for RUNNING the end of the former lease."""
    lease_until: datetime
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An outbox row as people see it."""

    key: str
    effect: Effect
    state: State
    reason: str
    attempt: int
    created: datetime
    due: datetime
    changed: datetime
    """When its state was last written."""
    posted: Posted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The next state of one outbox row."""

    key: str
    state: State
    epoch: int | None = None
    """The claim that it settles; None for a row that nobody has claimed (PACED, READY, UNSURE or HELD)."""
    at: datetime | None = None
    """When it is due again, for READY and UNSURE."""
    reason: str = ""
    posted: Posted | None = None
    looks: int | None = None
    """Set to count a fruitless look."""
    effect: Effect | None = None
    """Set where a person or a correction changed what is to be done."""
