"""What an account does on a NodeBB besides speaking: it takes an answer of its own away."""

from dataclasses import dataclass, field

from bridge.channels._api import Api
from bridge.channels._nodebb.refusals import GoneAlready
from bridge.channels._nodebb.said import POST
from bridge.channels._nodebb.shapes import Detail, Wrapped
from bridge.core.deeds import Deed
from bridge.ports import PermanentProblem

DEEDS = frozenset({Deed.DELETE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One account's hand; it touches public posts and nothing else (law 9)."""

    reading: Api = field(repr=False)
    saying: Api = field(repr=False)

    async def act(self, deed: Deed, target: str, account: str) -> None:
        """Do it; raises PermanentProblem for what is not public, and before it deletes what is not ours."""
        if deed not in DEEDS or not POST.fullmatch(target):
            raise PermanentProblem(
                "the bridge deletes public answers of its own on NodeBB, and does nothing else there"
            )
        found = await self.reading.seek(f"/api/v3/posts/{target}", {}, Wrapped[Detail])
        if found is None or found.response.deleted:
            return
        if str(found.response.uid) != account:
            raise PermanentProblem("this is no answer of ours, so it is not deleted")
        try:
            await self.saying.remove(f"/api/v3/posts/{target}/state")
        except GoneAlready:
            return
