"""An agent with an ordinary Matrix client, on mautrix, for tests: sees what such a client shows, and knows nothing of the bridge."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mautrix.api import Method, Path
from mautrix.client import ClientAPI
from mautrix.errors import MatrixConnectionError
from mautrix.types import (
    EventID,
    EventType,
    ImageInfo,
    MediaMessageEventContent,
    MessageType,
    RoomID,
    TextMessageEventContent,
    UserID,
)

from bridge.testing.synapse import SERVER, Synapse

SECONDS = 20.0
_PASSWORD = "agent-password"  # noqa: S105 - of a server that lives for one test
_PATIENCE = 10_000
"""Milliseconds that the server may wait with its answer until something happens."""

_AGAIN = 0.2
"""Seconds between two tries while the server is away."""


class Agent:
    """One account with one client; `rooms` holds who said what in each."""

    def __init__(self, server: Synapse, name: str) -> None:
        self.id = UserID(f"@{name}:{SERVER}")
        self.rooms: dict[str, list[tuple[str, str]]] = defaultdict(list)
        """Sender and words, notices and all."""
        self.names: dict[str, str] = {}
        """What rooms are called."""
        self.people: dict[str, dict[str, Any]] = defaultdict(dict)
        """Name and picture of who is in a room, by their id."""
        self.invites: list[str] = []
        self.left: set[str] = set()
        self.client = ClientAPI(self.id, base_url=server.url)
        self._changed = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    async def log_in(self) -> None:
        """Make the account where it is not there yet, log in, and listen."""
        wanted = {"username": self.id[1:].partition(":")[0], "password": _PASSWORD, "auth": {"type": "m.login.dummy"}}
        with suppress(Exception):
            await self.client.api.request(Method.POST, Path.v3.register, wanted | {"inhibit_login": True})
        await self.client.login(password=_PASSWORD)
        self._listening = asyncio.create_task(self._listen())

    async def log_out(self) -> None:
        """Listen no more."""
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self.client.api.session.close()

    async def until(self, seen: Callable[[], Any]) -> Any:
        """Wait until something can be seen, and give it."""
        async with asyncio.timeout(SECONDS):
            while not (found := seen()):
                self._changed.clear()
                await self._changed.wait()
        return found

    async def enter(self, name: str) -> str:
        """Follow the invitation into the room that is called so, or begins so; its id."""
        room = await self.until(lambda: next((r for r in self.invites if self.names.get(r, "").startswith(name)), ""))
        await self.client.join_room_by_id(RoomID(room))
        self.invites.remove(room)
        return str(room)

    async def leave(self, room: str) -> None:
        """Leave a room."""
        await self.client.leave_room(RoomID(room))

    async def say(self, room: str, text: str) -> str:
        """Write into a room; the event."""
        return str(await self.client.send_text(RoomID(room), text))

    async def correct(self, room: str, event: str, text: str) -> str:
        """Edit what one said."""
        content = TextMessageEventContent(msgtype=MessageType.TEXT, body=text)
        content.set_edit(EventID(event))
        return str(await self.client.send_message(RoomID(room), content))

    async def answer(self, room: str, event: str, text: str) -> str:
        """Answer a certain message."""
        relation = {"m.in_reply_to": {"event_id": event}}
        content: dict[str, Any] = {"msgtype": "m.text", "body": text, "m.relates_to": relation}
        return str(await self.client.send_message_event(RoomID(room), EventType.ROOM_MESSAGE, content))  # type: ignore[arg-type]

    async def send_picture(self, room: str, content: bytes, *, caption: str) -> str:
        """Upload a picture and send it, as clients do."""
        place = await self.client.upload_media(content, mime_type="image/png", filename="photo.png")
        message = MediaMessageEventContent(
            msgtype=MessageType.IMAGE,
            url=place,
            body=caption or "photo.png",
            info=ImageInfo(mimetype="image/png", size=len(content)),
        )
        if caption:
            message.filename = "photo.png"
        return str(await self.client.send_message(RoomID(room), message))

    async def _listen(self) -> None:
        since = None
        while True:
            try:
                found: Any = await self.client.sync(since=since, timeout=_PATIENCE)
            except MatrixConnectionError:
                await asyncio.sleep(_AGAIN)
                continue
            since = found["next_batch"]
            rooms = found.get("rooms", {})
            for room, about in rooms.get("invite", {}).items():
                self._learn(room, about["invite_state"]["events"])
                self.invites.append(room)
            for room, about in rooms.get("join", {}).items():
                self.left.discard(room)
                self._learn(room, [*about.get("state", {}).get("events", []), *about["timeline"]["events"]])
            self.left |= set(rooms.get("leave", {}))
            self._changed.set()

    def _learn(self, room: str, events: list[dict[str, Any]]) -> None:
        for event in events:
            match event:
                case {"type": "m.room.name", "content": {"name": name}}:
                    self.names[room] = name
                case {"type": "m.room.member", "state_key": user, "content": dict(content)}:
                    self.people[room][user] = content
                case {"type": "m.room.message", "sender": sender, "content": {"body": text}}:
                    self.rooms[room].append((sender, text))
