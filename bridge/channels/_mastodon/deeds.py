"""What an account does on Mastodon besides speaking: like a customer's public post, and take a public answer of ours away."""

from dataclasses import dataclass

import msgspec

from bridge.channels._api import Api
from bridge.channels._mastodon.posts import View
from bridge.channels._mastodon.refusals import Forbidden
from bridge.channels._mastodon.shapes import Status, is_id
from bridge.core.deeds import Deed
from bridge.ports import PermanentProblem

DEEDS = frozenset({Deed.LIKE, Deed.DELETE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One account's hand; it touches public posts and nothing else (law 9)."""

    reading: Api
    saying: Api

    async def act(self, deed: Deed, target: str, view: View) -> None:
        """Do it; raises PermanentProblem for what is not public, and before it deletes what is not ours."""
        if deed not in DEEDS or not is_id(target):
            raise PermanentProblem("Mastodon lets accounts like public posts and delete their own, and nothing else")
        status = await self.reading.seek(f"/api/v1/statuses/{target}", {}, Status)
        if status is not None and not status.is_open:
            raise PermanentProblem("only public posts can be liked or deleted")
        if deed is Deed.LIKE:
            await self._like(target, status)
        elif status is not None:
            await self._delete(status, view)

    async def _like(self, target: str, status: Status | None) -> None:
        """A second like is the same as the first."""
        if status is None:
            raise PermanentProblem("the customer's post is gone")
        try:
            await self.saying.say(f"/api/v1/statuses/{target}/favourite", {}, msgspec.Raw)
        except Forbidden:
            await self._check_login()
            raise PermanentProblem("the token may not like posts: give it the scope write:favourites") from None

    async def _delete(self, status: Status, view: View) -> None:
        if not view.is_ours(status):
            raise PermanentProblem("this is no answer of ours, so it is not deleted")
        try:
            await self.saying.remove(f"/api/v1/statuses/{status.key}")
        except Forbidden:
            await self._check_login()
            raise PermanentProblem("the server does not let this account delete its answer") from None

    async def _check_login(self) -> None:
        """A refusal may hide a dead login (F01)."""
        await self.reading.ask("/api/v1/accounts/verify_credentials", {}, msgspec.Raw)
