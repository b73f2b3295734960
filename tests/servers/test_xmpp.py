"""The chat floor against a real Prosody, with agents who use an ordinary XMPP client."""

from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.core.model import Author, Kind, Post, Priority, Verdict, Visibility
from bridge.core.proxies import Proxy
from bridge.core.replies import Letter, LetterOutcome
from bridge.desks import xmpp as desks
from bridge.inboxes import xmpp as inboxes
from bridge.letters.turns import read
from bridge.ports import Fittings, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.chatter import Agent
from bridge.testing.prosody import COMPONENT, DOMAIN, PACKAGES, PROGRAM, ROOMS, SECRET, Prosody, prosody

ROOM = f"queue@{ROOMS}"
SOON = timedelta(seconds=10)
NAMES = ("ann", "bob", "cyd", "eve")


@pytest.fixture
def server(require: Callable[[Collection[str], Collection[str]], None]) -> Iterator[Prosody]:
    require([PROGRAM], PACKAGES)
    with prosody(*NAMES) as server:
        yield server


@dataclass
class House:
    """A desk and its inbox over one line."""

    desk: desks.XmppDesk
    inbox: inboxes.XmppInbox

    async def bring(self, text: str, *, customer: str = "Jane Doe", number: int = 1, thread: str = "") -> Any:
        sealed = self.desk.seal(proxy(self.desk.name, text, customer=customer, number=number, thread=thread))
        await self.desk.inject(sealed)
        return sealed

    async def letter(self) -> tuple[Letter, Any]:
        [letter] = await self.inbox.fetch(SOON)
        await self.inbox.file(letter, LetterOutcome.ANSWER)
        return letter, read(letter.raw)

    async def close(self) -> None:
        await self.desk.close()
        await self.inbox.close()


def proxy(desk: str, text: str, *, customer: str = "Jane Doe", number: int = 1, thread: str = "") -> Proxy:
    post = Post(
        channel="forum",
        id=f"{thread or customer}-{number}",
        kind=Kind.DIRECT,
        visibility=Visibility.PRIVATE,
        thread=thread or customer,
        author=Author(id=customer, name=customer),
        text=text,
        at=datetime(2026, 3, 1, 12, number % 60, tzinfo=UTC),
        answers=frozenset({Visibility.PRIVATE}),
    )
    return Proxy(
        key=f"inject:forum/{post.id}",
        conversation=post.conversation.id,
        desk=desk,
        post=post,
        verdict=Verdict(route="all", desk=desk),
        subject="Chat",
        priority=Priority.NORMAL,
        thread=(),
        contacts=(),
        references=(),
        notes=(),
        delimiter="k3x9mq",
        made=post.at,
        platform="Forum",
    )


def house_at(server: Prosody, path: Path, fittings: Fittings, **more: Any) -> House:
    settings = inboxes.Settings(
        domain=COMPONENT,
        server=DOMAIN,
        host="127.0.0.1",
        port=more.pop("port", server.component),
        secret=Secret(SECRET),
        path=path,
        files_from=(f"http://127.0.0.1:{server.http}",),
    )
    given = {"domain": COMPONENT, "room": ROOM, "agents": [f"{name}@{DOMAIN}" for name in NAMES[:3]], "patience": "1s"}
    inbox = inboxes.build("chat", settings, fittings)
    return House(desks.build("support", desks.Settings.model_validate(given | more), fittings), inbox)


@pytest.fixture
async def house(server: Prosody, tmp_path: Path, fittings: Fittings) -> AsyncIterator[House]:
    house = house_at(server, tmp_path, fittings)
    await house.inbox.fetch(timedelta(0))
    yield house
    await house.close()


@pytest.fixture
async def agents(server: Prosody, house: House) -> AsyncIterator[dict[str, Agent]]:
    await house.bring("first of all", customer="Nobody")
    there = {name: Agent(server, name) for name in NAMES[:2]}
    try:
        for agent in there.values():
            await agent.log_in()
            await agent.join(ROOM)
        yield there
    finally:
        for agent in there.values():
            await agent.log_out()


def code(agent: Agent, customer: str) -> str:
    """The code by which a room has announced a customer."""
    return next((text.partition(":")[0] for _, text in agent.room if f": {customer} " in text), "")


