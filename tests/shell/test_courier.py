"""The courier speaks only while everything that held still holds: lanes, leases, pauses, last looks, poison (delivery.md 6)."""

import errno
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from faults.world import LIMITS, UNDO, World
from structlog.testing import capture_logs

from bridge.core.effects import Row, State
from bridge.core.events import Sighting
from bridge.core.model import Account, Post, Verdict
from bridge.core.proxies import Sealed
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Circumstances, WaitProblem
from bridge.shell import courier
from bridge.shell.house import House
from bridge.testing.fakes.plaza import Fate

KINDS = ("judge", "inject", "tell", "reread")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(limits=LIMITS, adapter=lambda channel: channel)
    yield made
    await made.close()


def node(world: World) -> House:
    return replace(world.processes[0].house, store=world.store)


async def flow(world: World) -> None:
    """Everything but publishing."""
    await world.poll(world.processes[0], None)
    await world.take_letters(world.processes[0], None)
    for _ in range(2):
        await world.work(world.processes[0], KINDS, limit=50, crossings=None)


async def speak(world: World) -> None:
    await world.work(world.processes[0], ("publish",), limit=50, crossings=None)


async def asked(world: World, number: int = 1) -> tuple[Post, Sealed]:
    """A post, and its mail in the queue."""
    post = world.write(number, 0, private=False)
    await flow(world)
    return post, world.proxies()[-1]


async def answered(world: World, to: Sealed, number: int = 1) -> None:
    """An answer whose undo window is over."""
    world.counter.deliver(world.answer(to, number, f"Answer number {number}."), world.clock.now())
    await flow(world)
    await world.pass_time(UNDO)


async def row(world: World, number: int = 0) -> Row:
    """The publication that was intended as that one."""
    keys = await world.store.read(
        lambda c: c.exec_driver_sql("SELECT key FROM outbox WHERE kind = 'publish' ORDER BY id").scalars().all()
    )
    found = await world.store.kept(keys[number])
    assert isinstance(found, Row)
    return found


def said(world: World) -> list[str]:
    return [one.publication.text for one in world.plaza.said]


async def test_answers_of_a_conversation_keep_their_order_through_doubt(world: World) -> None:
    _, first = await asked(world, 1)
    _, second = await asked(world, 2)
    await answered(world, first, 1)
    await answered(world, second, 2)
    world.plaza.fates.append(Fate.LATE)
    await speak(world)
    await speak(world)
    assert said(world) == []

    await world.pass_time(LIMITS.settle)
    await speak(world)
    await speak(world)
    assert said(world) == ["Answer number 1.", "Answer number 2."]


async def test_a_doubtful_answer_keeps_no_other_conversation_waiting(world: World) -> None:
    _, first = await asked(world, 1)
    world.write(2, 1, private=False)
    await flow(world)
    await answered(world, first, 1)
    await answered(world, world.proxies()[-1], 2)
    world.plaza.fates.append(Fate.VANISHED)
    await speak(world)

    assert said(world) == ["Answer number 2."]


@pytest.mark.parametrize("switch", ["publishing", "channel:forum"])
async def test_a_pause_counts_at_once_and_its_end_lets_go_on(world: World, switch: str) -> None:
    _, mail = await asked(world)
    await answered(world, mail)
    await world.switch(switch, "paused")
    await speak(world)
    assert said(world) == []
    assert ((await row(world)).state, (await row(world)).reason) == (State.READY, "paused")

    await world.switch(switch, "")
    await world.pass_time(timedelta(seconds=60))
    await speak(world)
    assert said(world) == ["Answer number 1."]


async def test_c14_a_request_is_not_begun_when_its_lease_could_end_before_it(world: World) -> None:
    _, mail = await asked(world)
    await answered(world, mail)
    enough = LIMITS.request_timeout + timedelta(seconds=10)
    batch = await world.store.claim(("publish",), 1, owner="me", lease=enough - timedelta(seconds=1))
    await courier.guarded(node(world), batch.rows[0])
    assert said(world) == []
    assert (await row(world)).reason == "lease_short"

    await speak(world)
    assert said(world) == ["Answer number 1."]


class Slow:
    """A channel whose login takes so long that the claim's lease is nearly over behind it."""

    def __init__(self, channel: Channel, wait: Callable[[], None]) -> None:
        self._channel = channel
        self._wait = wait
        self.name, self.limits, self.poll, self.find, self.close = (
            channel.name,
            channel.limits,
            channel.poll,
            channel.find,
            channel.close,
        )

    async def open(self) -> Account:
        self._wait()
        return await self._channel.open()

    async def publish(self, publication: Publication) -> Posted:
        return await self._channel.publish(publication)


