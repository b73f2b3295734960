"""What the fake Graph API lists: every edge that the bridge reads."""

from collections.abc import Mapping, Sequence

from bridge.testing.fakes.board import Item
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.graph_instagram import medium_shape, remark_shape, replies
from bridge.testing.fakes.graph_marks import Mark
from bridge.testing.fakes.graph_refusals import gone, refused
from bridge.testing.fakes.graph_shapes import Shape, comment_shape, message_shape, picked, post_shape, talk_shape
from bridge.testing.fakes.graph_state import GraphState


def listed(state: GraphState, node: str, edge: str, *, query: Mapping[str, str]) -> list[Shape]:
    """The objects of an edge, in the order in which they are listed."""
    topics = state.board.topics()
    match edge:
        case "feed" if node == state.page:
            return _posts(state, query, [item for item in topics if not state.on_instagram(item)])
        case "tagged" if node == state.page:
            return _posts(state, query, [item for item in topics if item.id in state.marks.marked(Mark.ELSEWHERE)])
        case "ratings" if node == state.page:
            return [picked(query.get("fields", ""), rating) for rating in state.ratings()]
        case "comments":
            return _comments(state, node, query)
        case "conversations" if node == state.page:
            return _conversations(state, query)
        case "messages":
            return _messages(state, node, query)
        case "media" | "tags" if node == state.instagram:
            return _media(state, query, state.marks.marked(Mark.MEDIA if edge == "media" else Mark.TAGGING))
        case "replies":
            return _answers(state, node, query)
        case _:
            raise refused(100, f"Tried accessing nonexisting field ({edge})")


def _posts(state: GraphState, query: Mapping[str, str], items: Sequence[Item]) -> list[Shape]:
    """Posts in a ranked order: nearly the newest first, and never a promise; what tags the Page is among them."""
    shown = state.listed(items)[::-1]
    ranked = [shown[place ^ 1] if place ^ 1 < len(shown) else shown[place] for place in range(len(shown))]
    return [_shaped(state, query, item, shape=post_shape(state, item)) for item in ranked]


def _comments(state: GraphState, node: str, query: Mapping[str, str]) -> list[Shape]:
    """Comments below a post or a comment; answers to comments only where the whole stream is asked for."""
    top = standing(state, node)
    if top.id in state.closed:
        raise refused(100, "Unsupported get request for this post")
    if top.topic in state.marks.marked(Mark.MEDIA):
        return _remarks(state, top, query)
    items = [item for item in state.comments(top) if _below(state, item, top, stream=query.get("filter") == "stream")]
    shown = state.listed(items)
    if query.get("order") == "reverse_chronological":
        shown = shown[::-1]
    return [_shaped(state, query, item, shape=comment_shape(state, item)) for item in shown]


def _below(state: GraphState, item: Item, top: Item, *, stream: bool) -> bool:
    above = state.top(item)
    if top.id != top.topic:
        return above is not None and above.id == top.id
    return stream or above is None


def _remarks(state: GraphState, top: Item, query: Mapping[str, str]) -> list[Shape]:
    """Instagram's comments: first ones only, the newest first, at most fifty at once."""
    if int(query.get("limit", "25")) > 50:
        raise refused(100, "Param limit must be at most 50")
    shown = state.listed([item for item in state.comments(top) if state.top(item) is None])[::-1]
    fields = query.get("fields", "")
    return [_shaped(state, query, item, shape=remark_shape(state, item, fields)) for item in shown]


def _answers(state: GraphState, node: str, query: Mapping[str, str]) -> list[Shape]:
    """The answers to one comment on Instagram, the newest first."""
    fields = query.get("fields", "")
    return [picked(fields, remark_shape(state, item, "")) for item in replies(state, standing(state, node))]


def _media(state: GraphState, query: Mapping[str, str], wanted: set[int]) -> list[Shape]:
    """Pictures, the newest first."""
    items = [item for item in state.board.topics() if item.id in wanted and state.stands(item)]
    return [picked(query.get("fields", ""), medium_shape(state, item)) for item in items[::-1]]


def _shaped(state: GraphState, query: Mapping[str, str], item: Item, *, shape: Shape) -> Shape:
    """As it was asked for, or spoilt."""
    if state.faults.take(Mode.BROKEN_ITEM) and item.id == state.newest_of_others():
        times: Shape = {name: shape[name] for name in ("created_time", "timestamp") if name in shape}
        return {"id": shape["id"], **times, "message": ["no", "text"], "text": ["no", "text"], "from": 7}
    return picked(query.get("fields", ""), shape)


def _conversations(state: GraphState, query: Mapping[str, str]) -> list[Shape]:
    """Conversations, the last written to first."""
    platform = query.get("platform", "messenger")
    if platform not in {"messenger", "instagram"}:
        raise refused(100, "Invalid parameter: platform")
    talks = {name: items for name, items in state.talks().items() if state.platform(items[0]) == platform}
    if person := query.get("user_id"):
        talks = {name: items for name, items in talks.items() if name == f"t_{person}"}
    order = sorted(talks, key=lambda name: talks[name][-1].id, reverse=True)
    return [picked(query.get("fields", ""), talk_shape(state, name, talks[name])) for name in order]


def _messages(state: GraphState, node: str, query: Mapping[str, str]) -> list[Shape]:
    """The messages of a conversation, the newest first."""
    talk = state.talks().get(node)
    if talk is None:
        raise gone(node)
    if node in state.sealed:
        raise refused(100, "Unsupported get request for this conversation")
    return [picked(query.get("fields", ""), message_shape(state, item)) for item in talk[::-1]]


def standing(state: GraphState, node: str) -> Item:
    """The public item of that name; raises what Meta says where it is not there."""
    item = state.item(node)
    if item is None:
        raise gone(node)
    return item
