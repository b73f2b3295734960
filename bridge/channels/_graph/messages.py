"""Private messages at the Graph API, of Messenger and of Instagram: read, answered within their time, found again."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import msgspec

from bridge.channels._graph.call import Edge, Graph
from bridge.channels._graph.harvest import Harvest
from bridge.channels._graph.known import Known
from bridge.channels._graph.listing import Fetch, Found, Listed, back_to, compare, entries, untold, walk
from bridge.channels._graph.refusals import Gone
from bridge.channels._graph.talk_shapes import Conversation, Message
from bridge.channels._graph.threads import conversation as conversation_of
from bridge.channels._graph.watched import Watched, fits, in_turn, owed, put_off, remembered
from bridge.channels._problems import the_one
from bridge.channels._text import clean, line, same_words
from bridge.core.model import Author, Kind, Post, Visibility
from bridge.core.publications import Posted, PrivateAnswer
from bridge.ports import ClosedProblem, LoginProblem, PermanentProblem, UncertainProblem

WINDOW = timedelta(hours=24)
"""How long after the customer's last message any answer is taken (Send API)."""

AGENT_WINDOW = timedelta(days=7)
"""How long answers that a person wrote are taken, with the Human Agent feature."""

PRIVATE_REPLY = timedelta(days=7)
"""How long after a public post or comment one private reply to it is taken (private replies)."""

_NUMBER = re.compile(r"\d{1,40}")
_PAGE = 20
"""Only about the newest twenty messages of a conversation are told in full (Graph API, conversation)."""

_CONVERSATION_PAGES = 40
_CONVERSATIONS = 20
"""Conversations that one poll reads."""

_REMEMBERED = 200
"""Conversations of which single messages are remembered."""

_SEARCH_PAGES = 20
_FIELDS = "id,created_time,from,message,attachments{mime_type,name,file_url,image_data,video_data}"