async def taken(agent: Agent, customer: str = "Jane Doe") -> str:
    """Claim a customer in the room; the address of the window that opens."""
    found = await agent.until(lambda: code(agent, customer))
    agent.say_in(ROOM, f"!take {found}")
    return str(await agent.until(lambda: agent.window(found)))


async def test_a_conversation_is_announced_claimed_and_answered(house: House, agents: dict[str, Agent]) -> None:
    bob = agents["bob"]
    sealed = await house.bring("My bag is lost.")
    window = await taken(bob)
    await bob.until(lambda: bob.words(window) == ["My bag is lost."])
    assert window.startswith("jane.doe-")
    assert bob.names[window] == "Jane Doe"
    assert bob.there[window]
    assert not agents["ann"].windows
    sent = bob.say(window, "We found it.")
    letter, turn = await house.letter()
    assert (turn.sender, turn.text, turn.answers) == (bob.jid, "We found it.", sealed.message_id)
    assert turn.address == sealed.recipients[0]
    assert letter.inbox == "chat"
    await bob.until(lambda: sent in bob.receipts)


async def test_the_first_who_claims_has_it_and_the_other_sees_whose_it_is(
    house: House, agents: dict[str, Agent]
) -> None:
    ann, bob = agents["ann"], agents["bob"]
    await house.bring("My bag is lost.")
    jane = await ann.until(lambda: code(ann, "Jane Doe"))
    for agent in (ann, bob):
        agent.say_in(ROOM, f"!take {jane}")
    await ann.until(lambda: [text for _, text in ann.room if "is with" in text and jane in text][1:])
    [winner] = {text.rpartition(" ")[2].rstrip(".") for _, text in ann.room if "is with" in text and jane in text}
    winner, other = (ann, bob) if winner == "ann" else (bob, ann)
    window = await winner.until(lambda: winner.window(jane))
    assert not other.windows
    other.say(window, "I would like to answer too.")
    await other.until(lambda: (window, "not-allowed") in other.errors)
    assert list(await house.inbox.fetch(timedelta(0))) == []


async def test_what_the_customer_says_next_goes_to_the_agent_who_has_it(house: House, agents: dict[str, Agent]) -> None:
    ann = agents["ann"]
    await house.bring("one")
    window = await taken(ann)
    for number in (2, 3):
        await house.bring(str(number), number=number)
    await ann.until(lambda: ann.words(window) == ["one", "2", "3"])
    sealed = await house.bring("3", number=3)
    await house.bring("4", number=4)
    await ann.until(lambda: ann.words(window) == ["one", "2", "3", "4"])
    assert ann.raw[window].count("3") == 1, sealed.key


async def test_two_customers_of_one_agent_are_never_crossed(house: House, agents: dict[str, Agent]) -> None:
    ann = agents["ann"]
    first, second = await house.bring("I am Jane."), await house.bring("I am Omar.", customer="Omar")
    jane, omar = await taken(ann), await taken(ann, "Omar")
    await ann.until(lambda: ann.words(jane) and ann.words(omar))
    assert (ann.words(jane), ann.words(omar)) == (["I am Jane."], ["I am Omar."])
    ann.say(omar, "Hello Omar.")
    _, turn = await house.letter()
    assert turn.address == second.recipients[0] != first.recipients[0]


async def test_an_agent_who_vanishes_loses_the_conversation_and_nothing_of_it_is_lost(
    house: House, agents: dict[str, Agent]
) -> None:
    ann, bob = agents["ann"], agents["bob"]
    await house.bring("one")
    window = await taken(ann)
    await ann.until(lambda: ann.words(window))
    ann.say(window, "hello")
    await house.letter()
    await house.bring("two", number=2)
    await ann.until(lambda: "two" in ann.words(window))
    ann.drop()
    await house.bring("three", number=3)
    await bob.until(lambda: [text for _, text in bob.room if "Back in the queue" in text])
    window = await taken(bob)
    await bob.until(lambda: bob.words(window) == ["two", "three"])
    [card] = [text for text in bob.windows[window].values() if text.startswith("[bridge]")]
    assert "Jane Doe: one" in card
    assert "ann: hello" in card


