"""Direct messages on Bluesky: the log of what happened in our conversations, read forward from its own cursor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from bridge.channels._bluesky.keys import key_at
from bridge.channels._bluesky.posts import View, message_name
from bridge.channels._bluesky.shapes import ConvoOf, Log, Logs, Message, Profile
from bridge.channels._bluesky.xrpc import Xrpc
from bridge.channels._entries import Broken
from bridge.core.events import Quarantined, Sighting
from bridge.core.model import Post
from bridge.ports import LoginProblem, PermanentProblem

_PAGES = 20
_REMEMBERED = 500
_CREATED = "chat.bsky.convo.defs#logCreateMessage"
_DELETED = "chat.bsky.convo.defs#logDeleteMessage"


@dataclass(slots=True, kw_only=True)
class Talk:
    """What a poll brought of them."""

    cursor: str
    sightings: list[Sighting] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    more: bool = False


class _Named(msgspec.Struct, frozen=True):
    id: str


class Talks:
    """Reads the log; who takes part in a conversation is asked once."""

    def __init__(self, chat: Xrpc) -> None:
        self._chat = chat
        self._members: dict[str, Mapping[str, Profile]] = {}

    async def begin(self, since: datetime | None, now: datetime) -> Talk:
        """The first contact: without a time to begin at, the end of the log as the server tells it."""
        if since is not None:
            return Talk(cursor=key_at(since), more=True)
        logs = await self._chat.query("chat.bsky.convo.getLog", {}, Logs)
        return Talk(cursor=logs.cursor or key_at(now))

    async def read(self, cursor: str, view: View) -> Talk:
        """Everything after the cursor, as far as twenty pages reach."""
        talk = Talk(cursor=cursor, more=True)
        for _ in range(_PAGES):
            logs = await self._chat.query("chat.bsky.convo.getLog", {"cursor": talk.cursor}, Logs)
            for raw in logs.logs:
                await self._take(bytes(raw), talk, view)
            talk.more = bool(logs.logs) and bool(logs.cursor) and logs.cursor != talk.cursor
            talk.cursor = logs.cursor or talk.cursor
            if not talk.more:
                break
        return talk

    async def _take(self, raw: bytes, talk: Talk, view: View) -> None:
        """One entry of the log; what cannot be read is kept aside, since the log goes on behind it."""
        try:
            log = msgspec.json.decode(raw, type=Log)
            if log.type == _CREATED and not _is_gone(log.message):
                message = msgspec.json.decode(log.message, type=Message)
                talk.sightings.append(Sighting(post=await self._post(log.convo, message, view), raw=raw))
            elif log.type == _DELETED:
                talk.deleted.append(message_name(log.convo, msgspec.json.decode(log.message, type=_Named).id))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            talk.quarantined.append(Broken(number=None, reason="unexpected shape of a message", raw=raw).quarantined())

    async def _post(self, convo: str, message: Message, view: View) -> Post:
        members = await self.members(convo)
        sender = members.get(message.sender.did, message.sender)
        alone = set(members) == {view.account, message.sender.did}
        return view.message(message, convo=convo, sender=sender, alone=alone)

    async def members(self, convo: str) -> Mapping[str, Profile]:
        """Who reads a conversation, by their DIDs; nobody where the server does not show it any more."""
        known = self._members.get(convo)
        if known is None:
            try:
                asked = await self._chat.query("chat.bsky.convo.getConvo", {"convoId": convo}, ConvoOf)
            except LoginProblem:
                raise
            except PermanentProblem:
                return {}
            known = {member.did: member for member in asked.convo.members}
            while len(self._members) >= _REMEMBERED:
                del self._members[next(iter(self._members))]
            self._members[convo] = known
        return known


class _Typed(msgspec.Struct, frozen=True, rename={"type": "$type"}):
    type: str = ""


def _is_gone(raw: msgspec.Raw) -> bool:
    """Whether a message was taken away before it was read."""
    return msgspec.json.decode(raw, type=_Typed).type.endswith("#deletedMessageView")
