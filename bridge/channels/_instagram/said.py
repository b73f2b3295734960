"""Speaking on Instagram, and looking for what was said; public and private answers go by ways that never meet (law 9)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bridge.channels._graph.call import Edge, Graph
from bridge.channels._graph.listing import to_the_end
from bridge.channels._graph.messages import PRIVATE_REPLY, Messages, behind
from bridge.channels._graph.shapes import Ref
from bridge.channels._graph.threads import PRIVATE_THREAD, is_named, public_post
from bridge.channels._instagram.reading import PAGE, REPLY
from bridge.channels._instagram.shapes import Aimed, Remark
from bridge.channels._problems import the_one
from bridge.channels._text import same_words
from bridge.core.publications import Posted, PrivateAnswer, PublicAnswer
from bridge.ports import ClosedProblem, PermanentProblem, UncertainProblem

MAX_REMARK = 2_200
MAX_MESSAGE = 1_000
_SEARCH_PAGES = 40
_AIMED = "id,timestamp,username,from,parent_id,media"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSpeaker:
    """Answers under comments, for everyone to read; it takes public answers and nothing else."""

    graph: Graph
    account: str

    async def say(self, answer: PublicAnswer) -> Posted:
        """Say it once: below the first comment of the thread, or below somebody's picture that names us."""
        if not 0 < len(answer.text) <= MAX_REMARK:
            raise PermanentProblem(f"the platform takes 1 to {MAX_REMARK} characters")
        if answer.media:
            raise PermanentProblem("the platform takes no pictures in comments")
        medium = public_post(answer)
        if is_named(answer) or answer.parent == medium:
            words = {"media_id": medium, "message": answer.text}
            if is_named(answer):
                words["comment_id"] = answer.parent
            created = await self.graph.say(self.account, "mentions", words=words, shape=Ref)
        else:
            target = await aimed(self.graph, answer)
            created = await self.graph.say(target.first, "replies", words={"message": answer.text}, shape=Ref)
        if not created.key:
            raise UncertainProblem("the platform accepted the answer without saying where it is")
        return Posted(id=created.key)

    async def find(self, answer: PublicAnswer, now: datetime) -> Posted | None:
        """Our answer in the same place with the same words; raises UncertainProblem where that cannot be told."""
        if is_named(answer) or answer.parent == public_post(answer):
            raise UncertainProblem("comments on other people's pictures cannot be listed")
        target = await aimed(self.graph, answer)
        fetch = partial(self._fetch, target.first)
        listed = await to_the_end(fetch, Remark, now=now, most=_SEARCH_PAGES)
        if listed.spoilt or not listed.whole:
            raise UncertainProblem("not all answers can be read: one may be that which is looked for")
        words = same_words(answer.text)
        ours = [e.value for e in listed.found if e.value.writer == self.account and e.value.at >= target.at]
        same = [remark for remark in ours if same_words(remark.text) == words]
        if same and target.parent_id is not None:
            raise UncertainProblem("answers to answers stand in one row: it cannot be told which one this answers")
        found = the_one(same, "answers")
        return Posted(id=found.key) if found else None

    async def _fetch(self, remark: str, after: str) -> Edge:
        query = {"fields": REPLY, "limit": str(PAGE)}
        return await self.graph.edge(remark, "replies", query=query | behind(after))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateSpeaker:
    """Answers that the customer alone reads; it takes private answers and nothing else."""

    graph: Graph
    messages: Messages

    async def say(self, answer: PrivateAnswer, now: datetime) -> Posted:
        """In the standing conversation, or once to the writer of a comment."""
        if not 0 < len(answer.text) <= MAX_MESSAGE:
            raise PermanentProblem(f"the platform takes 1 to {MAX_MESSAGE} characters in private")
        if PRIVATE_THREAD.fullmatch(answer.thread):
            return await self.messages.answer(answer, now)
        target = await self._comment(answer)
        if now - target.at >= PRIVATE_REPLY:
            raise ClosedProblem("the seven days in which a private reply to this is taken are over")
        return await self.messages.open(answer, {"comment_id": answer.parent})

    async def find(self, answer: PrivateAnswer, now: datetime) -> Posted | None:
        """Our message with these words in the conversation; raises UncertainProblem where that cannot be told."""
        if PRIVATE_THREAD.fullmatch(answer.thread):
            return await self.messages.find(answer, now)
        target = await self._comment(answer)
        return await self.messages.find_with(answer.author.id, answer, since=target.at, now=now)

    async def _comment(self, answer: PrivateAnswer) -> Aimed:
        if is_named(answer) or answer.parent == public_post(answer):
            raise PermanentProblem("the platform takes private replies to comments only")
        return await aimed(self.graph, answer)


async def aimed(graph: Graph, answer: PublicAnswer | PrivateAnswer) -> Aimed:
    """The comment that is answered, which must still be there, below the same post, and be the customer's."""
    medium = public_post(answer)
    target = await graph.seek(answer.parent, {"fields": _AIMED}, Aimed)
    if target is None:
        raise PermanentProblem("the comment to be answered is gone")
    if target.media is not None and target.media.key != medium:
        raise PermanentProblem("the comment to be answered stands below another post")
    if target.from_ is not None and target.from_.key and target.from_.key != answer.author.id:
        raise PermanentProblem("the comment to be answered does not belong to the customer")
    return target
