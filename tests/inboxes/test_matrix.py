"""The Matrix inbox keeps the contract of inboxes, and takes as an answer what an agent said in plain words and nothing else."""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from rooms_matrix import ANN, BOB, EVE, MatrixHouse

from bridge.access.matrix import words
from bridge.core.replies import Letter, LetterOutcome, Turn
from bridge.desks.matrix import MatrixDesk
from bridge.inboxes.matrix import MatrixInbox
from bridge.letters.turns import read, written
from bridge.ports import Fittings, TemporaryProblem
from bridge.testing.desks import proxy
from bridge.testing.fakes.homeserver import HS_TOKEN, FakeHomeserver
from bridge.testing.fakes.homeserver_rooms import BOT, Room
from bridge.testing.inboxes import InboxContract

NOW, SOON = timedelta(0), timedelta(seconds=5)
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


@pytest.fixture
async def house(fittings: Fittings, tmp_path: Path) -> AsyncIterator[MatrixHouse]:
    far = FakeHomeserver(journal=None)
    yield MatrixHouse(far=far, url=await far.start(), path=tmp_path / "floor", fittings=fittings, assign="all")
    await far.stop()


@dataclass
class Floor:
    """One conversation that an agent may answer, and what the inbox hands out."""

    house: MatrixHouse
    desk: MatrixDesk
    inbox: MatrixInbox
    room: Room

    async def say(self, sender: str, text: str, **content: Any) -> str:
        event = self.house.message(self.room.id, sender, text, **content)
        await self.house.far.bring(event)
        return str(event["event_id"])

    async def tell(self, kind: str, sender: str, content: dict[str, Any], **more: Any) -> None:
        await self.house.far.bring(self.house.event(kind, self.room.id, sender, content, **more))

    async def turn(self) -> Turn:
        [letter] = await self.inbox.fetch(SOON)
        await self.inbox.file(letter, LetterOutcome.ANSWER)
        found = read(letter.raw)
        assert found
        return found

    async def nothing(self) -> None:
        """Whatever came before the next answer was none."""
        await self.say(ANN, "the next")
        assert (await self.turn()).text == "the next"

    async def word(self, beginning: str) -> str:
        """What the bot says in the room, by how it begins."""
        told = self.house.told
        return str(await self.house.until(lambda: [t for t in told(self.room) if t.startswith(beginning)][-1:]))


@pytest.fixture
async def floor(house: MatrixHouse) -> AsyncIterator[Floor]:
    desk, inbox = house.desk(), house.inbox()
    await inbox.fetch(NOW)
    await desk.inject(desk.seal(replace(proxy("support"), notes=())))
    yield Floor(house, desk, inbox, house.customers[0])
    await desk.close()
    await inbox.close()


@dataclass
class RoomBox:
    """A room in which an agent answers, through the homeserver's own way to tell us."""

    house: MatrixHouse
    last: MatrixInbox | None = None
    living: MatrixHouse | None = None

    def inbox(self) -> MatrixInbox:
        self.living = self.house.restarted()
        self.last = self.living.inbox()
        return self.last

    async def deliver(self, raw: bytes) -> None:
        inbox = self.last
        assert inbox
        assert self.living
        await inbox._hall.open(inbox)
        if not self.house.customers:
            desk = self.living.desk()
            await desk.inject(desk.seal(proxy("support")))
            await desk.close()
        turn = read(raw)
        assert turn
        before = len(inbox._hall.letters)
        await self.house.far.bring(self.house.message(self.house.customers[0].id, ANN, turn.text))
        await self.house.until(lambda: len(inbox._hall.letters) > before)

    async def lose(self, letter: Letter) -> None:
        assert self.last
        await self.last._hall.drop(int(letter.uid))


class TestMatrixInbox(InboxContract):
    @pytest.fixture
    def box(self, house: MatrixHouse) -> RoomBox:
        return RoomBox(house)

    def letter(self, name: str) -> bytes:
        return written(Turn(id=name, address="reply+x@bridge.test", sender="ann@acd.test", proof="session", text=name))

    def name(self, found: Letter) -> str:
        return str(json.loads(found.raw)["text"])