class Sent(msgspec.Struct, frozen=True):
    """What the Send API gives back."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """The private conversations of one account."""

    graph: Graph
    page: str
    """The Page that has them."""
    account: str
    """Our own id in them."""
    platform: str
    """messenger or instagram."""
    channel: str
    human_agent: bool
    by_hand: str
    """Where a person can answer when the bridge cannot."""

    async def gather(
        self, talks: dict[str, Watched], harvest: Harvest, *, began: int, now: datetime
    ) -> dict[str, Watched]:
        """New messages; a conversation is read where it was written to since, the one that waits longest first."""

        def due(conversation: Conversation) -> bool:
            stamp, watched = _stamp(conversation), talks.get(conversation.key)
            return stamp > began if watched is None else stamp != watched.touched

        def enough(_page: int, found: Sequence[Found[Conversation]]) -> bool:
            return bool(found) and not any(due(entry.value) for entry in found)

        listed = await walk(
            self._conversations, Conversation, now=now, most=_CONVERSATION_PAGES, enough=enough, full=None
        )
        waiting = owed(talks) | {entry.value.key: _stamp(entry.value) for entry in listed.found if due(entry.value)}
        after = dict(talks)
        for name in in_turn(waiting, talks, most=_CONVERSATIONS):
            before = msgspec.structs.replace(
                talks.get(name, Watched(touched=0, known=Known(floor=began))), touched=waiting[name]
            )
            after[name] = await self._kept(name, before, harvest=harvest, now=now)
        harvest.complete = harvest.complete and fits(waiting, talks, most=_CONVERSATIONS)
        return remembered(after, _REMEMBERED)

    async def _kept(self, name: str, before: Watched, *, harvest: Harvest, now: datetime) -> Watched:
        """What is known of a conversation after it was read; one that is refused keeps its place and is owed."""
        part, known = f"conversation {name}", before.known
        try:
            known = await self._read(name, known, harvest=harvest, now=now)
        except LoginProblem:
            raise
        except Gone:
            pass
        except PermanentProblem as problem:
            harvest.refuse(part, problem)
            return put_off(before)
        harvest.read.append(part)
        return Watched(touched=before.touched, known=known)

    async def _read(self, name: str, known: Known, *, harvest: Harvest, now: datetime) -> Known:
        """One conversation back to what is known of it."""
        listed = await walk(self._fetch(name), Message, now=now, most=_SEARCH_PAGES, enough=back_to(known), full=None)
        flow = await compare(known, listed, exists=untold, unlisted=set())
        harvest.take(flow)
        above = self._answered(listed)
        for entry in reversed(flow.fresh):
            harvest.add(self.post(name, entry.value, parent=above.get(entry.value.key, ""), now=now), entry.raw)
        return flow.known

    def _answered(self, listed: Listed[Message]) -> dict[str, str]:
        """What each message of ours answers: the customer's last one before it."""
        above: dict[str, str] = {}
        last = ""
        for entry in reversed(listed.found):
            if entry.value.from_.key != self.account:
                last = entry.value.key
            elif last:
                above[entry.value.key] = last
        return above

    def post(self, conversation: str, message: Message, *, parent: str, now: datetime) -> Post:
        """A private message as the bridge knows it: it can be answered in private alone."""
        person = message.from_
        handle = person.username or person.name
        return Post(
            channel=self.channel,
            id=message.key,
            kind=Kind.DIRECT,
            visibility=Visibility.PRIVATE,
            thread=f"m:{conversation}",
            parent=parent,
            author=Author(id=person.key or f"?{conversation}", handle=line(handle), name=line(person.name)),
            text=clean(message.message),
            at=message.at,
            answers=frozenset({Visibility.PRIVATE}) if now - message.at < self.window else frozenset(),
            private_until=message.at + self.window,
            answer_url=self.by_hand,
            media=message.media,
        )

    @property
    def window(self) -> timedelta:
        """How long after the customer's last message an answer may still go."""
        return AGENT_WINDOW if self.human_agent else WINDOW

    async def answer(self, publication: PrivateAnswer, now: datetime) -> Posted:
        """Answer in a standing conversation, if its time is not over."""
        conversation = conversation_of(publication)
        if not _NUMBER.fullmatch(publication.author.id):
            raise PermanentProblem("the customer's id cannot be written to")
        last = await self._last_of(conversation, publication.author.id, now)
        words: dict[str, str] = {"recipient": json.dumps({"id": publication.author.id}), **_text(publication)}
        if now - last < WINDOW:
            return await self._send({**words, "messaging_type": "RESPONSE"})
        if now - last >= self.window:
            raise ClosedProblem("the time in which the platform takes an answer to this message is over")
        return await self._send({**words, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"})

    async def open(self, publication: PrivateAnswer, recipient: dict[str, str]) -> Posted:
        """Begin a conversation with the writer of a public post: once for each post, within seven days of it."""
        return await self._send({"recipient": json.dumps(recipient), **_text(publication)})

    async def _send(self, words: dict[str, str]) -> Posted:
        sent = await self.graph.say(self.page, "messages", words=words, shape=Sent)
        if not sent.message_id:
            raise UncertainProblem("the platform accepted the message without saying which it is")
        return Posted(id=sent.message_id)

    async def _last_of(self, conversation: str, person: str, now: datetime) -> datetime:
        """When the customer last wrote: from then on the time for answers counts."""

        def enough(_page: int, found: Sequence[Found[Message]]) -> bool:
            return any(entry.value.from_.key == person for entry in found)

        listed = await walk(self._fetch(conversation), Message, now=now, most=_SEARCH_PAGES, enough=enough, full=None)
        written = [entry.value.at for entry in listed.found if entry.value.from_.key == person]
        if not written:
            raise PermanentProblem("the customer's messages are not there any more")
        return max(written)

    async def find(self, publication: PrivateAnswer, now: datetime) -> Posted | None:
        """The one message of ours with these words after the customer's; raises UncertainProblem where that cannot be told."""
        listed = await self._back_to(conversation_of(publication), publication.parent, now)
        [parent] = [entry.value for entry in listed.found if entry.value.key == publication.parent]
        return self._matching(publication, listed, since=parent.at)

    async def find_with(
        self, person: str, publication: PrivateAnswer, *, since: datetime, now: datetime
    ) -> Posted | None:
        """The one message of ours to a person since then; None where there is no conversation."""
        query = {"platform": self.platform, "user_id": person, "fields": "id,updated_time", "limit": "2"}
        edge = await self.graph.edge(self.page, "conversations", query=query)
        found, spoilt = entries(edge.data, Conversation, now=now)
        if spoilt or len(found) > 1:
            raise UncertainProblem("the conversations with this person cannot be told apart")
        return await self.find_in(found[0].value.key, publication, since=since, now=now) if found else None

    async def find_in(
        self, conversation: str, publication: PrivateAnswer, *, since: datetime, now: datetime
    ) -> Posted | None:
        """The one message of ours in a conversation since then."""

        def enough(_page: int, found: Sequence[Found[Message]]) -> bool:
            return any(entry.value.at < since for entry in found)

        listed = await walk(self._fetch(conversation), Message, now=now, most=_SEARCH_PAGES, enough=enough, full=None)
        if not listed.whole and listed.oldest >= since.timestamp():
            raise UncertainProblem("the conversation is too long to be looked through")
        return self._matching(publication, listed, since=since)

    async def _back_to(self, conversation: str, message: str, now: datetime) -> Listed[Message]:
        """The conversation back to one message; raises UncertainProblem where it is not met."""

        def enough(_page: int, found: Sequence[Found[Message]]) -> bool:
            return any(entry.value.key == message for entry in found)

        listed = await walk(self._fetch(conversation), Message, now=now, most=_SEARCH_PAGES, enough=enough, full=None)
        if not enough(0, listed.found):
            raise UncertainProblem("the message that was answered is not shown any more")
        return listed

    def _matching(self, publication: PrivateAnswer, listed: Listed[Message], *, since: datetime) -> Posted | None:
        if listed.spoilt:
            raise UncertainProblem("a message cannot be read: it may be the one that is looked for")
        words = same_words(publication.text)
        ours = [e.value for e in listed.found if e.value.from_.key == self.account and e.value.at >= since]
        found = the_one([message for message in ours if same_words(message.message) == words], "messages")
        return Posted(id=found.key) if found else None

    async def _conversations(self, after: str) -> Edge:
        query = {"platform": self.platform, "fields": "id,updated_time", "limit": "50"}
        return await self.graph.edge(self.page, "conversations", query=query | behind(after))

    async def _messages(self, conversation: str, after: str) -> Edge:
        fields = f"{_FIELDS},sticker" if self.platform == "messenger" else _FIELDS
        query = {"fields": fields, "limit": str(_PAGE)}
        return await self.graph.edge(conversation, "messages", query=query | behind(after))

    def _fetch(self, conversation: str) -> Fetch:
        return partial(self._messages, conversation)


def behind(after: str) -> dict[str, str]:
    """The part of a query that says where to go on."""
    return {"after": after} if after else {}


def _stamp(conversation: Conversation) -> int:
    return int(conversation.at.timestamp())


def _text(publication: PrivateAnswer) -> dict[str, str]:
    """The message itself; pictures would need a second one, which nothing would tie to the first."""
    if publication.media:
        raise PermanentProblem("a private message takes no picture together with its words")
    return {"message": json.dumps({"text": publication.text})}
