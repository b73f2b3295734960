"""Looking for an answer of ours: among the replies below that comment, and among what YouTube keeps back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from bridge.channels._entries import read_entries
from bridge.channels._problems import the_one
from bridge.channels._text import same_words
from bridge.channels._youtube.asking import Asking
from bridge.channels._youtube.posts import View
from bridge.channels._youtube.refusals import Gone
from bridge.channels._youtube.shapes import KEY, Comment, Thread
from bridge.core.publications import Posted, Publication
from bridge.ports import UncertainProblem

LONGEST = 10_000
"""Characters of a comment."""

KEEPS = "YouTube keeps the answer back, and nobody but the channel's owner sees it: look into YouTube Studio"

_PAGES = 20
_KEPT_BACK = ("heldForReview", "likelySpam")


def worded(publication: Publication) -> str:
    """The words as they go out: YouTube has one level of replies, so an answer to a reply names whom it answers."""
    handle = publication.author.handle
    name = f"@{handle}"
    if publication.parent == publication.thread or not handle or name.lower() in publication.text.lower():
        return publication.text
    text = f"{name} {publication.text}"
    return text if len(text) <= LONGEST else publication.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Looks where the answer would be."""

    asking: Asking
    kept: set[str] = field(default_factory=set)
    """Keys of answers of which YouTube said that it keeps them back: they must never be said again by us."""

    async def find(self, publication: Publication, view: View) -> Posted | None:
        """Raises UncertainProblem where it cannot be told."""
        if publication.key in self.kept:
            raise UncertainProblem(KEEPS)
        if not re.fullmatch(KEY, publication.thread) or not re.fullmatch(KEY, publication.parent):
            raise UncertainProblem("the comment that was answered has no id that YouTube knows")
        words = same_words(worded(publication))
        below = [each for each in await self._below(publication.thread) if view.is_ours(each)]
        found = the_one([each for each in below if same_words(each.words) == words], "replies")
        if found is None:
            await self._is_kept_back(words, view)
            return None
        if found.is_held:
            raise UncertainProblem(KEEPS)
        return Posted(id=found.id, url=view.address(found.id, found.snippet.video_id or ""))

    async def _below(self, thread: str) -> list[Comment]:
        """All replies of a thread; none where it is gone with all of them."""
        found: list[Comment] = []
        cursor = ""
        for _ in range(_PAGES):
            try:
                page = await self.asking.replies(thread, cursor)
            except Gone:
                return []
            found += _readable(page.items)
            cursor = page.next_page_token or ""
            if not cursor:
                return found
        raise UncertainProblem("the thread has more replies than can be looked through")

    async def _is_kept_back(self, words: str, view: View) -> None:
        """Raises UncertainProblem where what YouTube keeps back has our words."""
        for status in _KEPT_BACK:
            asked = {"allThreadsRelatedToChannelId": view.account, "moderationStatus": status}
            shown = [each for thread in await self._listed(asked) for each in (thread.top, *_readable(thread.shown))]
            if any(view.is_ours(each) and same_words(each.words) == words for each in shown):
                raise UncertainProblem(KEEPS)

    async def _listed(self, asked: Mapping[str, str]) -> list[Thread]:
        """All threads of a listing."""
        found: list[Thread] = []
        cursor = ""
        for _ in range(_PAGES):
            page = await self.asking.threads(asked, cursor)
            found += [entry.value for entry in read_entries(page.items, Thread)[0]]
            cursor = page.next_page_token or ""
            if not cursor:
                return found
        raise UncertainProblem("YouTube keeps back more than can be looked through")


def _readable(raws: Sequence[msgspec.Raw]) -> list[Comment]:
    """Replies; raises UncertainProblem where one cannot be read, since it may be the one."""
    good, broken = read_entries(raws, Comment)
    if broken:
        raise UncertainProblem("a reply cannot be read: it may be the one that is looked for")
    return [each.value for each in good]
