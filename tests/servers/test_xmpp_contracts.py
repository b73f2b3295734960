"""The XMPP desk and inbox keep the contracts of desks and inboxes, with a real Prosody between us and the agent."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.core.proxies import Sealed
from bridge.core.replies import Letter, Turn
from bridge.desks import xmpp as desks
from bridge.inboxes import xmpp as inboxes
from bridge.letters.chat import SCHEMA
from bridge.letters.turns import written
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing import desks as suite
from bridge.testing.chatter import Agent
from bridge.testing.desks import DeskContract
from bridge.testing.inboxes import InboxContract
from bridge.testing.prosody import COMPONENT, DOMAIN, PACKAGES, PROGRAM, SECRET, Prosody, prosody

AGENT = "agent1"


@pytest.fixture
def server(require: Callable[[Collection[str], Collection[str]], None]) -> Iterator[Prosody]:
    require([PROGRAM], PACKAGES)
    with prosody(AGENT) as server:
        yield server


def inbox_at(server: Prosody, path: Path, fittings: Fittings) -> inboxes.XmppInbox:
    settings = inboxes.Settings(
        domain=COMPONENT, host="127.0.0.1", port=server.component, secret=Secret(SECRET), path=path
    )
    return inboxes.build("chat", settings, fittings)


@dataclass
class ChatQueue:
    """What the agent's windows show who is given every conversation."""

    server: Prosody
    path: Path
    fittings: Fittings
    agent: Agent

    def desk(self) -> desks.XmppDesk:
        inbox_at(self.server, self.path, self.fittings)
        given = {"domain": COMPONENT, "assign": "direct", "agents": [f"{AGENT}@{DOMAIN}"], "most": 100}
        return desks.build("support", desks.Settings.model_validate(given), self.fittings)

    async def arrived(self) -> Sequence[bytes]:
        """The floor keeps what it was brought, and gives it to the agent while the house is there."""
        inbox = inbox_at(self.server, self.path, self.fittings)
        await inbox.fetch(timedelta(0))
        brought = len(inbox._exchange._floor.chats)
        agent, told = self.agent, "[bridge] Your answer was not published"
        await agent.until(lambda: sum(bool(agent.words(w)) for w in list(agent.windows)) >= brought)
        await agent.until(lambda: brought or self._told(told))
        await inbox.close()
        words = [text for window in list(agent.windows) for text in agent.words(window)]
        return [text.encode() for text in (*words, *self._told(told))]

    def _told(self, beginning: str) -> list[str]:
        texts = [text for window in self.agent.windows.values() for text in window.values()]
        return [text.removeprefix("[bridge] ") for text in texts if text.startswith(beginning)]

    async def vanish(self) -> None:
        self.server.stop()


class TestXmppDesk(DeskContract):
    @pytest.fixture
    async def queue(self, server: Prosody, tmp_path: Path, fittings: Fittings) -> ChatQueue:
        agent = Agent(server, AGENT)
        await agent.log_in()
        yield ChatQueue(server, tmp_path, fittings, agent)
        await agent.log_out()

    def parcel(self, name: str, *, body: bytes = b"Please help.\r\n") -> Sealed:
        desk = "support"
        document = json.loads(_document(suite.proxy(desk)).content)
        document["post"] |= {"text": body.decode().replace("\r\n", "\n"), "title": ""}
        document["conversation"]["id"] = f"{hash(name) % 2**40:016x}".translate(str.maketrans("0189", "abcd"))
        return replace(suite.parcel(name), content=json.dumps(document).encode())

    def seen(self, sealed: Sealed) -> bytes:
        document = json.loads(sealed.content)
        assert document["schema"] == SCHEMA
        if document["type"] == "notice":
            return f"{document['subject']}\n{document['text']}".encode()
        return str(document["post"]["text"]).encode()


def _document(made: object) -> Sealed:
    from bridge.letters.address import KeyRing
    from bridge.letters.chat import Letterhead, chatted

    ring = KeyRing(keys={"k1": b"0" * 32}, signing="k1")
    return chatted(made, Letterhead(desk="support", reply_domain="bridge.test", ring=ring))


@dataclass
class TurnBox:
    """The floor's own file, into which answers are put as the line puts them."""

    server: Prosody
    path: Path
    fittings: Fittings
    last: inboxes.XmppInbox | None = None

    def inbox(self) -> inboxes.XmppInbox:
        self.last = inbox_at(self.server, self.path, self.fittings)
        return self.last

    async def deliver(self, raw: bytes) -> None:
        inbox = self.last or self.inbox()
        inbox._exchange.open(inbox)
        await inbox._exchange.keep(raw, self.fittings.clock.now())

    async def lose(self, letter: Letter) -> None:
        assert self.last
        self.last._exchange.drop(int(letter.uid))


class TestXmppInbox(InboxContract):
    @pytest.fixture
    def box(self, server: Prosody, tmp_path: Path, fittings: Fittings) -> TurnBox:
        return TurnBox(server, tmp_path, fittings)

    def letter(self, name: str) -> bytes:
        turn = Turn(id=name, address="reply+x@bridge.test", sender="ann@acd.test", proof="session", text="hello")
        return written(turn)

    def name(self, found: Letter) -> str:
        return str(json.loads(found.raw)["id"])


async def test_two_inboxes_of_one_component_share_its_line(server: Prosody, tmp_path: Path, fittings: Fittings) -> None:
    one, two = inbox_at(server, tmp_path, fittings), inbox_at(server, tmp_path, fittings)
    await one.fetch(timedelta(0))
    await two.fetch(timedelta(0))
    assert one._exchange is two._exchange
    await one.close()
    await two.close()
