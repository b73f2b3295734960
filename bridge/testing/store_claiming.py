"""What every store must keep to about its outbox: lanes in order, claims and leases of one owner, no lost settlement."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bridge.core.decision import Decision
from bridge.core.effects import TRANSITIONS, Claimed, Effect, Intent, Publish, Reread, Row, Settlement, State, Turn
from bridge.core.model import Priority
from bridge.core.publications import Posted
from bridge.ports import Batch, Stale, Store
from bridge.testing import making
from bridge.testing.making import NOW
from bridge.testing.store_deciding import ALL, MINUTE, refused

NEVER = datetime(2100, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ENDED = timedelta(0)
"""A lease that is over when it is given."""


async def intend(store: Store, *intents: Intent) -> None:
    """Put effects into the outbox, one decision each."""
    for intent in intents:
        await store.apply(Decision(intents=(intent,)))


async def claim(store: Store, limit: int = 99, lease: timedelta = MINUTE, owner: str = "me") -> list[Claimed]:
    """Whatever is due."""
    return list((await store.claim(ALL, limit, owner=owner, lease=lease)).rows)


async def settle(store: Store, row: Claimed, state: State, at: datetime | None = None) -> None:
    """Settle a claim."""
    await store.apply(Decision(settlements=(Settlement(key=row.key, state=state, epoch=row.epoch, at=at),)))


def answers(count: int) -> list[Publish]:
    """Answers of one conversation."""
    return [making.publish(f"answer {number}", letter=f"f{number}") for number in range(count)]


def soon(effect: Publish, held: str = "") -> Intent:
    """Due already."""
    return Intent(effect=effect, at=NOW, held=held)


def keys(rows: list[Claimed]) -> list[str]:
    """Only their keys."""
    return [row.key for row in rows]


class ClaimingContract:
    """Rows of the outbox in the hands of couriers."""

    async def test_every_effect_comes_back_as_it_went_in(self, store: Store) -> None:
        """With its sealed bytes, its times and its sort."""
        publish = replace(making.publish(), conversation=making.post("p2", thread="t2").conversation.id)
        reread = Reread(letter="f", conversation=making.post("p3", thread="t3").conversation.id, turn=1)
        effects: list[Effect] = [
            making.judge(),
            making.inject(making.post("p4", thread="t4")),
            publish,
            making.tell(),
            reread,
        ]
        await intend(store, *(Intent(effect=effect, at=NOW + n * SECOND) for n, effect in enumerate(effects)))
        rows = await claim(store)
        assert [row.effect for row in rows] == effects
        assert keys(rows) == [effect.key for effect in effects]
        assert {(row.was, row.attempt, row.epoch, row.looks) for row in rows} == {(State.READY, 1, 1, 0)}
        assert [row.due for row in rows] == [NOW + n * SECOND for n in range(5)]

    async def test_a_lane_hands_out_one_row_at_a_time_in_order(self, store: Store) -> None:
        """Answers keep their order, also where a later one is due earlier."""
        first, second, third = answers(3)
        await intend(store, soon(first), replace(soon(second), at=NOW - MINUTE), soon(third))
        for effect in (first, second, third):
            (row,) = await claim(store)
            assert row.key == effect.key
            assert not await claim(store)
            await settle(store, row, State.DONE)

    async def test_the_lanes_of_a_conversation_do_not_wait_for_each_other(self, store: Store) -> None:
        """A slow answer does not keep posts from the queue."""
        await intend(store, soon(making.publish()), Intent(effect=making.inject(), at=NOW))
        assert len(await claim(store)) == 2

    async def test_a_row_that_waits_keeps_its_lane_waiting(self, store: Store) -> None:
        """Due later, tried again later, or to be looked up later: the next answer waits."""
        first, second = answers(2)
        await intend(store, replace(soon(first), at=NEVER), soon(second))
        assert not await claim(store)
        await intend(store, soon(making.publish(of=making.post("x", thread="t2"), letter="a")))
        await intend(store, soon(making.publish(of=making.post("x", thread="t2"), letter="b")))
        (row,) = await claim(store)
        await settle(store, row, State.UNSURE, NEVER)
        assert not await claim(store)

    async def test_a_held_row_keeps_nobody_waiting_and_comes_back_behind_the_others(self, store: Store) -> None:
        """Two answers of one lane are never in hand at once."""
        held, second, third = answers(3)
        await intend(store, soon(held, held="links"), soon(second), soon(third))
        (running,) = await claim(store)
        assert running.key == second.key
        await store.apply(Decision(settlements=(Settlement(key=held.key, state=State.READY),)))
        assert not await claim(store)
        await settle(store, running, State.DONE)
        assert keys(await claim(store)) == [third.key]

    async def test_a_paced_row_keeps_nobody_waiting_until_its_turn(self, store: Store) -> None:
        """And then stands behind all who wait; what does not wait for a turn is due at once."""
        paced, second, third = answers(3)
        await intend(store, replace(soon(paced), turn=Turn.JOINS), replace(soon(second), turn=Turn.AT_ONCE))
        await intend(store, soon(third))
        (running,) = await claim(store)
        assert running.key == second.key
        await store.apply(Decision(settlements=(Settlement(key=paced.key, state=State.READY),)))
        for expected in (third, paced):
            await settle(store, running, State.DONE)
            (running,) = await claim(store)
            assert running.key == expected.key

    async def test_rows_without_a_conversation_are_independent(self, store: Store) -> None:
        """Operators' alerts."""
        tell = making.tell()
        others = [replace(tell, notice=replace(tell.notice, key=f"tell|{number}")) for number in range(3)]
        await intend(store, *(Intent(effect=other, at=NOW) for other in others))
        assert len(await claim(store)) == 3

    async def test_the_most_urgent_and_then_the_longest_due_comes_first(self, store: Store) -> None:
        """Whatever the order in which they were intended."""
        order = [
            (Priority.LOW, 0),
            (Priority.NORMAL, 2),
            (Priority.NORMAL, 1),
            (Priority.URGENT, 3),
            (Priority.HIGH, 0),
        ]
        for priority, late in order:
            effect = making.judge(making.post(f"{priority}{late}", thread=f"{priority}{late}"))
            await intend(store, Intent(effect=effect, at=NOW + late * SECOND, priority=priority))
        rows = await claim(store, limit=4)
        assert [row.priority for row in rows] == [Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.NORMAL]
        assert [row.due for row in rows[2:]] == [NOW + SECOND, NOW + 2 * SECOND]

    async def test_only_the_wanted_kinds_are_handed_out(self, store: Store) -> None:
        """And what waits of other kinds does not ring."""
        await intend(store, Intent(effect=making.judge(), at=NOW))
        assert await store.claim(["publish", "tell"], 9, owner="me", lease=MINUTE) == Batch(rows=(), next_due=None)
        assert await store.claim([], 9, owner="me", lease=MINUTE) == Batch(rows=(), next_due=None)
        assert await store.claim(["judge"], 0, owner="me", lease=MINUTE) == Batch(rows=(), next_due=None)

    async def test_the_next_time_is_that_of_the_next_row_that_can_be_handed_out(self, store: Store) -> None:
        """Not of one that waits behind another, and not of one that we just took."""
        first, second = answers(2)
        await intend(store, replace(soon(first), at=NEVER), soon(second))
        assert (await store.claim(ALL, 9, owner="me", lease=MINUTE)).next_due == NEVER
        await intend(store, Intent(effect=making.judge(), at=NOW), Intent(effect=making.tell(), at=NOW + SECOND))
        batch = await store.claim(ALL, 1, owner="me", lease=MINUTE)
        assert (len(batch.rows), batch.next_due) == (1, NOW + SECOND)
        batch = await store.claim(ALL, 9, owner="me", lease=MINUTE)
        taken = await store.claim(ALL, 9, owner="you", lease=MINUTE)
        assert not taken.rows
        assert taken.next_due is not None
        assert batch.rows[0].lease_until - MINUTE <= taken.next_due <= batch.rows[0].lease_until

    async def test_a_row_whose_lease_ended_goes_to_the_next_owner(self, store: Store) -> None:
        """C14: and the former owner's word no longer counts."""
        await intend(store, soon(making.publish()))
        (mine,) = await claim(store, lease=ENDED)
        (yours,) = await claim(store, owner="you")
        assert (yours.was, yours.epoch, yours.attempt) == (State.RUNNING, mine.epoch + 1, mine.attempt)
        with pytest.raises(Stale):
            await settle(store, mine, State.DONE)
        await settle(store, yours, State.UNSURE, NOW)
        (again,) = await claim(store)
        assert (again.was, again.epoch, again.attempt) == (State.UNSURE, 3, 1)
        await settle(store, again, State.HELD)
        await store.apply(Decision(settlements=(Settlement(key=again.key, state=State.READY),)))
        (last,) = await claim(store)
        assert (last.was, last.epoch, last.attempt) == (State.READY, 4, 2)

    async def test_a_settlement_counts_once(self, store: Store) -> None:
        """Also where its answer was lost and it is sent again."""
        await intend(store, soon(making.publish()))
        (row,) = await claim(store)
        await settle(store, row, State.DONE)
        with pytest.raises(Stale):
            await settle(store, row, State.DONE)
        await refused(store, Decision(settlements=(Settlement(key="nobody", state=State.DONE, epoch=1),)))

    @pytest.mark.parametrize("before", State)
    @pytest.mark.parametrize("after", [state for state in State if state is not State.RUNNING])
    async def test_a_row_moves_only_as_the_table_says(self, store: Store, before: State, after: State) -> None:
        """effects.TRANSITIONS, each pair."""
        row = await brought_to(store, before)
        epoch = row.epoch if before is State.RUNNING else None
        settlement = Settlement(key=row.key, state=after, epoch=epoch, at=NEVER, reason="because")
        if after in TRANSITIONS[before]:
            await store.apply(Decision(settlements=(settlement,)))
            kept = await store.kept(row.key)
            assert isinstance(kept, Row)
            assert (kept.state, kept.reason) == (after, "because")
        else:
            await refused(store, Decision(settlements=(settlement,)))

    async def test_nobody_but_its_claim_settles_a_running_row(self, store: Store) -> None:
        """A person's word waits until the courier has spoken."""
        row = await brought_to(store, State.RUNNING)
        await refused(store, Decision(settlements=(Settlement(key=row.key, state=State.HELD),)))
        await refused(store, Decision(settlements=(Settlement(key=row.key, state=State.HELD, epoch=row.epoch + 1),)))
        with pytest.raises(ValueError, match="claim"):
            await store.apply(Decision(settlements=(Settlement(key=row.key, state=State.RUNNING, epoch=row.epoch),)))

    async def test_several_settlements_in_one_decision_follow_each_other(self, store: Store) -> None:
        """Each is checked against the one before it."""
        row = await brought_to(store, State.HELD)
        back = Settlement(key=row.key, state=State.READY, at=NOW)
        drop = Settlement(key=row.key, state=State.DROPPED)
        await refused(store, Decision(settlements=(drop, back)))
        await store.apply(Decision(settlements=(back, drop)))
        kept = await store.kept(row.key)
        assert isinstance(kept, Row)
        assert kept.state is State.DROPPED

    async def test_what_was_published_is_remembered(self, store: Store) -> None:
        """D02: our own words are known when they come back."""
        await intend(store, soon(making.publish()))
        (row,) = await claim(store)
        posted = Posted(id="r77", url="https://forum.test/r77")
        done = Settlement(key=row.key, state=State.DONE, epoch=row.epoch, posted=posted)
        await store.apply(Decision(settlements=(done,)))
        kept = await store.kept(row.key)
        assert isinstance(kept, Row)
        assert kept.posted == posted
        known = await store.known("forum", ["r77", "r78"])
        assert set(known) == {"r77"}
        assert (known["r77"].fingerprint, known["r77"].conversation) == ("", making.post().conversation.id)
        assert not await store.known("other", ["r77"])

    async def test_looks_and_corrections_are_kept(self, store: Store) -> None:
        """A corrected text replaces the first; what a settlement does not name stays."""
        await intend(store, soon(making.publish()))
        (row,) = await claim(store)
        unsure = Settlement(key=row.key, state=State.UNSURE, epoch=row.epoch, at=NOW, looks=2)
        await store.apply(Decision(settlements=(unsure,)))
        (row,) = await claim(store)
        assert (row.looks, row.effect) == (2, making.publish())
        await store.apply(Decision(settlements=(Settlement(key=row.key, state=State.HELD, epoch=row.epoch),)))
        better = making.publish("Better words.")
        await store.apply(Decision(settlements=(Settlement(key=row.key, state=State.READY, effect=better),)))
        (row,) = await claim(store)
        assert (row.looks, row.effect) == (2, better)

    async def test_no_row_is_handed_out_twice(self, store: Store) -> None:
        """However many ask at once."""
        posts = [making.post(f"p{number}", thread=f"t{number}") for number in range(200)]
        intents = tuple(Intent(effect=making.judge(post), at=NOW) for post in posts)
        await store.apply(Decision(intents=intents))
        batches = await asyncio.gather(*(store.claim(ALL, 30, owner=f"o{n}", lease=MINUTE) for n in range(10)))
        handed = [row.key for batch in batches for row in batch.rows]
        assert len(handed) == len(set(handed)) == 200


async def brought_to(store: Store, state: State) -> Claimed:
    """A row in that state."""
    held = "links" if state is State.HELD else ""
    turn = Turn.OPENS if state is State.PACED else None
    await intend(store, replace(soon(making.publish()), held=held, turn=turn))
    if state in {State.PACED, State.READY, State.HELD}:
        return making.claimed(making.publish(), epoch=0)
    (row,) = await claim(store)
    if state is not State.RUNNING:
        await settle(store, row, state, NEVER)
    return row
