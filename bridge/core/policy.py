"""What operators and admins decided, as one immutable value: desks, channels, limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bridge.core.consent import Texting
from bridge.core.deeds import Deed
from bridge.core.model import Author, Customer, Visibility


class Idempotency(StrEnum):
    """What a platform does with the same publication sent twice (delivery.md 6.3)."""

    NONE = "none"
    NATIVE = "native"
    """We choose the id, so sending again with the same key is safe."""


class ReadBack(StrEnum):
    """How an earlier publication of ours can be found again on a platform."""

    NONE = "none"
    BY_PARENT = "by_parent"
    BY_AUTHOR = "by_author"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel's platform can and cannot do, declared by its adapter."""

    max_length: int
    """Longest answer, in the units of `count`; 0 where answers are impossible."""
    count: Callable[[str], int]
    """The platform's own counting rule."""
    unit: str = "characters"
    max_private_length: int = 0
    """Longest private answer; 0 where the platform has none."""
    caution: str = ""
    """What an agent should know of public answers there, as a label, a colon and a sentence; empty for nothing."""
    to_each: Callable[[Author], str | None] | None = None
    """How an answer to all begins for one of them, so that no two are the same; None where he cannot be spoken to.

    Without it the platform takes no answer to all: the same words under many posts count as spam there.
    """
    max_media: int = 0
    one_answer: bool = False
    """Whether a post takes one answer of ours only, whose place another one would take."""
    chained: bool = False
    """Whether each part of a split answer answers the part before it; else all of them answer the customer's post."""
    deeds: frozenset[Deed] = frozenset()
    """What our account can do there besides speaking."""
    texting: Texting | None = None
    """What text messages owe to their readers; None where there are none."""
    idempotency: Idempotency = Idempotency.NONE
    read_back: ReadBack = ReadBack.NONE
    read_back_lag: timedelta = timedelta(0)
    """How long the platform may take to list what it accepted."""
    request_timeout: timedelta = timedelta(seconds=30)
    in_flight: timedelta = timedelta(seconds=90)
    """How long the platform may still accept a request after its answer was given up: part of correctness, not tuning."""

    def room(self, visibility: Visibility) -> int:
        """The longest answer that is read by these, in the units of `count`; 0 where there can be none."""
        return self.max_length if visibility is Visibility.PUBLIC else self.max_private_length

    @property
    def settle(self) -> timedelta:
        """How long a doubtful publication waits before it is looked up: at least twice the stated lag."""
        return max(self.in_flight, 2 * self.read_back_lag)


class Way(StrEnum):
    """How answers come back from a desk."""

    AGENTS = "agents"
    """From the agents' own, listed mailboxes."""
    SYSTEM = "system"
    """From a ticket system's shared mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Someone who may answer: a mailbox, and until when."""

    mailbox: str
    until: datetime | None = None
    approve_by: tuple[str, ...] = ()
    """Who must approve every answer of theirs; see bridge.core.leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How many publications are normal; more are held for a person (D03, G11)."""

    per_conversation_hour: int = 3
    per_conversation_day: int = 10
    per_desk_hour: int = 120
    per_agent_hour: int = 60
    per_group: int = 100
    """Customers whom one answer to all may reach besides the first: it counts once in the other limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What is usual at a desk of one sort, where an operator says nothing else."""

    undo: timedelta
    undo_private: timedelta
    min_typing: timedelta
    breaker: Breaker
    proves_senders: bool
    """Whether its inbox takes turns of proven senders only, so that no mail server has to say who sent them."""


MAIL_HABITS = Habits(
    undo=timedelta(seconds=60),
    undo_private=timedelta(seconds=60),
    min_typing=timedelta(seconds=15),
    breaker=Breaker(),
    proves_senders=False,
)

