"""What an account does on Bluesky besides speaking: like a customer's post, and take a public answer of ours away."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bridge.channels._bluesky.keys import answer_key
from bridge.channels._bluesky.posts import View
from bridge.channels._bluesky.shapes import LIKE, POST, Entry, uri_of
from bridge.channels._bluesky.xrpc import Xrpc
from bridge.channels._newest_first import Look
from bridge.core.deeds import Deed
from bridge.ports import Clock, PermanentProblem, TemporaryProblem

DEEDS = frozenset({Deed.LIKE, Deed.DELETE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One account's hand; it touches public posts and nothing else (law 9)."""

    xrpc: Xrpc
    look: Look[Entry]
    clock: Clock

    async def act(self, deed: Deed, target: str, view: View) -> None:
        """Do it; raises PermanentProblem for what is not public, and before it deletes what is not ours."""
        if deed not in DEEDS or not uri_of(target):
            raise PermanentProblem("Bluesky lets accounts like public posts and delete their own, and nothing else")
        if deed is Deed.LIKE:
            await self._like(target, view)
        else:
            await self._delete(target, view)

    async def _like(self, target: str, view: View) -> None:
        """A second like is the same as the first: it has the same key."""
        entry = await self._standing(target)
        if entry.is_liked:
            return
        record = {
            "$type": LIKE,
            "subject": {"uri": entry.uri, "cid": entry.cid},
            "createdAt": self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        }
        key = answer_key(target.rpartition("/")[2], f"like {target}")
        await self._do("createRecord", {"repo": view.account, "collection": LIKE, "rkey": key, "record": record})

    async def _standing(self, target: str) -> Entry:
        found = await self.look([target])
        if found is None:
            raise TemporaryProblem("Bluesky does not show the post at the moment")
        if target not in found:
            raise PermanentProblem("the customer's post is gone")
        return found[target].entry

    async def _delete(self, target: str, view: View) -> None:
        """What is gone already is deleted (com.atproto.repo.deleteRecord)."""
        owner, _, key = target.partition("/")
        if owner != view.account:
            raise PermanentProblem("this is no answer of ours, so it is not deleted")
        await self._do("deleteRecord", {"repo": view.account, "collection": POST, "rkey": key})

    async def _do(self, name: str, message: Mapping[str, object]) -> None:
        await self.xrpc.do(f"com.atproto.repo.{name}", message, msgspec.Raw)
