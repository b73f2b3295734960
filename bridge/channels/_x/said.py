"""Speaking on X, and looking for what was said."""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from bridge.channels._problems import the_one
from bridge.channels._x.calls import Calls
from bridge.channels._x.count import has_link
from bridge.channels._x.listing import Bounds
from bridge.channels._x.media import Uploads
from bridge.channels._x.posts import View, address
from bridge.channels._x.refusals import Uninvited
from bridge.channels._x.shapes import Message, Wire
from bridge.channels._x.wire import decoded, entries
from bridge.channels._x.words import message_words, said_words, words
from bridge.core.publications import Posted, PrivateAnswer, PublicAnswer, Publication
from bridge.ports import LoginProblem, PermanentProblem, UncertainProblem

LONGEST_MESSAGE = 10_000
MOST_MEDIA = 4

_THREAD = re.compile(r"([cd])([0-9A-Za-z-]{1,60})")
_PUBLIC_PARENT = re.compile(r"\d{1,19}")
_MESSAGE_PARENT = re.compile(r"m?(\d{1,19})")
_PERSON = re.compile(r"\d{1,19}")
_OWN_PAGES = 32
"""X lists 3,200 own posts."""

_UNCHAINED = (
    "X does not let the app answer the account's own post, which is the part before this one: "
    "an operator can set chain = false, and the rest is released then"
)

_MESSAGE_PAGES = 10
_REMEMBERED = 5000


class _Created(msgspec.Struct, frozen=True):
    class Post(msgspec.Struct, frozen=True):
        id: int

    data: Post


class _Sent(msgspec.Struct, frozen=True):
    class Event(msgspec.Struct, frozen=True):
        dm_event_id: int

    data: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """What an answer may be."""

    longest: int
    count: Callable[[str], int]
    messages: bool


