"""Looking for an answer of ours: among the account's own posts, and below the post that was answered."""

from collections.abc import Sequence

import msgspec

from bridge.channels._api import Api
from bridge.channels._entries import read_entries
from bridge.channels._mastodon.said import Voice, thread_of
from bridge.channels._mastodon.shapes import Context, Status, order
from bridge.channels._mastodon.words import may_be_said, plain, said_words
from bridge.channels._problems import the_one
from bridge.core.publications import Posted, PublicAnswer, Publication
from bridge.ports import UncertainProblem

_PAGE = "40"
_PAGES = 40
"""Requests that one search makes in the listing of own posts."""


class Finder:
    """The one answer with these words below this post; both places are looked into, since servers differ in what they list."""

    def __init__(self, reading: Api) -> None:
        self._reading = reading

    async def find(self, publication: Publication, voice: Voice) -> Posted | None:
        """Raises UncertainProblem where it cannot be told."""
        thread_of(publication)
        context = await self._reading.seek(f"/api/v1/statuses/{publication.parent}/context", {}, Context)
        if context is None:
            raise UncertainProblem("the post that was answered is gone, and its answers cannot be found")
        own = [*_read(context.descendants, whose=voice), *await self._own_since(publication.parent, voice)]
        is_open = isinstance(publication, PublicAnswer)
        places = {publication.parent, publication.follows or publication.parent}
        answers = {s.key: s for s in own if s.parent in places and s.is_open == is_open}
        found = _the_one(publication.text, list(answers.values()))
        return None if found is None else Posted(id=found.key, url=found.url or "")

    async def _own_since(self, parent: str, voice: Voice) -> list[Status]:
        """All our posts that are younger than the one that was answered."""
        found: list[Status] = []
        path = f"/api/v1/accounts/{voice.view.account}/statuses"
        for _ in range(_PAGES):
            query = {"min_id": parent, "limit": _PAGE, "exclude_reblogs": "true"}
            page = _read(await self._reading.ask(path, query, list[msgspec.Raw]), whose=voice)
            newest = max((status.key for status in page), key=order, default=parent)
            if order(newest) <= order(parent):
                return found
            found, parent = found + page, newest
        raise UncertainProblem("too many posts of ours are younger than the one that was answered")


def _the_one(text: str, answers: Sequence[Status]) -> Status | None:
    """The answer with these words; raises UncertainProblem where another one may be it, in the server's own form."""
    found = the_one([status for status in answers if said_words(plain(status)) == said_words(text)], "answers")
    if found is None and any(may_be_said(text, status) for status in answers):
        raise UncertainProblem("an answer of ours stands there whose words the server may have formatted")
    return found


def _read(raws: Sequence[msgspec.Raw], *, whose: Voice) -> list[Status]:
    """Our posts among these; raises UncertainProblem where one cannot be read, since it may be the one."""
    entries, broken = read_entries(raws, Status)
    if broken:
        raise UncertainProblem("a post cannot be read: it may be the one that is looked for")
    return [entry.value for entry in entries if whose.view.is_ours(entry.value)]
