"""Letters of different conversations are seen through side by side, those of one conversation in their order (C08, G11)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.conversation import Record
from bridge.core.decision import Decision
from bridge.core.policy import Breaker, Policy
from bridge.core.replies import Letter, LetterOutcome
from bridge.letters.reading import Envelope
from bridge.ports import Receipt, Store, TemporaryProblem
from bridge.shell import inbound
from bridge.shell.house import House
from bridge.store.open import open_store
from bridge.testing import mailing, making
from bridge.testing.addresses import reply_address
from bridge.testing.fittings import MovableClock

LIMIT = 3
CAME = making.NOW + timedelta(minutes=20)


class Box:
    """An inbox with the letters of a test, until they are filed."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self._letters = letters
        self.filed: dict[str, LetterOutcome] = {}
        self.hidden: set[str] = set()

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        return [letter for letter in self._letters if letter.uid not in {*self.filed, *self.hidden}]

    async def file(self, letter: Letter, outcome: LetterOutcome) -> None:
        self.filed[letter.uid] = outcome


class Watched:
    """A store that says in what order conversations were asked for, and lets a test hold and refuse."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[str] = []
        self.together: asyncio.Barrier | None = None
        self.refused = ""

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def conversation(self, conversation_id: str) -> Record | None:
        self.asked.append(conversation_id)
        if self.together and self.asked.count(conversation_id) == 1:
            await self.together.wait()
        return await self._store.conversation(conversation_id)

    async def apply(self, decision: Decision) -> Receipt:
        if decision.filed and decision.filed.conversation == self.refused != "":
            raise TemporaryProblem("the database does not answer")
        return await self._store.apply(decision)


@pytest.fixture
def clock() -> MovableClock:
    """A minute after the letters came."""
    moved = MovableClock()
    moved.advance(CAME + timedelta(minutes=1) - moved.now())
    return moved


@pytest.fixture
async def store(clock: MovableClock) -> AsyncIterator[Watched]:
    opened = open_store(":memory:", clock=clock, create=True, platforms={})
    yield Watched(opened)
    opened.close()


@pytest.fixture
async def records(store: Watched) -> list[Record]:
    """Conversations that wait for an answer."""
    found = [replace(making.waiting(making.post(f"p{n}", thread=f"t{n}")), version=0) for n in range(5)]
    for record in found:
        await store.apply(Decision(record=record))
    return found


def house(store: Watched, clock: MovableClock, letters: Sequence[Letter]) -> tuple[House, Box]:
    box = Box(letters)
    desk = replace(mailing.DESK, min_typing=timedelta(0), breaker=Breaker(per_desk_hour=LIMIT))
    policy = Policy(desks={"support": desk}, channels={"forum": making.CHANNEL}, reply_domain=mailing.DOMAIN)
    made = House(
        store=store,
        groups=store,
        clock=clock,
        channels={},
        desks={},
        inboxes={"replies": box},
        judge=None,
        policy=lambda: policy,
        postmarks={"replies": mailing.POSTMARK},
        owner="node",
    )
    return made, box


def letter(record: Record, number: int, words: str = mailing.WORDS) -> Letter:
    """An agent's answer to a conversation's proxy."""
    proxy = record.sent[0].message_id
    raw = mailing.raw(
        words,
        quote=False,
        To=reply_address(mailing.RING, record.id, desk="support", domain=mailing.DOMAIN),
        Message_ID=f"<answer{number}@acme.test>",
        In_Reply_To=proxy,
        References=proxy,
    )
    return Letter(inbox="replies", uid=str(number), raw=raw, received=CAME)


async def take(house: House) -> int:
    async with asyncio.timeout(20):
        return await inbound.take(house, "replies", wait=timedelta(0), stop=asyncio.Event())


async def test_conversations_go_side_by_side_and_letters_of_one_keep_their_order(
    store: Watched, clock: MovableClock, records: list[Record]
) -> None:
    first, second, *_ = records
    made, box = house(store, clock, [letter(first, 1, "One."), letter(first, 2, "Two."), letter(second, 3)])
    store.together = asyncio.Barrier(2)
    assert await take(made) == 3
    assert Counter(store.asked[:2]) == Counter((first.id, second.id))
    assert [uid for uid in box.filed if uid in {"1", "2"}] == ["1", "2"]
    after = await store.conversation(first.id)
    assert after is not None
    assert [given.text for given in after.given] == ["One.", "Two."]


async def test_c08_a_letter_that_fails_holds_back_its_own_conversation_and_no_other(
    store: Watched, clock: MovableClock, records: list[Record]
) -> None:
    first, second, *_ = records
    made, box = house(store, clock, [letter(first, 1, "One."), letter(first, 2, "Two."), letter(second, 3)])
    store.refused = first.id
    with pytest.raises(TemporaryProblem):
        await take(made)
    assert box.filed == {"3": LetterOutcome.ANSWER}
    assert store.asked.count(first.id) == 1

    store.refused = ""
    await take(made)
    assert box.filed == dict.fromkeys("312", LetterOutcome.ANSWER)


async def test_g5_a_letter_that_waits_for_its_proof_keeps_the_later_ones_of_its_conversation_in_every_armful(
    store: Watched, clock: MovableClock, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = records
    made, box = house(store, clock, [letter(first, 1, "One."), letter(second, 2), letter(first, 3, "Three.")])
    monkeypatch.setattr(inbound, "TOGETHER", 1)
    silent, consider = {"1"}, inbound.see_through

    async def seen_through(house: House, letter: Letter, envelope: Envelope | None) -> LetterOutcome | None:
        return None if letter.uid in silent else await consider(house, letter, envelope)

    monkeypatch.setattr(inbound, "see_through", seen_through)
    await take(made)
    assert box.filed == {"2": LetterOutcome.ANSWER}

    silent.clear()
    box.hidden = {"1"}
    await take(made)
    assert box.filed == {"2": LetterOutcome.ANSWER}, "the third has to wait for the first, which is not handed out yet"

    box.hidden = set()
    await take(made)
    after = await store.conversation(first.id)
    assert after is not None
    assert [given.text for given in after.given] == ["One.", "Three."]


async def test_g5_a_letter_that_was_taken_out_of_its_mailbox_keeps_nobody_waiting_for_long(
    store: Watched, clock: MovableClock, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = records
    made, box = house(store, clock, [letter(first, 1, "One."), letter(first, 2, "Two.")])
    consider = inbound.see_through

    async def seen_through(house: House, letter: Letter, envelope: Envelope | None) -> LetterOutcome | None:
        return None if letter.uid == "1" else await consider(house, letter, envelope)

    monkeypatch.setattr(inbound, "see_through", seen_through)
    await take(made)
    box.hidden = {"1"}
    await take(made)
    assert box.filed == {}
    clock.advance(inbound.BEHIND)
    await take(made)
    assert box.filed == {"2": LetterOutcome.ANSWER}


async def test_g11_answers_that_are_decided_side_by_side_count_for_each_other(
    store: Watched, clock: MovableClock, records: list[Record]
) -> None:
    made, box = house(store, clock, [letter(record, number) for number, record in enumerate(records)])
    store.together = asyncio.Barrier(len(records))
    await take(made)
    assert Counter(box.filed.values()) == {LetterOutcome.ANSWER: LIMIT, LetterOutcome.HELD: len(records) - LIMIT}


async def test_g11_an_answer_that_could_not_be_stored_counts_for_nothing(
    store: Watched, clock: MovableClock, records: list[Record]
) -> None:
    made, box = house(store, clock, [letter(record, number) for number, record in enumerate(records[:LIMIT])])
    store.refused = records[0].id
    for _ in range(LIMIT):
        with pytest.raises(TemporaryProblem):
            await take(made)
    store.refused = ""
    await take(made)
    assert Counter(box.filed.values()) == {LetterOutcome.ANSWER: LIMIT}


async def test_many_letters_are_opened_a_few_at_a_time(
    store: Watched, clock: MovableClock, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = [letter(record, number) for number, record in enumerate(records)]
    monkeypatch.setattr(inbound, "TOGETHER", 2)
    assert [len(some) for some in inbound._armfuls(letters)] == [2, 2, 1]
    monkeypatch.setattr(inbound, "TOGETHER_BYTES", len(letters[0].raw) - 1)
    assert [len(some) for some in inbound._armfuls(letters)] == [1] * 5
    assert list(inbound._armfuls(())) == []