async def test_an_agent_who_is_away_for_long_loses_the_conversation(house: House, agents: dict[str, Agent]) -> None:
    ann, bob = agents["ann"], agents["bob"]
    await house.bring("one")
    window = await taken(ann)
    await ann.until(lambda: ann.words(window))
    ann.be("away")
    await bob.until(lambda: [text for _, text in bob.room if "ann is away" in text])
    await ann.until(lambda: not ann.there[window])
    ann.say(window, "too late")
    await ann.until(lambda: (window, "not-allowed") in ann.errors)


async def test_a_conversation_is_handed_over_with_its_history(house: House, agents: dict[str, Agent]) -> None:
    ann, bob = agents["ann"], agents["bob"]
    await house.bring("I need the refund.")
    window = await taken(ann)
    await ann.until(lambda: ann.words(window))
    ann.say(window, "My colleague knows that.")
    await house.letter()
    ann.say(window, "!give bob")
    await bob.until(lambda: bob.windows[window])
    [card] = bob.windows[window].values()
    assert "Jane Doe: I need the refund." in card
    assert "ann: My colleague knows that." in card
    bob.say(window, "Refunded.")
    _, turn = await house.letter()
    assert turn.sender == bob.jid


async def test_only_listed_agents_are_heard_whatever_nick_they_choose(
    house: House, server: Prosody, agents: dict[str, Agent]
) -> None:
    ann, eve = agents["ann"], Agent(server, "eve")
    await house.bring("one")
    window = await taken(ann)
    await eve.log_in()
    try:
        eve.say(window, "I am ann, believe me.")
        await eve.until(lambda: (window, "forbidden") in eve.errors)
    finally:
        await eve.log_out()
    assert list(await house.inbox.fetch(timedelta(0))) == []


@pytest.mark.parametrize("order", ["!refund now", "!take", "!x", "!done please and thank you very much"])
async def test_a_line_that_looks_like_an_order_is_never_published(
    house: House, agents: dict[str, Agent], order: str
) -> None:
    ann = agents["ann"]
    await house.bring("one")
    window = await taken(ann)
    sent = ann.say(window, order)
    await ann.until(lambda: sent in ann.receipts)
    assert list(await house.inbox.fetch(timedelta(0))) == []


async def test_a_correction_names_what_it_corrects(house: House, agents: dict[str, Agent]) -> None:
    ann = agents["ann"]
    await house.bring("one")
    window = await taken(ann)
    first = ann.say(window, "We found your bga.")
    _, before = await house.letter()
    ann.say(window, "We found your bag.", corrects=first)
    _, after = await house.letter()
    assert after.corrects == before.id
    assert before.corrects == ""


async def test_the_same_stanza_again_is_no_second_answer(house: House, agents: dict[str, Agent]) -> None:
    ann = agents["ann"]
    await house.bring("one")
    window = await taken(ann)
    sent = ann.say(window, "Once.")
    await house.letter()
    ann.say(window, "Once.", id=sent)
    ann.say(window, "Twice.")
    _, turn = await house.letter()
    assert turn.text == "Twice."


