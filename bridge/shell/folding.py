"""Look for a ticket that a post may join, one post at a time: two that say the same are never both the first, on no node."""

from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self

from bridge.core import likeness, storms
from bridge.core.conversation import Record
from bridge.core.likeness import Lead
from bridge.core.model import Post, Verdict, Visibility
from bridge.ports import StoreLost, TemporaryProblem
from bridge.shell.house import House

ALONE = timedelta(seconds=30)
"""How long one node alone makes first tickets of a route, and how long the others wait for it: rather two than none."""

LOOK_AGAIN = 0.05
"""Seconds until a node that waits looks again."""


class Turnstile:
    """Lets one post at a time look for its ticket and make it; a post that may join none never stops here."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._inside = False
        self._lease = ""
        """By which no other node makes the first ticket; empty where we do not either."""

    async def alike(
        self, post: Post, verdict: Verdict, *, record: Record | None
    ) -> tuple[tuple[bytes, ...], Lead | None]:
        """By what others shall find the post's own ticket, and the ticket that it joins instead.

        Neither for private posts, nor where the customer has or had a ticket in this very thread.
        """
        own = record is not None and bool(record.sent)
        if verdict.fold is None or own or post.visibility is Visibility.PRIVATE:
            return (), None
        scope = f"{post.channel}\x1f{verdict.desk}\x1f{verdict.route}"
        marks = (*likeness.marks(post, scope), *likeness.topics(post, scope))
        await self._enter()
        since = self._house.clock.now() - verdict.fold
        lead = await self._joined(post, marks, since=since)
        if lead is None and marks:
            await self._alone(scope)
            lead = await self._joined(post, marks, since=since)  # another node may have been quicker
        return marks, lead

    async def _joined(self, post: Post, marks: tuple[bytes, ...], *, since: datetime) -> Lead | None:
        """The ticket that stands by now and that the post joins."""
        found = await self._house.groups.leads(marks, since=since)
        others = [lead for lead in found if lead.conversation != post.conversation.id]
        return likeness.joined(post, others, flood=await self._flood(post))

    async def _alone(self, scope: str) -> None:
        """Wait until no other node makes a first ticket of the scope."""
        name = f"folding|{sha256(scope.encode('utf-8', 'replace')).hexdigest()[:32]}"
        for _ in range(int(ALONE.total_seconds() / LOOK_AGAIN)):
            if await self._house.store.lease(name, owner=self._house.owner, length=ALONE) is not None:
                self._lease = name
                return
            await self._house.clock.sleep(LOOK_AGAIN)

    async def _flood(self, post: Post) -> bool:
        """Whether it quotes something while its channel is in a storm."""
        return bool(post.about) and storms.name(post.channel) in await self._house.store.switches()

    async def _enter(self) -> None:
        if not self._inside:
            await self._house.folding.acquire()
            self._inside = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            if self._lease:
                with suppress(TemporaryProblem, StoreLost):  # it runs out by itself
                    await self._house.store.lease(self._lease, owner=self._house.owner, length=timedelta(0))
        finally:
            if self._inside:
                self._house.folding.release()
