"""The contracts between the shell and everything outside, and the problems that adapters raise."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from bridge.core.consent import Consent
from bridge.core.conversation import Record
from bridge.core.decision import Decision
from bridge.core.deeds import Deed
from bridge.core.effects import Claimed, Row
from bridge.core.events import Page, Quarantined
from bridge.core.likeness import Lead
from bridge.core.model import Account, Post, Verdict
from bridge.core.policy import Limits
from bridge.core.proxies import Contact, Notice, Proxy, Sealed
from bridge.core.publications import Posted, Publication
from bridge.core.replies import Filed, Form, Letter, LetterOutcome
from bridge.core.share import Member, Share, Tally
from bridge.letters.address import KeyRing


class TemporaryProblem(Exception):
    """Nothing happened; ask again after `after` seconds, or by our own back-off where it is None."""

    def __init__(self, text: str, after: float | None = None) -> None:
        super().__init__(text)
        self.after = after


class WaitProblem(TemporaryProblem):
    """Nothing happened, and it shall not before `after` seconds are over, which its writer should know; the text says why."""


class PermanentProblem(Exception):
    """Nothing happened, and asking again won't help."""


class ClosedProblem(PermanentProblem):
    """The time in which the platform takes an answer is over: nothing happened, and it won't until the customer writes again."""


class StoppedProblem(ClosedProblem):
    """The customer ended messages from us: nothing happened, and it won't until they say that they want them again (B19)."""


class LoginProblem(PermanentProblem):
    """The account is not accepted any more: nothing happened, and a person must renew the login (F01)."""


class UncertainProblem(Exception):
    """It may have happened: only looking can tell."""


class Stale(Exception):
    """The state changed since it was read: read again and decide again."""


class StoreLost(Exception):
    """The state store can no longer be trusted: end the process, so that a new one checks it first (H03, H04)."""


class Channel(Protocol):
    """One account on a platform where customers speak."""

    name: str
    limits: Limits

    async def open(self) -> Account:
        """Log in and say who we are there; raises LoginProblem where the account is another than the configured."""
        ...

    async def poll(self, cursor: str | None) -> Page:
        """The next page after the cursor, oldest first; None is the first contact."""
        ...

    async def publish(self, publication: Publication) -> Posted:
        """Say it, once; every error but the three problems counts as uncertain."""
        ...

    async def find(self, publication: Publication) -> Posted | None:
        """Look for an earlier attempt; None only where its absence is proved, else UncertainProblem."""
        ...

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        ...


@runtime_checkable
class Acting(Channel, Protocol):
    """A channel whose `limits.deeds` name something."""

    async def act(self, deed: Deed, target: str) -> None:
        """Do it to a public post, or delete a public answer of ours; done already is done. Raises as `publish` does."""
        ...


@runtime_checkable
class Keeping(Channel, Protocol):
    """A channel that keeps whole answers of its platform which it could not read."""

    def unreadable(self) -> Sequence[Quarantined]:
        """Those since the last time that this was asked, each once where they begin, without secrets; to be stored at once."""
        ...


class Desk(Protocol):
    """One way into a queue."""

    name: str

    def seal(self, message: Proxy | Notice) -> Sealed:
        """The exact form that will be stored and sent: pure, and the same for the same message."""
        ...

    async def inject(self, sealed: Sealed) -> None:
        """Hand a proxy to the queue."""
        ...

    async def tell(self, sealed: Sealed) -> None:
        """Hand a notice to an agent, a ticket or the operator."""
        ...

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        ...


