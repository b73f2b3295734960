"""Whoever said STOP gets no answer: at the decision, between decision and sending, in doubt, after a restart; START opens again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from faults.world import CUSTOMERS, LIMITS, UNDO, World

from bridge.core import consent
from bridge.core.consent import Consent, Said, Texting
from bridge.core.conversation import Phase
from bridge.core.effects import Row, State
from bridge.core.events import ConversationClosed
from bridge.core.model import Post, Visibility
from bridge.core.proxies import Sealed
from bridge.store.erasing import erase_person
from bridge.store.retention import Keep, retain
from bridge.testing.fakes.plaza import Fate

STOPPED, STARTED = "You get no more messages from Acme.", "Welcome back."
TEXTING = Texting(confirmations={Said.STOP: STOPPED, Said.START: STARTED})
NOTHING = timedelta(0)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(limits=replace(LIMITS, texting=TEXTING), adapter=lambda channel: channel)
    yield made
    await made.close()


async def flow(world: World, *, process: int = 0) -> None:
    """Everything but publishing."""
    await world.poll(world.processes[process], None)
    await world.take_letters(world.processes[process], None)
    for _ in range(2):
        await world.work(world.processes[process], ("judge", "inject", "tell", "reread"), limit=50, crossings=None)


async def speak(world: World) -> None:
    for _ in range(3):
        await world.work(world.processes[0], ("publish", "tell"), limit=50, crossings=None)


def texts(world: World, number: int, text: str, customer: int = 0) -> Post:
    author = CUSTOMERS[customer]
    return world.plaza.write(number, text, thread=f"d{author.id}", author=author, visibility=Visibility.PRIVATE)


async def asked(world: World) -> Sealed:
    texts(world, 1, "please help")
    await flow(world)
    return world.proxies()[-1]


def answers(world: World, to: Sealed, number: int = 1) -> None:
    world.counter.deliver(world.answer(to, number, f"Answer number {number}."), world.clock.now())


def said(world: World) -> list[str]:
    return [one.publication.text for one in world.plaza.said]


def heard(world: World, words: str) -> bool:
    """Whether a mail told it."""
    return any(words in sealed.text for sealed in world.counter.taken)


async def row(world: World) -> Row:
    keys = await world.store.read(
        lambda c: c.exec_driver_sql("SELECT key FROM outbox WHERE kind = 'publish' ORDER BY id").scalars().all()
    )
    found = await world.store.kept(keys[0])
    assert isinstance(found, Row)
    return found


async def newest(world: World, customer: int = 0) -> Consent | None:
    kept = await world.store.kept(consent.key(f"d{CUSTOMERS[customer].id}", CUSTOMERS[customer].id))
    return kept if isinstance(kept, Consent) else None


async def test_an_answer_after_stop_is_refused_and_its_agent_is_told(world: World) -> None:
    mail = await asked(world)
    texts(world, 2, "STOP")
    await flow(world)
    await speak(world)
    answers(world, mail)
    await flow(world)
    await world.pass_time(UNDO)
    await speak(world)

    assert said(world) == [STOPPED]
    assert heard(world, "No answer is sent any more until they write START")
    assert heard(world, "your answer was not sent and never will be")


async def test_stop_between_the_decision_and_the_sending_keeps_the_answer(world: World) -> None:
    mail = await asked(world)
    answers(world, mail)
    await flow(world)
    assert (await row(world)).state is State.READY
    await world.pass_time(UNDO)
    texts(world, 2, "Stop.")
    await world.poll(world.processes[0], None)
    await speak(world)
    await flow(world)

    assert said(world) == [STOPPED]
    assert ((await row(world)).state, (await row(world)).reason) == (State.HELD, "stopped")
    assert heard(world, "your answer was not sent and never will be")


@pytest.mark.parametrize("crossings", range(1, 20))
async def test_stop_at_any_moment_before_the_last_question_keeps_the_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, crossings: int
) -> None:
    """The courier stands still after so many of its steps; another node reads STOP meanwhile."""
    mail = await asked(world)
    answers(world, mail)
    await flow(world)
    await world.pass_time(UNDO)
    questions = noted(world, monkeypatch)
    await world.work(world.processes[0], ("publish",), limit=1, crossings=crossings)
    too_late = bool(questions)
    texts(world, 2, "STOP")
    await world.poll(world.processes[1], None)
    if world.processes[0].paused is not None:
        await world.resume(world.processes[0])

    assert said(world) == (["Answer number 1."] if too_late else [])


def noted(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions about consent that are asked from now on."""
    questions: list[str] = []
    kept = world.store.kept

    async def noting(key: str) -> object:
        found = await kept(key)
        questions.extend([key] if key.startswith(consent.KEY) else [])
        return found

    monkeypatch.setattr(world.store, "kept", noting)
    return questions


