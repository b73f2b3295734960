"""A state machine (delivery.md 9.1) over the real core, shell and store: two nodes, crashes and pauses at any await, far ends that lie silent.

Plants show that it can fail: the same machine without the settle time, and with adapters that say more than they know,
finds the double publication that delivery.md 6.4 predicts.
"""

import asyncio
import os
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from faults import judgement
from faults.judgement import Answer
from faults.world import LIMITS, UNDO, Process, World
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bridge.core.events import Page
from bridge.core.model import Account, Post
from bridge.core.policy import Limits
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, TemporaryProblem, UncertainProblem
from bridge.testing.fakes.counter import Taking
from bridge.testing.fakes.plaza import Fate

T = TypeVar("T")

SIZE = {"ci": (300, 40), "release": (5_000, 60)}[os.environ.get("BRIDGE_FAULTS", "ci")]
FULL = settings(
    max_examples=SIZE[0],
    stateful_step_count=SIZE[1],
    deadline=None,
    derandomize=SIZE[0] < 1_000,
    print_blob=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)

STOPS = st.one_of(st.none(), st.integers(0, 14))
"""After how many crossings a walk is stopped; None lets it come to its end."""
NODES = st.integers(0, 1)
STEPS = (1, 20, 61, 95, 125, 300, 3600)
KINDS = (("judge",), ("inject", "tell", "reread"), ("publish",))
OFTEN = (*KINDS, ("publish",), ("publish",))


class Machine(RuleBasedStateMachine):
    """What may happen, in any order."""

    limits = LIMITS
    adapter = staticmethod(lambda channel: channel)

    def __init__(self) -> None:
        super().__init__()
        self.failed = False
        self.runner = asyncio.Runner()
        self.world = self.do(self.made())
        self.posts: dict[str, Post] = {}
        self.texts: dict[str, str] = {}
        self.answers: list[Answer] = []
        self.mails: list[bytes] = []

    async def made(self) -> World:
        return World(limits=self.limits, adapter=self.adapter)

    def do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return self.runner.run(coroutine)
        except BaseException:
            self.failed = True
            raise

    def teardown(self) -> None:
        try:
            if not self.failed:
                self.do(self.rest())
                self.sound()
                self.do(self.judged_at_rest())
        finally:
            self.do(self.world.close())
            self.runner.close()

    async def rest(self) -> None:
        await judgement.come_to_rest(self.world)

    async def judged(self) -> None:
        """What must hold at any moment."""
        await judgement.sound(self.world)

    async def judged_at_rest(self) -> None:
        """What must hold in the end."""
        await judgement.store_sound(self.world)
        await judgement.nothing_lost(self.world, self.texts, self.answers)

    @initialize(threads=st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=3))
    def some_posts_are_in_the_queue(self, threads) -> None:
        for thread, private in threads:
            self.customer_writes(thread, private)
        self.everything_flows(0)
        self.everything_flows(0)

    # The world.

    @rule(thread=st.integers(0, 2), private=st.booleans())
    def customer_writes(self, thread, private) -> None:
        post = self.world.write(len(self.posts) + 1, thread, private=private)
        self.posts[post.id] = post
        self.texts[post.id] = post.text

    @precondition(lambda self: self.texts)
    @rule(which=st.integers(0, 99), gone=st.booleans())
    def customer_changes_a_post(self, which, gone) -> None:
        post_id = list(self.texts)[which % len(self.texts)]
        if gone:
            self.world.plaza.delete(self.posts[post_id])
            del self.texts[post_id]
        else:
            self.posts[post_id] = self.world.plaza.edit(self.posts[post_id], f"{self.posts[post_id].text} please")

    @rule(fates=st.lists(st.sampled_from(Fate), min_size=1, max_size=3))
    def platform_misbehaves(self, fates) -> None:
        self.world.plaza.fates.extend(fates)

    @rule(
        blind=st.integers(0, 3),
        lag=st.sampled_from((0, 20, 29)),
        copies=st.booleans(),
        takings=st.lists(st.sampled_from(Taking), max_size=3),
    )
    def far_ends_change(self, blind, lag, copies, takings) -> None:
        plaza = self.world.plaza
        plaza.blind, plaza.lag, plaza.refuses_copies = blind, timedelta(seconds=lag), copies
        self.world.counter.takings.extend(takings)

    @rule(seconds=st.sampled_from(STEPS))
    def time_passes(self, seconds) -> None:
        self.do(self.world.pass_time(timedelta(seconds=seconds)))

    # People.

    def _write(self, which: int, text: str) -> None:
        proxies = self.world.proxies()
        number = len(self.mails)
        raw = self.world.answer(proxies[which % len(proxies)], number, text)
        self.mails.append(raw)
        self.world.counter.deliver(raw, self.world.clock.now())

    @precondition(lambda self: self.world.proxies())
    @rule(which=st.integers(0, 99))
    def agent_answers(self, which) -> None:
        """Twice to the same mail within the undo window is a correction."""
        text = f"Answer number {len(self.mails):04} from us."
        self.answers.append(Answer(text=text, message_id=f"<l{len(self.mails)}@acme.test>"))
        self._write(which, text)

    @precondition(lambda self: self.world.proxies())
    @rule(which=st.integers(0, 99), node=NODES, fate=st.sampled_from(Fate), stop=STOPS)
    def answer_meets_a_fate(self, which, node, fate, stop) -> None:
        """From the letter to the platform in one go, which ends as and where it may."""
        self.agent_answers(which)
        self.do(self.world.take_letters(self._node(node), None))
        self.do(self.world.pass_time(UNDO))
        self.world.plaza.fates.append(fate)
        self.do(self.world.work(self._node(node), ("publish",), limit=1, crossings=stop))

    @precondition(lambda self: self.world.proxies())
    @rule(which=st.integers(0, 99), command=st.sampled_from(("#cancel", "#release", "#done", "#close", "#reopen")))
    def agent_commands(self, which, command) -> None:
        self._write(which, command)

    @precondition(lambda self: self.mails)
    @rule(which=st.integers(0, 99), doubtful=st.booleans())
    def letter_comes_again(self, which, doubtful) -> None:
        raw = self.mails[which % len(self.mails)]
        self.world.counter.deliver(raw, self.world.clock.now(), doubtful=doubtful)

    @rule(release=st.booleans(), publishing=st.sampled_from(("paused", "", "")))
    def operator_speaks(self, release, publishing) -> None:
        """Switches publishing, and decides about the first thing that is held."""
        self.do(self.world.switch("publishing", publishing))
        for key in self.do(self.world.store.read(judgement.waiting))[:1]:
            self.do(self.world.decide_held(key, release=release))

    # The bridge.

    def _node(self, node: int) -> Process:
        """The node, or the other one where it stands still; where both do, the first is killed."""
        processes = self.world.processes
        able = [p for p in (processes[node], processes[1 - node]) if p.paused is None]
        if not able:
            self.do(self.world.restart(processes[node]))
        return (able or [self.world.processes[node]])[0]

    @rule(node=NODES, stop=STOPS)
    def node_polls(self, node, stop) -> None:
        self.do(self.world.poll(self._node(node), stop))

    @rule(node=NODES, kinds=st.sampled_from(OFTEN), limit=st.integers(1, 3), stop=STOPS)
    def node_works(self, node, kinds, limit, stop) -> None:
        self.do(self.world.work(self._node(node), kinds, limit=limit, crossings=stop))

    @rule(node=NODES, stop=STOPS)
    def node_takes_letters(self, node, stop) -> None:
        self.do(self.world.take_letters(self._node(node), stop))

    @rule(node=NODES)
    def everything_flows(self, node) -> None:
        """Without this nothing would ever get far."""
        process = self._node(node)
        self.do(self.world.poll(process, None))
        self.do(self.world.take_letters(process, None))
        for kinds in KINDS:
            self.do(self.world.work(process, kinds, limit=3, crossings=None))

    @precondition(lambda self: any(p.paused is not None for p in self.world.processes))
    @rule()
    def node_wakes(self) -> None:
        (first, *_others) = [p for p in self.world.processes if p.paused is not None]
        self.do(self.world.resume(first))

    @rule(node=NODES)
    def node_is_killed(self, node) -> None:
        self.do(self.world.restart(self.world.processes[node]))

    @rule()
    def all_are_killed(self) -> None:
        self.do(self.world.restart_alone())

    @invariant()
    def sound(self) -> None:
        self.do(self.judged())


