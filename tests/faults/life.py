"""Lives of posts and their answers over real servers, whatever ends the daemon meanwhile; the far ends judge it."""

import asyncio
import email
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import localtime, parsedate_to_datetime
from pathlib import Path

import pytest

from bridge.access.maildir import furnish
from bridge.store import fsck, queries, reports
from bridge.store.codec import micros
from bridge.store.open import reading
from bridge.store.problems import CannotOpen
from bridge.testing.checker import TAG, Finding, check
from bridge.testing.correspondence import answer, plain
from bridge.testing.fakes.forum import Forum
from bridge.testing.fittings import MovableClock
from bridge.testing.household import Plan, configure
from bridge.testing.node import Node
from bridge.testing.postoffice import PostOffice
from bridge.testing.town import AGENT, HELP_RULES, Town

SECONDS = 240
"""How long everything may take to reach its far end: what failed twice waits for three minutes."""

DESK = """
agents = ["agent1@acd.test"]
internal_senders = ["agent1@acd.test"]
min_typing = "0s"
"""
SIGNED = re.compile(r"\b(?:reply|public|private|bounce)\+[a-z0-9.]{8,}@")
"""The local part of a signed address."""
STARTED = '"event": "started"'
QUICK = 'interval = "200ms"\ntimeout = "2s"\nin_flight = "1s"\n'


@dataclass(slots=True, kw_only=True)
class Life:
    """Customers who write, an agent who answers each proxy once, and the daemon between them."""

    forum: Forum
    root: Path
    store: str | Path
    """Where the daemon's database is, for whoever judges it."""
    node: Node
    agent: str
    """Who answers."""
    queue: Callable[[], list[Message]]
    """What lies in the queue."""
    deliver: Callable[[Message], object]
    """How an answer reaches the mailbox of answers."""
    ahead: timedelta = timedelta(0)
    """By how much the agents' clocks are ahead of the real one, as the daemon's is."""
    first: int
    """Number of the first post; no two lives over one post office share numbers."""
    posts: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    """How each daemon ended that was found dead."""
    told: int = 0
    """How long the log was before the last start."""

    @property
    def is_met(self) -> bool:
        """Whether the daemon has met the forum, so that what is written from now on is new to it."""
        return '"state": "well"' in self.node.said()

    def write(self) -> None:
        """One customer more writes."""
        tag = f"post-{self.first + len(self.posts):04}"
        self.forum.write(f"jane{len(self.posts)}", f"{tag} please help", title=tag)
        self.posts.append(tag)

    def proxies(self) -> list[Message]:
        """What lies in the queue about these posts, without notices."""
        ours = [mail for mail in self.queue() if mail["Auto-Submitted"] == "auto-generated"]
        return [mail for mail in ours if set(TAG.findall(plain(mail))) & set(self.posts)]

    def answer_all(self) -> None:
        """The agent answers what was not answered yet."""
        for mail in self.proxies():
            own = TAG.findall(plain(mail))[0].replace("post", "answer")
            if own not in self.answers:
                reply = answer(mail, f"{own} It works again.", sender=self.agent)
                reply.replace_header("Date", localtime(datetime.now(UTC) + self.ahead))
                self.deliver(reply)
                self.answers.append(own)

    def finding(self) -> Finding:
        """What the far ends say."""
        said = [item.text for item in self.forum.said()]
        wanted = [*self.posts, *(tag.replace("post", "answer") for tag in self.posts)]
        return check(wanted, mails=self.proxies(), said=said, held=self.held())

    def held(self) -> list[str]:
        """Answers that wait for a person, in the daemon's own words."""
        with reading(self.store) as connection:
            items = [queries.kept(connection, item.key) for item in reports.held(connection, 1000)]
        return [tag for item in items for tag in TAG.findall(str(item)) if tag.startswith("answer")]

    def is_quiet(self) -> bool:
        """Whether nothing is left to do."""
        with reading(self.store) as connection:
            waiting = reports.status(connection, MovableClock().now()).waiting
        return not [pile for pile in waiting if pile.state != "held"]

    def broken(self) -> tuple[str, ...]:
        """Invariants that do not hold (delivery.md 8.1)."""
        with reading(self.store) as connection:
            return tuple(found.text for found in fsck.check(connection, micros(MovableClock().now())))

    def step(self) -> bool:
        """What people do meanwhile; True once everything has reached its far end."""
        if not self.is_met:
            return False
        if not self.posts:
            self.write()
        self.answer_all()
        try:
            return self.is_up and self.finding().fine and self.is_quiet()
        except CannotOpen:  # a database that is just being made
            return False

    @property
    def is_up(self) -> bool:
        """Whether the daemon that was started last has said so; before that a signal finds nobody who hears it."""
        return STARTED in self.node.said()[self.told :]

    async def start(self, *before: str) -> None:
        """Start the daemon."""
        self.told = len(self.node.said())
        await self.node.start(*before)

    async def start_again(self, *before: str) -> None:
        """Start the daemon, and wait until it is up."""
        await self.start(*before)
        await self.until(lambda: self.is_up)

    async def mind(self, allowed: Collection[int]) -> None:
        """Start the daemon again where it is dead; fails where it ended in a way that is not allowed."""
        if self.node.code is not None:
            assert self.node.code in allowed, self.node.said()[-3000:]
            self.ends.append(self.node.code)
            await self.start()

    async def until(self, what: Callable[[], bool], *, allowed: Collection[int] = ()) -> None:
        """Wait for something, with a daemon that is started again whenever it ended in an allowed way."""
        for _ in range(SECONDS * 10):
            await self.mind(allowed)
            if await asyncio.to_thread(what):
                return
            await asyncio.sleep(0.1)
        pytest.fail(f"{self.finding()}\n{self.node.said()[-5000:]}")


