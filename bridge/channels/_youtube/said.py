"""Speaking on YouTube: an answer is a reply in the thread of the customer's comment, which is looked at before."""

import asyncio
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from bridge.channels._youtube.asking import Asking
from bridge.channels._youtube.found import KEEPS, LONGEST, Finder, worded
from bridge.channels._youtube.posts import View
from bridge.channels._youtube.quota import READ, WRITE
from bridge.channels._youtube.refusals import Forbidden
from bridge.channels._youtube.shapes import KEY, Comment, Made, Thread
from bridge.core.publications import Posted, PublicAnswer, Publication
from bridge.ports import PermanentProblem, TemporaryProblem, UncertainProblem

_WHOLE = WRITE + 2 * READ
"""Units of an answer with the looks before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Publishes answers."""

    asking: Asking
    finder: Finder
    patience: float
    """Seconds in which everything must be ready for the one request that speaks."""
    hidden: set[str] = field(default_factory=set)
    """Comments that were kept back when they were last read: YouTube does not say it of what is asked for by id."""

    def keep_off(self, hidden: Collection[str]) -> None:
        """Note what is kept back now."""
        self.hidden.clear()
        self.hidden.update(hidden)

    async def say(self, publication: Publication, view: View) -> Posted:
        """Say it once."""
        _check(publication)
        self.asking.quota.suffice(_WHOLE, self.asking.reading.now())
        try:
            async with asyncio.timeout(self.patience):
                thread = await self._ready(publication)
        except TimeoutError:
            raise TemporaryProblem("YouTube does not show the comment to be answered in time") from None
        made = await self._made(publication)
        if made.is_held:
            self.finder.kept.add(publication.key)
            raise UncertainProblem(KEEPS)
        return Posted(id=made.id, url=view.address(made.id, thread.snippet.video_id or ""))

    async def _made(self, publication: Publication) -> Made:
        try:
            return await self.asking.reply(publication.thread, worded(publication))
        except Forbidden as refused:
            text = str(refused)
        await self.asking.mine()  # a refusal may hide a dead login (F01)
        raise PermanentProblem(text)

    async def _ready(self, publication: Publication) -> Thread:
        """The thread, which must be open, and in it the customer's comment, which all must see."""
        found = await self.asking.threads_of([publication.thread])
        if found is None:
            raise TemporaryProblem("YouTube shows the comment to be answered in no shape that can be read")
        if publication.thread not in found:
            raise PermanentProblem("the comment to be answered is gone, or is not shown to others")
        thread = found[publication.thread].entry
        is_top = publication.parent == publication.thread
        comment = thread.top if is_top else await self._reply(publication.parent)
        if comment.author and comment.author != publication.author.id:
            raise PermanentProblem("the comment to be answered does not belong to the customer")
        if self.hidden & {thread.key, comment.key}:
            raise PermanentProblem("the comment to be answered is kept back: show it to all before it is answered")
        if not thread.snippet.can_reply:
            raise PermanentProblem("YouTube takes no answers to that comment")
        return thread

    async def _reply(self, key: str) -> Comment:
        found = await self.asking.comments_of([key])
        if found is None:
            raise TemporaryProblem("YouTube shows the reply to be answered in no shape that can be read")
        if key not in found:
            raise PermanentProblem("the reply to be answered is gone, or is not shown to others")
        return found[key].entry


def _check(publication: Publication) -> None:
    """What can be told before anything is asked."""
    if not isinstance(publication, PublicAnswer):
        raise PermanentProblem("YouTube has no private answers")
    if not publication.text.strip() or len(publication.text) > LONGEST:
        raise PermanentProblem(f"YouTube takes 1 to {LONGEST} characters")
    if publication.media:
        raise PermanentProblem("YouTube takes no files with comments")
    if not re.fullmatch(KEY, publication.thread) or not re.fullmatch(KEY, publication.parent):
        raise PermanentProblem("the comment to be answered has no id that YouTube knows")
