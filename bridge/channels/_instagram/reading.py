"""The edges of an Instagram account: its posts' comments with their answers, tags, messages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import msgspec

from bridge.channels._graph.call import Edge, Graph
from bridge.channels._graph.elders import Elders, looked_up
from bridge.channels._graph.harvest import Harvest
from bridge.channels._graph.known import Known
from bridge.channels._graph.listing import Found, Listed, Spoilt, compare, entries, to_the_end, untold, walk
from bridge.channels._graph.messages import Messages, behind
from bridge.channels._graph.refusals import Gone
from bridge.channels._graph.watched import Watched, fits, in_turn, put_off, remembered
from bridge.channels._instagram.posts import View
from bridge.channels._instagram.shapes import Medium, Remark
from bridge.ports import LoginProblem, PermanentProblem

REPLY = "id,text,username,from,timestamp,parent_id"
REMARK = f"{REPLY},replies.limit(50){{{REPLY}}}"
_MEDIUM = "id,caption,timestamp,permalink,comments_count,username"
_TAG = "id,caption,timestamp,permalink,username,media_type,media_url"
PAGE = 50
"""More comments are not given at once."""

_MEDIA_PAGE = 100
_REMARK_PAGES = 40
_REPLY_PAGES = 20
_DEEP = 20
"""Comments with more answers than their first page that one look follows."""

_TAG_PAGES = 10
_DUE = 20
_WARM = 5
_REMEMBERED = 250
"""Posts of which single comments are remembered; of as many older ones only how far they were read."""


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    began: int
    tagged: Known
    media: dict[str, Watched] = {}
    talks: dict[str, Watched] = {}
    elders: Elders = Elders()
    heard: dict[str, int] = {}
    """Hints of webhooks that were read, with the times of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads one account."""

    graph: Graph
    account: str
    messages: Messages | None
    tagged: bool
    media: int
    lookups: timedelta
    unlisted: set[str]
    """Items that are there and not listed, so that each is asked for once."""

    async def start(self, began: int, view: View) -> dict[str, Watched]:
        """Our posts as they are, so that old comments are not taken for new ones when the next one comes."""
        listed = await self._media(view)
        return {medium.key: _mark(medium, Known(floor=began)) for medium in listed}

    async def news(self, places: Places, view: View, *, below: Collection[str]) -> tuple[Harvest, Places]:
        """Everything that is new; of the posts that are named the comments are read in any case."""
        harvest = Harvest()
        media = await self._remarks(places, view, harvest, below=below)
        tagged = await self._tags(places.tagged, view, harvest) if self.tagged else places.tagged
        talks = places.talks
        if self.messages is not None:
            talks = await self.messages.gather(talks, harvest, began=places.began, now=view.now)
        elders = await looked_up(places.elders, harvest, self.graph, now=view.now, age=self.lookups)
        return harvest, msgspec.structs.replace(places, tagged=tagged, media=media, talks=talks, elders=elders)

    async def _media(self, view: View) -> list[Medium]:
        """The newest of our posts; those that cannot be read are read when the platform mends them."""

        def enough(page: int, _found: Sequence[Found[Medium]]) -> bool:
            return page * _MEDIA_PAGE >= self.media

        fetch = partial(self._fetch, self.account, "media", {"fields": _MEDIUM, "limit": str(_MEDIA_PAGE)})
        listed = await walk(fetch, Medium, now=view.now, most=10, enough=enough, full=None)
        return [entry.value for entry in listed.found][: self.media]

    async def _remarks(
        self, places: Places, view: View, harvest: Harvest, *, below: Collection[str]
    ) -> dict[str, Watched]:
        """Comments of the posts whose number of comments changed, of those that are named, and of the newest in any case."""
        shown = await self._media(view)
        older = await self._older(below, shown)
        there = {medium.key: medium for medium in (*shown, *older)}
        due = {medium.key: _stamp(medium) for medium in shown if _is_due(medium, places)}
        due |= {name: _stamp(there[name]) for name in below if name in there}
        harvest.looked.update(name for name in below if name not in there)
        warm = [medium for medium in shown if medium.comments_count and medium.key not in due][:_WARM]
        harvest.complete = harvest.complete and fits(due, places.media, most=_DUE)
        media = dict(places.media)
        turn = in_turn(due, places.media, most=_DUE)
        harvest.looked.update(turn)
        for medium in (*(there[name] for name in turn), *warm):
            unread = Watched(touched=_stamp(medium), known=Known(floor=places.began))
            media[medium.key] = await self._kept(medium, media.get(medium.key, unread), view=view, harvest=harvest)
        return remembered(media, _REMEMBERED)

    async def _older(self, below: Collection[str], shown: Sequence[Medium]) -> list[Medium]:
        """Posts of ours that are named and not among the newest; one that is gone has no comments any more."""
        names = {medium.key for medium in shown}
        found = [await self._medium(name) for name in list(below)[:_DUE] if name not in names]
        return [medium for medium in found if medium is not None]

    async def _medium(self, name: str) -> Medium | None:
        try:
            return await self.graph.seek(name, {"fields": _MEDIUM}, Medium)
        except LoginProblem:
            raise
        except PermanentProblem:
            return None

    async def _kept(self, medium: Medium, before: Watched, *, view: View, harvest: Harvest) -> Watched:
        """What is known of a post after its comments were read; one whose comments are refused keeps its place."""
        part, delta = f"comments of {medium.key}", medium.comments_count - before.sign
        try:
            known = await self._below(medium, before.known, delta=delta, view=view, harvest=harvest)
        except LoginProblem:
            raise
        except Gone:
            return before
        except PermanentProblem as problem:
            harvest.refuse(part, problem)
            return put_off(before)
        harvest.read.append(part)
        return _mark(medium, known)

    async def _below(self, medium: Medium, known: Known, *, delta: int, view: View, harvest: Harvest) -> Known:
        """The comments of one post with their answers, until as many are new as the platform counts."""
        news: set[str] = set()

        def enough(_page: int, found: Sequence[Found[Remark]]) -> bool:
            replies = [reply for entry in found for reply in _replies(entry.value, view)[0]]
            fresh = {e.value.key for e in (*found, *replies) if _is_new(e, known)}
            news.update(fresh)
            return not fresh and len(news) >= delta

        fetch = partial(self._fetch, medium.key, "comments", {"fields": REMARK, "limit": str(PAGE)})
        listed = await self._with_replies(
            await walk(fetch, Remark, now=view.now, most=_REMARK_PAGES, enough=enough, full=PAGE), view
        )
        flow = await compare(known, listed, exists=self.graph.is_there, unlisted=self.unlisted)
        harvest.take(flow)
        said = {entry.value.key: entry.value for entry in listed.found}
        top = (view.caption(medium),) if medium.caption else ()
        for entry in flow.fresh:
            above = said.get(entry.value.parent)
            context = (*top, view.above(above)) if above else top
            harvest.add(view.remark(entry.value, medium.key, url=medium.permalink, context=context), entry.raw)
        return flow.known

    async def _with_replies(self, listed: Listed[Remark], view: View) -> Listed[Remark]:
        """Answers stand inside the comments; where there are many, the rest is asked for."""
        found: dict[str, Found[Remark]] = {entry.value.key: entry for entry in listed.found}
        spoilt: list[Spoilt] = list(listed.spoilt)
        deep = [entry.value for entry in listed.found if entry.value.replies and entry.value.replies.after]
        for entry in listed.found:
            good, bad = _replies(entry.value, view)
            found.update({reply.value.key: reply for reply in good})
            spoilt += bad
        for remark in deep[:_DEEP]:
            fetch = partial(self._fetch, remark.key, "replies", {"fields": REPLY, "limit": str(PAGE)})
            more = await to_the_end(fetch, Remark, now=view.now, most=_REPLY_PAGES)
            found.update({reply.value.key: reply for reply in more.found})
            spoilt += more.spoilt
        unique = {entry.id: entry for entry in spoilt}
        return Listed(found=tuple(found.values()), spoilt=tuple(unique.values()), whole=listed.whole)

    async def _tags(self, known: Known, view: View, harvest: Harvest) -> Known:
        """Pictures of others that we are tagged in."""

        def enough(_page: int, found: Sequence[Found[Medium]]) -> bool:
            return bool(found) and not any(_is_new(entry, known) for entry in found)

        fetch = partial(self._fetch, self.account, "tags", {"fields": _TAG, "limit": str(PAGE)})
        listed = await walk(fetch, Medium, now=view.now, most=_TAG_PAGES, enough=enough, full=None)
        flow = await compare(known, listed, exists=untold, unlisted=self.unlisted)
        harvest.take(flow)
        for entry in flow.fresh:
            harvest.add(view.tag(entry.value), entry.raw)
        return flow.known

    async def _fetch(self, node: str, name: str, query: dict[str, str], after: str) -> Edge:
        return await self.graph.edge(node, name, query=query | behind(after))


def _replies(remark: Remark, view: View) -> tuple[list[Found[Remark]], list[Spoilt]]:
    """The answers that came inside a comment."""
    return entries(remark.replies.data if remark.replies else [], Remark, now=view.now)


def _is_new(entry: Found[Remark] | Found[Medium], known: Known) -> bool:
    return entry.value.key not in known.items and entry.shown.at > known.floor


def _is_due(medium: Medium, places: Places) -> bool:
    """Whether a post has another number of comments than when they were read, or they were refused since."""
    kept = places.media.get(medium.key, Watched(touched=0))
    return kept.refused > 0 or medium.comments_count != kept.sign


def _stamp(medium: Medium) -> int:
    return int(medium.at.timestamp())


def _mark(medium: Medium, known: Known) -> Watched:
    return Watched(touched=_stamp(medium), sign=medium.comments_count, known=known)