@asynccontextmanager
async def life(office: PostOffice, root: Path, *, first: int) -> AsyncIterator[Life]:
    """One over a real post office whose mailboxes are empty; nothing of the daemon's was ever there."""
    for name in ("queue", "reply"):
        office.wipe(name)

    def deliver(reply: Message) -> None:
        office.deliver(reply.as_bytes(), to=str(reply["To"]).rpartition("<")[2].rstrip(">"))

    plan = Plan(rules=HELP_RULES, desks={"support": DESK}, tls="starttls")
    async with _forum() as forum:
        configuration = configure(root, office, forum=forum, plan=plan)
        change(configuration, 'interval = "500ms"\n', QUICK)
        async with _node(configuration) as node:
            yield Life(
                forum=forum,
                root=root,
                store=root / "state" / "bridge.db",
                node=node,
                agent=f"agent1@{office.domain}",
                queue=lambda: [email.message_from_bytes(raw) for raw in office.mails("queue")],
                deliver=deliver,
                first=first,
            )


@asynccontextmanager
async def village_life(root: Path, *, undo: str) -> AsyncIterator[Life]:
    """One over Maildirs, without a server of anybody's and so without TLS."""
    town = Town(root=root)
    furnish(town.replies)

    def deliver(reply: Message) -> None:
        letter = town.replies / "tmp" / secrets.token_hex(12)
        letter.write_bytes(reply.as_bytes())
        stamp = parsedate_to_datetime(str(reply["Date"])).timestamp()
        os.utime(letter, (stamp, stamp))
        letter.rename(town.replies / "new" / letter.name)

    async with _forum() as forum:
        town.write(endpoint=forum.url, account=forum.brand.id, token=forum.token, undo=undo)
        town.rules(HELP_RULES)
        change(town.configuration, 'interval = "1s"\n', QUICK)
        async with _node(town.configuration) as node:
            yield Life(
                forum=forum,
                root=root,
                store=root / "state" / "bridge.db",
                node=node,
                agent=AGENT,
                queue=town.mails,
                deliver=deliver,
                first=1,
            )


def change(configuration: Path, before: str, after: str) -> None:
    """Write something else into the configuration."""
    file = configuration / "bridge.toml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


@asynccontextmanager
async def _forum() -> AsyncIterator[Forum]:
    forum = Forum(journal=None, brand="acme")
    await forum.start()
    try:
        yield forum
    finally:
        await forum.stop()


@asynccontextmanager
async def _node(configuration: Path) -> AsyncIterator[Node]:
    node = Node(configuration, log=configuration.parent / "log")
    try:
        yield node
    finally:
        await node.kill()
    assert leaked(configuration, node.said()) == []


def leaked(configuration: Path, said: str) -> list[str]:
    """Which secrets stand in what the daemon said, whatever befell it (FT24, law 7)."""
    secret = {file.name: file.read_text(encoding="utf-8").strip() for file in (configuration / "credentials").iterdir()}
    return [*(name for name, value in secret.items() if value in said), *SIGNED.findall(said)]