async def test_c14_the_lease_is_looked_at_after_a_slow_login(world: World) -> None:
    """The last thing before the request is written (delivery.md 6.1)."""
    _, mail = await asked(world)
    await answered(world, mail)
    house = node(world)
    slow = Slow(house.channels["forum"], lambda: world.clock.set(world.clock.now() + timedelta(seconds=100)))
    slowly = replace(house, channels={"forum": slow}, accounts={})
    batch = await world.store.claim(("publish",), 1, owner="me", lease=courier.LEASE)
    await courier.guarded(slowly, batch.rows[0])

    assert said(world) == []
    assert (await row(world)).reason == "lease_short"


async def test_a_pause_during_a_slow_login_counts(world: World) -> None:
    _, mail = await asked(world)
    await answered(world, mail)
    house = node(world)

    class Pausing(Slow):
        async def open(self) -> Account:
            await world.switch("publishing", "paused")
            return await super().open()

    slowly = replace(house, channels={"forum": Pausing(house.channels["forum"], lambda: None)}, accounts={})
    batch = await world.store.claim(("publish",), 1, owner="me", lease=courier.LEASE)
    await courier.guarded(slowly, batch.rows[0])

    assert said(world) == []


@pytest.mark.parametrize(("gone", "reason"), [(False, "target_changed"), (True, "target_gone")])
async def test_b13_b14_what_changed_at_the_last_moment_is_held(world: World, gone: bool, reason: str) -> None:  # noqa: FBT001 - a case
    post, mail = await asked(world)
    await answered(world, mail)
    if gone:
        world.plaza.delete(post)
    else:
        world.plaza.edit(post, "post0001 please help me to hide something")
    await flow(world)
    await speak(world)

    assert said(world) == []
    assert ((await row(world)).state, (await row(world)).reason) == (State.HELD, reason)


@pytest.mark.parametrize("right", ["agent", "answers", "conversation"])
async def test_a06_an_answer_whose_right_is_revoked_before_it_goes_out_is_held(world: World, right: str) -> None:
    """Nothing is told to the mailbox: it may be a thief's."""
    _, mail = await asked(world)
    await answered(world, mail)
    publish = (await row(world)).effect
    name = {"agent": publish.agent, "answers": publish.desk, "conversation": publish.conversation}[right]
    await world.switch(f"{right}:{name}", "revoked")
    await speak(world)

    assert said(world) == []
    assert ((await row(world)).state, (await row(world)).reason) == (State.HELD, "right_revoked")


async def test_f01_answers_wait_while_a_login_is_dead(world: World) -> None:
    _, mail = await asked(world)
    await answered(world, mail)
    world.plaza.fates.append(Fate.NO_LOGIN)
    await speak(world)
    assert ((await row(world)).state, (await row(world)).reason) == (State.READY, "login")

    await world.pass_time(timedelta(seconds=300))
    await speak(world)
    assert said(world) == ["Answer number 1."]


@pytest.mark.parametrize("fate", [Fate.NONSENSE, Fate.ANSWER_LOST])
async def test_law_6_anything_that_is_no_problem_of_the_ports_is_doubt(world: World, fate: Fate) -> None:
    """C01, C21: looked for, found, and not said again."""
    _, mail = await asked(world)
    await answered(world, mail)
    world.plaza.fates.append(fate)
    await speak(world)
    assert (await row(world)).state is State.UNSURE

    await world.pass_time(LIMITS.settle)
    await speak(world)
    assert (await row(world)).state is State.DONE
    assert said(world) == ["Answer number 1."]


class Broken:
    """A judge with a fault of the program's own."""

    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        raise ZeroDivisionError


class Starved:
    """A judge on a machine that has too little of something."""

    def __init__(self, problem: Exception) -> None:
        self._problem = problem

    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        raise self._problem


SHORTAGES = [MemoryError(), OSError(errno.EMFILE, "Too many open files"), RuntimeError("can't start new thread")]


@pytest.mark.parametrize("problem", SHORTAGES, ids=["memory", "descriptors", "threads"])
async def test_ft21_what_the_machine_lacks_is_nobodys_poison(world: World, problem: Exception) -> None:
    """However often it was tried meanwhile."""
    world.write(1, 0, private=False)
    await world.poll(world.processes[0], None)
    for _ in range(courier.POISON + 2):
        batch = await world.store.claim(("judge",), 9, owner="me", lease=courier.LEASE)
        await courier.guarded(replace(node(world), judge=Starved(problem)), batch.rows[0])
        await world.pass_time(timedelta(hours=1))

    await flow(world)
    assert len(world.proxies()) == 1


