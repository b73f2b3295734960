"""What the customers' side of the page shows: the topics of both boards, and the messages on the forum."""

from collections import defaultdict
from collections.abc import Sequence

from bridge.testing.fakes.board import Item
from bridge.testing.fakes.forum import Forum

MOST = 60
"""Topics of a board that the page shows, the newest ones."""

Shown = dict[str, object]


def shown(forum: Forum, talk: Forum) -> Shown:
    """Everything, newest topic first."""
    return {"forum": _topics(forum), "messages": _messages(forum), "talk": _topics(talk)}


def _topics(forum: Forum) -> list[Shown]:
    newest = list(reversed(forum.board.topics()))[:MOST]
    return [_thread(forum, first.title, forum.board.topic(first.id)) for first in newest]


def _messages(forum: Forum) -> list[Shown]:
    """One thread for each customer, the last changed first."""
    threads: dict[str, list[Item]] = defaultdict(list)
    for item in forum.board.shown_to(forum.brand.id):
        if item.to is not None:
            threads[item.to.name if item.author.id == forum.brand.id else item.author.name].append(item)
    ordered = sorted(threads.items(), key=lambda thread: thread[1][-1].id, reverse=True)
    return [{**_thread(forum, "", items), "customer": name} for name, items in ordered[:MOST]]


def _thread(forum: Forum, title: str, items: Sequence[Item]) -> Shown:
    return {"id": items[0].id, "title": title, "posts": [_post(forum, item) for item in items]}


def _post(forum: Forum, item: Item) -> Shown:
    return {
        "id": item.id,
        "parent": item.parent,
        "author": item.author.name,
        "ours": item.author.id == forum.brand.id,
        "text": "" if item.deleted else item.text,
        "at": item.at.isoformat(),
        "edited": item.version > 1 and not item.deleted,
        "deleted": item.deleted,
    }
