"""Two hundred conversations at once with ten agents on a real Prosody: no message is lost, doubled or crossed."""

import hashlib
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.core.model import Author, Kind, Post
from bridge.core.proxies import Sealed
from bridge.desks import xmpp as desks
from bridge.inboxes import xmpp as inboxes
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing import desks as suite
from bridge.testing.chat_crowd import Crowd, seen_by
from bridge.testing.chatter import Agent
from bridge.testing.prosody import COMPONENT, DOMAIN, PACKAGES, PROGRAM, ROOMS, SECRET, prosody

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("crowd")]

ROOM = f"queue@{ROOMS}"
CUSTOMERS, AGENTS, TURNS = 200, 10, 3


def made(desk: desks.XmppDesk, number: int, turn: int) -> Sealed:
    proxy = suite.proxy("support")
    author = Author(id=f"u{number}", name=f"Customer {number}")
    post: Post = replace(
        proxy.post,
        id=f"{number}-{turn}",
        thread=f"t{number}",
        author=author,
        kind=Kind.COMMENT,
        text=f"c{number} m{turn}",
    )
    key = f"inject:forum/{post.id}"
    return desk.seal(replace(proxy, key=key, post=post, conversation=post.conversation.id))


def claim(agent: Agent, number: int) -> None:
    """Each conversation is claimed by three agents at once; the first of them has it."""

    def claims(code: str) -> bool:
        chance = hashlib.sha256(code.encode()).digest()[0]
        return any((chance + more) % AGENTS == number for more in range(3))

    def heard(message: Any) -> None:
        announced = str(message["body"]).split("\n") if message["mucnick"] == "queue" else []
        for line in announced:
            if line.startswith("!take ") and claims(line.partition(" ")[2]):
                agent.say_in(ROOM, line)

    agent.client.add_event_handler("groupchat_message", heard)


@pytest.mark.parametrize("way", ["claim", "direct"])
async def test_two_hundred_conversations_at_once(
    tmp_path: Path, fittings: Fittings, way: str, require: Callable[[Collection[str], Collection[str]], None]
) -> None:
    require([PROGRAM], PACKAGES)
    names = [f"agent{number}" for number in range(AGENTS)]
    with prosody(*names) as server:
        settings = inboxes.Settings(
            domain=COMPONENT, host="127.0.0.1", port=server.component, secret=Secret(SECRET), path=tmp_path
        )
        inbox = inboxes.build("chat", settings, fittings)
        given = {"domain": COMPONENT, "assign": way, "agents": [f"{name}@{DOMAIN}" for name in names], "most": 100}
        given |= {"room": ROOM} if way == "claim" else {}
        desk = desks.build("support", desks.Settings.model_validate(given), fittings)
        await inbox.fetch(timedelta(0))
        await desk.inject(made(desk, 9999, 0))
        crowd, agents = Crowd(turns=TURNS), [Agent(server, name) for name in names]
        try:
            for number, agent in enumerate(agents):
                crowd.listen(agent) if way == "claim" else None
                await agent.log_in()
                if way == "claim":
                    await agent.join(ROOM)
                    claim(agent, number)
            if way == "direct":
                await agents[0].until(lambda: any(agent.windows for agent in agents))
                for agent in agents:
                    agent.windows.clear()
                    crowd.listen(agent)
            await crowd.speak(desk, CUSTOMERS, lambda number, turn: made(desk, number, turn), inbox)
        finally:
            for agent in agents:
                with suppress(Exception):
                    await agent.log_out()
            await desk.close()
            await inbox.close()
    assert crowd.faults == []
    assert sorted(seen_by(agents).values()) == sorted(crowd.said.values())
