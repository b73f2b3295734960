"""What a Page or account does besides speaking, as the Graph API wants it: hide, show again, like, delete."""

from dataclasses import dataclass

import msgspec

from bridge.channels._graph.call import Graph
from bridge.channels._graph.shapes import Person
from bridge.channels._graph.threads import OBJECT
from bridge.core.deeds import Deed
from bridge.ports import PermanentProblem

HIDDEN_ON_FACEBOOK = "is_hidden"
HIDDEN_ON_INSTAGRAM = "hide"


class _Owned(msgspec.Struct, frozen=True):
    """A post or comment with its writer."""

    id: str | int
    from_: Person | None = msgspec.field(name="from", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One account's hand; it touches public posts and comments and nothing else (law 9)."""

    graph: Graph
    account: str
    hidden: str
    """The field that hides a comment."""

    async def act(self, deed: Deed, target: str) -> None:
        """Do it; raises PermanentProblem for what is not public, and before it deletes what is not ours."""
        if not OBJECT.fullmatch(target):
            raise PermanentProblem("only public posts and comments can be hidden, liked or deleted")
        match deed:
            case Deed.HIDE | Deed.UNHIDE:
                await self.graph.change(target, {self.hidden: "true" if deed is Deed.HIDE else "false"})
            case Deed.LIKE:
                await self.graph.like(target)
            case Deed.DELETE:
                await self._delete(target)

    async def _delete(self, target: str) -> None:
        """Pages may delete what visitors wrote too, so whose it is is asked first."""
        owned = await self.graph.seek(target, {"fields": "id,from"}, _Owned)
        if owned is None:
            return
        if owned.from_ is None or owned.from_.key != self.account:
            raise PermanentProblem("it is not certain that this is an answer of ours, so it is not deleted")
        await self.graph.remove(target)