class Speaker:
    """Publishes answers and finds them again; a public call takes a `PublicAnswer` and nothing else (law 9)."""

    def __init__(self, calls: Calls, uploads: Uploads, bounded: Bounded) -> None:
        self._calls = calls
        self._uploads = uploads
        self._bounded = bounded
        self._newest: OrderedDict[int, int] = OrderedDict()
        """The newest version of posts that were edited."""

    def know(self, wire: Wire) -> None:
        """Remember the newest version of an edited post: that one is answered."""
        first = wire.versions[0]
        if wire.id != first:
            self._newest[first] = max(wire.id, self._newest.get(first, 0))
            while len(self._newest) > _REMEMBERED:
                self._newest.popitem(last=False)

    async def say(self, publication: Publication, view: View) -> Posted:
        """Say it once; files go first, since nobody sees them before the post does."""
        match publication:
            case PublicAnswer():
                return await self._post(publication, view)
            case PrivateAnswer():
                return await self._message(publication)

    async def _post(self, answer: PublicAnswer, view: View) -> Posted:
        parent = public_parent(answer)
        if not 0 < self._bounded.count(answer.text) <= self._bounded.longest or not answer.text.strip():
            raise PermanentProblem(f"the answer is empty or longer than {self._bounded.longest} of X's characters")
        if len(answer.media) > MOST_MEDIA:
            raise PermanentProblem(f"X takes at most {MOST_MEDIA} files with an answer")
        above = _part_before(answer) or self._newest.get(parent, parent)
        media = [await self._uploads.bring(file, private=False) for file in answer.media]
        work = self._calls.client.create_tweet(
            text=answer.text, in_reply_to_tweet_id=str(above), media_ids=media or None
        )
        try:
            created = decoded((await self._calls.call(work)).body, _Created)
        except Uninvited as refused:
            raise PermanentProblem(_UNCHAINED if answer.follows else str(refused)) from None
        self._calls.ledger.pay(_price(answer, view), self._calls.now(), count=1)
        if created is None:
            raise UncertainProblem("X accepted the answer without saying where it is")
        return Posted(id=str(created.data.id), url=address(view.handle, created.data.id))

    async def _message(self, answer: PrivateAnswer) -> Posted:
        """To the customer alone, by the id that never changes (F07)."""
        person, _ = _private_place(answer)
        if not self._bounded.messages:
            raise PermanentProblem("direct messages are switched off for this channel")
        if not answer.text.strip() or len(answer.text) > LONGEST_MESSAGE or len(answer.media) > 1:
            raise PermanentProblem(f"X takes 1 to {LONGEST_MESSAGE} characters and one file in a direct message")
        media = [await self._uploads.bring(file, private=True) for file in answer.media]
        work = self._calls.client.create_direct_message(
            participant_id=person, text=answer.text, media_id=media[0] if media else None
        )
        sent = decoded((await self._calls.call(work)).body, _Sent)
        self._calls.ledger.pay("send", self._calls.now(), count=1)
        if sent is None:
            raise UncertainProblem("X accepted the message without saying where it is")
        return Posted(id=f"m{sent.data.dm_event_id}")

    async def hide(self, post: str, *, hidden: bool) -> None:
        """Hide a public reply, or show it again; a private message has nothing to hide."""
        if not _PUBLIC_PARENT.fullmatch(post):
            raise PermanentProblem("only public replies can be hidden")
        client = self._calls.client
        try:
            await self._calls.call(client.hide_reply(post) if hidden else client.unhide_reply(post))
        except LoginProblem:
            raise
        except PermanentProblem as problem:
            text = str(problem)
            raise PermanentProblem(f"{text}; X hides replies only in conversations that the account began") from None
        self._calls.ledger.pay("manage", self._calls.now(), count=1)

    async def delete(self, post: str) -> None:
        """Take a public answer of ours away; one that is gone already is taken away."""
        if not _PUBLIC_PARENT.fullmatch(post):
            raise PermanentProblem("only public answers can be taken away")
        try:
            await self._calls.call(self._calls.client.delete_tweet(post))
        except LoginProblem:
            raise
        except PermanentProblem:
            if await self._calls.stands(int(post)):
                raise
        self._calls.ledger.pay("delete", self._calls.now(), count=1)

    async def find(self, publication: Publication, view: View) -> Posted | None:
        """The one answer with these words in this place; raises UncertainProblem where that cannot be told."""
        match publication:
            case PublicAnswer():
                return await self._find_post(publication, view)
            case PrivateAnswer():
                return await self._find_message(publication, view)

    async def _find_post(self, answer: PublicAnswer, view: View) -> Posted | None:
        """Among our own posts since the one that is answered: below it, or below the part before this one."""
        parent, wanted = public_parent(answer), said_words(answer.text)
        own = await self._own_since(parent)
        same = [wire for wire in own if view.is_ours(wire) and said_words(words(wire, view.handle)) == wanted]
        chain = await self._chain(parent, same) | {_part_before(answer) or parent}
        found = the_one(sorted({w.versions[0] for w in same if w.referring("replied_to") in chain}), "answers")
        return None if found is None else Posted(id=str(found), url=address(view.handle, found))

    async def _own_since(self, number: int) -> list[Wire]:
        """All our posts since one; raises UncertainProblem where they cannot all be read."""
        found: list[Wire] = []
        token: str | None = None
        for _ in range(_OWN_PAGES):
            page = await self._calls.own(Bounds(since=number), token)
            good, broken = entries(page.raws, Wire)
            if broken:
                raise UncertainProblem("a post of ours cannot be read: it may be the one that is looked for")
            found += [entry.value for entry in good]
            self._calls.ledger.pay("owned", self._calls.now(), count=len(good))
            token = page.next_token
            if token is None:
                return found
        raise UncertainProblem("too many posts of ours are younger than the one that was answered")

    async def _chain(self, parent: int, same: Sequence[Wire]) -> set[int | None]:
        """The ids of all versions of the post that was answered, as far as our answers name them."""
        chain: set[int | None] = {parent, self._newest.get(parent, parent)}
        others = sorted({number for wire in same if (number := wire.referring("replied_to")) not in chain and number})
        if not others:
            return chain
        page = await self._calls.posts(others[:100])
        self._calls.ledger.pay("post", self._calls.now(), count=len(others))
        good, _ = entries(page.raws, Wire)
        return chain | {entry.value.id for entry in good if entry.value.versions[0] == parent}

    async def _find_message(self, answer: PrivateAnswer, view: View) -> Posted | None:
        """Among our messages to the customer since the post that is answered: all ids count the same time."""
        person, since = _private_place(answer)
        wanted = said_words(answer.text)
        later = await self._messages_since(person, since)
        found = the_one([message for message in later if _says(message, view) == wanted], "messages")
        return Posted(id=f"m{found.id}") if found else None

    async def _messages_since(self, person: str, since: int) -> list[Message]:
        found: list[Message] = []
        token: str | None = None
        for _ in range(_MESSAGE_PAGES):
            page = await self._calls.messages_with(person, token)
            good, broken = entries(page.raws, Message)
            if broken:
                raise UncertainProblem("a message cannot be read: it may be the one that is looked for")
            self._calls.ledger.pay("message", self._calls.now(), count=len(good))
            found += [entry.value for entry in good if entry.value.id > since]
            token = page.next_token
            if token is None or any(entry.value.id <= since for entry in good):
                return found
        raise UncertainProblem("too many messages are younger than the post that was answered")


def _says(message: Message, view: View) -> str | None:
    """Our words in a message; None where it is not ours."""
    if message.sender_id != view.account or message.text is None:
        return None
    links = message.entities.urls if message.entities else ()
    return said_words(message_words(message.text, links))


def public_parent(answer: PublicAnswer) -> int:
    """The post that is answered in public; a private conversation has none (law 9)."""
    thread = _THREAD.fullmatch(answer.thread)
    if thread is None or thread[1] != "c" or not _PUBLIC_PARENT.fullmatch(answer.parent):
        raise PermanentProblem("a private conversation cannot be answered in public")
    return int(answer.parent)


def _part_before(answer: PublicAnswer) -> int | None:
    """The part of ours on which this one hangs; None for a first one. Raises PermanentProblem where it is no post of X's."""
    if not answer.follows:
        return None
    if not _PUBLIC_PARENT.fullmatch(answer.follows):
        raise PermanentProblem("the part before this one has no number that X knows")
    return int(answer.follows)


def _price(answer: PublicAnswer, view: View) -> str:
    """By which price X charges: nobody summons us to answer a post of our own."""
    if has_link(answer.text):
        return "link"
    return "create" if view.any_post or answer.follows else "answer"


def _private_place(answer: PrivateAnswer) -> tuple[str, int]:
    """To whom a private answer goes, and the id after which it can be."""
    parent = _MESSAGE_PARENT.fullmatch(answer.parent)
    if not _THREAD.fullmatch(answer.thread) or parent is None or not _PERSON.fullmatch(answer.author.id):
        raise PermanentProblem("the customer cannot be written to: the conversation has no number that X knows")
    return answer.author.id, int(parent[1])