CHAT_HABITS = Habits(
    undo=timedelta(seconds=20),
    undo_private=timedelta(0),
    min_typing=timedelta(0),
    breaker=Breaker(per_conversation_hour=60, per_conversation_day=200, per_desk_hour=2000, per_agent_hour=300),
    proves_senders=True,
)
"""Turns are short and many, and the customer waits for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much a desk takes at once, so that social contacts do not overtake the queue's own mail and chat."""

    open: int | None = None
    """Tickets of ours that may wait for an answer there at the same time."""
    open_for: timedelta = timedelta(hours=24)
    """How long a ticket counts as open at the most: what agents end without an answer is never told to us."""
    per_minute: int | None = None
    weights: Mapping[str, int] = field(default_factory=dict)
    """The channels' shares; 1 for those that are not named."""
    hold_above: int | None = None
    """While the operator's own figure is higher, only what is urgent goes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPolicy:
    """Who may answer at a desk, what may be published from there and what happens on the way."""

    name: str
    live: bool = False
    """False is rehearsal: everything runs, and the agent gets what would have been published."""
    way: Way = Way.AGENTS
    agents: tuple[Agent, ...] = ()
    system_senders: tuple[str, ...] = ()
    """Mailboxes of the ticket system, where `way` is SYSTEM."""
    human_despite_header: tuple[str, ...] = ()
    """Senders whose genuine replies carry automatic-mail headers (threat-model 5.2)."""
    acknowledgements: tuple[str, ...] = ()
    """Texts of the target's automatic answers, one phrase each."""
    first_answer_confirmed: bool = False
    """True once an operator said that a person wrote this desk's first answer (A14)."""
    authserv_id: str = ""
    """The receiving mail server's name in `Authentication-Results` (G5)."""
    internal_senders: tuple[str, ...] = ()
    """Mailboxes that the server accepts from authenticated internal senders only (G5)."""
    undo: timedelta = timedelta(seconds=60)
    undo_private: timedelta | None = None
    """The same for what only the customer reads; None where it is no other."""
    publish_by: timedelta = timedelta(hours=24)
    expires: timedelta = timedelta(days=30)
    """Age at which a proxy's address stops publishing."""
    min_typing: timedelta = timedelta(seconds=15)
    """An answer that comes sooner after its proxy was not typed by a person."""
    approve_by: tuple[str, ...] = ()
    """Mailboxes of which one must approve every answer, or `leads` for all of those."""
    approve_within: timedelta = timedelta(hours=1)
    """How long those who are asked may keep silent until the other leads are asked, and then the operator."""
    leads: tuple[str, ...] = ()
    """Mailboxes that may approve where `leads` are named, or those who are named keep silent."""
    allow_links: tuple[str, ...] = ()
    """Hosts that answers may link to; `*` allows all."""
    allow_contacts: frozenset[str] = frozenset()
    """Kinds of personal particulars that answers may contain: phone, email, iban, card."""
    confidential: tuple[str, ...] = ()
    """Phrases that are never published."""
    allow_media: bool = False
    confirm: bool = False
    """Tell the agent also what was published, not only what was not."""
    breaker: Breaker = Breaker()
    pace: Pace | None = None
    """None where everything goes in at once."""

    def undo_for(self, visibility: Visibility) -> timedelta:
        """How long an answer for these readers can be taken back (G12)."""
        private = visibility is Visibility.PRIVATE and self.undo_private is not None
        return self.undo_private if private and self.undo_private is not None else self.undo


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPolicy:
    """One channel as the core sees it."""

    name: str
    platform: str
    """The word that people use for it: X, Forum, Facebook."""
    limits: Limits
    kind: str = ""
    """The adapter's kind: accounts of one kind see the same people; empty for the channel's own name."""
    own: frozenset[str] = frozenset()
    """Immutable ids of our accounts there."""
    brand: tuple[str, ...] = ()
    """Our handles there, without the leading mark."""
    all_per_minute: float = 6
    """How many of an answer to all go out in a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What no storm keeps waiting, whatever its route says."""

    tags: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    """As bridge.core.authors spells them."""
    labels: Mapping[str, float] = field(default_factory=dict)
    """From which probability on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """How much may be answered without an agent, where routes name a standard response."""

    on: bool = False
    per_hour: int = 10
    """Of one channel."""
    per_day: int = 50
    undo: timedelta = timedelta(minutes=5)
    """How long such an answer waits at least, so that a person may stop it."""
    never_tags: frozenset[str] = frozenset()
    """Posts with one of these tags are answered by people alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """Who looks at a weekly sample of what was left alone."""

    to: str
    """The one mailbox that gets it and may answer it."""
    desk: str
    """By whose way it goes out and comes back, and that gets what should not have been left alone."""
    posts: int
    """How many are drawn at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that the core needs to know of the configuration; a reload swaps it whole."""

    desks: Mapping[str, DeskPolicy]
    channels: Mapping[str, ChannelPolicy]
    reply_domain: str
    responses: Mapping[str, str] = field(default_factory=dict)
    """Standard responses by name."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Operators' own lines in proxies, by desk or `all`, with `.LANG` for translations."""
    operator: str = ""
    """Mailbox that gets alerts; empty for none."""
    alert_desk: str = ""
    """The desk by whose way alerts go out; the first one where empty."""
    protection: Protection = Protection()
    automatic: Automatic = Automatic()
    sampler: Sampler | None = None
    """None where nobody looks at what was left alone."""

    def customer(self, channel: str, author: str) -> Customer:
        """The account of somebody who wrote on a channel."""
        known = self.channels.get(channel)
        return Customer(platform=known.kind if known and known.kind else channel, author=author)
