"""The tables of channels, desks and inboxes: the keys that all of a sort share, before the adapter's own."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bridge.config.bridge_stanza import Approver, Mailbox
from bridge.config.pace_stanza import PaceStanza
from bridge.core.policy import Agent, Breaker, DeskPolicy, Habits, Way
from bridge.stanza import Duration, Stanza

_KIND = re.compile(r"[a-z][a-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")


def _kind(given: str) -> str:
    if not _KIND.fullmatch(given):
        raise ValueError("must be a kind's name, like feed, or the dotted name of a module")
    return given


def _moment(given: object) -> object:
    """TOML's dates end with their day; times without a zone are UTC."""
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=UTC)
    if isinstance(given, date):
        return datetime(given.year, given.month, given.day, tzinfo=UTC) + timedelta(days=1)
    return given


def agent(given: object) -> object:
    """An agent is a mailbox, or a table with one."""
    return {"mailbox": given} if isinstance(given, str) else given


Kind = Annotated[str, AfterValidator(_kind)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class AgentStanza(Stanza):
    """Someone who may answer at a desk."""

    mailbox: Mailbox = Field(description="The agent's own mail address.")
    until: Moment | None = Field(
        default=None, description="Last day or moment of the right; for ever where it is not set."
    )
    approve_by: tuple[Approver, ...] = Field(
        default=(), description="Who must approve this agent's answers: mailboxes, or leads; nobody where empty."
    )

    def policy(self) -> Agent:
        """The same as the core sees it."""
        return Agent(mailbox=self.mailbox, until=self.until, approve_by=self.approve_by)


class BreakerStanza(Stanza):
    """How many publications are normal; more are held for a person (D03)."""

    per_conversation_hour: int = Field(default=3, ge=1, description="Answers in one conversation within an hour.")
    per_conversation_day: int = Field(default=10, ge=1, description="Answers in one conversation within a day.")
    per_desk_hour: int = Field(default=120, ge=1, description="Answers of one desk within an hour.")
    per_agent_hour: int = Field(default=60, ge=1, description="Answers of one agent within an hour.")
    per_group: int = Field(
        default=100, ge=0, description="Customers whom one answer to all may reach besides the first; 0 for none."
    )


class ChannelStanza(Stanza):
    """The keys that every channel has."""

    kind: Kind = Field(description="The platform's adapter: feed, discourse, …, or the dotted name of a module.")
    platform: str = Field(
        default="", max_length=40, description="The platform's name for people; the kind where empty."
    )
    interval: Duration = Field(
        default=timedelta(seconds=60),
        ge=timedelta(milliseconds=100),
        le=timedelta(days=7),
        description="How often it is polled, 100ms or more.",
    )
    own: tuple[str, ...] = Field(
        default=(), description="Ids of our own accounts there: their posts are never forwarded."
    )
    brand: tuple[str, ...] = Field(default=(), description="Our handles there, without the leading mark.")
    all_per_minute: float = Field(
        default=6, gt=0, le=60, description="How many of an answer to all go out in a minute (`#all`)."
    )


class InboxStanza(Stanza):
    """The keys that every inbox has."""

    kind: Kind = Field(description="The inbox's adapter: imap, maildir, …, or the dotted name of a module.")
    delivered: str = Field(
        default="Delivered-To",
        pattern=r"^[A-Za-z-]{0,60}$",
        description="The header field in which our own mail store writes the recipient; empty for none.",
    )


class DeskStanza(Stanza):
    """The keys that every desk has: how it is reached, who may answer and what may be published."""

    kind: Kind = Field(description="The queue's adapter: smtp, maildir, …, or the dotted name of a module.")
    inbox: str = Field(description="Name of the inbox where answers come back.")
    live: bool = Field(default=False, description="Publish for real; until then the desk is in rehearsal.")
    way: Way = Field(default=Way.AGENTS, description="agents: from their own mailboxes. system: from a ticket system.")
    agents: tuple[Annotated[AgentStanza, BeforeValidator(agent)], ...] = Field(
        default=(), description="Mailboxes that may answer, each a text or { mailbox, until, approve_by }."
    )
    system_senders: tuple[Mailbox, ...] = Field(
        default=(), description="The ticket system's mailboxes, for way system."
    )
    human_despite_header: tuple[Mailbox, ...] = Field(
        default=(), description="Senders whose genuine answers carry the headers of automatic mail."
    )
    acknowledgements: tuple[str, ...] = Field(
        default=(), description="A phrase of each automatic answer of the target system; never published."
    )
    authserv_id: str = Field(default="", description="Our mail server's name in Authentication-Results.")
    internal_senders: tuple[Mailbox, ...] = Field(
        default=(), description="Mailboxes that our server accepts from logged-in senders only."
    )
    undo: Duration | None = Field(
        default=None, ge=timedelta(0), description="How long an answer can be taken back: 60s, at a chat 20s."
    )
    undo_private: Duration | None = Field(
        default=None,
        ge=timedelta(0),
        description="The same for what only the customer reads: as `undo`, at a chat 0s.",
    )
    publish_by: Duration = Field(
        default=timedelta(hours=24), gt=timedelta(0), description="Age past which an answer is held."
    )
    expires: Duration = Field(
        default=timedelta(days=30), gt=timedelta(0), description="Age at which a proxy's address stops publishing."
    )
    min_typing: Duration | None = Field(
        default=None,
        ge=timedelta(0),
        description="An answer that comes sooner was not typed by a person: 15s, at a chat 0s.",
    )
    approve_by: tuple[Approver, ...] = Field(
        default=(), description="Of whom one must approve every answer: mailboxes, or leads; nobody where empty."
    )
    approve_within: Duration = Field(
        default=timedelta(hours=1),
        gt=timedelta(0),
        description="How long they may keep silent before the other leads are asked, and then the operator.",
    )
    leads: tuple[Mailbox, ...] = Field(
        default=(), description="Who may approve where approve_by says leads, or those whom it names keep silent."
    )
    allow_links: tuple[str, ...] = Field(default=(), description="Hosts that answers may link to; * allows all.")
    allow_contacts: frozenset[Literal["phone", "email", "iban", "card"]] = Field(
        default=frozenset(), description="Kinds of particulars that answers may contain."
    )
    confidential: tuple[str, ...] = Field(default=(), description="Phrases that are never published.")
    allow_media: bool = Field(default=False, description="Let agents publish pictures with #media.")
    confirm: bool = Field(default=False, description="Tell the agent also what was published.")
    breaker: BreakerStanza | None = Field(
        default=None, description="How many publications are normal; without the table a chat has more of them."
    )
    pace: PaceStanza | None = Field(
        default=None, description="How much goes into the queue at once; everything where it is not set."
    )
    i_accept_unverified_senders: bool = Field(
        default=False, description="Go live without authserv_id and internal_senders: anybody can pose as an agent."
    )
    i_accept_no_undo: bool = Field(default=False, description="Go live with undo = 0s: nothing can be taken back.")
    i_accept_all_links: bool = Field(default=False, description='Go live with allow_links = ["*"].')

    @model_validator(mode="after")
    def _knows_its_system(self) -> "DeskStanza":
        if self.way is Way.SYSTEM and not self.system_senders:
            raise ValueError('way = "system" needs system_senders: the mailboxes that the ticket system writes from')
        return self

    def undo_for(self, habits: Habits) -> tuple[timedelta, timedelta]:
        """How long an answer can be taken back that everyone reads, and one that only the customer reads."""
        own = habits.undo_private if self.undo is None or habits.proves_senders else self.undo
        public = habits.undo if self.undo is None else self.undo
        return public, own if self.undo_private is None else self.undo_private

    def policy(self, name: str, habits: Habits) -> DeskPolicy:
        """The same as the core sees it; what is not set follows the habits of its sort."""
        undo, undo_private = self.undo_for(habits)
        return DeskPolicy(
            name=name,
            live=self.live,
            way=self.way,
            agents=tuple(agent.policy() for agent in self.agents),
            system_senders=self.system_senders,
            human_despite_header=self.human_despite_header,
            acknowledgements=self.acknowledgements,
            authserv_id=self.authserv_id,
            internal_senders=self.internal_senders,
            undo=undo,
            undo_private=undo_private,
            publish_by=self.publish_by,
            expires=self.expires,
            min_typing=habits.min_typing if self.min_typing is None else self.min_typing,
            approve_by=self.approve_by,
            approve_within=self.approve_within,
            leads=self.leads,
            allow_links=self.allow_links,
            allow_contacts=frozenset(self.allow_contacts),
            confidential=self.confidential,
            allow_media=self.allow_media,
            confirm=self.confirm,
            breaker=Breaker(**self.breaker.model_dump()) if self.breaker else habits.breaker,
            pace=self.pace.policy() if self.pace else None,
        )
