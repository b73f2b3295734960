"""What waits at the desks, in the store: who is first, how much a desk has on its hands, and that all of it is found by index."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bridge.core.conversation import Phase
from bridge.core.decision import Decision
from bridge.core.effects import Intent, Settlement, State, Turn
from bridge.core.fairness import Load, Waiter, admitted
from bridge.core.model import Post, Priority
from bridge.core.policy import Pace
from bridge.store import turns
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock

MINUTE = timedelta(minutes=1)


def waits(of: Post, clock: MovableClock, turn: Turn = Turn.OPENS, ago: timedelta = MINUTE) -> Decision:
    """A conversation that waits for an answer, with a proxy that waits for its turn."""
    record = replace(making.waiting(of), version=0)
    intent = Intent(effect=making.inject(of), at=clock.now() - ago, turn=turn, priority=Priority.HIGH)
    return Decision(record=record, intents=(intent,))


async def first(store: SqlStore, clock: MovableClock) -> list[str]:
    """Keys of those who may have their turn."""

    def asked(connection: Connection) -> list[str]:
        now = turns.now_of(connection, clock.now())
        found = (turns.heads(connection, row, now=now, most=9) for row in turns.rows(connection))
        return [waiter.key for row in found for waiter in row]

    return await store.read(asked)


async def load(store: SqlStore, clock: MovableClock, pace: Pace) -> Load:
    def asked(connection: Connection) -> Load:
        return turns.load(connection, "support", now=turns.now_of(connection, clock.now()), pace=pace, waiting=())

    return await store.read(asked)


async def enter(store: SqlStore, key: str) -> None:
    await store.apply(Decision(settlements=(Settlement(key=key, state=State.READY),)))


async def test_what_waits_is_counted_with_its_age(either: SqlStore, clock: MovableClock) -> None:
    for number in range(3):
        await either.apply(waits(making.post(f"p{number}", thread=f"t{number}"), clock, ago=number * MINUTE))
    (row,) = await either.read(turns.rows)

    assert (row.desk, row.channel, row.priority, row.opens, row.count) == ("support", "forum", Priority.HIGH, True, 3)
    assert timedelta(minutes=2) <= clock.now() - row.oldest < timedelta(minutes=3)


async def test_c25_what_had_its_turn_is_tried_from_then_on(either: SqlStore, clock: MovableClock) -> None:
    """However long it waited for that: agents who do not keep up are no queue that cannot be reached."""
    await either.apply(waits(making.post("p1"), clock))
    clock.advance(timedelta(days=6))
    (key,) = await first(either, clock)
    await enter(either, key)
    before = (await either.read(partial(turns.now_of, now=clock.now()))) - MINUTE
    (row,) = (await either.claim(["inject"], 1, owner="me", lease=MINUTE)).rows

    assert row.begun > before


async def test_a_follow_up_never_comes_before_what_it_follows(either: SqlStore, clock: MovableClock) -> None:
    one, two = making.post("p1"), making.post("p2")
    await either.apply(waits(one, clock))
    later = Intent(effect=making.inject(two), at=clock.now() - 9 * MINUTE, turn=Turn.JOINS, priority=Priority.URGENT)
    await either.apply(Decision(intents=(later,)))

    assert await first(either, clock) == [making.inject(one).key]
    await enter(either, making.inject(one).key)
    assert await first(either, clock) == [making.inject(two).key]


async def test_what_the_community_may_answer_first_has_no_turn_yet(either: SqlStore, clock: MovableClock) -> None:
    await either.apply(waits(making.post(), clock, ago=-9 * MINUTE))

    assert await first(either, clock) == []


async def test_a_ticket_is_open_from_its_turn_to_its_answer(either: SqlStore, clock: MovableClock) -> None:
    pace, of = Pace(open=9), making.post()
    await either.apply(waits(of, clock))
    assert (await load(either, clock, pace)).open == 0

    await enter(either, making.inject(of).key)
    assert await load(either, clock, pace) == Load(open=1, entered={"forum": 1})

    record = await either.conversation(of.conversation.id)
    assert record is not None
    await either.apply(Decision(record=replace(record, phase=Phase.ANSWERED)))
    assert (await load(either, clock, pace)).open == 0


async def test_a_follow_up_that_waits_does_not_hide_its_open_ticket(either: SqlStore, clock: MovableClock) -> None:
    await either.apply(Decision(record=replace(making.waiting(), version=0)))
    joins = Intent(effect=making.inject(making.post("p2")), at=clock.now(), turn=Turn.JOINS)
    await either.apply(Decision(intents=(joins,)))

    assert (await load(either, clock, Pace(open=9))).open == 1


async def test_a_ticket_that_nobody_touched_for_long_counts_no_more(store: SqlStore, clock: MovableClock) -> None:
    await store.apply(Decision(record=replace(making.waiting(), version=0)))
    clock.advance(timedelta(hours=2))

    assert (await load(store, clock, Pace(open=9))).open == 1
    assert (await load(store, clock, Pace(open=9, open_for=timedelta(hours=1)))).open == 0


async def test_tickets_are_counted_no_further_than_the_pace(store: SqlStore, clock: MovableClock) -> None:
    for number in range(5):
        record = replace(making.waiting(making.post(f"p{number}", thread=f"t{number}")), version=0)
        await store.apply(Decision(record=record))

    assert (await load(store, clock, Pace(open=3))).open == 3


async def test_only_the_last_minute_counts(store: SqlStore, clock: MovableClock) -> None:
    await store.apply(Decision(intents=(Intent(effect=making.inject(), at=clock.now(), turn=Turn.AT_ONCE),)))
    assert (await load(store, clock, Pace(per_minute=9))).entered == {"forum": 1}

    clock.advance(timedelta(seconds=61))
    assert (await load(store, clock, Pace(per_minute=9))).entered == {}


async def test_a_channel_of_little_weight_has_its_turn_though_the_desk_takes_one_a_minute(
    store: SqlStore, clock: MovableClock
) -> None:
    pace = Pace(per_minute=1, weights={"x": 3})
    for number in range(9):
        await store.apply(
            waits(replace(making.post(f"x{number}", thread=f"x{number}"), channel="x"), clock, ago=90 * MINUTE)
        )
    await store.apply(waits(making.post("f", thread="f"), clock))
    entered = []
    for _minute in range(5):
        entered += await admit(store, clock, pace)
        clock.advance(61 * MINUTE / 60)
    assert [channel for channel in entered if channel == "forum"] == ["forum"]
    assert len(entered) == 5


async def admit(store: SqlStore, clock: MovableClock, pace: Pace) -> list[str]:
    """Let in whoever may go; their channels."""

    def chosen(connection: Connection) -> tuple[Waiter, ...]:
        now = turns.now_of(connection, clock.now())
        rows = turns.rows(connection)
        waiters = [waiter for row in rows for waiter in turns.heads(connection, row, now=now, most=9)]
        return admitted(waiters, pace, turns.load(connection, "support", now=now, pace=pace, waiting={"x", "forum"}))

    found = await store.read(chosen)
    for waiter in found:
        await enter(store, waiter.key)
    return [waiter.channel for waiter in found]
