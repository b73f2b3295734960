"""What conversations need at the homeserver: customers' users, rooms, and words in them; each of it twice is once."""

from collections.abc import Awaitable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from bridge.access.chat.portrait import portrait
from bridge.access.matrix import ledger as pages
from bridge.access.matrix import words
from bridge.access.matrix.homeserver import Homeserver, Refused
from bridge.access.matrix.ledger import Ledger
from bridge.access.matrix.names import Namespace
from bridge.ports import Clock, PermanentProblem, TemporaryProblem, UncertainProblem

_T = TypeVar("_T")

KEY = "bridge.key"
"""The field of our messages by which they are found again, after a doubt that is older than the homeserver's memory."""

_LOOKED_AT = "100"
_TOO_MUCH = frozenset({"M_TOO_LARGE", "M_BAD_JSON", "M_NOT_JSON", "M_INVALID_PARAM"})
_LOCKED = 101
"""A power that nobody has."""

_POWERS = {
    "events": {"m.room.encryption": _LOCKED, "m.room.tombstone": _LOCKED},
    "events_default": 0,
    "invite": 50,
    "notifications": {"room": _LOCKED},
}
"""Agents speak and set nothing; no words ring for a whole room, whatever a customer writes."""


class Housing:
    """Makes what is missing, over requests whose repetition changes nothing."""

    def __init__(self, space: Namespace, homeserver: Homeserver, ledger: Ledger, clock: Clock) -> None:
        self._space = space
        self._homeserver = homeserver
        self._ledger = ledger
        self._clock = clock
        self._ghosts = ledger.ghosts()
        self._bot_is_there = False

    def knows(self, user: str) -> bool:
        """Whether a user of ours is there."""
        return user == self._space.bot or any(user == self._space.full_user(local) for local in self._ghosts)

    async def ghost(self, local: str, name: str, *, platform: str) -> None:
        """A customer's user is there, with name and picture."""
        shown = f"{name} ({platform})" if platform else name
        if self._ghosts.get(local) == shown:
            return
        user = self._space.full_user(local)
        if local not in self._ghosts:
            await self._register(local)
            picture = await self._certain(self._homeserver.upload(portrait(local), "image/png", user=user))
            await self._ask("PUT", "profile", user, "avatar_url", user=user, body={"avatar_url": picture})
        await self._ask("PUT", "profile", user, "displayname", user=user, body={"displayname": shown})
        await self._ledger.write([pages.ghost(local, shown)])
        self._ghosts[local] = shown

    async def room(self, alias: str, name: str, *, guests: Sequence[str]) -> str:
        """The room of an alias, with us in it and these users of ours; raises TemporaryProblem where rooms are encrypted."""
        await self._bot()
        room = await self._made(alias, name, guests)
        for user in guests:
            await self._enter(room, user)
        if await self._is_encrypted(room):
            await self._ask("DELETE", "directory", "room", self._space.full_alias(alias), user="", body=None)
            raise TemporaryProblem(
                "the homeserver encrypts new rooms by itself, and we can read plain ones only: switch that off there"
            )
        return room

    async def _made(self, alias: str, name: str, guests: Sequence[str]) -> str:
        wanted = {
            "preset": "private_chat",
            "room_alias_name": alias,
            "name": name,
            "invite": list(guests),
            "initial_state": [
                {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "shared"}},
                {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}},
            ],
            "power_level_content_override": _POWERS,
        }
        try:
            made = await self._certain(self._homeserver.ask("POST", "createRoom", user="", body=wanted))
        except Refused as no:
            if no.code != "M_ROOM_IN_USE":
                raise _temporary(no) from None
            found = ("GET", "directory", "room", self._space.full_alias(alias))
            made = await self._ask(*found, user="", body=None)
        room = made.get("room_id")
        if not isinstance(room, str):
            raise TemporaryProblem("the homeserver's answer names no room")
        return room

    async def _enter(self, room: str, user: str) -> None:
        """A user of ours is in a room, asked in again where somebody put it out."""
        try:
            await self._certain(self._homeserver.ask("POST", "join", room, user=user, body={}))
        except Refused:
            await self.invite(room, user)
            await self._ask("POST", "join", room, user=user, body={})

    async def _is_encrypted(self, room: str) -> bool:
        try:
            found = await self._certain(
                self._homeserver.ask("GET", "rooms", room, "state", "m.room.encryption", user="", body=None)
            )
        except Refused as no:
            if no.code == "M_NOT_FOUND":
                return False
            raise _temporary(no) from None
        return bool(found)

    async def invite(self, room: str, user: str) -> None:
        """Ask somebody into a room; raises TemporaryProblem. Who is there already is left there, who may not come is too."""
        try:
            await self._certain(self._homeserver.ask("POST", "rooms", room, "invite", user="", body={"user_id": user}))
        except Refused as no:
            if no.code != "M_FORBIDDEN":
                raise

    async def put_out(self, room: str, user: str, why: str) -> None:
        """Put somebody out of a room; raises TemporaryProblem, or Refused where they cannot be."""
        body = {"user_id": user, "reason": why}
        await self._certain(self._homeserver.ask("POST", "rooms", room, "kick", user="", body=body))

    async def say(self, room: str, text: str, *, key: str, mentions: Collection[str]) -> str:
        """Words of our own, marked as a machine's; raises as `send` does."""
        named: dict[str, Any] = {"user_ids": list(mentions)} if mentions else {}
        events = []
        for number, part in enumerate(words.parts(text)):
            content = {"msgtype": "m.notice", "body": part, "m.mentions": named}
            events.append(await self.send(room, content, key=f"{key}.{number}", user=self._space.bot))
        return events[0]

    async def speak(self, room: str, text: str, *, key: str, ghost: str) -> str:
        """A customer's words, in as many messages as they need; the event of the first. Raises as `send` does."""
        events = []
        for number, part in enumerate(words.parts(text)):
            content = {"msgtype": "m.text", "body": part, "m.mentions": {}}
            events.append(await self.send(room, content, key=f"{key}.{number}", user=self._space.full_user(ghost)))
        return events[0]

    def has_said(self, key: str) -> bool:
        """Whether it is certain that this was said."""
        return bool(self._ledger.said(key))

    async def send(self, room: str, content: Mapping[str, Any], *, key: str, user: str) -> str:
        """A message whose key was made once: the homeserver takes it once, and after a doubt it is looked for first.

        Raises TemporaryProblem where nothing was said, UncertainProblem where it may have been, PermanentProblem where the
        homeserver will not take it, and Refused where it does not let us speak there.
        """
        before = self._ledger.said(key)
        if before:
            return before
        event = "" if before is None else await self._found(room, key)
        if not event:
            await self._ledger.write([pages.said(key, "", self._clock.now())])
            event = await self._sent(room, {**content, KEY: key}, key=key, user=user)
        await self._ledger.write([pages.said(key, event, self._clock.now())])
        return event

    async def _sent(self, room: str, content: Mapping[str, Any], *, key: str, user: str) -> str:
        path = ("rooms", room, "send", "m.room.message", key)
        try:
            said = await self._homeserver.ask("PUT", *path, user=user, body=content)
        except Refused as no:
            if no.code in _TOO_MUCH:
                raise PermanentProblem(f"the homeserver does not take this message: {no.code}") from None
            raise
        event = said.get("event_id")
        if not isinstance(event, str) or not event:
            raise UncertainProblem("the homeserver's answer names no event")
        return event

    async def _found(self, room: str, key: str) -> str:
        """The event that bears a key, among the newest of a room; empty where none does."""
        asked = self._homeserver.ask("GET", "rooms", room, "messages", user="", body=None, dir="b", limit=_LOOKED_AT)
        found = await self._certain(asked)
        for event in found.get("chunk", ()):
            match event:
                case {"event_id": str(name), "sender": str(sender), "content": {"bridge.key": known}}:
                    if known == key and self._space.is_ours(sender):
                        return name
        return ""

    async def _bot(self) -> None:
        """Our own user is there; most homeservers make it by themselves."""
        if not self._bot_is_there:
            await self._register(f"{self._space.prefix}bot")
            self._bot_is_there = True

    async def _register(self, local: str) -> None:
        wanted = {"type": "m.login.application_service", "username": local, "inhibit_login": True}
        try:
            await self._certain(self._homeserver.ask("POST", "register", user="", body=wanted))
        except Refused as no:
            if no.code != "M_USER_IN_USE":
                raise _temporary(no) from None

    async def _ask(self, method: str, *path: str, user: str, body: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """The same as the homeserver's own, for what must not be refused."""
        try:
            return await self._certain(self._homeserver.ask(method, *path, user=user, body=body))
        except Refused as no:
            raise _temporary(no) from None

    async def _certain(self, asking: Awaitable[_T]) -> _T:
        """What changes nothing when it is asked again has no doubt."""
        try:
            return await asking
        except UncertainProblem as problem:
            raise TemporaryProblem(str(problem)) from None


def _temporary(no: Refused) -> TemporaryProblem:
    """A refusal that the operator must mend."""
    return TemporaryProblem(f"{no}: see the registration file")
