"""What an account does on Discourse besides speaking: it takes a public answer of its own away."""

import re
from dataclasses import dataclass

import msgspec

from bridge.channels._api import Api
from bridge.channels._discourse.posts import Item
from bridge.channels._discourse.refusals import Forbidden, Rejected
from bridge.channels._discourse.said import Topic
from bridge.core.deeds import Deed
from bridge.ports import PermanentProblem

DEEDS = frozenset({Deed.DELETE})
_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One account's hand; it touches its own replies in public topics and nothing else (law 9)."""

    reading: Api
    saying: Api

    async def act(self, deed: Deed, target: str, *, account: str) -> None:
        """Do it, or find it done; raises PermanentProblem before it touches what is not ours or not public."""
        if deed not in DEEDS or not _NUMBER.fullmatch(target):
            raise PermanentProblem("the bridge deletes answers of this account on Discourse, and nothing else")
        item = await self.reading.seek(f"/posts/{target}.json", {}, Item)
        if item is None or item.gone:
            return
        if str(item.user_id) != account or item.post_number == 1:
            raise PermanentProblem("this is no answer of ours, so it is not deleted")
        topic = await self.reading.seek(f"/t/{item.topic_id}.json", {}, Topic)
        if topic is None or topic.private:
            raise PermanentProblem("only answers in public topics can be deleted")
        await self._delete(item)

    async def _delete(self, item: Item) -> None:
        try:
            await self.saying.remove(f"/posts/{item.id}.json")
        except (Forbidden, Rejected):
            await self.reading.ask("/session/current.json", {}, msgspec.Raw)  # it may hide a dead login (F01)
            raise PermanentProblem("the forum does not let this account delete its answer") from None
