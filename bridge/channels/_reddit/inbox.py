"""The account's inbox: one listing of replies, mentions and messages, read as two, since messages can't be looked up."""

from functools import partial

from bridge.channels._newest_first import Fetch, Portion
from bridge.channels._reddit.asking import Asking
from bridge.channels._reddit.shapes import kind_of, standing, thing_of

COMMENTS, MESSAGES = "t1", "t4"


class Inbox:
    """The inbox as one poll sees it: each page is asked for once."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._pages: dict[str, Portion] = {}

    def fetch(self, kind: str, floor: int) -> Fetch:
        """How to read what is of a kind; below the floor, in seconds since 1970, nothing more is asked for."""
        return partial(self._portion, kind, floor)

    @property
    def newest(self) -> int:
        """When the newest entry of any kind came, in seconds since 1970."""
        things = [thing for page in self._pages.values() for thing in map(thing_of, page.raws) if thing is not None]
        return max((thing.second for thing in things), default=0)

    async def _portion(self, kind: str, floor: int, cursor: str) -> Portion:
        page = self._pages.get(cursor)
        if page is None:
            page = self._pages[cursor] = await self._asking.portion("/message/inbox", {}, cursor)
        kinds = {kind, ""} if kind == COMMENTS else {kind}
        raws = [raw for raw in page.raws if kind_of(raw) in kinds]
        return Portion(raws=standing(raws), cursor="" if _reaches(page, floor) else page.cursor)


def _reaches(page: Portion, floor: int) -> bool:
    """Whether a page holds something from before the floor."""
    return any(thing is not None and thing.second < floor for thing in map(thing_of, page.raws))