async def test_an_answer_names_who_said_it_and_what_it_answers(floor: Floor) -> None:
    event = await floor.say(ANN, "We have found it.")
    turn = await floor.turn()
    sealed = floor.desk.seal(proxy("support"))
    assert turn == Turn(
        id=event,
        address=sealed.recipients[0],
        sender="ann@acd.test",
        proof="session",
        text="We have found it.",
        answers=sealed.message_id,
    )


async def test_a_transaction_is_confirmed_when_it_is_kept_and_taken_up_once(floor: Floor) -> None:
    event = floor.house.message(floor.room.id, ANN, "once")
    for txn in ("a", "a", "b"):
        assert await floor.house.far.bring_once(txn, [event], token=HS_TOKEN) == HTTPStatus.OK
    assert (await floor.turn()).text == "once"
    await floor.nothing()


async def test_a_homeserver_that_counts_its_transactions_anew_is_heard(floor: Floor) -> None:
    """As after a backup was restored: the same id with other events is another transaction."""
    for text in ("one", "two"):
        event = floor.house.message(floor.room.id, ANN, text)
        assert await floor.house.far.bring_once("1", [event], token=HS_TOKEN) == HTTPStatus.OK
        assert (await floor.turn()).text == text


async def test_what_was_confirmed_is_handed_out_after_a_crash(floor: Floor) -> None:
    await floor.say(ANN, "kept")
    await floor.desk.close()
    await floor.inbox.close()
    again = floor.house.restarted().inbox()
    [letter] = await again.fetch(SOON)
    assert b"kept" in letter.raw
    await again.close()


async def test_nobody_but_the_homeserver_is_heard(floor: Floor) -> None:
    event = floor.house.message(floor.room.id, ANN, "forged")
    for token in ("", "another", HS_TOKEN[:-1], f"{HS_TOKEN}1", "\u00fc".encode().decode("latin-1")):
        assert await floor.house.far.bring_once("x", [event], token=token) == HTTPStatus.FORBIDDEN
    await floor.nothing()


async def test_what_cannot_be_read_harms_nothing_else(floor: Floor) -> None:
    odd: list[object] = [
        None,
        7,
        {},
        {"event_id": "$x"},
        {"event_id": 5},
        floor.house.event("m.room.message", "", "", {}),
    ]
    odd += [floor.house.event("m.room.message", floor.room.id, ANN, content) for content in ({}, {"msgtype": 1})]
    await floor.house.far.bring(*odd, floor.house.message(floor.room.id, ANN, "after"))  # type: ignore[arg-type]
    assert (await floor.turn()).text == "after"


@pytest.mark.parametrize(
    "sender", [EVE, "@Ann:acd.test", "@ann:other.test", "@ann:acd.test:80", "@bridge_evil:other.test"]
)
async def test_only_the_queues_agents_are_heard(floor: Floor, sender: str) -> None:
    await floor.say(sender, "I am an agent, honestly")
    await floor.word("Not sent: only the queue's agents")
    await floor.nothing()


@pytest.mark.parametrize("sender", [BOT, "@bridge_c.abc:acd.test"])
async def test_what_we_said_ourselves_is_no_news(floor: Floor, sender: str) -> None:
    await floor.say(sender, "!done")
    await floor.nothing()


async def test_bots_and_reactions_and_typing_are_no_answers(floor: Floor) -> None:
    await floor.say(ANN, "I am a bot", msgtype="m.notice")
    relation = {"rel_type": "m.annotation", "event_id": "$event2", "key": "👍"}
    await floor.tell("m.reaction", ANN, {"m.relates_to": relation})
    await floor.tell("m.sticker", ANN, {"body": "a cat", "url": "mxc://acd.test/cat"})
    await floor.nothing()


@pytest.mark.parametrize("msgtype", ["m.emote", "m.location", "org.example.poll"])
async def test_what_is_neither_words_nor_a_file_is_not_sent(floor: Floor, msgtype: str) -> None:
    await floor.say(ANN, "waves", msgtype=msgtype)
    await floor.word("Not sent: only words")
    await floor.nothing()


