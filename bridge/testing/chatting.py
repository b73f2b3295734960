"""A town whose agents chat: the real daemon between a forum and a connector, with a mail desk beside the chat."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bridge.testing.fakes.connector import Connector
from bridge.testing.fakes.forum import Forum
from bridge.testing.node import Node, free_port
from bridge.testing.town import AGENT, Town

SECRET = "connector-secret-of-tests"  # noqa: S105 - known to this town alone
SECONDS = 150
"""How long anything may take to reach its far end."""

RULES = """
[[rule]]
name = "help"
when = { any_word = ["help"] }
points = 3

[[route]]
name = "chat"
when = { min_points = 3 }
desk = "chat"
"""

_CHAT = """
    [desk.chat]
    kind = "webhook"
    inbox = "chat"
    url = "{url}"
    secret = {{ credential = "connector-secret" }}
    timeout = "2s"
    live = true
    agents = ["ann@acd.test", "lea@acd.test"]
    allow_links = ["acme.test"]
    {keys}

    [inbox.chat]
    kind = "webhook"
    listen = "127.0.0.1:{port}"
    secret = {{ credential = "connector-secret" }}
    away_to = "support"
    patience = "3s"
"""


@dataclass(slots=True, kw_only=True)
class ChatTown:
    """The people around one daemon."""

    town: Town
    forum: Forum
    connector: Connector
    node: Node
    answered: dict[str, "asyncio.Task[Mapping[str, Any]]"] = field(default_factory=dict)
    """What is brought, or was, by the id of its event."""

    def say(self, about: Mapping[str, Any], text: str, *, event_id: str, **fields: Any) -> None:
        """An agent answers in the chat; the connector brings it until it is acknowledged. The same id is brought once."""
        if event_id not in self.answered:
            event = self.connector.event(about, "answer", text=text, **({"id": event_id} | fields))
            self.answered[event_id] = asyncio.create_task(self.connector.bring(event))

    async def until(self, what: Callable[[], object], why: str) -> None:
        """Wait for something at the far ends; fails with the daemon's log."""
        for _ in range(SECONDS * 20):
            if what():
                return
            await asyncio.sleep(0.05)
        pytest.fail(f"{why}\n{self.node.said()[-6000:]}")

    async def start(self) -> None:
        """Start the daemon and wait until it has met the forum and listens."""
        told = len(self.node.said())
        await self.node.start()
        listens = ('"porch_opened"', '"started"')
        await self.until(lambda: all(word in self.node.said()[told:] for word in listens), "the daemon did not start")
        await self.until(lambda: '"state": "well"' in self.node.said(), "the daemon did not poll")


@asynccontextmanager
async def chat_town(root: Path, *, keys: str, through: Callable[[str], str] = str) -> AsyncIterator[ChatTown]:
    """One whose daemon is not started yet; `keys` are TOML of the chat desk, `through` gives another address of the connector."""
    town, forum, connector = Town(root=root), Forum(journal=None, brand="acme"), Connector(secret=SECRET, journal=None)
    await forum.start()
    url, port = await connector.start(), free_port()
    connector.inbox = f"http://127.0.0.1:{port}/v1/events"
    more = _CHAT.format(url=through(url), port=port, keys=keys).replace("\n    ", "\n")
    town.write(endpoint=forum.url, account=forum.brand.id, token=forum.token, more=more)
    file = town.configuration / "bridge.toml"
    file.write_text(
        file.read_text().replace('interval = "1s"\n', 'interval = "200ms"\ntimeout = "2s"\nin_flight = "1s"\n')
    )
    secret = town.configuration / "credentials" / "connector-secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    town.rules(RULES)
    made = ChatTown(town=town, forum=forum, connector=connector, node=Node(town.configuration, log=root / "log"))
    try:
        yield made
    finally:
        await made.node.kill()
        for task in made.answered.values():
            task.cancel()
        await asyncio.gather(*made.answered.values(), return_exceptions=True)
        await connector.stop()
        await forum.stop()


__all__ = ["AGENT", "SECRET", "ChatTown", "chat_town"]
