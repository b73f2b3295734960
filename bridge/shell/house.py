"""What the loops share: the ports they were given, the policy of the moment, and the bell that wakes the courier."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import structlog

from bridge.core.conversation import Record
from bridge.core.decide import Event, decide
from bridge.core.decision import Decision
from bridge.core.health import Watch
from bridge.core.model import Account
from bridge.core.moment import Moment
from bridge.core.policy import Policy
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.letters.reading import Postmark
from bridge.ports import Channel, Clock, Desk, Groups, Inbox, Judge, KeyRecords, Receipt, Stale, Store
from bridge.shell.bell import Bell
from bridge.shell.rates import Rates

log = structlog.get_logger("bridge.house")

E = TypeVar("E", bound=Event)

RETRIES = 20
"""Decisions anew after a lost race, before the event is left to its next coming."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Ports and policy; made once by the composition root."""

    store: Store
    clock: Clock
    channels: Mapping[str, Channel]
    desks: Mapping[str, Desk]
    inboxes: Mapping[str, Inbox]
    judge: Judge
    policy: Callable[[], Policy]
    """The policy of the moment: a reload swaps it whole."""
    postmarks: Mapping[str, Postmark]
    """By what our letters are known at each inbox."""
    owner: str
    """Names this process in leases and claims."""
    key_records: KeyRecords | None = None
    """Whom to ask for keys of DKIM; None where no resolver is configured, and then we check nobody's signature."""
    groups: Groups
    """Tickets that others may join."""
    folding: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a post looks for a ticket to join, so that two that say the same are never both the first here."""
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a letter is read: its time counts, and letters that are read at once would take each other's."""
    bell: Bell = field(default_factory=Bell)
    """Rung when something was intended."""
    rates: Rates = field(default_factory=Rates)
    unproven: dict[str, datetime] = field(default_factory=dict)
    """Letters that wait in their mailbox for a resolver that does not answer, and since when; kept by bridge.shell.sender_keys."""
    behind: dict[tuple[str, object], tuple[str, datetime]] = field(default_factory=dict)
    """Behind which of these the later letters of their conversation wait, by inbox; kept by bridge.shell.inbound."""
    watches: dict[str, Watch] = field(default_factory=dict)
    """How every connection is, by names such as `channel forum`; kept by bridge.shell.health."""
    elsewhere: set[str] = field(default_factory=set)
    """Channels and inboxes that another node used at our last look, named as in watches; kept by bridge.shell.leases."""
    read: set[str] = field(default_factory=set)
    """Channels and inboxes that were read to their end since our start, their last failure or pause, or their time elsewhere,
    named as in watches; kept by bridge.shell.intake, bridge.shell.inbound and bridge.shell.leases."""
    granting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while an automatic answer is granted, so that a budget which is used up is found so once here."""
    spent: dict[str, datetime] = field(default_factory=dict)
    """Channels whose budget of automatic answers was used up, and until when nobody asks again; kept by bridge.shell.granting."""
    accounts: dict[str, Account] = field(default_factory=dict)
    """Who we are on the channels that were opened."""

    async def account(self, name: str) -> Account:
        """Who we are on a channel, asked once; raises LoginProblem where the platform knows us as somebody else (F03)."""
        if name not in self.accounts:
            self.accounts[name] = await self.channels[name].open()
        return self.accounts[name]

    def seal(self, message: Proxy | Notice) -> Sealed:
        """The exact form in which a message's own desk will send it."""
        return self.desks[message.desk].seal(message)

    def can_tell(self, notice: Notice) -> bool:
        """Whether the notice's desk was built; a notice that nobody can bring any more is named in the log."""
        built = notice.desk in self.desks
        if not built:
            log.warning("notice_dropped", key=notice.key, desk=notice.desk)
        return built

    def moment(self) -> Moment:
        """Now, under the policy of now."""
        return Moment(now=self.clock.now(), policy=self.policy(), seal=self.seal, can_tell=self.can_tell)

    async def apply(self, decision: Decision) -> Receipt:
        """Write a decision and wake whom it concerns."""
        receipt = await self.store.apply(decision)
        if receipt.applied and (decision.intents or decision.settlements):
            self.bell.ring()
        return receipt

    async def happened(self, conversation: str, event: Event) -> Receipt:
        """Decide upon an event with the conversation's state of the moment, and anew where another was quicker.

        Raises Stale where the race was lost again and again.
        """

        async def whatever_the_state(_record: Record | None) -> Event:
            return event

        return (await self.found(conversation, whatever_the_state))[1]

    async def found(self, conversation: str, event: Callable[[Record | None], Awaitable[E]]) -> tuple[E, Receipt]:
        """The same for an event that itself rests on the conversation's state, and is found anew with it."""
        for _ in range(RETRIES):
            record = await self.store.conversation(conversation) if conversation else None
            made = await event(record)
            try:
                return made, await self.apply(decide(record, made, at=self.moment()))
            except Stale:
                await self.clock.sleep(0.01)
        raise Stale("the conversation kept changing while an event was decided")
