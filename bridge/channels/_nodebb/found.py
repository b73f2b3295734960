"""Looking on a NodeBB for what was said."""

import html
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import msgspec

from bridge.channels._api import Api, decoded
from bridge.channels._nodebb.chats import Chats
from bridge.channels._nodebb.said import POST, Speaker, Voice, thread_of
from bridge.channels._nodebb.shapes import MESSAGE, Detail, Message, Number, Person, Source, Wrapped
from bridge.channels._problems import the_one
from bridge.channels._text import same_words
from bridge.core.publications import Posted, PrivateAnswer, Publication
from bridge.ports import UncertainProblem

_MOST = 200
"""Answers and messages of ours whose source one search asks for."""

_QUEUE_PAGES = 20


class _Waiting(msgspec.Struct, frozen=True, rename="camel"):
    class Draft(msgspec.Struct, frozen=True, rename="camel"):
        raw_content: str = ""

    class Pages(msgspec.Struct, frozen=True, rename="camel"):
        page_count: int = 1

    class Post(msgspec.Struct, frozen=True):
        data: "_Waiting.Draft"
        user: Person = Person()

    posts: list[Post] = []
    pagination: Pages = Pages()


class _Reply(msgspec.Struct, frozen=True):
    pid: Number
    uid: Number
    deleted: bool | int = False


@dataclass(slots=True, kw_only=True)
class Finder:
    """Finds the one answer with the same words in the same place."""

    reading: Api = field(repr=False)
    chats: Chats
    speaker: Speaker

    async def find(self, publication: Publication, voice: Voice) -> Posted | None:
        """The answer; raises UncertainProblem where its absence cannot be told."""
        kind, number = thread_of(publication)
        if not isinstance(publication, PrivateAnswer):
            found = await self._below(publication, voice)
            if found is None and (publication.key in self.speaker.queued or await self._waits(publication, voice)):
                raise UncertainProblem("a moderator has not approved the answer yet, or has refused it")
            return found
        if kind == "t":
            return await self._beside(publication, voice)
        return await self._in(number, publication.text, publication.parent, voice)

    async def _below(self, publication: Publication, voice: Voice) -> Posted | None:
        """Our replies to the post, by their source."""
        if not POST.fullmatch(publication.parent):
            raise UncertainProblem("the post that was answered has no id that the forum knows")
        path = f"/api/v3/posts/{publication.parent}/replies"
        shown = await self.reading.seek(path, {}, Wrapped[list[_Reply]])
        if shown is None:
            raise UncertainProblem("the post that was answered is gone, and its answers cannot be found")
        ours = [reply for reply in shown.response if str(reply.uid) == voice.account]
        if any(reply.deleted for reply in ours):
            raise UncertainProblem("an answer of ours to this post was deleted: it cannot be told which one")
        if len(ours) > _MOST:
            raise UncertainProblem("the post has too many answers of ours to be looked through")
        words = same_words(publication.text)
        same = the_one([r for r in ours if same_words(await self._source(str(r.pid))) == words], "answers")
        return Posted(id=str(same.pid), url=f"{voice.endpoint}/post/{same.pid}") if same else None

    async def _source(self, number: str) -> str:
        found = await self.reading.seek(f"/api/v3/posts/{number}", {}, Wrapped[Detail])
        if found is None or found.response.deleted:
            raise UncertainProblem("an answer of ours to this post was deleted: it cannot be told which one")
        return found.response.content

    async def _waits(self, publication: Publication, voice: Voice) -> bool:
        """Whether the answer stands in the queue of what moderators must approve; everybody sees his own there."""
        words = same_words(publication.text)
        for page in range(1, _QUEUE_PAGES + 1):
            waiting = await self.reading.seek("/api/post-queue", {"page": str(page)}, _Waiting) or _Waiting()
            ours = [post for post in waiting.posts if str(post.user.uid) == voice.account]
            if any(same_words(html.unescape(post.data.raw_content)) == words for post in ours):
                return True
            if page >= waiting.pagination.page_count:
                return False
        raise UncertainProblem("the forum's queue is too long to be looked through")

    async def _beside(self, publication: PrivateAnswer, voice: Voice) -> Posted | None:
        """In every chat of the two: the line below the words says which post they are about."""
        words = publication.text + voice.about(publication.parent)
        found: list[Posted] = []
        async for room in self.chats.rooms():
            if publication.author.id in room.readers(voice.account):
                posted = await self._in(str(room.room_id), words, "", voice)
                found += [posted] if posted else []
        return the_one(found, "messages")

    async def _in(self, room: str, text: str, parent: str, voice: Voice) -> Posted | None:
        """Our messages of a chat with these words, under a message where there is one."""
        words, found = same_words(text), list[Message]()
        async for message in self._ours(room, parent, voice):
            if message.deleted:
                raise UncertainProblem("a message of ours in this chat was deleted: it cannot be told which one")
            if same_words(await self._raw(room, message.message_id)) == words:
                found.append(message)
        same = the_one(found, "messages")
        return Posted(id=f"r{room}.{same.message_id}", url=f"{voice.endpoint}/chats/{room}") if same else None

    async def _ours(self, room: str, parent: str, voice: Voice) -> AsyncIterator[Message]:
        """Our own messages, of those that answer `parent` where it is named; raises UncertainProblem for too many."""
        name, count = MESSAGE.fullmatch(parent), 0
        async for raws in self.chats.messages(room):
            messages = [decoded(bytes(raw), Message) for raw in raws]
            if None in messages:
                raise UncertainProblem("a message of the chat cannot be read: it may be the one that is looked for")
            for message in messages:
                if message is None or str(message.fromuid) != voice.account or message.system:
                    continue
                if name is None or str(message.to_mid) == name[2]:
                    count += 1
                    yield message
            if count > _MOST:
                raise UncertainProblem("the chat is too long to be looked through")

    async def _raw(self, room: str, number: int) -> str:
        found = await self.reading.seek(f"/api/v3/chats/{room}/messages/{number}/raw", {}, Wrapped[Source])
        if found is None:
            raise UncertainProblem("a message of ours in this chat went away: it cannot be told which one")
        return found.response.content
