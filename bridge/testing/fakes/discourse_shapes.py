"""Posts and topics in the shape in which Discourse sends them."""

from collections.abc import Sequence
from html import escape

from bridge.testing.fakes.board import Board, Item, Member


def user_number(member: Member) -> int:
    """Discourse's users have numbers."""
    return int(member.id.removeprefix("m"))


def post_json(board: Board, item: Item) -> dict[str, object]:
    """A post, as PostSerializer writes it with its source."""
    return {
        "id": item.id,
        "username": item.author.name,
        "name": item.author.name,
        "user_id": user_number(item.author),
        "created_at": _time(item.at.isoformat()),
        "updated_at": _time((item.edited or item.at).isoformat()),
        "raw": item.text,
        "cooked": f"<p>{escape(item.text)}</p>",
        "post_number": item.number,
        "post_type": 1,
        "reply_to_post_number": None if item.parent is None else board.item(item.parent).number,
        "topic_id": item.topic,
        "topic_slug": "topic",
        "topic_title": board.item(item.topic).title or "Topic",
        "version": 1,
        "trust_level": 1,
        "hidden": False,
        "deleted_at": None,
        "user_deleted": False,
        "post_url": f"/t/topic/{item.topic}/{item.number}",
    }


def topic_json(board: Board, items: Sequence[Item]) -> dict[str, object]:
    """A topic, as TopicViewSerializer writes it."""
    first, standing = items[0], [item for item in items if not item.deleted]
    members = [first.author, *([first.to] if first.to is not None else [])]
    return {
        "id": first.topic,
        "title": first.title or "Topic",
        "archetype": "private_message" if first.private else "regular",
        "closed": False,
        "archived": False,
        "post_stream": {
            "posts": [post_json(board, item) for item in standing[:20]],
            "stream": [item.id for item in standing],
        },
        "details": {
            "allowed_users": [{"id": user_number(m), "username": m.name} for m in members] if first.private else [],
            "allowed_groups": [],
        },
    }


def _time(iso: str) -> str:
    return iso.replace("+00:00", "Z")
