"""Posts and comments of others that mention the Page, as a webhook tells of them."""

from dataclasses import replace

import msgspec

from bridge.channels._facebook.posts import View
from bridge.channels._facebook.reading import COMMENT, POST
from bridge.channels._graph.call import Graph
from bridge.channels._graph.harvest import Harvest
from bridge.channels._graph.listing import entries
from bridge.channels._graph.shapes import Comment, Post
from bridge.channels._graph.told import Hint
from bridge.core.events import Quarantined
from bridge.core.model import Kind


async def look(graph: Graph, view: View, hint: Hint, harvest: Harvest) -> None:
    """Read it and add it as a mention; nothing where it is gone, is ours, or was shown already. Raises as `Graph.seek` does."""
    name = hint.comment or hint.post
    if name in harvest.names:
        return
    fields = COMMENT if hint.comment else POST
    raw = await graph.seek(name, {"fields": fields}, msgspec.Raw)
    if raw is None:
        return
    good, bad = entries([raw], Comment if hint.comment else Post, now=view.now)
    harvest.quarantined += [Quarantined(id=entry.id, reason=entry.reason, raw=entry.raw) for entry in bad]
    for entry in good:
        match entry.value:
            case Comment() as comment if not view.by_us(comment.from_):
                post = view.comment(comment, hint.post or comment.key, ())
                harvest.add(replace(post, kind=Kind.MENTION), entry.raw)
            case Post() as post if not view.by_us(post.from_):
                harvest.add(view.post(post, Kind.MENTION), entry.raw)
            case _:
                pass
