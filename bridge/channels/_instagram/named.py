"""Comments and pictures of others that name the account, as a webhook tells of them (Graph API, mentioned_comment and mentioned_media)."""

from typing import TypeVar

import msgspec

from bridge.channels._graph.call import Graph
from bridge.channels._graph.harvest import Harvest
from bridge.channels._graph.listing import Found, Listable, entries
from bridge.channels._graph.told import Hint
from bridge.channels._instagram.posts import View
from bridge.channels._instagram.shapes import Medium, MentionedRemark
from bridge.core.events import Quarantined

S = TypeVar("S", bound=Listable)

_REMARK = "id,text,timestamp,media"
_MEDIUM = "id,caption,timestamp,media_type,media_url,username"


class _Shown(msgspec.Struct, frozen=True, kw_only=True):
    mentioned_comment: msgspec.Raw = msgspec.Raw()
    mentioned_media: msgspec.Raw = msgspec.Raw()


async def look(graph: Graph, view: View, hint: Hint, harvest: Harvest) -> None:
    """Read it and add it as a mention; nothing where it is gone or was shown already. Raises as `Graph.seek` does."""
    if (hint.comment or hint.post) in harvest.names:
        return
    if not hint.comment:
        medium = await _medium(graph, view, hint.post, harvest)
        if medium is not None:
            harvest.add(view.named_by(medium.value), medium.raw)
        return
    remark = await _mentioned(graph, view, hint.comment, harvest)
    if remark is not None:
        above = await _medium(graph, view, hint.post, harvest)
        harvest.add(view.named_in(remark.value, hint.post, above.value if above else None), remark.raw)


async def _mentioned(graph: Graph, view: View, comment: str, harvest: Harvest) -> Found[MentionedRemark] | None:
    """A comment of others that names us; None where it is gone, or does not name us any more."""
    fields = f"mentioned_comment.comment_id({comment}){{{_REMARK}}}"
    shown = await graph.seek(view.account, {"fields": fields}, _Shown)
    return _one(shown.mentioned_comment if shown else msgspec.Raw(), MentionedRemark, view, harvest)


async def _medium(graph: Graph, view: View, medium: str, harvest: Harvest) -> Found[Medium] | None:
    """A picture of others that names us, itself or in a comment."""
    fields = f"mentioned_media.media_id({medium}){{{_MEDIUM}}}"
    shown = await graph.seek(view.account, {"fields": fields}, _Shown)
    return _one(shown.mentioned_media if shown else msgspec.Raw(), Medium, view, harvest)


def _one(raw: msgspec.Raw, shape: type[S], view: View, harvest: Harvest) -> Found[S] | None:
    """What was shown, in its shape; kept raw where it has another one."""
    good, bad = entries([raw] if bytes(raw) else [], shape, now=view.now)
    harvest.quarantined += [Quarantined(id=entry.id, reason=entry.reason, raw=entry.raw) for entry in bad]
    return good[0] if good else None
