"""What an account does on Reddit besides speaking: it takes a comment of its own away; machines must not vote there."""

import re
from dataclasses import dataclass

import msgspec

from bridge.channels._reddit.asking import Asking
from bridge.channels._reddit.posts import View
from bridge.channels._reddit.refusals import Forbidden
from bridge.channels._reddit.shapes import Me
from bridge.core.deeds import Deed
from bridge.ports import PermanentProblem, TemporaryProblem

DEEDS = frozenset({Deed.DELETE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One account's hand; it touches its own public comments and nothing else (law 9)."""

    asking: Asking

    async def act(self, deed: Deed, target: str, view: View) -> None:
        """Do it, or find it done; raises PermanentProblem before it touches what is not ours."""
        if deed not in DEEDS or not re.fullmatch(r"t1_[0-9a-z]{1,13}", target):
            raise PermanentProblem("Reddit lets this account delete its own comments, and nothing else")
        found = await self.asking.things([target])
        if found is None:
            raise TemporaryProblem("Reddit shows the comment in no shape that can be read")
        if target not in found or found[target].entry.is_gone:
            return
        if not view.is_ours(found[target].entry):
            raise PermanentProblem("this is no answer of ours, so it is not deleted")
        await self._delete(target)

    async def _delete(self, target: str) -> None:
        try:
            await self.asking.do("/api/del", {"id": target}, msgspec.Raw)
        except Forbidden as refused:
            text = str(refused)
        else:
            return
        await self.asking.query("/api/v1/me", {}, Me)  # a refusal may hide a dead login (F01)
        raise PermanentProblem(text)
