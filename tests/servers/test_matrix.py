"""The Matrix floor against a real Synapse, with agents who use an ordinary Matrix client."""

from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bridge.access.matrix.names import Namespace
from bridge.access.matrix.registration import registration
from bridge.core.model import Author
from bridge.core.proxies import Proxy
from bridge.core.replies import Letter, LetterOutcome, Turn
from bridge.desks import matrix as desks
from bridge.inboxes import matrix as inboxes
from bridge.letters.turns import read
from bridge.ports import Fittings, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.desks import notice, proxy
from bridge.testing.matrix_agent import Agent
from bridge.testing.node import free_port
from bridge.testing.synapse import AS_TOKEN, HS_TOKEN, PACKAGE, PREFIX, SERVER, Synapse, program, synapse

SOON = timedelta(seconds=10)
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
BOT = f"@{PREFIX}bot:{SERVER}"


@pytest.fixture(scope="module")
def server(leave_out: Callable[[str], None]) -> Iterator[Synapse]:
    if program() is None:
        leave_out(f"not run, Synapse is missing: pip install {PACKAGE}")
    port = free_port()
    space = Namespace(server=SERVER, prefix=PREFIX)
    given = registration(space, listen=f"127.0.0.1:{port}", as_token=AS_TOKEN, hs_token=HS_TOKEN)
    with synapse(given, service=port) as server:
        yield server


@dataclass
class House:
    """A desk and its inbox over one service; customers and the desk are those of one test alone."""

    desk: desks.MatrixDesk
    inbox: inboxes.MatrixInbox
    again: Callable[[], "House"]
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def made(self, text: str, customer: str) -> Proxy:
        made, number = proxy(self.desk.name), next(self.numbers)
        post = replace(
            made.post,
            id=f"{self.desk.name}-{customer}-{number}",
            thread=f"{self.desk.name}-{customer}",
            author=Author(id=customer, name=customer),
            text=text,
        )
        return replace(
            made, key=f"inject:forum/{post.id}", post=post, conversation=post.conversation.id, platform="Forum"
        )

    async def bring(self, text: str, *, customer: str = "Jane Doe") -> Any:
        sealed = self.desk.seal(self.made(text, customer))
        await self.desk.inject(sealed)
        return sealed

    async def letter(self) -> tuple[Letter, Turn]:
        [letter] = await self.inbox.fetch(SOON)
        await self.inbox.file(letter, LetterOutcome.ANSWER)
        turn = read(letter.raw)
        assert turn
        return letter, turn

    async def close(self) -> None:
        await self.desk.close()
        await self.inbox.close()


_TESTS = count(1)


def house_at(server: Synapse, path: Path, fittings: Fittings, *, desk: str, assign: str) -> House:
    apart = replace(fittings, shared={})
    settings = inboxes.Settings(
        homeserver=server.url,
        server=SERVER,
        listen=f"127.0.0.1:{server.service}",
        as_token=Secret(AS_TOKEN),
        hs_token=Secret(HS_TOKEN),
        path=path,
        timeout=timedelta(seconds=10),
    )
    given = {"server": SERVER, "assign": assign, "agents": [f"ann@{SERVER}", f"bob@{SERVER}"]}
    inbox = inboxes.build("rooms", settings, apart)
    made = desks.build(desk, desks.Settings.model_validate(given), apart)
    return House(made, inbox, lambda: house_at(server, path, fittings, desk=desk, assign=assign))


@pytest.fixture
async def house(
    server: Synapse, tmp_path: Path, fittings: Fittings, request: pytest.FixtureRequest
) -> AsyncIterator[House]:
    assign = getattr(request, "param", "claim")
    house = house_at(server, tmp_path, fittings, desk=f"desk{next(_TESTS)}", assign=assign)
    await house.inbox.fetch(timedelta(0))
    yield house
    await house.close()


@pytest.fixture
async def agents(server: Synapse) -> AsyncIterator[dict[str, Agent]]:
    there = {name: Agent(server, name) for name in ("ann", "bob")}
    try:
        for agent in there.values():
            await agent.log_in()
        yield there
    finally:
        for agent in there.values():
            await agent.log_out()


def code(agent: Agent, room: str, customer: str) -> str:
    """The code by which a queue's room has announced a customer."""
    return next((text.partition(":")[0] for _, text in agent.rooms[room] if f": {customer} " in text), "")


async def taken(agent: Agent, house: House, customer: str = "Jane Doe") -> tuple[str, str]:
    """Claim a customer in the queue's room; that room, and the customer's."""
    queue = await agent.enter(house.desk.name)
    found = await agent.until(lambda: code(agent, queue, customer))
    await agent.say(queue, f"!take {found}")
    return queue, await agent.enter(f"{customer} · {found}")


async def test_a_conversation_is_announced_claimed_and_answered(house: House, agents: dict[str, Agent]) -> None:
    ann = agents["ann"]
    sealed = await house.bring("My bag is lost.")
    queue, room = await taken(ann, house)
    await ann.until(lambda: any("is with ann" in text for _, text in ann.rooms[queue]))
    customer = next(sender for sender, text in await ann.until(lambda: ann.rooms[room]) if "My bag is lost." in text)
    shown = ann.people[room][customer]
    assert customer.startswith(f"@{PREFIX}c.")
    assert (shown["displayname"], shown["avatar_url"][:6]) == ("Jane Doe (Forum)", "mxc://")
    event = await ann.say(room, "We have found it.")
    _, turn = await house.letter()
    assert (turn.id, turn.sender, turn.proof) == (event, f"ann@{SERVER}", "session")
    assert (turn.text, turn.address, turn.answers) == ("We have found it.", sealed.recipients[0], sealed.message_id)
    await house.bring("Thank you!")
    await ann.until(lambda: _heard(ann, room, "Thank you!"))


