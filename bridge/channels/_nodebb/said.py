"""Speaking on a NodeBB: replies in topics, and messages in chats."""

import re
from dataclasses import dataclass, field

import msgspec

from bridge.channels._api import Api
from bridge.channels._nodebb.chats import Chats
from bridge.channels._nodebb.shapes import Detail, Heading, Number, Room, Wrapped
from bridge.core.publications import Posted, PrivateAnswer, PublicAnswer, Publication
from bridge.ports import PermanentProblem, TemporaryProblem, UncertainProblem

_THREAD = re.compile(r"([tr])([1-9]\d{0,14})")
POST = re.compile(r"[1-9]\d{0,14}")


class _Replied(msgspec.Struct, frozen=True):
    pid: Number | None = None
    queued: bool = False


class _Opened(msgspec.Struct, frozen=True, rename="camel"):
    room_id: Number


class _Written(msgspec.Struct, frozen=True, rename="camel"):
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks, and within which limits."""

    endpoint: str
    account: str
    shortest: int
    longest: int
    longest_private: int

    def about(self, post: str) -> str:
        """The line below a private answer to a public post, by which the customer knows what it is about."""
        return f"\n\n{self.endpoint}/post/{post}"


@dataclass(slots=True, kw_only=True)
class Speaker:
    """Says each answer once; `saying` judges refusals differently from `reading`."""

    reading: Api = field(repr=False)
    saying: Api = field(repr=False)
    chats: Chats
    queued: set[str] = field(default_factory=set)
    """Keys of answers that wait for a moderator: they must never be said again by us."""

    async def say(self, publication: Publication, voice: Voice) -> Posted:
        """Say it once."""
        kind, number = thread_of(publication)
        if isinstance(publication, PublicAnswer):
            return await self._reply(publication, voice)
        if len(publication.text) > voice.longest_private:
            raise PermanentProblem(f"a chat takes {voice.longest_private} characters")
        if kind == "t":
            return await self._beside(publication, voice)
        return await self._answer(publication, number, voice)

    async def _reply(self, publication: PublicAnswer, voice: Voice) -> Posted:
        """Below the customer's post, wherever its topic stands by now."""
        if len(publication.text) > voice.longest or len(publication.text.strip()) < voice.shortest:
            raise PermanentProblem(f"the forum takes {voice.shortest} to {voice.longest} characters")
        post = await self.standing(publication.parent)
        topic = await self.reading.seek(f"/api/v3/topics/{post.tid}", {}, Wrapped[Heading])
        if topic is None or topic.response.deleted or topic.response.locked:
            raise PermanentProblem("the topic is closed or gone")
        message = {"content": publication.text, "toPid": int(publication.parent)}
        replied = (await self.saying.say(f"/api/v3/topics/{post.tid}", message, Wrapped[_Replied])).response
        if replied.queued:
            self.queued.add(publication.key)
            raise UncertainProblem("the forum holds the answer until a moderator approves it")
        if replied.pid is None:
            raise UncertainProblem("the forum accepted the answer without saying where it is")
        return Posted(id=str(replied.pid), url=f"{voice.endpoint}/post/{replied.pid}")

    async def standing(self, number: str) -> Detail:
        """A post that is still there; raises PermanentProblem where it is not."""
        if not POST.fullmatch(number):
            raise PermanentProblem("the post to be answered has no id that the forum knows")
        found = await self.reading.seek(f"/api/v3/posts/{number}", {}, Wrapped[Detail])
        if found is None or found.response.deleted:
            raise PermanentProblem("the post to be answered is gone")
        return found.response

    async def _beside(self, publication: PrivateAnswer, voice: Voice) -> Posted:
        """In a chat with the author of a public post, who is asked for just before."""
        customer = publication.author.id
        if str((await self.standing(publication.parent)).uid) != customer or not POST.fullmatch(customer):
            raise PermanentProblem("the post to be answered does not belong to the customer")
        room = await self._room(customer, voice)
        return await self._write(room, {"message": publication.text + voice.about(publication.parent)}, voice)

    async def _room(self, customer: str, voice: Voice) -> str:
        """The chat of the two; an empty one is opened where there is none, which says nothing yet."""
        async for room in self.chats.rooms():
            if room.alone_with(voice.account) and customer in room.readers(voice.account):
                return str(room.room_id)
        try:
            opened = await self.saying.say("/api/v3/chats", {"uids": [int(customer)]}, Wrapped[_Opened])
        except UncertainProblem as problem:
            text = str(problem)
        else:
            return str(opened.response.room_id)
        raise TemporaryProblem(text)

    async def _answer(self, publication: PrivateAnswer, number: str, voice: Voice) -> Posted:
        """In the chat that it came in, which must still be between the two."""
        message = await self.chats.message(publication.parent)
        if message is None or not message.entry.said:
            raise PermanentProblem("the message to be answered is gone")
        found = await self.reading.seek(f"/api/v3/chats/{number}", {}, Wrapped[Room])
        if found is None:
            raise PermanentProblem("the chat is gone")
        room = found.response
        if room.readers(voice.account) != {publication.author.id} or room.public or room.group_chat:
            raise PermanentProblem("the chat is not between the customer and this account alone any more")
        return await self._write(number, {"message": publication.text, "toMid": message.entry.message_id}, voice)

    async def _write(self, room: str, message: dict[str, object], voice: Voice) -> Posted:
        """A message in a chat."""
        written = (await self.saying.say(f"/api/v3/chats/{room}", message, Wrapped[_Written])).response
        return Posted(id=f"r{room}.{written.message_id}", url=f"{voice.endpoint}/chats/{room}")


def thread_of(publication: Publication) -> tuple[str, str]:
    """`t` with a topic or `r` with a room; a public answer can never name a private one (law 9)."""
    found = _THREAD.fullmatch(publication.thread)
    if found is None:
        raise PermanentProblem("the conversation has no topic that the forum knows")
    if isinstance(publication, PublicAnswer) and found[1] == "r":
        raise PermanentProblem("a private conversation cannot be answered in public")
    return found[1], found[2]