@pytest.mark.timeout(3600)
@pytest.mark.xdist_group("machine")
def test_nothing_is_lost_or_doubled_whatever_crashes_lags_or_lies() -> None:
    run_state_machine_as_test(Machine, settings=FULL)


@dataclass(slots=True, kw_only=True)
class Liar:
    """An adapter that says more than it knows: it takes a lost answer for a refusal."""

    channel: Channel

    @property
    def name(self) -> str:
        return self.channel.name

    @property
    def limits(self) -> Limits:
        return self.channel.limits

    async def open(self) -> Account:
        return await self.channel.open()

    async def poll(self, cursor: str | None) -> Page:
        return await self.channel.poll(cursor)

    async def publish(self, publication: Publication) -> Posted:
        try:
            return await self.channel.publish(publication)
        except UncertainProblem:
            raise TemporaryProblem("not accepted", after=0.0) from None

    async def find(self, publication: Publication) -> Posted | None:
        return await self.channel.find(publication)

    async def close(self) -> None:
        await self.channel.close()


class Planted(Machine):
    """Judged at the far ends alone: a bridge that is lied to keeps a wrong record too, or tries for ever, and shall not be found by it."""

    async def rest(self) -> None:
        with suppress(judgement.Restless):
            await judgement.come_to_rest(self.world)

    async def judged(self) -> None:
        judgement.outside(self.world)

    async def judged_at_rest(self) -> None:
        judgement.outside(self.world)


class WithoutSettling(Planted):
    """The adapter says that nothing is ever on its way: in delivery.md 6.4 "not waiting"."""

    limits = replace(LIMITS, in_flight=timedelta(0), read_back_lag=timedelta(0))


class RetriedOnTimeOut(Planted):
    """In delivery.md 6.4 "intent, retry on timeout"."""

    adapter = staticmethod(lambda channel: Liar(channel=channel))


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("machine")
@pytest.mark.parametrize("planted", [WithoutSettling, RetriedOnTimeOut])
def test_a_planted_fault_is_found(planted) -> None:
    quick = settings(FULL, derandomize=True, report_multiple_bugs=False, phases=(Phase.generate,))
    with pytest.raises(AssertionError, match="published twice"):
        run_state_machine_as_test(planted, settings=settings(quick, max_examples=1_000, stateful_step_count=40))
