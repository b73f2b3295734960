"""A decision: everything that one event changes, written in one transaction or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bridge.core.consent import Consent
from bridge.core.conversation import Record
from bridge.core.effects import Intent, Settlement
from bridge.core.events import Gap, Quarantined, Sighting
from bridge.core.likeness import Joined, Led
from bridge.core.model import PostKey, Verdict
from bridge.core.replies import Filed


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row of the append-only record; its key makes writing it twice a no-op."""

    key: str
    kind: str
    at: datetime
    conversation: str = ""
    channel: str = ""
    actor: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    """Codes, counts and keys; never private text or secrets (law 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorMove:
    """How far a channel was read."""

    channel: str
    before: str | None
    """The cursor that the poll started from: another one in the store means that we lost the race (Stale)."""
    after: str
    newest: datetime | None = None
    """Time of the newest post of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict to be stored with its post."""

    post: PostKey
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Something that an operator switched by command, which must survive a restart.

    `publishing` = "paused"; `channel:NAME` = "paused"; `desk:NAME` = "confirmed" (a person wrote its first answer);
    `agent:MAILBOX`, `answers:DESK` and `conversation:ID` = "revoked". An empty value takes the switch away.
    `storm:CHANNEL` is the time since when a channel has far more posts than usual.
    The daemon keeps beside them how each connection is, `health:NAME`, a StoredHealth in JSON, and since when an
    alarm lasts, `alarm:REASON`.
    """

    name: str
    value: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The whole change that follows from one event.

    `once` is the natural key of the decision: the store skips a decision whose key is already among the facts.
    A `record` is written only over the version that it was decided on, and a settlement only over the claim that
    it names; otherwise nothing of the decision is written and the store raises Stale.
    The record keeps the version that it was read with (0 for a new one): the store counts it up.
    """

    once: str = ""
    record: Record | None = None
    intents: tuple[Intent, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    facts: tuple[Fact, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    """New posts, or newer words of known ones."""
    judged: tuple[Judged, ...] = ()
    deleted: tuple[PostKey, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    gap: Gap | None = None
    cursor: CursorMove | None = None
    filed: Filed | None = None
    led: Led | None = None
    """Set where a new ticket stands for all who say nearly the same."""
    joined: Joined | None = None
    """Set where a post joined such a ticket instead of making its own."""
    switches: tuple[Switch, ...] = ()
    consent: Consent | None = None
    """Set where a customer ended text messages, or wants them again."""
