"""Speaking on Facebook, and looking for what was said; public and private answers go by ways that never meet (law 9)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec

from bridge.channels._facebook.posts import SITE
from bridge.channels._facebook.reading import COMMENT, NEWEST, PAGE
from bridge.channels._graph.call import Edge, Graph
from bridge.channels._graph.listing import Listed, to_the_end
from bridge.channels._graph.messages import PRIVATE_REPLY, Messages, behind
from bridge.channels._graph.shapes import Comment, Person, Ref, moment
from bridge.channels._graph.threads import PRIVATE_THREAD, public_post
from bridge.channels._problems import the_one
from bridge.channels._text import same_words
from bridge.core.publications import Posted, PrivateAnswer, PublicAnswer
from bridge.ports import ClosedProblem, PermanentProblem, UncertainProblem

MAX_COMMENT = 8_000
MAX_MESSAGE = 2_000
_SEARCH_PAGES = 50
_COMMENT_TARGET = "id,created_time,from,parent,can_comment,can_reply_privately,is_private,private_reply_conversation"
_POST_TARGET = "id,created_time,from,can_reply_privately"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The post or comment that is answered."""

    id: str | int
    created_time: str | int
    from_: Person | None = msgspec.field(name="from", default=None)
    parent: Ref | None = None
    can_comment: bool = True
    can_reply_privately: bool = False
    is_private: bool = False
    private_reply_conversation: Ref | None = None

    def __post_init__(self) -> None:
        moment(self.created_time)

    @property
    def at(self) -> datetime:
        """When it was written."""
        return moment(self.created_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSpeaker:
    """Answers under posts and comments, for everyone to read; it takes public answers and nothing else."""

    graph: Graph
    account: str

    async def say(self, answer: PublicAnswer) -> Posted:
        """Say it once; a picture goes first, since nobody sees it before the comment."""
        if not 0 < len(answer.text) <= MAX_COMMENT:
            raise PermanentProblem(f"the platform takes 1 to {MAX_COMMENT} characters")
        post = public_post(answer)
        target = await sought(self.graph, answer, post)
        if not target.can_comment or target.is_private:
            raise PermanentProblem("this comment takes no public answer")
        words = {"message": answer.text, **await self._picture(answer)}
        created = await self.graph.say(answer.parent, "comments", words=words, shape=Ref)
        if not created.key:
            raise UncertainProblem("the platform accepted the answer without saying where it is")
        return Posted(id=created.key, url=f"{SITE}/{created.key}")

    async def _picture(self, answer: PublicAnswer) -> dict[str, str]:
        """A picture that is not published by itself."""
        if not answer.media:
            return {}
        if len(answer.media) > 1:
            raise PermanentProblem("the platform takes one picture with an answer")
        picture = await self.graph.bring(f"{self.account}/photos", answer.media[0].content, Ref)
        return {"attachment_id": picture.key}

    async def find(self, answer: PublicAnswer, now: datetime) -> Posted | None:
        """Our comment below the same parent with the same words; raises UncertainProblem where that cannot be told."""
        post = public_post(answer)
        listed = await self._thread(post, now)
        above = _above(answer.parent, post, listed)
        words = same_words(answer.text)
        ours = [e.value for e in listed.found if e.value.from_ is not None and e.value.from_.key == self.account]
        same = [(_parent(comment, post), comment) for comment in ours if same_words(comment.message) == words]
        found = the_one([comment for parent, comment in same if parent == answer.parent], "answers")
        if found is None and any(parent in above for parent, _ in same):
            raise UncertainProblem("answers to answers may stand in one row: it cannot be told which one this answers")
        return Posted(id=found.key, url=f"{SITE}/{found.key}") if found else None

    async def _thread(self, post: str, now: datetime) -> Listed[Comment]:
        """All comments of a post; raises UncertainProblem where they cannot all be read."""
        fetch = partial(self._fetch, post)
        listed = await to_the_end(fetch, Comment, now=now, most=_SEARCH_PAGES)
        if listed.spoilt or not listed.whole:
            raise UncertainProblem("not all comments can be read: one may be the answer that is looked for")
        return listed

    async def _fetch(self, post: str, after: str) -> Edge:
        query = NEWEST | {"fields": COMMENT, "limit": PAGE}
        return await self.graph.edge(post, "comments", query=query | behind(after))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateSpeaker:
    """Answers that the customer alone reads; it takes private answers and nothing else."""

    graph: Graph
    messages: Messages

    async def say(self, answer: PrivateAnswer, now: datetime) -> Posted:
        """In the standing conversation, or once to the writer of a public post."""
        if not 0 < len(answer.text) <= MAX_MESSAGE:
            raise PermanentProblem(f"the platform takes 1 to {MAX_MESSAGE} characters in private")
        if PRIVATE_THREAD.fullmatch(answer.thread):
            return await self.messages.answer(answer, now)
        post = public_post(answer)
        target = await sought(self.graph, answer, post)
        if now - target.at >= PRIVATE_REPLY:
            raise ClosedProblem("the seven days in which a private reply to this is taken are over")
        if not target.can_reply_privately:
            raise PermanentProblem("a private reply to this was already sent, or its writer takes none")
        return await self.messages.open(answer, {_recipient(answer, post): answer.parent})

    async def find(self, answer: PrivateAnswer, now: datetime) -> Posted | None:
        """Our message with these words in the conversation; raises UncertainProblem where that cannot be told."""
        if PRIVATE_THREAD.fullmatch(answer.thread):
            return await self.messages.find(answer, now)
        post = public_post(answer)
        target = await sought(self.graph, answer, post)
        if answer.parent == post:
            return await self.messages.find_with(answer.author.id, answer, since=target.at, now=now)
        if target.private_reply_conversation is None:
            return None
        conversation = target.private_reply_conversation.key
        return await self.messages.find_in(conversation, answer, since=target.at, now=now)


async def sought(graph: Graph, answer: PublicAnswer | PrivateAnswer, post: str) -> Target:
    """What is answered, which must still be there and be the customer's."""
    fields = _POST_TARGET if answer.parent == post else _COMMENT_TARGET
    target = await graph.seek(answer.parent, {"fields": fields}, Target)
    if target is None:
        raise PermanentProblem("the post to be answered is gone")
    if target.from_ is not None and target.from_.key and target.from_.key != answer.author.id:
        raise PermanentProblem("the post to be answered does not belong to the customer")
    return target


def _recipient(answer: PrivateAnswer, post: str) -> str:
    return "post_id" if answer.parent == post else "comment_id"


def _parent(comment: Comment, post: str) -> str:
    return comment.parent.key if comment.parent else post


def _above(parent: str, post: str, listed: Listed[Comment]) -> set[str]:
    """What an answer to an answer may be listed under as well: the first comment above it."""
    if parent == post:
        return set()
    return {e.value.parent.key for e in listed.found if e.value.key == parent and e.value.parent is not None}
