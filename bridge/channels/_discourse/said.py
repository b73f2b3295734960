"""Speaking on Discourse, and looking for what was said."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
import msgspec

from bridge.channels._api import Api
from bridge.channels._discourse.posts import Item, View, own_words
from bridge.channels._discourse.refusals import Forbidden, Rejected
from bridge.channels._entries import read_entries
from bridge.channels._problems import the_one
from bridge.channels._text import line, same_words
from bridge.core.publications import Attachment, Posted, PrivateAnswer, PublicAnswer, Publication
from bridge.ports import PermanentProblem, UncertainProblem

_THREAD = re.compile(r"([tp])(\d{1,15})")
_NUMBER = re.compile(r"\d{1,15}")
_USERNAME = re.compile(r"[\w.-]{1,60}")
_TOPIC_PATH = re.compile(r"/t/(?:[^/]+/)?(\d{1,15})(?:[/.]|$)")
_CHUNK = 20
_CHUNKS = 40
"""Requests of twenty posts each that one search makes."""


class Topic(msgspec.Struct, frozen=True):
    """A topic, public or private."""

    class Stream(msgspec.Struct, frozen=True):
        """Its posts' ids in order."""

        stream: list[int] = []

    class Member(msgspec.Struct, frozen=True):
        """Someone who may read a private topic."""

        id: int
        name: str | None = None

    class Details(msgspec.Struct, frozen=True):
        """Who may read a private topic."""

        allowed_users: list["Topic.Member"] = []
        allowed_groups: list["Topic.Member"] = []

    id: int
    archetype: str = "regular"
    closed: bool = False
    archived: bool = False
    post_stream: Stream = Stream()
    details: Details = Details()

    @property
    def private(self) -> bool:
        """Whether it is a private message."""
        return self.archetype == "private_message"


class _Posts(msgspec.Struct, frozen=True):
    class Stream(msgspec.Struct, frozen=True):
        posts: list[msgspec.Raw] = []

    post_stream: Stream = Stream()


class _Pending(msgspec.Struct, frozen=True):
    class Waiting(msgspec.Struct, frozen=True):
        raw_text: str = ""

    pending_posts: list[Waiting] = []


class _Created(msgspec.Struct, frozen=True):
    id: int | None = None
    topic_id: int = 0
    post_number: int = 0
    action: str = ""


