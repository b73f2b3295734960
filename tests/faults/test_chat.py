"""FT01, FT04, FT06 and FT07 around a chat: daemon and connector die, lines are slow, cut and silent, and no turn is lost, doubled or crossed."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from yarl import URL

from bridge.testing.chatting import ChatTown, chat_town
from bridge.testing.checker import TAG, check
from bridge.testing.fakes.faults import Mode
from bridge.testing.faults import FaultProxy
from bridge.testing.toxics import Bandwidth, Latency, LimitData, ResetPeer, Slicer, Toxic

pytestmark = pytest.mark.timeout(7200)

ROUNDS = {"ci": 6, "release": 200}[os.environ.get("BRIDGE_FAULTS", "ci")]
KEYS = 'undo = "0s"\ni_accept_no_undo = true\nbreaker = { per_desk_hour = 9999, per_agent_hour = 9999 }'


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[tuple[ChatTown, FaultProxy]]:
    """A town whose documents go to the connector through a line that can be spoiled."""
    async with chat_town(tmp_path, keys=KEYS) as town:
        there = URL(town.connector.url)
        async with FaultProxy("127.0.0.1", there.port or 0) as proxy:
            file = town.town.configuration / "bridge.toml"
            file.write_text(file.read_text().replace(f":{there.port}/chat", f":{proxy.port}/chat"))
            await town.start()
            yield town, proxy


def write(town: ChatTown, number: int) -> None:
    """One customer more writes."""
    town.forum.write_private(f"jane{number}", f"post-{number:04} please help")


def answer_all(town: ChatTown) -> None:
    """The agent answers, once, whatever was not answered yet."""
    for document in town.connector.documents():
        (tag,) = TAG.findall(document["post"]["text"])
        own = tag.replace("post", "answer")
        town.say(document, f"{own} It works again.", event_id=own)


def mails(town: ChatTown) -> list[EmailMessage]:
    """The documents as the checker of fault tests reads mails."""
    found = []
    for document in town.connector.documents():
        mail = EmailMessage()
        mail["Message-ID"] = document["id"]
        mail.set_content(document["post"]["text"])
        found.append(mail)
    return found


def fine(town: ChatTown, count: int) -> bool:
    wanted = [f"{word}-{number:04}" for word in ("post", "answer") for number in range(count)]
    return check(wanted, mails=mails(town), said=[item.text for item in town.forum.said()]).fine


async def settled(town: ChatTown, count: int) -> None:
    """Everything is where it belongs: once, and in its own conversation."""

    def everywhere() -> bool:
        answer_all(town)
        return fine(town, count)

    await town.until(everywhere, "something is lost or doubled")
    assert len(town.forum.said()) == count
    for item in town.forum.said():
        assert item.to
        assert re.findall(r"\d{4}", item.text) == [f"{int(item.to.name.removeprefix('jane')):04}"]


async def test_ft04_a_connector_that_dies_and_comes_back_costs_nothing(line: tuple[ChatTown, FaultProxy]) -> None:
    town, _proxy = line
    port = URL(town.connector.url).port or 0
    for number in range(ROUNDS):
        write(town, number)
        await town.connector.stop()
        await asyncio.sleep(0.3)
        await town.connector.start(port)
        answer_all(town)
    await settled(town, ROUNDS)


async def test_ft01_a_daemon_that_is_killed_acknowledges_nothing_that_it_forgets(
    line: tuple[ChatTown, FaultProxy],
) -> None:
    town, _proxy = line
    for number in range(ROUNDS):
        write(town, number)
        await asyncio.sleep(0.2 * (number % 4))
        answer_all(town)
        await asyncio.sleep(0.05 * (number % 3))
        await town.node.kill()
        await town.start()
    await settled(town, ROUNDS)


@pytest.mark.parametrize(
    "toxics",
    [
        (Latency(seconds=0.3),),
        (Slicer(size=40),),
        (Bandwidth(rate=20_000),),
        (LimitData(limit=500),),
        (ResetPeer(seconds=0.05),),
    ],
    ids=lambda toxics: type(toxics[0]).__name__,
)
async def test_ft06_spoiled_lines_lose_and_double_nothing(
    line: tuple[ChatTown, FaultProxy], toxics: tuple[Toxic, ...]
) -> None:
    town, proxy = line
    proxy.up += toxics
    for number in range(4):
        write(town, number)
    await asyncio.sleep(2)
    proxy.up.clear()
    proxy.reset_all()
    await settled(town, 4)


@pytest.mark.parametrize(
    "mode", [Mode.ACCEPT_THEN_HANG, Mode.ACCEPT_THEN_CUT, Mode.ACCEPT_THEN_ERROR, Mode.CUT, Mode.ERROR, Mode.RATE_LIMIT]
)
async def test_ft07_a_cut_between_request_and_answer_is_one_message(
    line: tuple[ChatTown, FaultProxy], mode: Mode
) -> None:
    """The repeat bears the same key, so the connector has one of them."""
    town, _proxy = line
    town.connector.faults.set(mode, times=2, amount=1)
    for number in range(3):
        write(town, number)
    await settled(town, 3)
    keys = [entry.fields["key"] for entry in town.connector.journal]
    assert len(set(keys)) == 3


async def test_ft07_a_cut_between_a_turn_and_its_acknowledgement_is_one_answer(
    line: tuple[ChatTown, FaultProxy],
) -> None:
    """The connector never hears that the turn is stored, brings it again, and is told that it was taken before."""
    town, _proxy = line
    there = URL(town.connector.inbox)
    async with FaultProxy("127.0.0.1", there.port or 0) as back:
        town.connector.inbox = str(there.with_port(back.port))
        back.down.append(LimitData(limit=20))
        for number in range(4):
            write(town, number)

        def answered() -> bool:
            answer_all(town)
            return len(town.forum.said()) == 4

        await town.until(answered, "the answers never came")
        assert not any(task.done() for task in town.answered.values())
        back.down.clear()
        back.reset_all()
        outcomes = await asyncio.gather(*town.answered.values())
        await settled(town, 4)
    assert [outcome["outcome"] for outcome in outcomes] == ["replay"] * 4
