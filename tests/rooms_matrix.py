"""A desk and an inbox of kind matrix before a small homeserver, with agents who speak in its rooms, for tests."""

import asyncio
import itertools
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bridge.desks import matrix as desks
from bridge.inboxes import matrix as inboxes
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.fakes.homeserver import AS_TOKEN, HS_TOKEN, FakeHomeserver
from bridge.testing.fakes.homeserver_rooms import BOT, SERVER, Room
from bridge.testing.node import free_port

ANN, BOB, EVE = (f"@{name}:{SERVER}" for name in ("ann", "bob", "eve"))
AGENTS = ("ann@acd.test", "bob@acd.test")


@dataclass(slots=True, kw_only=True)
class MatrixHouse:
    """What is on both sides of one application service."""

    far: FakeHomeserver
    url: str
    path: Path
    fittings: Fittings
    port: int = field(default_factory=free_port)
    assign: str = "claim"
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def restarted(self) -> "MatrixHouse":
        """The same with nothing of the process left but its disk."""
        return replace(self, fittings=replace(self.fittings, shared={}))

    def inbox(self) -> inboxes.MatrixInbox:
        """An inbox, in the hall of this house."""
        self.far.service = f"http://127.0.0.1:{self.port}"
        settings = inboxes.Settings(
            homeserver=self.url,
            server=SERVER,
            listen=f"127.0.0.1:{self.port}",
            as_token=Secret(AS_TOKEN),
            hs_token=Secret(HS_TOKEN),
            path=self.path,
            timeout=timedelta(seconds=1),
        )
        return inboxes.build("rooms", settings, self.fittings)

    def desk(self, **more: Any) -> desks.MatrixDesk:
        """A desk, with the inbox that brings its hall."""
        self.inbox()
        given = {"server": SERVER, "assign": self.assign, "agents": list(AGENTS)} | more
        return desks.build("support", desks.Settings.model_validate(given), self.fittings)

    def message(self, room: str, sender: str, text: str, **content: Any) -> dict[str, Any]:
        """What somebody writes, as the homeserver brings it."""
        return self.event("m.room.message", room, sender, {"msgtype": "m.text", "body": text, **content})

    def event(self, kind: str, room: str, sender: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Any event of a room."""
        name = f"$said{next(self._numbers)}"
        return {"type": kind, "event_id": name, "room_id": room, "sender": sender, "content": content, **more}

    def room(self, alias: str) -> Room:
        """A room by the localpart of its alias."""
        return self.far.rooms.rooms[self.far.rooms.by_alias(f"#bridge_{alias}:{SERVER}")]

    @property
    def customers(self) -> list[Room]:
        """Rooms of conversations, in the order in which they were made."""
        return [room for room in self.far.rooms.rooms.values() if len(room.members) > 1 and _has_ghost(room)]

    def told(self, room: Room) -> list[str]:
        """What the bot said in a room."""
        return [event["content"]["body"] for event in room.events if event["sender"] == BOT]

    async def until(self, what: Any) -> Any:
        """Wait until something can be seen at the homeserver, and give it."""
        async with asyncio.timeout(5):
            while not (found := what()):  # noqa: ASYNC110 - the fake tells nobody
                await asyncio.sleep(0.01)
        return found


def _has_ghost(room: Room) -> bool:
    return any(user.startswith("@bridge_c.") for user in room.members)
