"""The chats of a NodeBB account: rooms that it shares with one other user, as one listing of messages."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bridge.channels._api import decoded
from bridge.channels._newest_first import Portion, Shown
from bridge.channels._nodebb.calls import Calls
from bridge.channels._nodebb.shapes import MESSAGE, Message, Messages, Room, Rooms, Wrapped
from bridge.ports import LoginProblem, TemporaryProblem

ROOMS = 50
"""Rooms of a page."""

MESSAGES = 50
"""Messages of a page, which is NodeBB's own number."""

_PAGES = 40
"""Pages of rooms, and of one room's messages, that are read at once: beyond them is no chat, but an attack or a mistake."""


class Unreadable(TemporaryProblem):
    """A message is there, in a shape that nobody expects."""


@dataclass(slots=True, kw_only=True)
class Chats:
    """Reads them."""

    calls: Calls
    account: str

    async def since(self, second: int) -> Portion:
        """All messages since a second, newest first, as the one page of a listing."""
        raws: list[tuple[int, msgspec.Raw]] = []
        async for rooms in self._pages():
            said = [(room, room.teaser.timestamp // 1000) for room in rooms if room.teaser is not None]
            lively = [room for room, last in said if last >= second]
            for room in lively:
                if room.alone_with(self.account):
                    raws += [pair async for pair in self._said(str(room.room_id), second)]
            # A room whose last message was deleted, or is the forum's own, keeps its place and shows an older one.
            if said and not lively:
                break
        return Portion(raws=[raw for _, raw in sorted(raws, key=lambda pair: pair[0], reverse=True)], cursor="")

    async def rooms(self) -> AsyncIterator[Room]:
        """All rooms, the last written to first; raises TemporaryProblem where they have no end."""
        async for rooms in self._pages():
            for room in rooms:
                yield room

    async def _pages(self) -> AsyncIterator[Sequence[Room]]:
        """The same by pages."""
        for page in range(1, _PAGES + 1):
            query = {"page": str(page), "perPage": str(ROOMS)}
            rooms = (await self.calls.ask("/api/v3/chats", query, Wrapped[Rooms])).response.rooms
            yield rooms
            if len(rooms) < ROOMS:
                return
        raise TemporaryProblem("the forum shows more chats than can be read at once")

    async def messages(self, room: str) -> AsyncIterator[Sequence[msgspec.Raw]]:
        """Pages of a room's messages, the newest page first; raises TemporaryProblem where they have no end."""
        for page in range(_PAGES):
            query = {"start": str(page * MESSAGES)}
            raws = (await self.calls.ask(f"/api/v3/chats/{room}/messages", query, Wrapped[Messages])).response.messages
            yield raws
            if len(raws) < MESSAGES:
                return
        raise TemporaryProblem("the forum shows more messages of one chat than can be read at once")

    async def _said(self, room: str, second: int) -> AsyncIterator[tuple[int, msgspec.Raw]]:
        """A room's messages since a second, with their numbers; what cannot be read comes as it is."""
        async for raws in self.messages(room):
            read = [(decoded(bytes(raw), Message), raw) for raw in raws]
            for message, raw in read:
                if message is None or (message.said and message.second >= second):
                    yield (message.message_id if message else _number(raw), raw)
            if any(message.second < second for message, _ in read if message is not None):
                return

    async def look(self, keys: Sequence[str]) -> Mapping[str, Shown[Message]] | None:
        """Messages by our names for them; None where one of the rooms is closed to us, or a message unreadable."""
        try:
            found = {key: await self.message(key) for key in keys}
        except (LoginProblem, Unreadable):
            return None
        return {key: shown for key, shown in found.items() if shown is not None and shown.entry.said}

    async def message(self, key: str) -> Shown[Message] | None:
        """A message, also a deleted one; None where there is none."""
        name = MESSAGE.fullmatch(key)
        if name is None:
            return None
        answer = await self.calls.seek(f"/api/v3/chats/{name[1]}/messages/{name[2]}", Wrapped[msgspec.Raw])
        if answer is None or bytes(answer.response).strip() in {b"{}", b"null"}:
            return None
        message = decoded(bytes(answer.response), Message)
        if message is None:
            raise Unreadable("the forum shows a message in a shape that is not known")
        return Shown(entry=message, raw=bytes(answer.response))


def _number(raw: msgspec.Raw) -> int:
    """A broken message's number, which gives its place."""
    found = re.search(rb'"(?:messageId|mid)"\s*:\s*"?(\d{1,15})', bytes(raw))
    return int(found[1]) if found else 0
