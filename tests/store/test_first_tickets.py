"""Two nodes over one PostgreSQL judge at the same moment what says the same: one ticket is the first, and the other post joins it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from bridge.core.conversation import Phase
from bridge.core.decision import Decision
from bridge.core.effects import Claimed, Intent
from bridge.core.events import Sighting
from bridge.core.model import Author, Post, Verdict
from bridge.ports import Circumstances
from bridge.shell.house import House
from bridge.shell.performing import perform
from bridge.store.open import open_store
from bridge.testing import making
from bridge.testing.fittings import MovableClock

ROUNDS = 20
LEASE = timedelta(minutes=1)


class Folds:
    """A judge whose route folds."""

    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        return replace(making.VERDICT, fold=timedelta(hours=2))


class Queue:
    """A desk that seals."""

    name = "support"
    seal = staticmethod(making.seal)


@pytest.fixture
async def nodes(emptied: str, clock: MovableClock) -> AsyncIterator[tuple[House, ...]]:
    stores = [open_store(emptied, clock=clock, create=True, platforms={}) for _ in range(3)]
    yield tuple(
        House(
            store=store,
            groups=store,
            clock=clock,
            channels={},
            desks={"support": Queue()},
            inboxes={},
            judge=Folds(),
            policy=lambda: making.POLICY,
            postmarks={},
            owner=f"node {number}",
        )
        for number, store in enumerate(stores)
    )
    for store in stores:
        store.close()


def same(number: int, at: int) -> Post:
    """One of those who say the same in a round."""
    name, said = f"{number}-{at}", sha256(f"round {number}".encode()).hexdigest()
    return making.post(name, said, thread=name, author=Author(id=name, handle=name))


async def arrived(node: House, post: Post) -> Claimed:
    """It is stored, and its judgement is in the node's hands."""
    intent = Intent(effect=making.judge(post), at=node.clock.now())
    await node.apply(Decision(sightings=(Sighting(post=post),), intents=(intent,)))
    (row,) = (await node.store.claim(["judge"], 1, owner=node.owner, lease=LEASE)).rows
    return row


async def test_one_ticket_is_the_first_whichever_node_judges(nodes: tuple[House, ...]) -> None:
    for number in range(ROUNDS):
        posts = [same(number, at) for at in range(len(nodes))]
        rows = [await arrived(node, post) for node, post in zip(nodes, posts, strict=True)]
        await asyncio.gather(*(perform(node, row) for node, row in zip(nodes, rows, strict=True)))
        records = [await nodes[0].store.conversation(post.conversation.id) for post in posts]
        found = Counter(record.phase for record in records if record)
        assert found == {Phase.WAITING: 1, Phase.FOLDED: len(nodes) - 1}, number
