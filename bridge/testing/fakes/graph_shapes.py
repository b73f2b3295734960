"""Objects in the shape in which the Graph API sends them, with the fields that were asked for and no others."""

import re
from datetime import datetime

from bridge.testing.fakes.board import Item, Member
from bridge.testing.fakes.graph_marks import Mark
from bridge.testing.fakes.graph_refusals import refused
from bridge.testing.fakes.graph_state import GraphState, number

_FIELD = re.compile(r"([a-z_]+)((?:\.[a-z_]+\([^)]*\))*)(\{.*\})?", re.DOTALL)

Shape = dict[str, object]


def picked(fields: str, have: Shape) -> Shape:
    """The object with `id` and what was asked for; raises what Meta answers to a field that it does not know."""
    shape: Shape = {"id": have["id"]} if "id" in have else {}
    for field in split(fields) or ["id"]:
        found = _FIELD.fullmatch(field)
        if found is None or found[1] not in have:
            raise refused(100, f"Tried accessing nonexisting field ({field[:40]})")
        if have[found[1]] is not None:
            shape[found[1]] = have[found[1]]
    return shape


def split(fields: str) -> list[str]:
    """Names with their modifiers and parts; commas inside brackets belong to them."""
    parts, depth, current = [], 0, ""
    for sign in fields:
        depth += (sign in "({") - (sign in ")}")
        if sign == "," and not depth:
            parts.append(current)
            current = ""
        else:
            current += sign
    return [part.strip() for part in [*parts, current] if part.strip()]


def time(at: datetime) -> str:
    """Meta's times have no colon in their zone."""
    return at.strftime("%Y-%m-%dT%H:%M:%S%z")


def person(member: Member) -> Shape:
    """Someone, as `from` tells."""
    return {"id": number(member), "name": member.name}


def post_shape(state: GraphState, item: Item) -> Shape:
    """A post on the Page or one that tags it."""
    comments = [c for c in state.comments(item) if state.stands(c)]
    return {
        "id": state.key(item),
        "created_time": time(item.at),
        "updated_time": time(max([item.at, *(c.at for c in comments)])),
        "message": item.text,
        "from": None if item.id in state.marks.marked(Mark.ANONYMOUS) else person(item.author),
        "permalink_url": f"https://www.facebook.com/{state.key(item)}",
        "can_reply_privately": _can_reply_privately(state, item),
        "attachments": None,
        "comments": {"data": [], "summary": {"order": "chronological", "total_count": len(comments)}},
    }


def comment_shape(state: GraphState, item: Item) -> Shape:
    """A comment, or an answer to one."""
    top = state.top(item)
    replied = state.marks.replied.get(item.id) if state.names_replies else None
    return {
        "id": state.key(item),
        "created_time": time(item.at),
        "message": item.text,
        "from": None if item.id in state.marks.marked(Mark.ANONYMOUS) else person(item.author),
        "parent": None if top is None else {"id": state.key(top), "created_time": time(top.at)},
        "permalink_url": f"https://www.facebook.com/{state.page}/posts/{item.topic}?comment_id={item.id}",
        "can_reply_privately": _can_reply_privately(state, item),
        "can_comment": True,
        "is_private": item.id in state.marks.marked(Mark.PRIVATE),
        "attachment": {"type": "photo", "url": item.media[0]} if item.media else None,
        "private_reply_conversation": {"id": replied} if replied else None,
    }


def message_shape(state: GraphState, item: Item) -> Shape:
    """A private message; Instagram names people in another way, and knows no stickers."""
    shape = {"id": state.key(item), "created_time": time(item.at), "message": item.text, "attachments": None}
    if state.platform(item) == "messenger":
        email = f"{number(item.author)}@facebook.com"
        return {**shape, "from": {**person(item.author), "email": email}, "sticker": None}
    own = item.author.id == state.brand.id
    return {**shape, "from": {"id": state.instagram if own else number(item.author), "username": item.author.name}}


def talk_shape(state: GraphState, name: str, items: list[Item]) -> Shape:
    """A conversation."""
    people = [person(state.other(items[0])), person(state.brand)]
    return {"id": name, "updated_time": time(items[-1].at), "participants": {"data": people}}


def _can_reply_privately(state: GraphState, item: Item) -> bool:
    young = (state.now() - item.at).days < 7
    return young and item.author.id != state.brand.id and item.id not in state.marks.replied