async def test_c20_what_breaks_the_program_is_kept_after_three_attempts_and_harms_no_other(world: World) -> None:
    world.write(1, 0, private=False)
    await world.poll(world.processes[0], None)
    broken = replace(node(world), judge=Broken())
    claims = []
    for _ in range(courier.POISON):
        (claimed,) = (await world.store.claim(("judge",), 9, owner="me", lease=courier.LEASE)).rows
        claims.append(claimed)
        await courier.guarded(broken, claimed)
        await world.pass_time(timedelta(hours=1))
    assert [claimed.attempt for claimed in claims] == list(range(1, courier.POISON + 1))
    kept = await world.store.kept(claims[0].key)
    assert isinstance(kept, Row)
    assert (kept.state, kept.reason) == (State.HELD, "poison")

    world.write(2, 1, private=False)
    await flow(world)
    assert len(world.proxies()) == 1


async def test_c20_what_cannot_even_be_put_off_is_left_to_its_lease(world: World) -> None:
    """It ends no loop, and keeps nothing else from being done."""
    world.write(1, 0, private=False)
    await world.poll(world.processes[0], None)
    (claimed,) = (await world.store.claim(("judge",), 9, owner="me", lease=courier.LEASE)).rows
    with capture_logs() as lines:
        await courier.guarded(replace(node(world), judge=Broken(), policy=lambda: {}["support"]), claimed)
    assert [line["event"] for line in lines] == ["effect_failed", "effect_left_to_its_lease"]

    await world.pass_time(courier.LEASE)
    await flow(world)
    assert len(world.proxies()) == 1


@pytest.mark.parametrize("kind", ["inject", "tell"])
async def test_a_mail_for_a_desk_that_is_not_there_any_more_waits_for_nobody(world: World, kind: str) -> None:
    _, mail = await asked(world)
    if kind == "inject":
        world.write(2, 1, private=False)
        await world.poll(world.processes[0], None)
        await world.work(world.processes[0], ("judge",), limit=50, crossings=None)
    else:
        world.counter.deliver(world.answer(mail, 1, "#nonsense"), world.clock.now())
        await world.take_letters(world.processes[0], None)
    (claimed,) = (await world.store.claim((kind,), 9, owner="me", lease=courier.LEASE)).rows
    await courier.guarded(replace(node(world), desks={}), claimed)

    kept = await world.store.kept(claimed.key)
    assert isinstance(kept, Row)
    assert (kept.state, kept.reason) == {
        "inject": (State.HELD, "desk_missing"),
        "tell": (State.DROPPED, "refused"),
    }[kind]


def within_a_day(world: World, post: Post) -> None:
    """The platform takes an answer to it for a day."""
    limited = replace(post, private_until=world.clock.now() + timedelta(hours=24))
    world.plaza.entries[-1] = (post.at, Sighting(post=limited))


async def test_a_ticket_is_warned_before_the_platforms_time_is_over_and_nothing_waits_for_that(world: World) -> None:
    within_a_day(world, world.write(1, 0, private=True))
    await flow(world)
    await answered(world, world.proxies()[-1])
    await speak(world)
    assert said(world) == ["Answer number 1."]
    within_a_day(world, world.write(2, 0, private=True))
    await flow(world)
    warnings = []
    for hours in (19, 2):
        await world.pass_time(timedelta(hours=hours))
        for kinds in (("remind",), ("remind",), KINDS):
            await world.work(world.processes[0], kinds, limit=50, crossings=None)
        warnings.append([sealed.key for sealed in world.counter.taken if sealed.key.startswith("tell|closing")])
    assert warnings == [[], ["tell|closing|forum/p2"]]


async def test_the_word_that_an_answer_waits_does_not_wait_behind_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, mail = await asked(world)
    await answered(world, mail)
    channel = world.processes[0].house.channels["forum"]

    async def asleep(_publication: Publication) -> Posted:
        raise WaitProblem("it is night where the customer is", 3600.0)

    with monkeypatch.context() as night:
        night.setattr(channel, "publish", asleep)
        for _ in range(2):
            await speak(world)
            await flow(world)
            await world.pass_time(timedelta(hours=1))
    told = [sealed for sealed in world.counter.taken if "Your answer waits" in sealed.text]
    await speak(world)

    assert len(told) == 1
    assert said(world) == ["Answer number 1."]