def _heard(agent: Agent, room: str, words: str) -> bool:
    return any(words in text for _, text in agent.rooms[room])


async def test_who_has_not_claimed_is_not_heard_and_who_gives_back_is_put_out(
    house: House, agents: dict[str, Agent]
) -> None:
    ann, bob = agents["ann"], agents["bob"]
    await house.bring("Hello?")
    queue, room = await taken(ann, house)
    await bob.enter(house.desk.name)
    await ann.say(room, "!give bob")
    await ann.until(lambda: room in ann.left)
    assert await bob.enter("Jane Doe") == room
    await bob.until(lambda: _heard(bob, room, "Hello?"))
    await bob.say(room, "!release")
    await bob.until(lambda: room in bob.left)
    await ann.until(lambda: _heard(ann, queue, "Back in the queue, bob put it back."))


@pytest.mark.parametrize("house", ["all"], indirect=True)
async def test_edits_answers_pictures_and_removals_come_as_what_they_are(
    house: House, agents: dict[str, Agent]
) -> None:
    ann = agents["ann"]
    first = await house.bring("The first.")
    await house.bring("The second.")
    room = await ann.enter("Jane Doe")
    await ann.until(lambda: _heard(ann, room, "The second."))
    said = await ann.say(room, "On the secnod.")
    assert (await house.letter())[1].text == "On the secnod."
    await ann.correct(room, said, "On the second.")
    turn = (await house.letter())[1]
    assert (turn.text, turn.corrects) == ("On the second.", said)
    await ann.client.react(room, said, "👍")  # type: ignore[arg-type]
    await ann.client.send_notice(room, "I am a bot.")  # type: ignore[arg-type]
    await ann.send_picture(room, PNG, caption="")
    await ann.until(lambda: _heard(ann, room, "1 file(s) go out with your next words"))
    history = await ann.client.api.request("GET", f"/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=50")  # type: ignore[arg-type]
    event = next(e["event_id"] for e in history["chunk"] if "The first." in str(e["content"].get("body")))
    await ann.answer(room, event, "On the first, see here.")
    turn = (await house.letter())[1]
    assert (turn.text, turn.answers) == ("On the first, see here.", first.message_id)
    assert [b64decode(file) for file in turn.files] == [PNG]
    await ann.send_picture(room, PNG, caption="With words.")
    turn = (await house.letter())[1]
    assert (turn.text, len(turn.files)) == ("With words.", 1)
    await ann.client.redact(room, turn.id)  # type: ignore[arg-type]
    assert (await house.letter())[1].text == "#cancel"


@pytest.mark.parametrize("house", ["all"], indirect=True)
async def test_nobody_in_a_customers_room_can_encrypt_it(house: House, agents: dict[str, Agent]) -> None:
    ann = agents["ann"]
    await house.bring("Hello?")
    room = await ann.enter("Jane Doe")
    with pytest.raises(Exception, match=r"(?i)permission|power|forbidden"):
        await ann.client.send_state_event(
            room,  # type: ignore[arg-type]
            "m.room.encryption",  # type: ignore[arg-type]
            {"algorithm": "m.megolm.v1.aes-sha2"},  # type: ignore[arg-type]
        )


@pytest.mark.parametrize("house", ["all"], indirect=True)
async def test_a_notice_without_a_conversation_goes_to_the_queues_room(house: House, agents: dict[str, Agent]) -> None:
    ann = agents["ann"]
    await house.desk.tell(house.desk.seal(replace(notice(house.desk.name), to=f"ann@{SERVER}")))
    queue = await ann.enter(house.desk.name)
    await ann.until(lambda: (BOT, "Your answer was not published\nIt is 12 characters too long.") in ann.rooms[queue])


@pytest.mark.parametrize("house", ["all"], indirect=True)
async def test_c07_what_is_said_while_we_are_away_comes_when_we_are_back(
    house: House, agents: dict[str, Agent]
) -> None:
    ann = agents["ann"]
    await house.bring("Hello?")
    room = await ann.enter("Jane Doe")
    await house.close()
    await ann.say(room, "Anybody there?")
    back = house.again()
    try:
        [letter] = await back.inbox.fetch(timedelta(seconds=20))
    finally:
        await back.close()
    assert b"Anybody there?" in letter.raw


@pytest.mark.parametrize("house", ["all"], indirect=True)
async def test_ft04_a_homeserver_that_dies_and_forgets_ids_is_told_once(
    server: Synapse, house: House, agents: dict[str, Agent]
) -> None:
    """Killed after it took the words, so that their transaction id is forgotten and only looking shows them."""
    ann = agents["ann"]
    await house.bring("Hello?")
    room = await ann.enter("Jane Doe")
    sealed = house.desk.seal(house.made("Only once.", "Jane Doe"))
    await house.desk.inject(sealed)
    hall = house.inbox._hall
    await hall._ledger.write([("UPDATE said SET event = ''", ())])
    for chat in list(hall._floor.chats.values()):
        hall._floor.put(replace(chat, said=chat.said[:-1]))
    server.stop(kill=True)
    with pytest.raises((TemporaryProblem, UncertainProblem)):
        await house.desk.inject(sealed)
    server.start()
    await house.desk.inject(sealed)
    await ann.until(lambda: _heard(ann, room, "Only once."))
    history = await ann.client.api.request("GET", f"/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=50")  # type: ignore[arg-type]
    assert sum("Only once." in str(event["content"].get("body")) for event in history["chunk"]) == 1
    with suppress(TemporaryProblem):
        await house.bring("And on.")
