"""The chats of a NodeBB, over a board: rooms of two or more, and their messages."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from aiohttp import web

from bridge.testing.fakes.board import NEW, Board, Draft, Item, Member
from bridge.testing.fakes.nodebb_errors import refused
from bridge.testing.fakes.nodebb_shapes import message_json, room_json, user_number

MAX_MESSAGE = 1000
_PAGE = 50


@dataclass(slots=True, kw_only=True)
class Room:
    """A chat; `first` is the board's name for its messages, None while nothing was said."""

    number: int
    members: list[Member]
    public: bool = False
    first: int | None = None


class _NewMessage(msgspec.Struct, forbid_unknown_fields=True):
    message: str
    toMid: int | None = None  # noqa: N815 - NodeBB's own name


class _NewRoom(msgspec.Struct, forbid_unknown_fields=True):
    uids: list[int]


@dataclass(slots=True, kw_only=True)
class Chatting:
    """`/api/v3/chats`; `check` refuses whoever has no right to ask."""

    board: Board
    brand: Member
    check: Callable[[web.Request], None]
    rooms: list[Room] = field(default_factory=list)
    restricted: set[str] = field(default_factory=set)
    """Ids of members who take chats only from whom they follow."""
    forbidden: bool = False
    """The account has no right to chat."""

    def add_routes(self, app: web.Application) -> None:
        """Put them into an application."""
        app.add_routes(
            [
                web.get("/api/v3/chats", self.listed),
                web.post("/api/v3/chats", self.opened),
                web.get("/api/v3/chats/{room:\\d+}", self.shown),
                web.post("/api/v3/chats/{room:\\d+}", self.written),
                web.get("/api/v3/chats/{room:\\d+}/messages", self.messages),
                web.get("/api/v3/chats/{room:\\d+}/messages/{mid:\\d+}", self.message),
                web.get("/api/v3/chats/{room:\\d+}/messages/{mid:\\d+}/raw", self.raw),
            ]
        )

    def room(self, *members: Member) -> Room:
        """The chat of exactly these, or a new one."""
        for room in self.rooms:
            if {m.id for m in room.members} == {m.id for m in members}:
                return room
        self.rooms.append(Room(number=len(self.rooms) + 1, members=list(members)))
        return self.rooms[-1]

    def write(self, room: Room, author: Member, text: str, *, parent: int | None = None) -> Item:
        """Say something there."""
        other = next(member for member in room.members if member.id != author.id)
        topic = NEW if room.first is None else room.first
        item = self.board.write(Draft(author=author.id, text=text, to=other.id, topic=topic, parent=parent))
        room.first = room.first or item.id
        return item

    def _may(self, request: web.Request) -> None:
        self.check(request)
        if self.forbidden:
            raise refused(request, "no-privileges")

    def _room(self, request: web.Request) -> Room:
        self._may(request)
        number = int(request.match_info["room"])
        for room in self.rooms:
            if room.number == number and self.brand.id in {member.id for member in room.members}:
                return room
        raise refused(request, "no-chat-room")

    def _items(self, room: Room) -> list[Item]:
        return [] if room.first is None else list(self.board.private_topic(room.first))

    async def listed(self, request: web.Request) -> web.Response:
        """The account's chats, the last written to first."""
        self._may(request)
        ours = [room for room in self.rooms if self.brand.id in {member.id for member in room.members}]
        ordered = sorted(ours, key=self._last, reverse=True)
        page, size = int(request.query["page"]), min(int(request.query["perPage"]), 100)
        rooms = [self._shown(room) for room in ordered[(page - 1) * size : page * size]]
        return _good({"rooms": rooms, "nextStart": page * size})

    def _last(self, room: Room) -> int:
        return max((item.id for item in self._items(room)), default=0)

    def _shown(self, room: Room) -> dict[str, object]:
        standing = [item for item in self._items(room) if not item.deleted]
        others = [member for member in room.members if member.id != self.brand.id]
        return room_json(room.number, others, standing[-1] if standing else None, public=room.public)

    async def opened(self, request: web.Request) -> web.Response:
        """A new chat."""
        self._may(request)
        wanted = msgspec.json.decode(await request.read(), type=_NewRoom)
        members = [self.board.by_id(f"m{uid}") for uid in wanted.uids]
        if any(member is None for member in members):
            raise refused(request, "no-user")
        invited = [member for member in members if member is not None]
        if any(member.id in self.restricted for member in invited):
            raise refused(request, "chat-restricted")
        self.rooms.append(Room(number=len(self.rooms) + 1, members=[self.brand, *invited]))
        return _good(self._shown(self.rooms[-1]))

    async def shown(self, request: web.Request) -> web.Response:
        """One chat."""
        return _good(self._shown(self._room(request)))

    async def written(self, request: web.Request) -> web.Response:
        """A message of the account's."""
        room = self._room(request)
        given = msgspec.json.decode(await request.read(), type=_NewMessage)
        if not given.message.strip():
            raise refused(request, "invalid-chat-message")
        if len(given.message.strip()) > MAX_MESSAGE:
            raise refused(request, "chat-message-too-long", MAX_MESSAGE)
        item = self.write(room, self.brand, given.message, parent=given.toMid)
        return _good(message_json(item, room.number))

    async def messages(self, request: web.Request) -> web.Response:
        """Fifty messages counted back from the newest, oldest first."""
        room = self._room(request)
        start = int(request.query.get("start", "0"))
        newest = self._items(room)[::-1][start : start + _PAGE]
        return _good({"messages": [message_json(item, room.number) for item in reversed(newest)]})

    async def message(self, request: web.Request) -> web.Response:
        """One message."""
        room, item = self._one(request)
        return _good(message_json(item, room.number))

    async def raw(self, request: web.Request) -> web.Response:
        """The source of one."""
        _, item = self._one(request)
        if item.deleted and user_number(item.author) != user_number(self.brand):
            raise refused(request, "no-privileges")
        return _good({"content": item.text})

    def _one(self, request: web.Request) -> tuple[Room, Item]:
        room, number = self._room(request), int(request.match_info["mid"])
        for item in self._items(room):
            if item.id == number:
                return room, item
        raise refused(request, "invalid-mid")


def words(text: str) -> str:
    """What was said, without the address of the post that it is about."""
    return re.sub(r"\n\nhttps?://\S+/post/\d+$", "", text)


def _good(response: object) -> web.Response:
    return web.json_response({"status": {"code": "ok", "message": "OK"}, "response": response})
