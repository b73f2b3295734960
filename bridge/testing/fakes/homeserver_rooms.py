"""The rooms of a fake homeserver: who is in them, what was said, and what is refused."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.testing.fakes.journal import Journal

SERVER = "acd.test"
PREFIX = "bridge_"
BOT = f"@{PREFIX}bot:{SERVER}"

_MAX_EVENT = 65_536
_CREATING = {
    "preset",
    "room_alias_name",
    "name",
    "invite",
    "initial_state",
    "power_level_content_override",
}


class No(Exception):
    """A refusal, by its `errcode`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True, kw_only=True)
class Room:
    """One room."""

    id: str
    name: str
    members: dict[str, str] = field(default_factory=dict)
    """Memberships by user: join, invite or leave."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """Messages, oldest first."""
    encrypted: bool = False


class Rooms:
    """Everything that a homeserver knows, and who may do what."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.rooms: dict[str, Room] = {}
        self.aliases: dict[str, str] = {}
        self.users: dict[str, dict[str, str]] = {BOT: {}}
        self.encrypts = False
        """Whether new rooms are encrypted by the server itself."""
        self._numbers = itertools.count(1)

    def register(self, local: str) -> None:
        """A user of the service's namespace."""
        user = f"@{local}:{SERVER}"
        if not local.startswith(PREFIX):
            raise No("M_EXCLUSIVE")
        if user in self.users:
            raise No("M_USER_IN_USE")
        self.users[user] = {}

    def make(self, who: str, wanted: Mapping[str, Any]) -> str:
        """A room, found again by its alias."""
        alias = f"#{wanted['room_alias_name']}:{SERVER}"
        if set(wanted) != _CREATING or not alias.startswith(f"#{PREFIX}"):
            raise No("M_BAD_JSON")
        if alias in self.aliases:
            raise No("M_ROOM_IN_USE")
        room = Room(id=f"!room{next(self._numbers)}", name=wanted["name"], encrypted=self.encrypts)
        room.members = {who: "join", **dict.fromkeys(wanted["invite"], "invite")}
        self.rooms[room.id], self.aliases[alias] = room, room.id
        self.journal.append("room", room=room.id, alias=alias)
        return room.id

    def by_alias(self, alias: str) -> str:
        """The room of an alias."""
        if alias not in self.aliases:
            raise No("M_NOT_FOUND")
        return self.aliases[alias]

    def entered(self, room: str, who: str) -> Room:
        """The room, for somebody who is in it."""
        if room not in self.rooms or self.rooms[room].members.get(who) != "join":
            raise No("M_FORBIDDEN")
        return self.rooms[room]

    def join(self, room: str, who: str) -> None:
        """Enter a room to which one was asked."""
        members = self.rooms[room].members if room in self.rooms else {}
        if members.get(who) not in {"join", "invite"}:
            raise No("M_FORBIDDEN")
        members[who] = "join"

    def invite(self, room: str, who: str, user: str) -> None:
        """Ask somebody in; who is there cannot be asked."""
        members = self.entered(room, who).members
        if members.get(user) == "join":
            raise No("M_FORBIDDEN")
        members[user] = "invite"
        self.journal.append("invite", room=room, user=user)

    def kick(self, room: str, who: str, user: str) -> None:
        """Put somebody out; only the bot has the power."""
        members = self.entered(room, who).members
        if who != BOT or members.get(user) not in {"join", "invite"}:
            raise No("M_FORBIDDEN")
        members[user] = "leave"
        self.journal.append("kick", room=room, user=user)

    def say(self, room: str, who: str, content: Mapping[str, Any]) -> str:
        """A message of somebody who is there; its event."""
        at = self.entered(room, who)
        if len(json.dumps(content, ensure_ascii=False).encode()) > _MAX_EVENT:
            raise No("M_TOO_LARGE")
        if not isinstance(content.get("body"), str) or "m.mentions" not in content:
            raise No("M_BAD_JSON")
        event = f"$event{next(self._numbers)}"
        at.events.append(
            {"event_id": event, "sender": who, "room_id": room, "type": "m.room.message", "content": content}
        )
        kind = "customer" if who != BOT else "bot"
        self.journal.append(kind, room=room, event=event, text=content["body"], msgtype=content["msgtype"])
        return event