class Inbox(Protocol):
    """The way back of one or more desks."""

    name: str
    form: Form
    """In what form its letters are: mails, or turns of a chat that it wrote down itself (`bridge.letters.turns`)."""

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        """Letters that were not filed yet, at most `wait` later; empty where none came."""
        ...

    async def file(self, letter: Letter, outcome: LetterOutcome) -> None:
        """Put a letter away after its outcome was stored: a courtesy whose failure is harmless."""
        ...

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a judge may know besides the post itself."""

    now: datetime
    thread_open: bool
    """Whether the conversation already waits for an agent or was answered."""


class Judge(Protocol):
    """Decides whether, where and how urgently a post is forwarded."""

    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        """The verdict with its reasons; a plain function of its arguments and the judge's own version."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of a post."""

    fingerprint: str
    """Of the newest words; empty for our own answers, and with `deleted` for what was erased: no edit can be seen then."""
    conversation: str
    deleted: bool = False
    route: str | None = None
    """Where its verdict sent it; empty where it was left alone, None where there is no verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on something alone until a time of the store's own clock."""

    name: str
    owner: str
    epoch: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows that a claim handed out."""

    rows: tuple[Claimed, ...]
    next_due: datetime | None
    """When the next row that was not handed out becomes due; None where nothing is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What applying a decision changed."""

    applied: bool
    """False where its key was already among the facts."""
    new_posts: int = 0
    new_intents: int = 0


RESERVED = "reserved|"
"""Begins the names of leases that belong to no process: they stay through a restart until their time is over."""


class Store(Protocol):
    """The one state store; only `apply` and the claims and leases that it hands out write."""

    async def cursor(self, channel: str) -> str | None:
        """How far the channel was read; None before the first contact."""
        ...

    async def known(self, channel: str, ids: Collection[str]) -> Mapping[str, Known]:
        """Which of these ids of the platform are known: posts by their id, our answers by the id they got."""
        ...

    async def conversation(self, conversation_id: str) -> Record | None:
        """The record of a conversation by its short id, as signed addresses carry it."""
        ...

    async def history(self, customer: str, *, limit: int) -> Sequence[Contact]:
        """Earlier contacts of a customer by Customer.id, newest first, over all of the person's linked identities."""
        ...

    async def kept(self, key: str) -> Row | Filed | Consent | None:
        """A row of the outbox or a consent by its key, or a letter by its fingerprint."""
        ...

    async def claim(self, kinds: Collection[str], limit: int, *, owner: str, lease: timedelta) -> Batch:
        """Due rows, each the first open one of its lane, now RUNNING under our lease.

        `kinds` are names of effect classes in lower case: judge, inject, publish, tell, reread, remind, act,
        share.
        """
        ...

    async def lease(self, name: str, *, owner: str, length: timedelta) -> Lease | None:
        """Take or renew a lease; None while another owner holds it."""
        ...

    async def switches(self) -> Mapping[str, str]:
        """What operators switched by command: see bridge.core.decision.Switch."""
        ...

    async def apply(self, decision: Decision) -> Receipt:
        """Write a decision whole, durably; raises Stale and writes nothing where the state has moved on."""
        ...


class KeyRecords(Protocol):
    """Public keys of those who sign their mail, as the DNS shows them (RFC 6376 3.6.2)."""

    async def record(self, selector: str, domain: str) -> bytes | None:
        """The text at selector._domainkey.domain; None where there is none. Raises TemporaryProblem where nobody answers."""
        ...


class Groups(Protocol):
    """Tickets that stand for all who say nearly the same."""

    async def leads(self, marks: Sequence[bytes], *, since: datetime) -> Sequence[Lead]:
        """Posts that share a mark, whose tickets are younger than that and still wait for an answer."""
        ...

    async def crowd(self, lead: str, *, until: datetime) -> int:
        """How many customers joined a ticket until then and have none of their own, answered in it or not."""
        ...

    async def next_member(self, lead: str, *, until: datetime, after: str) -> Member | None:
        """The one who comes after that post among those who joined until then, one for each customer; None at the end."""
        ...

    async def late_members(self, lead: str, *, since: datetime) -> Sequence[Member]:
        """Who joined later."""
        ...

    async def tally(self, share: Share) -> Tally:
        """What became of an answer to all by now."""
        ...


class Clock(Protocol):
    """Time, so that tests can own it."""

    def now(self) -> datetime:
        """The time in UTC, with its zone."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fittings:
    """What every adapter is given besides its own stanza."""

    clock: Clock
    ring: KeyRing
    """Keys that sign reply addresses and Message-IDs."""
    reply_domain: str
    """Domain of reply addresses and Message-IDs."""
    brand: str
    """Whose mails these are, where a desk does not say it itself."""
    instance: str
    """Random and lasting name of this installation, for the loop header (D01)."""
    user_agent: str
    """Names the program and the operator's contact to the servers that we ask."""
    shared: dict[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What adapters of one house have in common, each by a name of its own: a chat desk and its inbox speak over one line."""