class _Uploaded(msgspec.Struct, frozen=True):
    short_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks, and within which limits."""

    view: View
    account: str
    username: str
    private_title: str
    longest: int
    shortest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """Where an answer goes: below a post of a topic, or into a new private message."""

    item: Item
    fresh_message: bool


class Speaker:
    """Publishes answers and finds them again; reading and saying judge refusals differently."""

    def __init__(self, reading: Api, saying: Api) -> None:
        self._reading = reading
        self._saying = saying
        self._queued: set[str] = set()
        """Keys of answers that wait for a moderator: they must never be said again by us."""

    async def say(self, publication: Publication, voice: Voice) -> Posted:
        """Say it once."""
        if len(publication.text) > voice.longest or len(publication.text.strip()) < voice.shortest:
            raise PermanentProblem(f"the forum takes {voice.shortest} to {voice.longest} characters")
        target = await self._target(publication)
        raw = publication.text + await self._pictures(publication.media)
        created = await self._created(publication, _message(publication, target, raw, voice), voice)
        if created.action == "enqueued":
            self._queued.add(publication.key)
            raise UncertainProblem("the forum holds the answer until a moderator approves it")
        if created.id is None:
            raise UncertainProblem("the forum accepted the answer without saying where it is")
        return Posted(id=str(created.id), url=f"{voice.view.endpoint}/t/{created.topic_id}/{created.post_number}")

    async def _created(self, publication: Publication, message: dict[str, object], voice: Voice) -> _Created:
        """Send it; a refusal may hide an earlier copy or a dead login, which is looked into."""
        try:
            return await self._saying.say("/posts.json", message, _Created)
        except Rejected as refused:
            text, copy = str(refused), refused.copy
        except Forbidden:
            await self._reading.ask("/session/current.json", {}, msgspec.Raw)
            raise PermanentProblem("the forum does not let this account answer there") from None
        if copy or await self.find(publication, voice) is not None:
            raise UncertainProblem("the forum says that these words are already there")
        raise PermanentProblem(text)

    async def _target(self, publication: Publication) -> _Target:
        """The post to be answered, which must still be there, in a topic as public or private as the answer."""
        kind, topic = _thread(publication)
        item = await self._item(publication.parent)
        if item is None or item.gone:
            raise PermanentProblem("the post to be answered is gone")
        if isinstance(publication, PrivateAnswer) and kind == "t":
            if str(item.user_id) != publication.author.id or not _USERNAME.fullmatch(item.username):
                raise PermanentProblem("the post to be answered does not belong to the customer")
            return _Target(item=item, fresh_message=True)
        found = await self._reading.seek(f"/t/{item.topic_id}.json", {}, Topic)
        if found is None or found.closed or found.archived:
            raise PermanentProblem("the topic is closed or gone")
        if found.private != isinstance(publication, PrivateAnswer) or (kind == "p") != found.private:
            raise PermanentProblem("the topic is not as public or private as the answer")
        if found.private and item.topic_id != topic:
            raise PermanentProblem("the post has moved to another private topic, which others may read")
        return _Target(item=item, fresh_message=False)

    async def _item(self, number: str) -> Item | None:
        if not _NUMBER.fullmatch(number):
            raise PermanentProblem("the post to be answered has no id that the forum knows")
        return await self._reading.seek(f"/posts/{number}.json", {}, Item)

    async def _pictures(self, media: Sequence[Attachment]) -> str:
        """Marks of uploaded pictures, to be put below the words."""
        marks: list[str] = []
        for number, picture in enumerate(media, start=1):
            form = aiohttp.FormData()
            form.add_field("type", "composer")
            form.add_field("synchronous", "true")
            name = f"picture-{number}.{picture.type.rpartition('/')[2]}"
            form.add_field("file", picture.content, content_type=picture.type, filename=name)
            uploaded = await self._saying.bring("/uploads.json", form, _Uploaded)
            marks.append(f"![{_alt(picture.alt)}]({uploaded.short_url})")
        return "".join(f"\n\n{mark}" for mark in marks)

    async def find(self, publication: Publication, voice: Voice) -> Posted | None:
        """The one answer with these words; raises UncertainProblem where that cannot be told."""
        kind, topic = _thread(publication)
        if isinstance(publication, PrivateAnswer) and kind == "t":
            found = await self._message(publication, voice)
        else:
            found = await self._below(publication, topic, voice)
        if found is None and (publication.key in self._queued or await self._waits(publication, voice)):
            raise UncertainProblem("a moderator has not approved the answer yet, or has refused it")
        return found

    async def _message(self, publication: PrivateAnswer, voice: Voice) -> Posted | None:
        """A private message of ours has a name that follows from the answer's key, and a topic has one name."""
        path = await self._reading.pointed(f"/t/external_id/{_external(publication)}.json")
        if path is None:
            return None
        found = _TOPIC_PATH.search(path)
        if found is None:
            raise UncertainProblem("the forum points to something else than a topic")
        topic = await self._reading.ask(f"/t/{found[1]}.json", {}, Topic)
        first = topic.post_stream.stream[:1]
        if not topic.private or not first:
            raise UncertainProblem("the private message is there, but not as it was sent")
        return Posted(id=str(first[0]), url=f"{voice.view.endpoint}/t/{topic.id}/1")

    async def _below(self, publication: Publication, topic: int, voice: Voice) -> Posted | None:
        """Our answers below the same post, with the same words."""
        parent = await self._item(publication.parent)
        if parent is None:
            raise UncertainProblem("the post that was answered is gone, and its answers cannot be found")
        found = await self._reading.seek(f"/t/{parent.topic_id or topic}.json", {}, Topic)
        if found is None:
            raise UncertainProblem("the topic is gone, and its answers cannot be found")
        later = [number for number in found.post_stream.stream if number > parent.id]
        items = await self._items(found.id, later)
        words = same_words(publication.text)
        ours = [item for item in items if str(item.user_id) == voice.account and item.answers == parent.post_number]
        if any(item.gone for item in ours):
            raise UncertainProblem("an answer of ours to this post was deleted: it cannot be told which one")
        same = the_one([item for item in ours if same_words(own_words(item.words)) == words], "answers")
        return Posted(id=str(same.id), url=voice.view.address(same)) if same else None

    async def _items(self, topic: int, numbers: Sequence[int]) -> list[Item]:
        """Posts of a topic by their ids; raises UncertainProblem where they cannot all be read."""
        chunks = [numbers[at : at + _CHUNK] for at in range(0, len(numbers), _CHUNK)]
        if len(chunks) > _CHUNKS:
            raise UncertainProblem("the topic is too long to be looked through")
        items: list[Item] = []
        for chunk in chunks:
            query = {"post_ids[]": [str(number) for number in chunk], "include_raw": "true"}
            page = await self._reading.ask(f"/t/{topic}/posts.json", query, _Posts)
            entries, broken = read_entries(page.post_stream.posts, Item)
            if broken:
                raise UncertainProblem("a post of the topic cannot be read: it may be the one that is looked for")
            items += [entry.value for entry in entries]
        return items

    async def _waits(self, publication: Publication, voice: Voice) -> bool:
        """Whether the answer stands in the queue of what moderators must approve."""
        pending = await self._reading.seek(f"/posts/{voice.username}/pending.json", {}, _Pending) or _Pending()
        words = same_words(publication.text)
        return any(same_words(own_words(post.raw_text)) == words for post in pending.pending_posts)


def _thread(publication: Publication) -> tuple[str, int]:
    """`t` or `p` and the topic; a public answer can never name a private one (law 9)."""
    found = _THREAD.fullmatch(publication.thread)
    if found is None:
        raise PermanentProblem("the conversation has no topic that the forum knows")
    if isinstance(publication, PublicAnswer) and found[1] == "p":
        raise PermanentProblem("a private conversation cannot be answered in public")
    return found[1], int(found[2])


def _message(publication: Publication, target: _Target, raw: str, voice: Voice) -> dict[str, object]:
    """The body of the request."""
    if not target.fresh_message:
        return {"topic_id": target.item.topic_id, "reply_to_post_number": target.item.post_number, "raw": raw}
    return {
        "archetype": "private_message",
        "target_recipients": target.item.username,
        "title": line(f"{voice.private_title} ({target.item.topic_id}/{target.item.post_number})", 200),
        "raw": raw,
        "external_id": _external(publication),
    }


def _external(publication: Publication) -> str:
    """The name of the topic of a private message; Discourse refuses a second topic of the same name."""
    return "bridge-" + hashlib.sha256(publication.key.encode()).hexdigest()[:40]


def _alt(text: str) -> str:
    """A picture's description without the marks that would end it."""
    return line(re.sub(r"[\[\]|()!`<>]", " ", text), 200)
