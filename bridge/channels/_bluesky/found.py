"""Looking for an answer of ours: by the key of its record, and among the messages of a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bridge.channels._bluesky.keys import moment_of
from bridge.channels._bluesky.posts import View, address, convo_of, message_name
from bridge.channels._bluesky.said import Speaker, key_of
from bridge.channels._bluesky.shapes import POST, Entry, Message, Messages, Posts, Record, uri_of
from bridge.channels._bluesky.xrpc import Xrpc
from bridge.channels._entries import read_entries
from bridge.channels._problems import the_one
from bridge.channels._text import same_words
from bridge.core.publications import Posted, PrivateAnswer, Publication
from bridge.ports import UncertainProblem

_PAGES = 20
_PAGE = "100"


class _Kept(msgspec.Struct, frozen=True):
    value: Record


class _Branch(msgspec.Struct, frozen=True):
    post: msgspec.Raw = msgspec.Raw(b"null")
    replies: list["_Branch"] = []


class _Thread(msgspec.Struct, frozen=True):
    thread: _Branch


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Looks where the answer would be."""

    xrpc: Xrpc
    chat: Xrpc
    speaker: Speaker

    async def find(self, publication: Publication, view: View) -> Posted | None:
        """Raises UncertainProblem where it cannot be told."""
        if isinstance(publication, PrivateAnswer):
            return await self._message(publication, view)
        key = key_of(publication)
        query = {"repo": view.account, "collection": POST, "rkey": key}
        kept = await self.xrpc.seek("com.atproto.repo.getRecord", query, _Kept)
        if kept is not None and same_words(kept.value.text) == same_words(publication.text):
            return Posted(id=f"{view.account}/{key}", url=address(f"{view.account}/{key}"))
        if await self._is_said(publication, view):
            raise UncertainProblem("an answer of ours with these words stands there under another key")
        return None

    async def _is_said(self, publication: Publication, view: View) -> bool:
        """Whether the same words of ours stand below the post already: nobody should read them twice."""
        query = {"uri": uri_of(publication.parent), "depth": "1", "parentHeight": "0"}
        thread = await self.xrpc.seek("app.bsky.feed.getPostThread", query, _Thread)
        below = read_entries([branch.post for branch in thread.thread.replies], Entry)[0] if thread else []
        words = same_words(publication.text)
        return any(view.is_ours(each.value) and same_words(each.value.record.text) == words for each in below)

    async def _message(self, publication: PrivateAnswer, view: View) -> Posted | None:
        """The one message of ours with these words since the customer wrote."""
        convo = await self.speaker.convo(publication, view)
        own = [m for m in await self._since(publication, convo) if m.sender.did == view.account]
        found = the_one([m for m in own if same_words(m.text) == same_words(publication.text)], "messages")
        return None if found is None else Posted(id=message_name(convo, found.id))

    async def _since(self, publication: PrivateAnswer, convo: str) -> Sequence[Message]:
        """Messages that are younger than what is answered."""
        asked = publication.parent.rpartition("/")[2]
        floor = None if convo_of(publication.parent) else await self._asked_at(publication.parent)
        found: list[Message] = []
        cursor = ""
        for _ in range(_PAGES):
            query = {"convoId": convo, "limit": _PAGE, **({"cursor": cursor} if cursor else {})}
            page = await self.chat.query("chat.bsky.convo.getMessages", query, Messages)
            for message in _readable(page.messages):
                if message.id == asked or (floor is not None and message.sent_at < floor):
                    return found
                found.append(message)
            if not page.cursor or page.cursor == cursor:
                return _whole(found, floor)
            cursor = page.cursor
        raise UncertainProblem("too many messages are younger than the one that was answered")

    async def _asked_at(self, parent: str) -> datetime:
        """A moment before any answer to a public post: authors choose the keys of their posts, with the times in them."""
        posts = await self.xrpc.query("app.bsky.feed.getPosts", {"uris": [uri_of(parent)]}, Posts)
        shown, _ = read_entries(posts.posts, Entry)
        if not shown:
            raise UncertainProblem("the post that was answered is not shown any more")
        return min(shown[0].value.indexed_at, moment_of(parent.rpartition("/")[2]))


def _whole(found: Sequence[Message], floor: datetime | None) -> Sequence[Message]:
    """The beginning of a conversation was reached: without the message that was answered nothing is proved."""
    if floor is None:
        raise UncertainProblem("the message that was answered is not shown any more")
    return found


class _Typed(msgspec.Struct, frozen=True, rename={"type": "$type"}):
    type: str = ""


def _readable(raws: Sequence[msgspec.Raw]) -> Sequence[Message]:
    """Messages that still have words; raises UncertainProblem where one cannot be read, since it may be the one."""
    try:
        kept = [raw for raw in raws if not msgspec.json.decode(raw, type=_Typed).type.endswith("#deletedMessageView")]
        return [msgspec.json.decode(raw, type=Message) for raw in kept]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UncertainProblem("a message cannot be read: it may be the one that is looked for") from None