async def test_a_correction_names_what_it_corrects(floor: Floor) -> None:
    event = await floor.say(ANN, "We fuond it.")
    await floor.turn()
    newer = {"msgtype": "m.text", "body": "We found it."}
    relation = {"rel_type": "m.replace", "event_id": event}
    await floor.say(ANN, "* We found it.", **{"m.new_content": newer, "m.relates_to": relation})
    turn = await floor.turn()
    assert (turn.text, turn.corrects) == ("We found it.", event)


async def test_a_second_correction_takes_the_place_of_the_first(floor: Floor) -> None:
    """Clients name the original each time, but it is the first correction that waits now."""
    event, corrected = await floor.say(ANN, "We fuond it."), []
    await floor.turn()
    for text in ("We found ti.", "We found it."):
        content = {"m.new_content": {"msgtype": "m.text", "body": text}}
        relation = {"m.relates_to": {"rel_type": "m.replace", "event_id": event}}
        await floor.say(ANN, f"* {text}", **content, **relation)
        corrected.append(await floor.turn())
    assert [turn.corrects for turn in corrected] == [event, corrected[0].id]


async def test_nobody_corrects_what_somebody_else_said(floor: Floor) -> None:
    event = await floor.say(ANN, "We found it.")
    await floor.turn()
    content = {"m.new_content": {"msgtype": "m.text", "body": "We lost it."}}
    await floor.say(BOB, "* We lost it.", **content, **{"m.relates_to": {"rel_type": "m.replace", "event_id": event}})
    await floor.word("Not sent: what it corrects was no answer of yours")
    await floor.nothing()


@pytest.mark.parametrize("text", ["!done", "words"])
async def test_a_correction_of_what_was_no_answer_is_not_sent(floor: Floor, text: str) -> None:
    relation = {"rel_type": "m.replace", "event_id": "$unknown"}
    content = {"m.new_content": {"msgtype": "m.text", "body": text}, "m.relates_to": relation}
    await floor.say(ANN, f"* {text}", **content)
    await floor.word("Not sent: what")
    await floor.nothing()


async def test_an_answer_that_its_agent_removes_is_taken_back(floor: Floor) -> None:
    event = await floor.say(ANN, "Oh no.")
    await floor.turn()
    await floor.tell("m.room.redaction", BOB, {}, redacts=event)
    await floor.tell("m.room.redaction", ANN, {"redacts": event})
    turn = await floor.turn()
    assert (turn.text, turn.sender) == ("#cancel", "ann@acd.test")
    await floor.nothing()


async def test_what_a_client_quotes_of_others_never_goes_out(floor: Floor) -> None:
    """Older clients put the words that are answered before the answer, with the user's id."""
    said = floor.room.events[-1]["event_id"]
    text = "> <@bridge_c.abc:acd.test> Is it down\n> again?\n\nNot any more."
    await floor.say(ANN, text, **{"m.relates_to": {"m.in_reply_to": {"event_id": said}}})
    assert (await floor.turn()).text == "Not any more."


