"""The outbox against a simple model of itself: whatever is intended, claimed and settled, in whatever order."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bridge.core.decision import Decision
from bridge.core.effects import OPEN, TRANSITIONS, Claimed, Effect, Intent, Row, Settlement, State, Turn
from bridge.core.model import Priority
from bridge.ports import Stale, Store
from bridge.testing import making

T = TypeVar("T")

PAST = datetime(2025, 1, 1, tzinfo=UTC)
FUTURE = datetime(2100, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
THREADS = ("t1", "t2", "t3")


@dataclass(kw_only=True)
class Modelled:
    """A row as the model keeps it."""

    effect: Effect
    lane: tuple[str, str]
    order: int
    rank: int
    due: datetime | None
    state: State
    attempt: int = 0
    epoch: int = 0


class OutboxModel:
    """What an outbox is, in the fewest words."""

    def __init__(self) -> None:
        self.rows: dict[str, Modelled] = {}
        self._order = 0

    def next_order(self) -> int:
        """Whoever comes later stands behind."""
        self._order += 1
        return self._order

    def is_head(self, row: Modelled) -> bool:
        """Whether no open row of its lane stands before it."""
        same = (r for r in self.rows.values() if r.lane == row.lane and r.state in OPEN)
        return row.state in OPEN and all(r.order >= row.order for r in same)

    def heads(self, kinds: frozenset[str]) -> list[tuple[str, Modelled]]:
        """Rows that could be handed out, in order."""
        found = [(key, row) for key, row in self.rows.items() if self.is_head(row) and _kind(row.effect) in kinds]
        return sorted(found, key=lambda item: (item[1].rank, item[1].due))


def _kind(effect: Effect) -> str:
    return type(effect).__name__.lower()


class OutboxMachine(RuleBasedStateMachine):
    """Does things to a store and to the model, and compares; `make` gives an empty store, and how to close it."""

    def __init__(self, make: Callable[[], tuple[Store, Callable[[], None]]]) -> None:
        super().__init__()
        self.make = make
        self.runner = asyncio.Runner()
        self.model = OutboxModel()
        self.claims: list[Claimed] = []
        self.count = 0

    def wait(self, waiting: Coroutine[Any, Any, T]) -> T:
        """The store's answer, in a loop of our own."""
        return self.runner.run(waiting)

    @initialize()
    def open(self) -> None:
        """Begin with an empty store."""
        self.store, self.close = self.make()

    def teardown(self) -> None:
        """Give everything back."""
        self.close()
        self.runner.close()

    @rule(
        thread=st.sampled_from(THREADS),
        publish=st.booleans(),
        priority=st.sampled_from(Priority),
        later=st.booleans(),
        begins=st.sampled_from([State.READY, State.PACED, State.HELD]),
    )
    def intend(self, *, thread: str, publish: bool, priority: Priority, later: bool, begins: State) -> None:
        """Something shall happen."""
        self.count += 1
        post = making.post(f"p{self.count}", thread=thread)
        effect: Effect = making.publish(of=post, letter=f"f{self.count}") if publish else making.judge(post)
        at = (FUTURE if later else PAST) + timedelta(seconds=self.count)
        held = "links" if begins is State.HELD else ""
        turn = Turn.OPENS if begins is State.PACED else None
        intent = Intent(effect=effect, at=at, priority=priority, held=held, turn=turn)
        receipt = self.wait(self.store.apply(Decision(intents=(intent, intent))))
        assert receipt.new_intents == 1
        self.model.rows[intent.key] = Modelled(
            effect=effect,
            lane=(thread, intent.lane),
            order=self.model.next_order(),
            rank=priority.rank,
            due=at if begins is State.READY else None,
            state=begins,
        )

    @rule(again=st.randoms(use_true_random=False))
    @precondition(lambda self: self.model.rows)
    def intend_again(self, again: Any) -> None:
        """The same key is the same row, whatever became of it."""
        row = again.choice(list(self.model.rows.values()))
        receipt = self.wait(self.store.apply(Decision(intents=(Intent(effect=row.effect, at=PAST),))))
        assert receipt.new_intents == 0

    @rule(
        kinds=st.sets(st.sampled_from(["judge", "publish"]), min_size=1),
        limit=st.integers(min_value=1, max_value=4),
        ended=st.booleans(),
    )
    def claim(self, *, kinds: set[str], limit: int, ended: bool) -> None:
        """Rows are handed out: exactly those that the model would, and the next time is right."""
        owner = f"owner{self.count}-{len(self.claims)}"
        lease = timedelta(0) if ended else HOUR
        batch = self.wait(self.store.claim(kinds, limit, owner=owner, lease=lease))
        heads = self.model.heads(frozenset(kinds))
        due = [(key, row) for key, row in heads if row.due is not None and row.due < FUTURE and not self._held(row)]
        assert [claimed.key for claimed in batch.rows] == [key for key, _ in due][:limit]
        for claimed, (_, row) in zip(batch.rows, due, strict=False):
            self._hand_out(claimed, row)
        mine = {claimed.key for claimed in batch.rows}
        rest = [row.due for key, row in self.model.heads(frozenset(kinds)) if key not in mine and row.due]
        assert batch.next_due == min(rest, default=None)

    def _held(self, row: Modelled) -> bool:
        """Whether its lease runs still."""
        return row.state is State.RUNNING and row.due is not None and row.due > datetime.now(UTC) + HOUR / 2

    def _hand_out(self, claimed: Claimed, row: Modelled) -> None:
        assert (claimed.was, claimed.effect, claimed.due) == (row.state, row.effect, row.due)
        row.attempt += row.state is State.READY
        row.epoch += 1
        row.state, row.due = State.RUNNING, claimed.lease_until
        assert (claimed.attempt, claimed.epoch) == (row.attempt, row.epoch)
        self.claims.append(claimed)

    @rule(which=st.integers(min_value=0), state=st.sampled_from([s for s in State if s is not State.RUNNING]))
    @precondition(lambda self: self.claims)
    def settle(self, *, which: int, state: State) -> None:
        """A claim is settled, or was lost to a later one."""
        claimed = self.claims[which % len(self.claims)]
        row = self.model.rows[claimed.key]
        ours = row.state is State.RUNNING and row.epoch == claimed.epoch and state in TRANSITIONS[row.state]
        self._settle(claimed.key, state, epoch=claimed.epoch, allowed=ours)

    @rule(which=st.integers(min_value=0), state=st.sampled_from([s for s in State if s is not State.RUNNING]))
    @precondition(lambda self: self.model.rows)
    def overrule(self, *, which: int, state: State) -> None:
        """A person settles a row that nobody has in hand."""
        key = sorted(self.model.rows)[which % len(self.model.rows)]
        row = self.model.rows[key]
        free = row.state in {State.PACED, State.READY, State.UNSURE, State.HELD} and state in TRANSITIONS[row.state]
        self._settle(key, state, epoch=None, allowed=free)

    def _settle(self, key: str, state: State, *, epoch: int | None, allowed: bool) -> None:
        row = self.model.rows[key]
        self.count += 1
        at = PAST + timedelta(seconds=self.count)
        decision = Decision(settlements=(Settlement(key=key, state=state, epoch=epoch, at=at, reason="x"),))
        try:
            self.wait(self.store.apply(decision))
        except Stale:
            assert not allowed
            return
        assert allowed
        if state in OPEN and row.state not in OPEN:
            row.order = self.model.next_order()
        row.state, row.due = state, at if state in OPEN else None

    @invariant()
    def rows_are_the_same(self) -> None:
        """Every row is in the state that the model says, and no lane has two in hand."""
        for key, row in self.model.rows.items():
            kept = self.wait(self.store.kept(key))
            assert isinstance(kept, Row)
            assert (kept.state, kept.attempt) == (row.state, row.attempt)
        running = [row.lane for row in self.model.rows.values() if row.state is State.RUNNING]
        assert len(running) == len(set(running))
