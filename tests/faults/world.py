"""Two processes of the bridge over one store, in a world in memory that a test owns: clock, platform, queue, crashes."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from typing import Any

from bridge.core.decision import Decision, Switch
from bridge.core.effects import Publish, Row, State
from bridge.core.events import EffectDropped, HeldConfirmed, HeldReleased
from bridge.core.model import Author, Post, Verdict, Visibility
from bridge.core.policy import Agent, Breaker, ChannelPolicy, DeskPolicy, Limits, Policy, ReadBack
from bridge.core.proxies import Sealed
from bridge.core.publications import Posted
from bridge.core.replies import Form
from bridge.desks._paper import Paper, sealer
from bridge.letters.address import KeyRing
from bridge.letters.reading import Postmark
from bridge.ports import Channel, Circumstances, Fittings, Stale
from bridge.shell import courier, inbound, intake
from bridge.shell.house import House
from bridge.shell.performing import MARGIN
from bridge.store import claims
from bridge.store.open import open_store
from bridge.testing.fakes.counter import Counter, CounterDesk, CounterInbox
from bridge.testing.fakes.plaza import Plaza, PlazaChannel
from bridge.testing.footing import FootedStore, Footing
from bridge.testing.making import NOW

AGENT = "ann@acme.test"
DOMAIN = "reply.acme.test"
UNDO = timedelta(seconds=60)
LIMITS = Limits(
    max_length=500,
    max_private_length=500,
    count=len,
    read_back=ReadBack.BY_PARENT,
    read_back_lag=timedelta(seconds=30),
    request_timeout=timedelta(seconds=30),
)
MANY = 10_000
RING = KeyRing(keys={"k1": b"k" * 32}, signing="k1")
CUSTOMERS = (Author(id="u1", handle="jane", name="Jane Doe"), Author(id="u2", handle="bob", name="Bob"))


class TestClock:
    """Time that only the test moves."""

    def __init__(self) -> None:
        self._now = NOW

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

    def set(self, now: datetime) -> None:
        self._now = max(self._now, now)


class Help:
    """Forwards whoever asks for help."""

    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        if "help" in post.text:
            return Verdict(route="help", desk="support", rules="r1")
        return Verdict(route=None, desk=None, rules="r1")


@dataclass(slots=True, kw_only=True)
class Process:
    """One node: its footing, and the house on it."""

    footing: Footing
    house: House
    paused: datetime | None = None
    """Since when it stands still."""


class World:
    """Everything; coroutines of the processes run one after the other, and side by side only where one was paused."""

    def __init__(self, *, limits: Limits, adapter: Callable[[Channel], Channel]) -> None:
        self.limits = limits
        self._adapter = adapter
        self.clock = TestClock()
        self.plaza = Plaza(clock=self.clock, limits=limits)
        self.counter = Counter()
        self.store = open_store(":memory:", clock=self.clock, create=True, platforms={})
        self._fittings = Fittings(
            clock=self.clock, ring=RING, reply_domain=DOMAIN, brand=DOMAIN, instance="world", user_agent="test"
        )
        self._seal = sealer("support", Paper(to="queue@acme.test"), self._fittings)
        self._started = 0
        self.processes = [self._process(), self._process()]

    @property
    def longest_pause(self) -> timedelta:
        """A node that stands still for longer between its last look at the clock and its request may speak too late.

        The others look twice, the second time two settle times and a time-out after the lease.
        """
        return 2 * self.limits.request_timeout + MARGIN + 2 * self.limits.settle - timedelta(seconds=1)

    def _process(self) -> Process:
        self._started += 1
        footing = Footing()
        house = House(
            store=FootedStore(self.store, footing),
            groups=self.store,
            clock=self.clock,
            channels={"forum": self._adapter(PlazaChannel("forum", self.plaza, footing))},
            desks={"support": CounterDesk("support", self.counter, footing, seal=self._seal)},
            inboxes={"replies": CounterInbox("replies", self.counter, footing)},
            judge=Help(),
            policy=self._policy,
            postmarks={"replies": Postmark(ring=RING, domain=DOMAIN, desks=("support",), delivered="", form=Form.MAIL)},
            owner=f"node{self._started}",
        )
        return Process(footing=footing, house=house)

    def _policy(self) -> Policy:
        breaker = Breaker(
            per_conversation_hour=MANY, per_conversation_day=MANY, per_desk_hour=MANY, per_agent_hour=MANY
        )
        desk = DeskPolicy(
            name="support",
            live=True,
            agents=(Agent(mailbox=AGENT),),
            internal_senders=(AGENT,),
            undo=UNDO,
            min_typing=timedelta(0),
            breaker=breaker,
        )
        channel = ChannelPolicy(
            name="forum", platform="Forum", limits=self.limits, own=frozenset({"brand"}), brand=("acme",)
        )
        return Policy(desks={"support": desk}, channels={"forum": channel}, reply_domain=DOMAIN)

    async def close(self) -> None:
        """Let nothing run on."""
        for process in self.processes:
            await process.footing.crash()
        self.store.close()

    # What a process does, up to so many crossings.

    async def poll(self, process: Process, crossings: int | None) -> None:
        await self._walk(process, intake.poll_all(process.house, "forum", pages=2), crossings)

    async def work(self, process: Process, kinds: Collection[str], *, limit: int, crossings: int | None) -> None:
        await self._walk(process, _work(process.house, kinds, limit), crossings)

    async def take_letters(self, process: Process, crossings: int | None) -> None:
        taking = inbound.take(process.house, "replies", wait=timedelta(0), stop=asyncio.Event())
        await self._walk(process, taking, crossings)

    async def _walk(self, process: Process, steps: Coroutine[Any, Any, Any], crossings: int | None) -> None:
        with suppress(Stale):  # another node was quicker: the loops of the shell go on to their next turn
            await process.footing.walk(steps, crossings=crossings)
        process.paused = self.clock.now() if process.footing.paused else None

    # What befalls a process.

    async def resume(self, process: Process) -> None:
        with suppress(Stale):
            await process.footing.resume()
        process.paused = None

    async def restart(self, process: Process) -> None:
        """Kill it and start another one in its place."""
        await process.footing.crash()
        self.processes[self.processes.index(process)] = self._process()

    async def restart_alone(self) -> None:
        """Kill all, and start as the only process does: leases of the dead are over at once (delivery.md 8)."""
        for process in tuple(self.processes):
            await self.restart(process)
        await self.store.chore(lambda connection, now, _around: claims.expire(connection, now))

    async def pass_time(self, length: timedelta) -> None:
        """Let requests arrive and pauses end in the order of their times."""
        until = self.clock.now() + length
        while (event := self._next_event()) <= until:
            self.clock.set(event)
            self.plaza.land()
            for process in tuple(self.processes):
                if process.paused is not None and event >= process.paused + self.longest_pause:
                    await self.resume(process)
        self.clock.set(until)

    def _next_event(self) -> datetime:
        lands = [flying.lands for flying in self.plaza.flying]
        wakes = [p.paused + self.longest_pause for p in self.processes if p.paused is not None]
        return min([*lands, *wakes], default=datetime.max.replace(tzinfo=NOW.tzinfo))

    # What people do.

    def write(self, number: int, thread: int, *, private: bool) -> Post:
        customer = CUSTOMERS[thread % len(CUSTOMERS)]
        visibility = Visibility.PRIVATE if private else Visibility.PUBLIC
        name = f"d{customer.id}" if private else f"t{thread}"
        return self.plaza.write(
            number, f"post{number:04} please help", thread=name, author=customer, visibility=visibility
        )

    def proxies(self) -> list[Sealed]:
        """The posts' mails in the queue, each once, in the order in which they first came."""
        first = {sealed.key: sealed for sealed in reversed(self.counter.taken) if sealed.key.startswith("inject|")}
        return list(reversed(first.values()))

    def answer(self, to: Sealed, number: int, text: str) -> bytes:
        """The agent's answer; the same arguments give the same bytes."""
        heads = BytesHeaderParser().parsebytes(to.content)
        mail = EmailMessage()
        mail["From"] = AGENT
        mail["To"] = heads["Reply-To"]
        mail["Subject"] = f"Re: {heads['Subject']}"
        mail["Date"] = self.clock.now()
        mail["Message-ID"] = f"<l{number}@acme.test>"
        mail["In-Reply-To"] = to.message_id
        mail.set_content(text)
        return mail.as_bytes()

    async def switch(self, name: str, value: str) -> None:
        await self.store.apply(Decision(switches=(Switch(name=name, value=value, by="op"),)))

    async def decide_held(self, key: str, *, release: bool) -> None:
        """An operator looks at the platform itself and then speaks."""
        row = await self.store.kept(key)
        if not isinstance(row, Row) or not isinstance(row.effect, Publish):
            return
        house = replace(self.processes[0].house, store=self.store)
        publication = row.effect.publication
        said = [said for said in self.plaza.said if said.publication.key == publication.key]
        if any(flying.publication.key == publication.key for flying in self.plaza.flying):
            return
        event: HeldConfirmed | HeldReleased | EffectDropped
        if said:
            event = HeldConfirmed(row=row, posted=Posted(id=said[0].id), by="op")
        elif release:
            event = HeldReleased(row=row, by="op")
        else:
            event = EffectDropped(row=row, by="op", why="")
        if row.state is State.HELD:
            await house.happened(row.effect.conversation, event)


async def _work(house: House, kinds: Collection[str], limit: int) -> None:
    """One round of a courier: rows are performed one after the other, so that every run can be repeated."""
    batch = await house.store.claim(kinds, limit, owner=house.owner, lease=courier.LEASE)
    for claimed in batch.rows:
        await courier.guarded(house, claimed)