async def test_encrypted_words_are_refused_with_a_clear_word(floor: Floor) -> None:
    await floor.tell("m.room.encrypted", ANN, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"})
    await floor.word(words.ENCRYPTED)
    await floor.nothing()


async def test_a_room_that_is_made_an_encrypted_one_is_left_for_another(floor: Floor) -> None:
    await floor.tell("m.room.encryption", "@admin:acd.test", {"algorithm": "m.megolm.v1.aes-sha2"}, state_key="")
    await floor.word(words.ROOM_ENCRYPTED)
    floor.room.encrypted = True
    with pytest.raises(TemporaryProblem, match="plain ones only"):
        await floor.desk.inject(floor.desk.seal(replace(proxy("support"), key="inject:forum/2")))
    await floor.desk.inject(floor.desk.seal(replace(proxy("support"), key="inject:forum/2")))
    assert len(floor.house.customers) == 2


async def test_a_picture_waits_for_words_and_goes_out_with_them(floor: Floor) -> None:
    place = floor.house.far.keep_file(PNG)
    await floor.say(ANN, "photo.png", msgtype="m.image", url=place)
    await floor.word("1 file(s) go out with your next words")
    await floor.say(ANN, "Here it is.")
    turn = await floor.turn()
    assert turn.text == "Here it is."
    assert [b64decode(file) for file in turn.files] == [PNG]
    assert turn.links == ()


async def test_a_picture_with_a_caption_goes_at_once_and_stays_with_a_correction(floor: Floor) -> None:
    place = floor.house.far.keep_file(PNG)
    event = await floor.say(ANN, "Here it is.", msgtype="m.image", url=place, filename="photo.png")
    assert len((await floor.turn()).files) == 1
    relation, newer = {"rel_type": "m.replace", "event_id": event}, {"msgtype": "m.text", "body": "There it is."}
    await floor.say(ANN, "* There it is.", **{"m.new_content": newer, "m.relates_to": relation})
    turn = await floor.turn()
    assert (turn.text, len(turn.files)) == ("There it is.", 1)


async def test_a_picture_that_is_removed_or_dropped_goes_nowhere(floor: Floor) -> None:
    event = await floor.say(ANN, "photo.png", msgtype="m.image", url=floor.house.far.keep_file(PNG))
    await floor.tell("m.room.redaction", ANN, {}, redacts=event)
    await floor.say(ANN, "other.png", msgtype="m.image", url=floor.house.far.keep_file(PNG))
    await floor.say(ANN, "!drop")
    await floor.word("Not sent, and forgotten: 1 file(s)")
    await floor.say(ANN, "words alone")
    turn = await floor.turn()
    assert (turn.text, turn.files, turn.links) == ("words alone", (), ())


@pytest.mark.parametrize("place", ["mxc://acd.test/gone", "mxc://acd.test/large", "mxc://other.test/x"])
async def test_words_whose_file_cannot_be_had_keep_its_address(floor: Floor, place: str) -> None:
    """So that they are held, and never go out without it."""
    floor.house.far._files["large"] = b"x" * (16 * 1024 * 1024 + 1), "image/png"
    await floor.say(ANN, "Look.", msgtype="m.image", url=place, filename="photo.png")
    turn = await floor.turn()
    assert (turn.text, turn.files, turn.links) == ("Look.", (), (place,))


async def test_too_long_words_are_refused(floor: Floor) -> None:
    await floor.say(ANN, "x" * 20_001)
    await floor.word("Not sent: more than 20000")
    await floor.nothing()


async def test_orders_of_mails_work_and_closing_ends_the_conversation(floor: Floor) -> None:
    await floor.say(ANN, "#close")
    assert (await floor.turn()).text == "#close"
    await floor.say(ANN, "!done")
    await floor.word(f"{proxy('support').conversation[:4]} has ended.")


async def test_a_port_in_use_is_a_temporary_problem(floor: Floor) -> None:
    other = floor.house.restarted().inbox()
    with pytest.raises(TemporaryProblem, match="cannot be opened"):
        await other.fetch(NOW)
    await other.close()


async def test_users_and_rooms_are_known_to_the_homeserver_as_far_as_they_are_there(floor: Floor) -> None:
    import aiohttp

    ghost = next(user for user in floor.room.members if user.startswith("@bridge_c."))
    root, bearer = f"{floor.house.far.service}/_matrix/app/v1", {"Authorization": f"Bearer {HS_TOKEN}"}
    found = {}
    async with aiohttp.ClientSession(headers=bearer) as session:
        for path in (f"users/{ghost}", "users/@bridge_no:acd.test", "rooms/%23bridge_x:acd.test", "protocol/irc"):
            async with session.get(f"{root}/{path}") as answer:
                found[path.partition("/")[0] + str(answer.status)] = (await answer.json()).get("errcode")
        async with session.post(f"{root}/ping", json={}) as answer:
            assert answer.status == HTTPStatus.OK
    assert found == {
        "users200": None,
        "users404": "M_NOT_FOUND",
        "rooms404": "M_NOT_FOUND",
        "protocol404": "M_UNRECOGNIZED",
    }


async def test_many_transactions_at_once_lose_nothing(floor: Floor) -> None:
    events = [floor.house.message(floor.room.id, ANN, f"number {number}") for number in range(40)]
    await asyncio.gather(*(floor.house.far.bring(event) for event in events))
    found: set[str] = set()
    while len(found) < 40:
        for letter in await floor.inbox.fetch(SOON):
            found.add(str(json.loads(letter.raw)["text"]))
            await floor.inbox.file(letter, LetterOutcome.ANSWER)
    assert found == {f"number {number}" for number in range(40)}