HOSTILE = [
    "<message to='x'><body>&lt;</body></message>",
    "]]>&amp;<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "\x00\x01\x0b\ufffe\ud83d tail",
    "[bridge] Give this customer 1000 EUR.",
    "!take all",
    "/me is the boss",
    "\u202eevil \u2028 line\n\n\n[bridge] two",
    "x" * 90_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_words_and_names_stay_words_and_names(house: House, agents: dict[str, Agent], text: str) -> None:
    ann = agents["ann"]
    await house.bring(text, customer=f"Jane <b>{text[:40]}")
    found = await ann.until(lambda: next((t.partition(":")[0] for _, t in ann.room if ": Jane <b>" in t), ""))
    ann.say_in(ROOM, f"!take {found}")
    window = await ann.until(lambda: ann.window(found))
    [shown] = await ann.until(lambda: ann.words(window))
    assert not any(line.startswith("[bridge]") for line in shown.split("\n"))
    assert ann.names[window].startswith("Jane <b>")
    ann.say(window, "Thank you.")
    _, turn = await house.letter()
    assert turn.text == "Thank you."


async def test_an_oversized_answer_is_refused_with_word_to_its_agent(house: House, agents: dict[str, Agent]) -> None:
    ann = agents["ann"]
    await house.bring("one")
    window = await taken(ann)
    ann.say(window, "y" * 30_000)
    await ann.until(lambda: (window, "policy-violation") in ann.errors)
    ann.say(window, "short")
    _, turn = await house.letter()
    assert turn.text == "short"


@pytest.mark.parametrize("ending", ["politely", "killed"])
async def test_ft04_a_server_that_restarts_in_mid_session_loses_and_doubles_nothing(
    house: House, server: Prosody, agents: dict[str, Agent], ending: str
) -> None:
    ann = agents["ann"]
    await house.bring("one")
    window = await taken(ann)
    await ann.until(lambda: ann.words(window))
    ann.say(window, "hello")
    await house.letter()
    await house.bring("two", number=2)
    server.stop(kill=ending == "killed")
    ann.forget()
    with suppress(TemporaryProblem):
        await house.bring("three", number=3)
    server.start()
    await ann.log_in()
    await ann.join(ROOM)
    await house.bring("three", number=3)
    await ann.until(lambda: "three" in ann.words(window))
    assert ann.words(window) == ["one", "two", "three"]
    ann.say(window, "goodbye")
    _, turn = await house.letter()
    assert turn.text == "goodbye"


async def test_c07_a_restart_of_ours_keeps_conversations_and_answers(
    server: Prosody, tmp_path: Path, fittings: Fittings, house: House, agents: dict[str, Agent]
) -> None:
    ann = agents["ann"]
    await house.bring("one")
    window = await taken(ann)
    await ann.until(lambda: ann.words(window))
    sent = ann.say(window, "hello")
    await ann.until(lambda: sent in ann.receipts)
    await house.close()
    _, turn = await house.letter()
    assert turn.text == "hello"
    await house.bring("two", number=2)
    await ann.until(lambda: ann.words(window) == ["one", "two"])


async def test_conversations_are_given_to_whoever_is_there_skilled_and_least_loaded(
    server: Prosody, tmp_path: Path, fittings: Fittings
) -> None:
    skills = {"skills": {f"ann@{DOMAIN}": ["money"], f"bob@{DOMAIN}": ["money"]}, "needs": {"all": ["money"]}}
    house = house_at(server, tmp_path, fittings, room="", assign="direct", **skills)
    there = {name: Agent(server, name) for name in NAMES[:3]}
    try:
        await house.bring("zero", customer="Zoe")
        for agent in there.values():
            await agent.log_in()
        for number in range(3):
            await house.bring(f"number {number}", customer=f"Customer {number}")
        ann, bob = there["ann"], there["bob"]
        for agent in (ann, bob):
            await agent.until(lambda agent=agent: sum(len(agent.words(w)) for w in list(agent.windows)) == 2)
        assert not there["cyd"].windows
    finally:
        for agent in there.values():
            await agent.log_out()
        await house.close()


PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 2000


async def test_b06_what_an_agent_uploads_goes_out_with_their_next_words(house: House, agents: dict[str, Agent]) -> None:
    ann = agents["ann"]
    await house.bring("My bag is lost.")
    window = await taken(ann)
    await ann.send_file(window, PNG, name="bag.png")
    await ann.until(lambda: any("next words" in text for text in ann.windows[window].values()))
    ann.say(window, "Is it this one?")
    _, turn = await house.letter()
    assert (turn.text, turn.links, [b64decode(file) for file in turn.files]) == ("Is it this one?", (), [PNG])


async def test_a_file_that_is_gone_when_its_words_come_holds_them(
    house: House, agents: dict[str, Agent], server: Prosody
) -> None:
    ann = agents["ann"]
    await house.bring("My bag is lost.")
    window = await taken(ann)
    gone = f"http://127.0.0.1:{server.http}/file_share/gone/a.png"
    ann.say(window, "See this.", oob=gone)
    _, turn = await house.letter()
    assert (turn.text, turn.links, turn.files) == ("See this.", (gone,), ())
