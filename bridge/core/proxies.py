"""What goes into a queue: proxies, notices, and the sealed form in which they are stored and sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.core.model import Post, PostKey, Priority, Quote, Verdict, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An earlier contact of the same customer, as the proxy lists it."""

    channel: str
    at: datetime
    text: str
    phase: str
    visibility: Visibility = Visibility.PUBLIC
    conversation: str = ""
    """Id of the conversation that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """The message that is injected into a queue for one post: all its contents, not yet its wire form."""

    key: str
    conversation: str
    desk: str
    post: Post
    verdict: Verdict
    subject: str
    priority: Priority
    thread: tuple[Quote, ...]
    """The conversation so far, oldest first, posts and answers."""
    contacts: tuple[Contact, ...]
    references: tuple[str, ...]
    """Message-IDs of the conversation's earlier proxies, oldest first."""
    notes: tuple[str, ...]
    """What the agent must know: limits, what is possible, gaps, rehearsal."""
    delimiter: str
    """The random part of the line above which the agent answers."""
    made: datetime
    person: str = ""
    """The customer's id, for desks whose addresses name people and not conversations."""
    platform: str = ""
    """The word that people use for the channel; empty for the channel's own name."""
    responses: tuple[str, ...] = ()
    """Names of the standard responses that there are for the post."""
    moved: bool = False
    """Whether the conversation was at another desk before, so that nobody here has seen what was said."""
    by_mail: bool = False
    """Whether agents answer from their own mailboxes, so that a link may begin the mail that uses such a response."""


class Audience(StrEnum):
    """To whom a notice goes."""

    TICKET = "ticket"
    """Into the queue, as a follow-up of the conversation's own ticket."""
    AGENT = "agent"
    """To the verified sender of a reply."""
    OPERATOR = "operator"
    """To the address that the operator configured for alerts."""
    ADMIN = "admin"
    """To whoever looks at samples of what was left alone; its answers are about the sample and reach no customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that an agent, a ticket or an operator must be told once; never an answer to a machine."""

    key: str
    desk: str
    audience: Audience
    to: str
    """Mailbox of an agent or operator; empty for the ticket, whose address the desk knows."""
    reason: str
    subject: str
    text: str
    conversation: str = ""
    references: tuple[str, ...] = ()
    made: datetime
    person: str = ""
    """As in a proxy."""
    visibility: Visibility = Visibility.PUBLIC
    """Of the conversation."""
    customer: str = ""
    """Name of the customer whom it is about; a ticket's follow-up bears it."""
    delimiter: str = ""
    """That of the conversation's newest proxy: an answer to the notice is cut by it, too. Empty for alerts."""
    drawn: tuple[PostKey, ...] = ()
    """Of a sample: its posts, in the order of their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A proxy or notice in the exact form that is stored, and sent however often it must be sent."""

    key: str
    message_id: str
    sender: str
    """Envelope sender; empty for the null return path."""
    recipients: tuple[str, ...]
    content: bytes
    text: str
    """The plain text that readers see, kept to recognise it in a quotation."""
