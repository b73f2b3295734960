"""One conversation goes from a chat to Genesys Cloud and on to Chatwoot, and is answered in each, by the real daemon."""

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest

from bridge.testing.chatting import ChatTown, chat_town
from bridge.testing.fakes.chatwoot import IDENTIFIER, Chatwoot
from bridge.testing.fakes.genesys import INTEGRATION, Genesys
from bridge.testing.node import free_port, surroundings

pytestmark = pytest.mark.timeout(180)

SECRET = "connector-secret-of-tests"
DESKS = """
undo = "0s"
i_accept_no_undo = true

[desk.genesys]
kind = "genesys"
inbox = "genesys"
url = "{genesys}"
login_url = "{genesys}"
integration = "{integration}"
client_id = "{client}"
client_secret = {{ credential = "genesys-client" }}
live = true
undo = "0s"
i_accept_no_undo = true
way = "system"
system_senders = ["genesys@acd.test"]

[inbox.genesys]
kind = "genesys"
listen = "127.0.0.1:{genesys_port}"
secret = {{ credential = "connector-secret" }}
sender = "genesys@acd.test"

[desk.chatwoot]
kind = "chatwoot"
inbox = "chatwoot"
url = "{chatwoot}"
identifier = {{ credential = "chatwoot-identifier" }}
live = true
undo = "0s"
i_accept_no_undo = true
agents = ["ann@acd.test"]

[inbox.chatwoot]
kind = "chatwoot"
listen = "127.0.0.1:{chatwoot_port}"
secret = {{ credential = "connector-secret" }}
"""


async def bridge(town: ChatTown, *words: str) -> str:
    """A command of the bridge beside the daemon."""
    command = [sys.executable, "-m", "bridge", *words, "--config", str(town.town.configuration)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=surroundings())
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


def keep(town: ChatTown, name: str, value: str) -> None:
    file = town.town.configuration / "credentials" / name
    file.write_text(value)
    file.chmod(0o600)


async def test_a_conversation_goes_round_and_each_desk_speaks(tmp_path: Path) -> None:
    genesys, chatwoot = Genesys(secret=SECRET, journal=None), Chatwoot(secret=SECRET, journal=None)
    ports = {"genesys_port": free_port(), "chatwoot_port": free_port()}
    genesys.inbox = f"http://127.0.0.1:{ports['genesys_port']}/genesys"
    chatwoot.inbox = f"http://127.0.0.1:{ports['chatwoot_port']}/chatwoot"
    places = {"genesys": await genesys.start(), "chatwoot": await chatwoot.start(), "integration": INTEGRATION}
    keys = DESKS.format(**places, **ports, client=genesys.client[0])
    async with chat_town(tmp_path, keys=keys) as town:
        keep(town, "genesys-client", genesys.client[1])
        keep(town, "chatwoot-identifier", IDENTIFIER)
        await town.start()
        try:
            await round_trip(town, genesys, chatwoot)
        finally:
            await genesys.stop()
            await chatwoot.stop()


async def round_trip(town: ChatTown, genesys: Genesys, chatwoot: Chatwoot) -> None:
    topic = town.forum.write("jane", "please help me", title="Help")
    await town.until(town.connector.documents, "the chat got nothing")
    (about,) = town.connector.documents()
    town.say(about, "#escalate genesys", event_id="e1")

    await town.until(genesys.messages, "genesys got nothing")
    message = genesys.messages()[0]
    assert "please help me" in message["text"]
    address = message["channel"]["from"]["id"]
    first = json.dumps(genesys.outbound(address, "Genesys speaks.")).encode()
    assert await genesys.notify(first) == (200, {"outcome": "held"})
    await bridge(town, "desk", "confirm", "genesys")
    second = json.dumps(genesys.outbound(address, "Genesys speaks again.")).encode()
    assert await genesys.notify(second) == (200, {"outcome": "answer"})
    assert await genesys.notify(second) == (200, {"outcome": "replay"})
    bot = json.dumps(genesys.outbound(address, "I am a bot.", originatingEntity="Bot")).encode()
    assert await genesys.notify(bot) == (200, {"outcome": "automatic"})
    await town.until(town.forum.said, "the answer from genesys never came")
    assert "Genesys speaks." in await shown(town)

    await genesys.notify(json.dumps(genesys.outbound(address, "#escalate chatwoot")).encode())
    await town.until(chatwoot.messages, "chatwoot got nothing")
    seen = str(chatwoot.messages()[0]["content"])
    assert "| " in seen
    assert "Genesys speaks again." in seen
    (conversation,) = chatwoot.conversations
    private = json.dumps(chatwoot.outgoing(conversation, "He is a nuisance.", private=True)).encode()
    assert (await chatwoot.call(private))[0] == 202
    said = json.dumps(chatwoot.outgoing(conversation, "Chatwoot speaks.")).encode()
    assert await chatwoot.call(said) == (200, {"outcome": "answer"})
    await town.until(lambda: len(town.forum.said()) == 2, "the answer from chatwoot never came")
    assert [item.text for item in town.forum.said()] == ["Genesys speaks again.", "Chatwoot speaks."]
    assert {item.topic for item in town.forum.said()} == {topic}


async def shown(town: ChatTown) -> str:
    """Every held letter, as an operator sees it."""
    listed = await bridge(town, "held", "list", "--json")
    keys = dict.fromkeys(re.findall(r"\b[0-9a-f]{64}\b", listed))
    return "\n".join([await bridge(town, "held", "show", key) for key in keys])
