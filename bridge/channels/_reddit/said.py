"""Speaking on Reddit: an answer is a comment below the customer's post; a private one is a message to the customer alone."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bridge.channels._problems import still_uncertain
from bridge.channels._reddit.asking import Asking
from bridge.channels._reddit.found import Finder
from bridge.channels._reddit.posts import View, is_message
from bridge.channels._reddit.refusals import Forbidden
from bridge.channels._reddit.shapes import NAME, Made, Me, Thing, thing_of
from bridge.channels._reddit.words import counted, escaped
from bridge.core.publications import Posted, PrivateAnswer, PublicAnswer, Publication
from bridge.ports import PermanentProblem, TemporaryProblem, UncertainProblem

LONGEST = 10_000
"""Characters of a comment or message, markdown and all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Publishes answers."""

    asking: Asking
    finder: Finder
    subject: str
    """Of a message to somebody who has not written one."""
    patience: float
    """Seconds in which everything must be ready for the one request that speaks."""

    async def say(self, publication: Publication, view: View) -> Posted:
        """Say it once."""
        _check(publication)
        try:
            async with asyncio.timeout(self.patience):
                path, form = await self._prepared(publication)
        except TimeoutError:
            raise TemporaryProblem("Reddit does not show the post to be answered in time") from None
        try:
            made = await self.asking.do(path, form, Made)
        except Forbidden as refused:
            text = str(refused)
        else:
            return await self._posted(made, publication, view)
        await self.asking.query("/api/v1/me", {}, Me)  # a refusal may hide a dead login (F01)
        raise PermanentProblem(text)

    async def _prepared(self, publication: Publication) -> tuple[str, Mapping[str, str]]:
        """The path and the form of the one request that speaks."""
        text = escaped(publication.text)
        if is_message(publication.parent):
            return "/api/comment", {"thing_id": publication.parent, "text": text}
        thing = await self._parent(publication)
        if isinstance(publication, PublicAnswer):
            return "/api/comment", {"thing_id": thing.key, "text": text}
        return "/api/compose", {"to": thing.data.author or "", "subject": self.subject, "text": text}

    async def _parent(self, publication: Publication) -> Thing:
        """The post to be answered, which must still be there, be the customer's, and be open."""
        found = await self.asking.things(list(dict.fromkeys((publication.parent, publication.thread))))
        if found is None:
            raise TemporaryProblem("Reddit shows the post to be answered in no shape that can be read")
        if publication.parent not in found or found[publication.parent].entry.is_gone:
            raise PermanentProblem("the post to be answered is gone")
        thing = found[publication.parent].entry
        if thing.data.author_fullname != publication.author.id:
            raise PermanentProblem("the post to be answered does not belong to the customer")
        if isinstance(publication, PublicAnswer) and any(each.entry.is_closed for each in found.values()):
            raise PermanentProblem("the post or its thread is locked or archived: Reddit takes no answers there")
        return thing

    async def _posted(self, made: Made, publication: Publication, view: View) -> Posted:
        """What was made; a new message is not told, so it is looked for."""
        if made.json.errors:
            raise UncertainProblem("Reddit answers with an error that cannot be read")
        things = [thing for thing in map(thing_of, made.json.data.things) if thing is not None]
        if things:
            url = "" if things[0].kind == "t4" else view.address(things[0])
            return Posted(id=things[0].key, url=url)
        if isinstance(publication, PrivateAnswer):
            found = await still_uncertain(self.finder.find(publication, view))
            if found is not None:
                return found
        raise UncertainProblem("Reddit accepted the answer without saying where it is")


def _check(publication: Publication) -> None:
    """What can be told before anything is asked."""
    if not publication.text.strip() or counted(publication.text) > LONGEST:
        raise PermanentProblem(f"Reddit takes 1 to {LONGEST} characters")
    if publication.media:
        raise PermanentProblem("Reddit takes no files with comments or messages")
    if isinstance(publication, PublicAnswer) and (is_message(publication.thread) or is_message(publication.parent)):
        raise PermanentProblem("a private conversation cannot be answered in public")
    if not re.fullmatch(NAME, publication.parent):
        raise PermanentProblem("the post to be answered has no name that Reddit knows")
    if not is_message(publication.parent) and not re.fullmatch(NAME, publication.thread):
        raise PermanentProblem("the thread has no name that Reddit knows")
