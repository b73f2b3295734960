"""What is known of a Discourse forum's topics: which posts stand where, and which private ones are ours."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from bridge.channels._discourse.posts import Item
from bridge.channels._discourse.said import Topic

K = TypeVar("K")
V = TypeVar("V")

_REMEMBERED = 5000

SeekItem = Callable[[str], Awaitable[Item | None]]
SeekTopic = Callable[[str], Awaitable[Topic | None]]


class Topics:
    """Asks once and remembers."""

    def __init__(self, seek_item: SeekItem, seek_topic: SeekTopic, *, account: str, groups: Collection[str]) -> None:
        self._seek_item = seek_item
        self._seek_topic = seek_topic
        self._account = account
        self._groups = frozenset(groups)
        self._numbers: OrderedDict[tuple[int, int], int] = OrderedDict()
        """Ids of posts by topic and number."""
        self._ours: OrderedDict[int, bool] = OrderedDict()
        """Whether we take part in a private topic."""

    def know(self, item: Item) -> None:
        """Remember where a post stands."""
        _remember(self._numbers, (item.topic_id, item.post_number), item.id)

    async def takes_part(self, topic: int) -> bool:
        """Whether a private topic is ours: a moderator's key may show those of others, which are none of our business."""
        if topic not in self._ours:
            found = await self._seek_topic(f"/t/{topic}.json")
            details = found.details if found is not None else Topic.Details()
            users = {str(member.id) for member in details.allowed_users}
            groups = {member.name for member in details.allowed_groups}
            _remember(self._ours, topic, self._account in users or bool(groups & self._groups))
        return self._ours[topic]

    def parent_known(self, item: Item) -> str | None:
        """The id of the post that this one answers, empty at the top of a topic; None where it must be asked for."""
        if item.post_number == 1:
            return ""
        number = self._numbers.get((item.topic_id, item.answers))
        return None if number is None else str(number)

    async def parent(self, item: Item) -> str:
        """The same, asked for; empty where that post is gone."""
        found = await self._seek_item(f"/posts/by_number/{item.topic_id}/{item.answers}.json")
        if found is None:
            return ""
        self.know(found)
        return str(found.id)


def _remember(known: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep it, and forget what was kept longest."""
    known[key] = value
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
