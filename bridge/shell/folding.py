"""Look for a ticket that a post may join, one post at a time: two that say the same are never both the first."""

from typing import Self

from bridge.core import likeness, storms
from bridge.core.conversation import Record
from bridge.core.likeness import Lead
from bridge.core.model import Post, Verdict, Visibility
from bridge.shell.house import House


class Turnstile:
    """Lets one post at a time look for its ticket and make it; a post that may join none never stops here."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._inside = False

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
        found = await self._house.groups.leads(marks, since=since)
        others = [lead for lead in found if lead.conversation != post.conversation.id]
        return marks, likeness.joined(post, others, flood=await self._flood(post))

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
        if self._inside:
            self._house.folding.release()
