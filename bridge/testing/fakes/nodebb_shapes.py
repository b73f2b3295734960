"""Posts, topics and messages in the shape in which NodeBB sends them."""

import re
from collections.abc import Sequence
from html import escape

from bridge.testing.fakes.board import Board, Item, Member


def user_number(member: Member) -> int:
    """NodeBB's users have numbers."""
    return int(member.id.removeprefix("m"))


def user_json(member: Member) -> dict[str, object]:
    """A user, as `getUsersFields` shows one; names are escaped."""
    name = escape(member.name)
    return {
        "uid": user_number(member),
        "username": name,
        "displayname": name,
        "userslug": re.sub(r"[^\w-]+", "-", member.name).lower(),
        "picture": None,
        "status": "online",
    }


def milliseconds(item: Item) -> int:
    """When it was written."""
    return int(item.at.timestamp() * 1000)


def rendered(text: str) -> str:
    """Markdown as HTML, as far as a test needs it."""
    return f'<p dir="auto">{escape(text)}</p>\n'


def topic_json(board: Board, topic: int, category: int, *, locked: bool) -> dict[str, object]:
    """A topic; its title comes escaped, and as it was written."""
    first = board.item(topic)
    title = first.title or "Topic"
    return {
        "uid": user_number(first.author),
        "tid": topic,
        "title": escape(title),
        "titleRaw": title,
        "cid": category,
        "slug": f"{topic}/topic",
        "deleted": 1 if first.deleted else 0,
        "locked": 1 if locked else 0,
        "scheduled": False,
        "mainPid": topic,
        "timestamp": milliseconds(first),
    }


def summary_json(item: Item, topic: dict[str, object], *, strip: bool) -> dict[str, object]:
    """A post, as `getPostSummaryByPids` writes it; the listing of recent ones has no tags."""
    return {
        "pid": item.id,
        "tid": item.topic,
        "uid": user_number(item.author),
        "content": escape(item.text) + "\n" if strip else rendered(item.text),
        "timestamp": milliseconds(item),
        "timestampISO": item.at.isoformat().replace("+00:00", "Z"),
        "deleted": item.deleted,
        "upvotes": 0,
        "downvotes": 0,
        "votes": 0,
        "isMainPost": item.id == item.topic,
        "user": user_json(item.author),
        "topic": topic,
        "category": {"cid": topic["cid"], "name": "A category"},
    }


def detail_json(item: Item) -> dict[str, object]:
    """A post with its source, as the write API gives it."""
    answers = {} if item.parent is None else {"toPid": str(item.parent)}
    return {
        "pid": item.id,
        "tid": item.topic,
        "uid": user_number(item.author),
        "content": item.text,
        "timestamp": milliseconds(item),
        "deleted": 1 if item.deleted else 0,
        "edited": int(item.edited.timestamp() * 1000) if item.edited else 0,
        "upvoted": False,
        "downvoted": False,
        **answers,
    }


def message_json(item: Item, room: int) -> dict[str, object]:
    """A message of a chat, rendered."""
    answers = {} if item.parent is None else {"toMid": item.parent}
    return {
        "mid": item.id,
        "messageId": item.id,
        "roomId": str(room),
        "fromuid": user_number(item.author),
        "content": "[[modules:chat.message-deleted]]" if item.deleted else rendered(item.text),
        "timestamp": milliseconds(item),
        "deleted": 1 if item.deleted else 0,
        "system": 0,
        "fromUser": user_json(item.author),
        "self": 0,
        "newSet": True,
        **answers,
    }


def room_json(room: int, others: Sequence[Member], teaser: Item | None, *, public: bool) -> dict[str, object]:
    """A chat, as the list of them shows it: without whoever asks."""
    shown = None
    if teaser is not None:
        shown = {
            "fromuid": user_number(teaser.author),
            "content": escape(teaser.text),
            "timestamp": milliseconds(teaser),
        }
    return {
        "roomId": room,
        "roomName": "",
        "owner": 1,
        "public": public,
        "groupChat": len(others) > 1,
        "userCount": len(others) + 1,
        "users": [user_json(member) for member in others],
        "unread": False,
        "teaser": shown,
    }
