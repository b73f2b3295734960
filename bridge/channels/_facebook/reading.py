"""The edges of a Page, read one after another: posts, their comments, tags, recommendations, messages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import msgspec

from bridge.channels._facebook.posts import View, quote
from bridge.channels._graph.call import Edge, Graph
from bridge.channels._graph.elders import Elders, looked_up
from bridge.channels._graph.harvest import Harvest
from bridge.channels._graph.known import Known
from bridge.channels._graph.listing import Flow, Found, Listable, Listed, back_to, compare, to_the_end, untold, walk
from bridge.channels._graph.messages import Messages, behind
from bridge.channels._graph.refusals import Gone
from bridge.channels._graph.shapes import Comment, Post, Rating
from bridge.channels._graph.watched import Watched, fits, in_turn, owed, put_off, remembered
from bridge.core.model import Kind
from bridge.ports import LoginProblem, PermanentProblem

POST = "id,created_time,updated_time,message,from,permalink_url,can_reply_privately,attachments{type,url,title,description,media}"
_FEED = f"{POST},comments.filter(stream).limit(0).summary(true)"
COMMENT = "id,created_time,message,from,parent,permalink_url,can_reply_privately,can_comment,is_private,attachment"
_RATING = "created_time,reviewer,rating,recommendation_type,review_text,open_graph_story"
PAGE = "100"
NEWEST = {"filter": "stream", "order": "reverse_chronological"}
"""Answers to comments too, which the edge hides by itself."""

_FEED_LEAST, _FEED_MOST = 2, 20
"""Pages of the ranked feed: a first old post proves nothing, so a page without news does."""

_COMMENT_PAGES = 50
_DUE = 20
"""Posts with new comments that one poll reads; the rest follows at once."""

_WARM = 5
"""Most recent posts whose comments are read in any case: edits and deletions leave no other sign."""

_REMEMBERED = 100
"""Posts of which single comments are remembered; of as many older ones only how far they were read."""

_SKEW = 300
"""Seconds that an empty Page's beginning lies before our own clock, which may be ahead of the platform's."""

S = TypeVar("S", bound=Listable)


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    began: int
    """Seconds since 1970: whatever is older was there before us."""
    feed: Known
    tagged: Known
    ratings: Known
    posts: dict[str, Watched] = {}
    """Posts whose comments are read."""
    talks: dict[str, Watched] = {}
    """Private conversations."""
    elders: Elders = Elders()
    heard: dict[str, int] = {}
    """Hints of webhooks that were read, with the times of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads one Page."""

    graph: Graph
    account: str
    messages: Messages | None
    tagged: bool
    ratings: bool
    watch: timedelta
    lookups: timedelta
    unlisted: set[str]
    """Items that are there and not listed, so that each is asked for once."""

    async def began(self, now: datetime) -> int:
        """The newest sign of life on the Page, by the platform's own clock."""
        fetch = partial(self._fetch, self.account, "feed", {"fields": _FEED})
        listed = await to_the_end(fetch, Post, now=now, most=_FEED_LEAST)
        times = [int(entry.value.touched.timestamp()) for entry in listed.found]
        return max(times, default=int(now.timestamp()) - _SKEW) - 1

    async def news(self, places: Places, view: View, *, below: Collection[str]) -> tuple[Harvest, Places]:
        """Everything that is new; of the posts that are named the comments are read in any case."""
        harvest = Harvest()
        tagged, ratings = places.tagged, places.ratings
        if self.ratings:
            ratings = await self._ratings(ratings, view, harvest)
        feed, known = await self._feed(places.feed, view, harvest)
        if self.tagged:
            tagged = await self._tagged(tagged, view, harvest)
        posts = await self._comments(places, feed, below=below, view=view, harvest=harvest)
        talks = places.talks
        if self.messages is not None:
            talks = await self.messages.gather(talks, harvest, began=places.began, now=view.now)
        elders = await looked_up(places.elders, harvest, self.graph, now=view.now, age=self.lookups)
        return harvest, msgspec.structs.replace(
            places, feed=known, tagged=tagged, ratings=ratings, posts=posts, talks=talks, elders=elders
        )

    async def _feed(self, known: Known, view: View, harvest: Harvest) -> tuple[Listed[Post], Known]:
        """Posts on the Page; those of visitors are news, all of them are watched."""
        listed = await self._walk("feed", Post, _FEED, known=known, view=view)
        flow = await self._compared(known, listed, harvest)
        for entry in flow.fresh:
            if not view.by_us(entry.value.from_) and entry.value.key not in harvest.names:
                kind = Kind.TOPIC if self._on_the_page(entry.value) else Kind.MENTION
                harvest.add(view.post(entry.value, kind), entry.raw)
        return listed, flow.known

    async def _tagged(self, known: Known, view: View, harvest: Harvest) -> Known:
        """Posts elsewhere that tag the Page; the feed may have shown them already."""
        listed = await self._walk("tagged", Post, POST, known=known, view=view)
        flow = await self._compared(known, listed, harvest)
        for entry in flow.fresh:
            if not view.by_us(entry.value.from_) and entry.value.key not in harvest.names:
                harvest.add(view.post(entry.value, Kind.MENTION), entry.raw)
        return flow.known

    async def _ratings(self, known: Known, view: View, harvest: Harvest) -> Known:
        """Recommendations; they come first, since the feed may show their stories as posts."""
        listed = await self._walk("ratings", Rating, _RATING, known=known, view=view)
        flow = await compare(known, listed, exists=untold, unlisted=self.unlisted)
        harvest.take(flow)
        for entry in flow.fresh:
            harvest.add(view.rating(entry.value), entry.raw)
        return flow.known

    async def _comments(
        self, places: Places, feed: Listed[Post], *, below: Collection[str], view: View, harvest: Harvest
    ) -> dict[str, Watched]:
        """Comments of the posts that were written to since, of those that are named, and of a few others."""
        watched = {e.value.key: e.value for e in feed.found if self._is_watched(e.value, view.now)}
        due = owed(places.posts) | {name: _stamp(post) for name, post in watched.items() if _is_due(post, places)}
        due |= {name: 0 for name in below if name not in due}
        harvest.complete = harvest.complete and fits(due, places.posts, most=_DUE)
        posts = dict(places.posts)
        turn = in_turn(due, places.posts, most=_DUE)
        harvest.looked.update(turn)
        for name in (*turn, *self._others(watched, due, places=places, now=view.now)):
            before = posts.pop(name, Watched(touched=0, known=Known(floor=places.began)))
            kept = await self._kept(name, watched.get(name), before, view=view, harvest=harvest)
            if kept is not None:
                posts[name] = kept
        return remembered(posts, _REMEMBERED)

    async def _kept(
        self, name: str, post: Post | None, before: Watched, *, view: View, harvest: Harvest
    ) -> Watched | None:
        """What is known of a post after its comments were read; None where it is gone, and they with it.

        A post whose comments are refused is a trouble of its own: it keeps its place, and they come when they can.
        """
        part, known = f"comments of {name}", before.known
        try:
            if post is None or post.count or known.items:
                known = await self._below(name, post, known, view=view, harvest=harvest)
        except LoginProblem:
            raise
        except Gone:
            harvest.deleted += known.standing
            return None
        except PermanentProblem as problem:
            harvest.refuse(part, problem)
            return put_off(before)
        harvest.read.append(part)
        if post is None:
            return Watched(touched=before.touched, sign=before.sign, known=known)
        return Watched(touched=_stamp(post), sign=post.count, known=known)

    def _others(self, watched: Mapping[str, Post], due: Collection[str], *, places: Places, now: datetime) -> list[str]:
        """The most recent posts, and one of the older ones in turn."""
        rest = sorted((p for p in watched.values() if p.key not in due and p.count), key=lambda post: post.touched)
        warm = [post.key for post in rest[-_WARM:]]
        cold = [
            name for name, kept in places.posts.items() if kept.known.items and name not in due and name not in warm
        ]
        return [*warm, *([cold[int(now.timestamp() // 60) % len(cold)]] if cold else [])]

    async def _below(self, name: str, post: Post | None, known: Known, *, view: View, harvest: Harvest) -> Known:
        """The comments of one post, back to what is known of them."""
        fetch = partial(self._fetch, name, "comments", NEWEST | {"fields": COMMENT})
        listed = await walk(fetch, Comment, now=view.now, most=_COMMENT_PAGES, enough=back_to(known), full=None)
        flow = await self._compared(known, listed, harvest)
        said = {entry.value.key: entry.value for entry in listed.found}
        top = (quote(post, ours=view.by_us(post.from_)),) if post is not None and post.message else ()
        for entry in flow.fresh:
            above = said.get(entry.value.parent.key) if entry.value.parent else None
            context = (*top, quote(above, ours=view.by_us(above.from_))) if above else top
            harvest.add(view.comment(entry.value, name, context), entry.raw)
        return flow.known

    async def _compared(self, known: Known, listed: Listed[S], harvest: Harvest) -> Flow[S]:
        flow = await compare(known, listed, exists=self.graph.is_there, unlisted=self.unlisted)
        harvest.take(flow)
        return flow

    async def _walk(self, name: str, shape: type[S], fields: str, *, known: Known, view: View) -> Listed[S]:
        """An edge in no certain order: on as long as a page has news, and two pages in any case."""

        def enough(page: int, found: Sequence[Found[S]]) -> bool:
            news = any(entry.value.key not in known.items and entry.shown.at > known.floor for entry in found)
            return page >= _FEED_LEAST and bool(found) and not news

        fetch = partial(self._fetch, self.account, name, {"fields": fields})
        return await walk(fetch, shape, now=view.now, most=_FEED_MOST, enough=enough, full=None)

    async def _fetch(self, node: str, name: str, query: dict[str, str], after: str) -> Edge:
        return await self.graph.edge(node, name, query=query | {"limit": PAGE} | behind(after))

    def _on_the_page(self, post: Post) -> bool:
        return post.key.startswith(f"{self.account}_")

    def _is_watched(self, post: Post, now: datetime) -> bool:
        return self._on_the_page(post) and now - post.touched < self.watch


def _is_due(post: Post, places: Places) -> bool:
    """Whether a post was written to since its comments were read."""
    kept = places.posts.get(post.key)
    if kept is None:
        return _stamp(post) > places.began
    return (_stamp(post), post.count) != (kept.touched, kept.sign)


def _stamp(post: Post) -> int:
    return int(post.touched.timestamp())