async def test_stop_while_an_answer_is_in_doubt_forbids_to_send_it_again(world: World) -> None:
    mail = await asked(world)
    answers(world, mail)
    await flow(world)
    await world.pass_time(UNDO)
    world.plaza.fates.append(Fate.VANISHED)
    await speak(world)
    assert (await row(world)).state is State.UNSURE
    texts(world, 2, "STOP")
    await world.poll(world.processes[0], None)
    for _ in range(4):
        await world.pass_time(LIMITS.settle)
        await speak(world)

    assert said(world) == [STOPPED]
    assert (await row(world)).reason == "stopped"


async def test_a_release_by_hand_sends_nothing_after_stop(world: World) -> None:
    mail = await asked(world)
    answers(world, mail)
    await flow(world)
    await world.pass_time(UNDO)
    texts(world, 2, "STOP")
    await world.poll(world.processes[0], None)
    await speak(world)
    await world.decide_held((await row(world)).key, release=True)
    await speak(world)

    assert said(world) == [STOPPED]


async def test_one_confirmation_at_most(world: World) -> None:
    for number in range(1, 4):
        texts(world, number, "STOP")
    await flow(world)
    await speak(world)
    texts(world, 4, "stop")
    await flow(world)
    await speak(world)

    assert said(world) == [STOPPED]
    assert world.proxies() == []


async def test_the_confirmation_itself_does_not_go_out_once_start_came(world: World) -> None:
    texts(world, 1, "STOP")
    await flow(world)
    await world.pass_time(timedelta(seconds=1))
    texts(world, 2, "START")
    await flow(world)
    await speak(world)

    assert said(world)[-1] == STARTED
    assert (await newest(world)) == Consent(
        key=consent.key("du1", "u1"), stopped=False, at=world.clock.now(), post="p2"
    )


async def test_start_opens_again(world: World) -> None:
    mail = await asked(world)
    texts(world, 2, "STOP")
    await flow(world)
    await world.pass_time(timedelta(seconds=1))
    texts(world, 3, "start")
    await flow(world)
    await speak(world)
    texts(world, 4, "please help again")
    await flow(world)
    answers(world, world.proxies()[-1], 2)
    await flow(world)
    await world.pass_time(UNDO)
    await speak(world)

    assert mail is not None
    assert said(world)[-1] == "Answer number 2."
    assert heard(world, "wants text messages from us again")


async def test_a_text_after_the_talk_was_closed_opens_it_again_with_what_was_said_before(world: World) -> None:
    """One conversation for the pair of numbers, however often it is closed: no session of its own."""
    answers(world, await asked(world))
    await flow(world)
    await world.pass_time(UNDO)
    await speak(world)
    first = world.proxies()[-1].key
    house = world.processes[0].house
    (post,) = [entry.post for _, entry in world.plaza.entries[:1] if not isinstance(entry, str)]
    await house.happened(post.conversation.id, ConversationClosed(by="op"))
    closed = await world.store.conversation(post.conversation.id)
    await world.pass_time(timedelta(days=3))
    texts(world, 9, "please help once more")
    await flow(world)
    again = await world.store.conversation(post.conversation.id)

    assert closed is not None
    assert again is not None
    assert (closed.phase, again.phase) == (Phase.CLOSED, Phase.WAITING)
    assert world.proxies()[-1].key != first
    assert "Answer number 1." in world.proxies()[-1].text


async def test_stop_of_one_customer_is_nobody_elses(world: World) -> None:
    texts(world, 1, "STOP")
    texts(world, 2, "please help", customer=1)
    await flow(world)
    answers(world, world.proxies()[-1], 2)
    await flow(world)
    await world.pass_time(UNDO)
    await speak(world)

    assert said(world) == [STOPPED, "Answer number 2."]
    assert await newest(world, customer=1) is None


@pytest.mark.parametrize("crossings", range(8))
async def test_a_page_that_was_not_finished_counts_from_its_first_word_on(world: World, crossings: int) -> None:
    """C02: whenever the process dies, the word holds once it is stored, and comes again until it is."""
    mail = await asked(world)
    answers(world, mail)
    await flow(world)
    await world.pass_time(UNDO)
    texts(world, 2, "STOP")
    await world.poll(world.processes[0], crossings)
    await world.restart(world.processes[0])
    await world.poll(world.processes[0], None)
    await speak(world)

    assert said(world) == [STOPPED]


async def test_a_word_outlasts_the_conversation_and_the_persons_erasure(world: World) -> None:
    texts(world, 1, "STOP")
    await flow(world)
    await speak(world)
    before = await newest(world)
    assert before is not None
    await erase_person(world.store, "forum", "u1", by="op")
    await world.pass_time(timedelta(days=4000))
    await retain(world.store, Keep(posts=NOTHING, letters=NOTHING, facts=NOTHING))

    assert await newest(world) == before
