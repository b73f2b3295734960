"""Speaking on Bluesky: an answer is a record under a key that a second try has too; a private one is a direct message."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bridge.channels._bluesky.facets import marked, named
from bridge.channels._bluesky.keys import answer_key
from bridge.channels._bluesky.posts import View, address, convo_of, message_name
from bridge.channels._bluesky.refusals import NotThere
from bridge.channels._bluesky.shapes import POST, ConvoOf, Entry, Posts, name_of, uri_of
from bridge.channels._bluesky.xrpc import Xrpc
from bridge.channels._entries import read_entries
from bridge.channels._text import clean
from bridge.core import graphemes
from bridge.core.publications import Posted, PrivateAnswer, PublicAnswer, Publication
from bridge.ports import Clock, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

LONGEST = 300
LONGEST_PRIVATE = 1000
"""Characters as people see them (app.bsky.feed.post, chat.bsky.convo.defs#messageInput)."""

_BYTES = 10
"""How many bytes each may take on average: both limits come with one ten times as high, in UTF-8."""

MOST_IMAGES = 4
_LARGEST = 2_000_000
_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_MOST_NAMES = 10


class _Created(msgspec.Struct, frozen=True):
    uri: str
    cid: str


class _Sent(msgspec.Struct, frozen=True):
    id: str


class _Who(msgspec.Struct, frozen=True):
    did: str


def counted(text: str) -> int:
    """The length of a text: characters as people see them, or a tenth of its bytes where that is more."""
    return max(graphemes.length(text), -(-len(text.encode("utf-8", "replace")) // _BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Publishes answers."""

    xrpc: Xrpc
    chat: Xrpc
    clock: Clock
    patience: float
    """Seconds in which everything must be ready for the one request that speaks."""

    async def say(self, publication: Publication, view: View) -> Posted:
        """Say it once; pictures go first, since nobody sees them before the post does."""
        _check(publication)
        if isinstance(publication, PrivateAnswer):
            return await self._send(publication, view)
        try:
            async with asyncio.timeout(self.patience):
                record = await self._record(publication)
        except TimeoutError:
            raise TemporaryProblem("Bluesky is not done with what the answer needs yet") from None
        key = key_of(publication)
        message = {"repo": view.account, "collection": POST, "rkey": key, "record": record}
        created = await self.xrpc.do("com.atproto.repo.createRecord", message, _Created)
        name = name_of(created.uri)
        if not name:
            raise UncertainProblem("the server accepted the answer without saying where it is")
        return Posted(id=name, url=address(name))

    async def _record(self, answer: PublicAnswer) -> Mapping[str, object]:
        """What becomes the answer's record."""
        parent = await self._parent(answer)
        above = {"uri": parent.uri, "cid": parent.cid}
        root = parent.record.reply.root if parent.record.reply else None
        record: dict[str, object] = {
            "$type": POST,
            "text": answer.text,
            "createdAt": self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "reply": {"root": {"uri": root.uri, "cid": root.cid} if root else above, "parent": above},
            "facets": marked(answer.text, await self._names(answer)),
        }
        if answer.media:
            images = [{"alt": clean(file.alt).strip(), "image": await self.xrpc.bring(file)} for file in answer.media]
            record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
        return record

    async def _parent(self, answer: PublicAnswer) -> Entry:
        """The post to be answered, which must still be there, be the customer's, and be open for answers."""
        posts = await self.xrpc.query("app.bsky.feed.getPosts", {"uris": [uri_of(answer.parent)]}, Posts)
        entries, _ = read_entries(posts.posts, Entry)
        if not entries:
            raise PermanentProblem("the post to be answered is gone")
        entry = entries[0].value
        if entry.author.did != answer.author.id:
            raise PermanentProblem("the post to be answered does not belong to the customer")
        if entry.is_closed:
            raise PermanentProblem("the customer lets this account not answer the post")
        return entry

    async def _names(self, answer: PublicAnswer) -> Mapping[str, str]:
        """The accounts behind the names in the text; a name that nobody has stays plain words."""
        known = {answer.author.handle.lower(): answer.author.id} if answer.author.handle else {}
        for name in named(answer.text)[:_MOST_NAMES]:
            if name not in known:
                try:
                    who = await self.xrpc.query("com.atproto.identity.resolveHandle", {"handle": name}, _Who)
                except LoginProblem:
                    raise
                except PermanentProblem:
                    continue
                known[name] = who.did
        return known

    async def _send(self, answer: PrivateAnswer, view: View) -> Posted:
        """A direct message to the customer, and to nobody else (law 9)."""
        convo = await self.convo(answer, view)
        words = {"text": answer.text, "facets": marked(answer.text, {})}
        sent = await self.chat.do("chat.bsky.convo.sendMessage", {"convoId": convo, "message": words}, _Sent)
        return Posted(id=message_name(convo, sent.id))

    async def convo(self, answer: PrivateAnswer, view: View) -> str:
        """The conversation with the customer alone; raises PermanentProblem where others read it too."""
        named_convo = convo_of(answer.parent)
        query = {"convoId": named_convo} if named_convo else {"members": [answer.author.id]}
        way = "getConvo" if named_convo else "getConvoForMembers"
        try:
            found = await self.chat.query(f"chat.bsky.convo.{way}", query, ConvoOf)
        except NotThere:
            raise PermanentProblem("the conversation is gone") from None
        if {member.did for member in found.convo.members} != {view.account, answer.author.id}:
            raise PermanentProblem("others than the customer read this conversation: answer it by hand")
        return found.convo.id


def key_of(publication: Publication) -> str:
    """The key of an answer's record: the same however often it is tried."""
    return answer_key(publication.parent.rpartition("/")[2], publication.key)


def _check(publication: Publication) -> None:
    """What can be told before anything is asked."""
    private = isinstance(publication, PrivateAnswer)
    longest = LONGEST_PRIVATE if private else LONGEST
    if not publication.text.strip() or counted(publication.text) > longest:
        raise PermanentProblem(f"Bluesky takes 1 to {longest} characters")
    if convo_of(publication.parent) or convo_of(publication.thread):
        if not private:
            raise PermanentProblem("a private conversation cannot be answered in public")
    elif not uri_of(publication.parent):
        raise PermanentProblem("the post to be answered has no address that Bluesky knows")
    _check_files(publication, private=private)


def _check_files(publication: Publication, *, private: bool) -> None:
    files = publication.media
    if files and private:
        raise PermanentProblem("Bluesky takes no files with direct messages")
    if len(files) > MOST_IMAGES:
        raise PermanentProblem(f"Bluesky takes at most {MOST_IMAGES} pictures with an answer")
    if any(file.type.lower() not in _TYPES for file in files):
        raise PermanentProblem("Bluesky takes pictures only: JPEG, PNG, WebP or GIF")
    if any(len(file.content) > _LARGEST for file in files):
        raise PermanentProblem("Bluesky takes pictures of at most 2,000,000 bytes")
