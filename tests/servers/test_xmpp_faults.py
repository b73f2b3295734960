"""The line between us and a real Prosody is spoiled in every way that connections can be: nothing is lost, doubled or crossed."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.access.files import Files
from bridge.access.xmpp.exchange import Exchange
from bridge.access.xmpp.line import Address, Patience
from bridge.access.xmpp.shared import board
from bridge.core.proxies import Sealed
from bridge.core.replies import LetterOutcome
from bridge.desks import xmpp as desks
from bridge.inboxes.xmpp import XmppInbox
from bridge.ports import Fittings, TemporaryProblem, UncertainProblem
from bridge.testing import desks as suite
from bridge.testing.chatter import Agent
from bridge.testing.faults import FaultProxy
from bridge.testing.prosody import COMPONENT, DOMAIN, PACKAGES, PROGRAM, SECRET, Prosody, prosody
from bridge.testing.toxics import Bandwidth, CutAfter, Latency, LimitData, ResetPeer, Slicer, Timeout, Toxic

pytestmark = pytest.mark.timeout(120)

QUICK = Patience(connect=2.0, answer=1.0, quiet=0.5, pause=0.05, longest=0.2)


@pytest.fixture
def server(require: Callable[[Collection[str], Collection[str]], None]) -> Iterator[Prosody]:
    require([PROGRAM], PACKAGES)
    with prosody("ann") as server:
        yield server


@dataclass
class Talk:
    """One agent who is given everything, behind a line that can be spoiled."""

    proxy: FaultProxy
    desk: desks.XmppDesk
    inbox: XmppInbox
    ann: Agent

    def sealed(self, number: int) -> Sealed:
        made = suite.proxy("support")
        post = replace(made.post, id=f"p{number}", text=f"words {number}", title="")
        key = f"inject:forum/p{number}"
        return self.desk.seal(replace(made, key=key, post=post, conversation=post.conversation.id))

    async def bring(self, number: int) -> None:
        """As the courier does: again, until it is certain."""
        async with asyncio.timeout(30):
            while True:
                try:
                    await self.desk.inject(self.sealed(number))
                except (TemporaryProblem, UncertainProblem):
                    await asyncio.sleep(0.05)
                else:
                    return

    @property
    def window(self) -> str:
        return next((w for w in list(self.ann.windows) if self.ann.words(w)), "")

    async def shown(self, count: int) -> None:
        """Wait until so many different words stand in the window."""
        await self.ann.until(lambda: self.window and len(set(self.ann.words(self.window))) >= count)

    async def letters(self, count: int) -> list[str]:
        found: list[str] = []
        async with asyncio.timeout(30):
            while len(found) < count:
                for letter in await self.inbox.fetch(timedelta(seconds=1)):
                    await self.inbox.file(letter, LetterOutcome.ANSWER)
                    found.append(json.loads(letter.raw)["text"])
        return found


@pytest.fixture
async def talk(server: Prosody, tmp_path: Path, fittings: Fittings) -> AsyncIterator[Talk]:
    async with FaultProxy("127.0.0.1", server.component) as proxy:
        address = Address(domain=COMPONENT, server=DOMAIN, host="127.0.0.1", port=proxy.port, secret=SECRET)
        exchange = Exchange(address, tmp_path, fittings.clock, patience=QUICK)
        files = Files("chat", [], user_agent="tests")
        inbox = XmppInbox("chat", board(COMPONENT, fittings).connect(exchange), fittings.clock, files=files)
        given = {"domain": COMPONENT, "assign": "direct", "agents": [f"ann@{DOMAIN}"], "patience": "30s"}
        desk = desks.build("support", desks.Settings.model_validate(given), fittings)
        ann = Agent(server, "ann")
        await inbox.fetch(timedelta(0))
        await ann.log_in()
        talk = Talk(proxy, desk, inbox, ann)
        await talk.bring(0)
        await talk.shown(1)
        yield talk
        with suppress(Exception):
            await ann.log_out()
        await desk.close()
        await inbox.close()


TOXICS: list[tuple[str, list[Toxic], list[Toxic]]] = [
    ("slow", [Latency(seconds=0.1, jitter=0.1)], [Latency(seconds=0.1, jitter=0.1)]),
    ("narrow", [Bandwidth(rate=20_000)], [Bandwidth(rate=20_000)]),
    ("sliced", [Slicer(size=7)], [Slicer(size=7)]),
    ("reset on the way up", [ResetPeer()], []),
    ("reset on the way down", [], [ResetPeer()]),
    ("cut in a stanza", [LimitData(limit=700)], []),
    ("cut in an answer", [], [LimitData(limit=300)]),
    ("taken and the answer lost", [CutAfter(word=b"words 2")], []),
    ("the receipt lost", [], [CutAfter(word=b"received")]),
    ("silent", [Timeout(seconds=None)], []),
    ("deaf", [], [Timeout(seconds=None)]),
]


@pytest.mark.parametrize(("up", "down"), [row[1:] for row in TOXICS], ids=[row[0] for row in TOXICS])
async def test_ft06_a_spoiled_line_loses_and_doubles_no_words_of_a_customer(
    talk: Talk, up: list[Toxic], down: list[Toxic]
) -> None:
    talk.proxy.up[:], talk.proxy.down[:] = up, down
    bringing = [asyncio.create_task(talk.bring(number)) for number in range(1, 6)]
    await asyncio.wait(bringing, timeout=2)
    talk.proxy.up.clear()
    talk.proxy.down.clear()
    if any(isinstance(toxic, Timeout) for toxic in (*up, *down)):
        talk.proxy.reset_all()
    await asyncio.gather(*bringing)
    await talk.shown(6)
    assert Counter(talk.ann.words(talk.window)) == Counter(f"words {number}" for number in range(6))


async def test_ft07_an_answer_whose_receipt_was_lost_is_one_answer(talk: Talk) -> None:
    talk.proxy.up.append(CutAfter(word=b"received"))
    sent = talk.ann.say(talk.window, "We found it.")
    assert await talk.letters(1) == ["We found it."]
    talk.proxy.up.clear()
    await talk.bring(1)
    await talk.shown(2)
    talk.ann.say(talk.window, "We found it.", id=sent)
    await talk.ann.until(lambda: sent in talk.ann.receipts)
    assert list(await talk.inbox.fetch(timedelta(0))) == []


async def test_a_line_that_stalls_is_noticed_and_dialled_again(talk: Talk) -> None:
    talk.proxy.stall()
    await talk.bring(1)
    await talk.shown(2)
    talk.ann.say(talk.window, "Here I am.")
    assert await talk.letters(1) == ["Here I am."]


async def test_many_breaks_in_a_row_lose_and_double_nothing(talk: Talk) -> None:
    for number in range(1, 16):
        await talk.bring(number)
        talk.proxy.reset_all()
    await talk.shown(16)
    assert Counter(talk.ann.words(talk.window)) == Counter(f"words {number}" for number in range(16))
