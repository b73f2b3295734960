"""Customers in a chat: answers at once or after the undo window, the same event once, and conversations that move between desks."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge.testing.chatting import AGENT, ChatTown, chat_town
from bridge.testing.town import answer, plain

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[ChatTown]:
    async with chat_town(tmp_path, keys='undo = "1s"') as made:
        await made.start()
        yield made


async def message(town: ChatTown, words: str):
    await town.until(
        lambda: [d for d in town.connector.documents() if words in d["post"]["text"]], f"{words} never came"
    )
    return next(d for d in town.connector.documents() if words in d["post"]["text"])


async def test_a_private_answer_goes_out_at_once_and_a_public_one_can_be_taken_back(town: ChatTown) -> None:
    """G12."""
    town.forum.write_private("jane", "please help in private")
    town.forum.write("bob", "please help in public", title="Help")
    private, public = await message(town, "in private"), await message(town, "in public")
    assert (private["conversation"]["visibility"], public["conversation"]["visibility"]) == ("private", "public")

    begun = time.monotonic()
    town.say(private, "For you alone.", event_id="p1")
    await town.until(town.forum.said, "the private answer never came")
    assert time.monotonic() - begun < 5
    assert town.answered["p1"].result() == {"status": 200, "outcome": "answer"}

    town.say(public, "For everyone.", event_id="o1")
    await town.answered["o1"]
    town.say(public, "For everyone, corrected.", event_id="o2", corrects="o1")
    town.say(public, "And one more.", event_id="o3")
    await town.until(lambda: len(town.forum.said()) == 3, "the public answers never came")
    assert [item.text for item in town.forum.said()] == ["For you alone.", "For everyone, corrected.", "And one more."]


async def test_an_event_that_comes_again_is_published_once(town: ChatTown) -> None:
    town.forum.write_private("jane", "please help")
    about = await message(town, "please help")
    event = town.connector.event(about, "answer", text="Yes.", id="same")
    outcomes = [dict(await town.connector.bring(event))["outcome"] for _ in range(3)]
    meant = town.connector.event(about, "answer", text="Yes.", id="another")
    await town.connector.bring(meant)
    await town.until(lambda: len(town.forum.said()) == 2, "the answers never came")
    assert outcomes == ["answer", "replay", "replay"]
    assert [item.text for item in town.forum.said()] == ["Yes.", "Yes."]


STOPPED = (
    ({"agent": {"id": "eve@evil.test"}}, "held"),
    ({"conversation": "reply+a.abcdefghijklmnop.aaaaaaaaaaaaaaaaaaaaaaaaaa@reply.acme.test"}, "refused"),
    ({"text": "See https://evil.test/login"}, "held"),
    ({"text": "#shout\nHello"}, "held"),
    ({"text": " "}, "held"),
)


async def test_gates_stand_before_a_chat_as_before_mail(town: ChatTown) -> None:
    """G2, G4, G8 and G9; what became of an answer is told to its agent in the chat, and to nobody else."""
    town.forum.write_private("jane", "please help")
    about = await message(town, "please help")
    events = [town.connector.event(about, "answer", **({"text": "Hello."} | changes)) for changes, _ in STOPPED]
    outcomes = [dict(await town.connector.bring(event))["outcome"] for event in events]
    assert outcomes == [outcome for _, outcome in STOPPED]
    await town.until(lambda: len(town.connector.documents("notice")) == 3, "the agent was not told")
    told = {(notice["to"], notice["reason"]) for notice in town.connector.documents("notice")}
    assert told == {("ann@acd.test", reason) for reason in ("content", "unknown_command", "empty")}
    assert {n["conversation"]["address"] for n in town.connector.documents("notice")} == {
        about["conversation"]["address"]
    }
    assert town.forum.said() == []


async def test_a_conversation_moves_to_the_mail_desk_and_back_with_all_that_was_said(town: ChatTown) -> None:
    topic = town.forum.write("jane", "please help me", title="Help")
    about = await message(town, "help me")
    assert not about["moved"]
    town.say(about, "One moment.", event_id="a1")
    await town.until(town.forum.said, "the first answer never came")

    away = dict(await town.connector.bring(town.connector.event(about, "away")))
    assert away == {"status": 200, "outcome": "command"}
    await town.until(town.town.mails, "the mail desk got nothing")
    (mail,) = town.town.mails()
    assert "One moment." in plain(mail)
    assert "please help me" in plain(mail)

    town.town.deliver(answer(mail, "We are on it, by mail.", sender=AGENT).as_bytes())
    await town.until(lambda: len(town.forum.said()) == 2, "the answer by mail never came")
    town.town.deliver(answer(mail, "#escalate chat", sender=AGENT).as_bytes())
    await town.until(lambda: len(town.connector.documents()) == 2, "the chat did not get it back")
    back = town.connector.documents()[-1]
    assert back["moved"]
    assert back["conversation"]["address"] == about["conversation"]["address"]
    assert {"One moment.", "We are on it, by mail."} <= {quote["text"] for quote in back["history"]}

    town.say(back, "Solved.", event_id="a2")
    await town.until(lambda: len(town.forum.said()) == 3, "the last answer never came")
    assert {item.topic for item in town.forum.said()} == {topic}


async def test_a_chat_that_is_closed_opens_again_with_the_next_words(town: ChatTown) -> None:
    town.forum.write_private("jane", "please help")
    about = await message(town, "please help")
    assert dict(await town.connector.bring(town.connector.event(about, "close")))["outcome"] == "command"
    town.forum.write_private("jane", "help, it is broken again")
    again = await message(town, "broken again")
    assert again["conversation"]["address"] == about["conversation"]["address"]
    town.say(again, "We look.", event_id="a1")
    await town.until(town.forum.said, "the answer never came")
