"""Is what the bridge did right? First as seen from outside alone, then the store's own invariants, then the end of all things."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from faults.world import World
from sqlalchemy import Connection

from bridge.core.publications import PrivateAnswer
from bridge.store import fsck, schema
from bridge.store.codec import micros, moment

KINDS = ("judge", "inject", "tell", "reread", "publish")
ROUNDS = 400
"""Rounds within which everything must come to rest once nothing fails any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A letter that an agent wrote: its words are unique."""

    text: str
    message_id: str


def outside(world: World) -> None:
    """Nothing published twice, nothing in the wrong place, the same mail always the same: the far ends' records alone."""
    texts = Counter(said.publication.text for said in world.plaza.said)
    assert not [text for text, count in texts.items() if count > 1], "published twice"
    for said in world.plaza.said:
        private = said.publication.thread.startswith("d")
        assert isinstance(said.publication, PrivateAnswer) == private, "published for the wrong readers"
    mails = defaultdict(set)
    for sealed in world.counter.taken:
        mails[sealed.key].add((sealed.message_id, sealed.content))
    assert not [key for key, forms in mails.items() if len(forms) > 1], "one mail in two forms"


async def sound(world: World) -> None:
    """Everything that must hold at any moment."""
    outside(world)
    await inside(world)


async def store_sound(world: World) -> None:
    """The store's own invariants (delivery.md 8.1), and no answer of ours on record as somebody else's."""
    now = micros(world.clock.now())
    found = await world.store.read(partial(fsck.check, now=now))
    assert not found, found
    native = sa.select(schema.fact.c.key).where(schema.fact.c.kind == "answered_natively")
    assert not await world.store.read(lambda connection: connection.execute(native).all())


async def inside(world: World) -> None:
    """The outbox beside the platform's record."""
    rows = await world.store.read(_publications)
    places = {said.publication.key: place for place, said in enumerate(world.plaza.said)}
    for key, state, posted in rows.settled:
        if state == "done":
            assert posted == world.plaza.said[places[key]].id, "bound to another answer"
        else:
            assert key not in places, "published although it was taken back"
    for keys in rows.lanes.values():
        order = [places[key] for key in keys]
        assert order == sorted(order), "answers of a conversation out of order"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publications:
    settled: list[tuple[str, str, str]]
    """Key, state and the platform's id."""
    lanes: dict[bytes, list[str]]
    """What was published, by conversation, in the order in which it was to be; without what was ever held."""


def _publications(connection: Connection) -> _Publications:
    box, fact = schema.outbox.c, schema.fact.c
    held = sa.exists().where(fact.key.like(sa.literal("held|") + box.key + "|%"))
    columns = (box.key, box.state, box.posted_id, box.conversation, held.label("was_held"))
    query = sa.select(*columns).where(box.kind == "publish", box.settled.is_not(None)).order_by(box.id)
    rows = connection.execute(query).all()
    lanes = defaultdict(list)
    for row in rows:
        if row.state == "done" and not row.was_held:
            lanes[row.conversation].append(row.key)
    return _Publications(settled=[(row.key, row.state, row.posted_id) for row in rows], lanes=dict(lanes))


class Restless(AssertionError):
    """Something is open for ever."""


async def come_to_rest(world: World) -> None:
    """Let everything work again and time pass, until nothing is open; raises Restless where that never comes."""
    world.plaza.fates.clear()
    world.plaza.blind, world.plaza.lag = 0, timedelta(0)
    world.counter.takings.clear()
    await world.switch("publishing", "")
    for process in tuple(world.processes):
        await world.restart(process)
    await world.pass_time(world.plaza.late)
    first = world.processes[0]
    for _ in range(ROUNDS):
        await world.poll(first, None)
        await world.work(first, KINDS, limit=50, crossings=None)
        await world.take_letters(first, None)
        dues = await world.store.read(_dues)
        if not dues and not world.counter.letters and await _read_to_the_end(world):
            return
        later = [due for due in dues if due > world.clock.now()]
        await world.pass_time(min(later, default=world.clock.now()) - world.clock.now())
    raise Restless(f"something never comes to rest: {len(world.counter.letters)} letters, {len(dues)} rows")


async def _read_to_the_end(world: World) -> bool:
    return await world.store.cursor("forum") == str(len(world.plaza.entries))


async def nothing_lost(world: World, posts: dict[str, str], answers: list[Answer]) -> None:
    """Every post is in the queue or waits for a person; every answer is published, or its letter says why not."""
    carried = {sealed.text.count(text) and text for sealed in world.proxies() for text in posts.values()}
    held = await world.store.read(waiting)
    for post_id, text in posts.items():
        assert text in carried or any(f"|forum|{post_id}|" in key or f"/{post_id}|" in key for key in held), (
            f"{post_id} is lost"
        )
    said = {said.publication.text for said in world.plaza.said}
    fates = await world.store.read(_fates)
    for answer in answers:
        assert answer.message_id in fates, f"{answer.message_id} is lost"
        outcome, reason, states = fates[answer.message_id]
        if outcome == "answer":
            assert states, f"{answer.message_id} was taken and nothing came of it"
            assert (answer.text in said) == (states == ["done"]), (answer.message_id, states)
        else:
            assert answer.text not in said
            assert reason, f"{answer.message_id} stopped for no reason"


def _dues(connection: Connection) -> list[datetime]:
    """When open rows are due; some of them wait behind others of their lane."""
    due = schema.outbox.c.due
    return [moment(row) for row in connection.execute(sa.select(due).where(due.is_not(None))).scalars()]


def waiting(connection: Connection) -> list[str]:
    """Keys of rows that wait for a person."""
    box = schema.outbox.c
    return list(connection.execute(sa.select(box.key).where(box.state == "held").order_by(box.id)).scalars())


def _fates(connection: Connection) -> dict[str, tuple[str, str, list[str]]]:
    """By Message-ID: a letter's outcome, its reason, and the states of its publications."""
    letter, box = schema.letter.c, schema.outbox.c
    fates = {}
    for row in connection.execute(sa.select(letter.fingerprint, letter.outcome, letter.reason, letter.message_id)):
        keys = box.key.like(f"publish|{row.fingerprint}|%")
        states = list(connection.execute(sa.select(box.state).where(keys)).scalars())
        fates[row.message_id] = (row.outcome, row.reason, states)
    return fates
