"""Instagram's objects in the shape in which the Graph API sends them."""

import re

from bridge.testing.fakes.board import Item
from bridge.testing.fakes.graph_refusals import gone
from bridge.testing.fakes.graph_shapes import Shape, picked, time
from bridge.testing.fakes.graph_state import GraphState, number

_INLINE = 50
_REPLIES = re.compile(r"replies(?:\.limit\(\d+\))?\{(.*)\}", re.DOTALL)


def medium_shape(state: GraphState, item: Item) -> Shape:
    """A picture."""
    comments = [comment for comment in state.comments(item) if state.stands(comment)]
    return {
        "id": state.key(item),
        "caption": item.text,
        "timestamp": time(item.at),
        "permalink": f"https://www.instagram.com/p/{item.id}/",
        "comments_count": len(comments),
        "username": item.author.name,
        "media_type": "IMAGE",
        "media_url": f"https://scontent.example/{item.id}.jpg",
    }


def remark_shape(state: GraphState, item: Item, fields: str) -> Shape:
    """A comment, with its answers as `fields` asks for them."""
    top = state.top(item)
    own = item.author.id == state.brand.id
    return {
        "id": state.key(item),
        "timestamp": time(item.at),
        "text": item.text,
        "username": item.author.name,
        "from": {"id": state.instagram if own else number(item.author), "username": item.author.name},
        "parent_id": None if top is None else state.key(top),
        "media": {"id": state.key(state.board.item(item.topic))},
        "hidden": False,
        "like_count": 0,
        "replies": _inside(state, item, fields),
    }


_NAMED = re.compile(r"mentioned_(comment|media)\.(?:comment|media)_id\((\d+)\)\{(.*)\}", re.DOTALL)


def account_shape(state: GraphState, fields: str) -> Shape:
    """The account itself, with what names it: only by the ids that a webhook told."""
    shape: Shape = {
        "id": state.instagram,
        "username": state.brand.name,
        "mentioned_comment": None,
        "mentioned_media": None,
    }
    for kind, node, wanted in _NAMED.findall(fields):
        item = state.item(node)
        if item is None or not state.names_us(item):
            raise gone(node)
        whole = medium_shape(state, item) if kind == "media" else remark_shape(state, item, wanted)
        told = {name: whole[name] for name in whole if name not in {"username", "from", "replies"} or kind == "media"}
        shape[f"mentioned_{kind}"] = picked(wanted, told)
    return shape


def replies(state: GraphState, item: Item) -> list[Item]:
    """The answers to a comment, the newest first."""
    below = [other for other in state.board.topic(item.topic) if other.id != item.id and _is_below(state, other, item)]
    return state.listed(below)[::-1]


def _is_below(state: GraphState, other: Item, item: Item) -> bool:
    top = state.top(other)
    return top is not None and top.id == item.id


def _inside(state: GraphState, item: Item, fields: str) -> Shape | None:
    """The first page of a comment's answers."""
    asked = _REPLIES.search(fields)
    answers = replies(state, item) if asked else []
    if asked is None or not answers:
        return None
    shown = [picked(asked[1], remark_shape(state, answer, "")) for answer in answers[:_INLINE]]
    if len(answers) <= _INLINE:
        return {"data": shown}
    return {"data": shown, "paging": {"cursors": {"after": f"p{_INLINE}"}, "next": "https://graph.facebook.com/next"}}
